"""Tokens of connections: sealed, of one application, renewed by one process, killed wherever it may be."""

import asyncio
import signal
from datetime import timedelta
from typing import Any

import pytest

from raccord.connectors.connection import ConnectionSettings
from raccord.connectors.errors import Auth, Transient
from raccord.connectors.http.tokens import Tokens
from raccord.connectors.oauth import Held
from raccord.records.credentials import GrantsInRecords
from raccord.records.records import Records
from raccord.sealing import CannotUnseal, KeyRing
from tests.connectors.stub import Asked, Reply, Stub, running
from tests.records.granted import app_of, granted
from tests.records.processes import Process, start
from tests.records.refresher import STEPS
from tests.records.rows import tampering

APP = app_of()
MINUTE = timedelta(minutes=1)


async def held(records: Records) -> Held:
    found = await records.credentials.of(APP)
    assert found is not None
    return found


def access(of: Held) -> str:
    return of.granted.access_token.get_secret_value()


async def test_tokens_are_kept_sealed_and_read_by_their_own_application_alone(
    records: Records, url: str
) -> None:
    assert await records.credentials.of(APP) is None
    await records.credentials.connect(APP, granted("first"))
    assert access(await held(records)) == "access-first"
    with tampering(url) as look:
        [(sealed,)] = look.execute("SELECT sealed FROM credentials").all()
    assert b"first" not in bytes(sealed)
    for other in (app_of(client_id="another"), app_of("https://elsewhere.example/oauth")):
        with pytest.raises(CannotUnseal):
            await records.credentials.of(other)
        with pytest.raises(Auth, match="raccord connect acme"):
            await GrantsInRecords(records.credentials).of(other)


async def test_one_at_a_time_renews_and_a_turn_ends_by_itself(records: Records) -> None:
    await records.credentials.connect(APP, granted("first"))
    turn = (await held(records)).turn
    taken = [
        await records.credentials.take(APP, turn, holder, lasting=MINUTE) for holder in ("left", "right")
    ]
    assert taken == [True, False]
    await records.credentials.give_back(APP, turn, "right", refused=False)
    assert not await records.credentials.take(APP, turn, "right", lasting=MINUTE), "it was not his to give"
    await records.credentials.give_back(APP, turn, "left", refused=False)
    assert await records.credentials.take(APP, turn, "dead", lasting=timedelta(0))
    assert await records.credentials.take(APP, turn, "right", lasting=MINUTE)
    await records.credentials.keep(APP, turn, granted("second"))
    assert access(await held(records)) == "access-second"
    assert not await records.credentials.take(APP, turn, "left", lasting=MINUTE), "that turn is over"
    assert await records.credentials.take(APP, turn + 1, "left", lasting=MINUTE)


async def test_what_was_answered_late_is_stored_unless_there_is_something_newer(records: Records) -> None:
    await records.credentials.connect(APP, granted("first"))
    turn = (await held(records)).turn
    await records.credentials.take(APP, turn, "slow", lasting=timedelta(0))
    await records.credentials.take(APP, turn, "quick", lasting=MINUTE)
    await records.credentials.give_back(APP, turn, "quick", refused=True)
    assert (await held(records)).refused_at
    await records.credentials.keep(APP, turn, granted("slow"))
    assert access(await held(records)) == "access-slow"
    assert (await held(records)).refused_at is None
    await records.credentials.connect(APP, granted("person"))
    await records.credentials.keep(APP, turn + 1, granted("slower"))
    assert access(await held(records)) == "access-person"


async def test_connecting_anew_ends_a_refusal_and_every_turn(records: Records) -> None:
    await records.credentials.connect(APP, granted("first"))
    turn = (await held(records)).turn
    await records.credentials.take(APP, turn, "left", lasting=MINUTE)
    await records.credentials.connect(APP, granted("second"))
    found = await held(records)
    assert (found.refused_at, access(found)) == (None, "access-second")
    assert await records.credentials.take(APP, found.turn, "right", lasting=MINUTE)
    told = await records.credentials.told("acme")
    assert told
    assert told.connected_at == found.connected_at
    assert await records.credentials.told("other") is None


@pytest.mark.one_database
async def test_a_database_that_is_away_is_no_refusal(tmp_path: Any, keys: KeyRing) -> None:
    away = Records.open("sqlite:////proc/none/records.db", keys)
    grants = GrantsInRecords(away.credentials)
    with pytest.raises(Transient, match="records"):
        await grants.of(APP)
    with pytest.raises(Transient, match="records"):
        await grants.keep(APP, 1, granted("second"))
    await away.close()


class Vendor:
    """Hands out the next tokens; `rotates`: for the newest refresh token alone. It may kill who asks it."""

    def __init__(self, *, rotates: bool) -> None:
        self._rotates = rotates
        self.good, self.count = "refresh-0", 0
        self.kills: Process | None = None

    def answer(self, asked: Asked) -> Reply:
        if asked.params["refresh_token"] != self.good:
            return Reply({"error": "invalid_grant"}, 400)
        self.count += 1
        if self._rotates:
            self.good = f"refresh-{self.count}"
        if self.kills:
            self.kills.kill()
        given = {"access_token": f"access-{self.count}", "expires_in": 3600}
        return Reply(given | ({"refresh_token": self.good} if self._rotates else {}))


async def killed(stub: Stub, step: str, url: str, key_file: Any, vendor: Vendor) -> None:
    """Have a process renew, and be killed at a step or while it is asked."""
    process = start("refresher", step.removesuffix("asked"), url, key_file, stub.url)
    vendor.kills = process if step == "asked" else None
    _, errors = await asyncio.to_thread(process.communicate)
    assert process.returncode == -signal.SIGKILL, errors.decode()
    vendor.kills = None


@pytest.mark.one_database  # whose turn it is, is tried on both above
@pytest.mark.slow
@pytest.mark.parametrize(
    ("rotates", "steps"),
    [(True, (*STEPS, "asked")), (False, ("asked", "answered"))],
    ids=["rotates", "stays"],
)
async def test_whoever_is_killed_while_he_renews_loses_nothing_that_was_stored(
    records: Records, url: str, key_file: Any, *, rotates: bool, steps: tuple[str, ...]
) -> None:
    """Only of a vendor that rotates, an answer that was never stored is lost: a person is told what to do."""
    vendor = Vendor(rotates=rotates)
    async with running(Reply(status=404)) as stub:
        stub.on("POST /token", vendor.answer)
        app = app_of(stub.url)
        settings = ConnectionSettings(vendor="acme", base_url=stub.url, timeout=timedelta(seconds=5))
        for step in steps:
            await records.credentials.connect(app, granted("0", lasts=0))
            vendor.good = "refresh-0"
            await killed(stub, step, url, key_file, vendor)
            # The dead one's turn is over, as it would be some seconds later.
            with tampering(url) as later:
                later.execute("UPDATE credentials SET held_until = NULL")
            tokens = Tokens(app, settings, GrantsInRecords(records.credentials))
            if rotates and step in {"asked", "answered"}:
                with pytest.raises(Auth, match="raccord connect acme"):
                    await tokens.get()
            else:
                found = await tokens.get()
                assert found.access_token.get_secret_value() == f"access-{vendor.count}"
            await tokens.close()
