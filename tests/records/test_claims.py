"""What may happen once ever has one owner: among tasks, among processes, after a crash and a restart."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from sqlalchemy import Connection

from raccord.records.database import Database
from raccord.records.records import Records
from raccord.records.work import Work, together
from raccord.sealing import KeyRing
from tests.records.processes import Process, finished, let_go, start
from tests.records.rows import tampering

KEY = "onboarding/1"


async def test_a_claim_is_for_its_first_owner_for_ever(records: Records) -> None:
    assert await records.claims.holder(KEY) is None
    assert await records.claims.claim(KEY, "run-a")
    assert not await records.claims.claim(KEY, "run-b")
    assert await records.claims.claim(KEY, "run-a")
    assert await records.claims.holder(KEY) == "run-a"
    assert await records.claims.claim("onboarding/2", "run-b")


async def test_a_claim_that_is_asked_for_again_keeps_its_first_moment(records: Records, url: str) -> None:
    def claimed_at() -> object:
        with tampering(url) as look:
            return look.execute("SELECT claimed_at FROM claims").scalar_one()

    await records.claims.claim(KEY, "run-a")
    first = claimed_at()
    for owner in ("run-a", "run-b"):
        await records.claims.claim(KEY, owner)
    assert claimed_at() == first


@pytest.mark.parametrize("other", ["onboarding/10", "Onboarding/1", "onboarding/1 ", "", "onboarding/%"])
async def test_a_key_is_taken_as_it_is_written(records: Records, other: str) -> None:
    assert await records.claims.claim(KEY, "run-a")
    assert await records.claims.holder(other) is None
    assert await records.claims.claim(other, "run-b")
    assert (await records.claims.holder(KEY), await records.claims.holder(other)) == ("run-a", "run-b")


async def test_of_simultaneous_claims_exactly_one_holds(records: Records) -> None:
    claims = await asyncio.gather(*(records.claims.claim(KEY, f"run-{n}") for n in range(12)))
    assert sum(claims) == 1
    assert await records.claims.holder(KEY) == f"run-{claims.index(True)}"


def ask(claimer: Process, key: str) -> None:
    assert claimer.stdin
    claimer.stdin.write(f"{key}\n".encode())
    claimer.stdin.flush()


async def told(claimer: Process) -> bool:
    assert claimer.stdout
    return await asyncio.to_thread(claimer.stdout.readline) == b"yes\n"


@pytest.mark.one_database  # starting processes is what takes long; test_migrate has them on both
@pytest.mark.slow
async def test_of_several_processes_that_ask_at_once_one_is_given_the_key(
    records: Records, url: str, key_file: Path
) -> None:
    owners = ("left", "middle", "right")
    claimers = [start("claimer", url, key_file, owner) for owner in owners]
    await let_go(*claimers)
    for key in (f"onboarding/{number}" for number in range(40)):
        for claimer in claimers:
            ask(claimer, key)
        given = [owner for owner, claimer in zip(owners, claimers, strict=True) if await told(claimer)]
        assert given == [await records.claims.holder(key)]
    for claimer in claimers:
        assert await finished(claimer) == []


@pytest.mark.one_database  # starting processes is what takes long; test_migrate has them on both
@pytest.mark.slow
async def test_whoever_was_killed_keeps_what_it_was_given(records: Records, url: str, key_file: Path) -> None:
    claimer = start("claimer", url, key_file, "killed")
    await let_go(claimer)
    for number in range(20):
        ask(claimer, f"onboarding/{number}")
    given = [await told(claimer) for _ in range(5)]
    os.kill(claimer.pid, signal.SIGKILL)
    rest, _ = await asyncio.to_thread(claimer.communicate)
    given += [line == b"yes" for line in rest.splitlines()]
    assert given == [True] * len(given)
    for number in range(len(given)):
        assert not await records.claims.claim(f"onboarding/{number}", "another")
        assert await records.claims.holder(f"onboarding/{number}") == "killed"
    assert await records.claims.claim("onboarding/20", "another"), "no lock was left behind"


async def test_a_claim_outlives_its_process_and_its_keys(records: Records, url: str) -> None:
    await records.claims.claim(KEY, "run-a")
    later = Records.open(url, KeyRing.of("new", {"new": b"n" * 32}))
    assert not await later.claims.claim(KEY, "run-b")
    assert await later.claims.claim(KEY, "run-a")
    await later.close()


async def test_a_claim_whose_transaction_fails_was_never_made(records: Records) -> None:
    def fail(_: Connection) -> None:
        raise LookupError

    claim = records.claims.claim(KEY, "run-a")
    with pytest.raises(LookupError):
        await together(claim, Work(claim.run, fail, writes=True))
    assert await records.claims.holder(KEY) is None
    assert await records.claims.claim(KEY, "run-b")


async def test_two_databases_know_nothing_of_each_other(
    records: Records, tmp_path: Path, keys: KeyRing
) -> None:
    other = Records(Database(f"sqlite:///{tmp_path}/other/records.db"), keys)
    await other.migrate()
    assert await records.claims.claim(KEY, "run-a")
    assert await other.claims.claim(KEY, "run-b")
    await other.close()
