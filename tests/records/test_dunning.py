"""What is remembered of customers who owe."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from raccord.domain.dunning.backlog import LateBefore
from raccord.domain.dunning.memory import Fate, Memory, Reached, Round
from raccord.domain.dunning.words import Word, WordKind
from raccord.domain.rules.dunning import Tone
from raccord.domain.values.money import Money
from raccord.records.records import Records

CUSTOMER, OTHER = "stripe:cus_1", "stripe:cus_2"
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


def sent(key: str = "dun/1", *, fate: Fate = Fate.SENT, at: datetime = NOW) -> Round:
    reached = (Reached(invoice_id="in_1", level=1),)
    return Round(key=key, at=at, level=1, tone=Tone.COURTEOUS, reached=reached, fate=fate)


def word(id: str = "w1", kind: WordKind = WordKind.PAUSE) -> Word:
    return Word(id=id, kind=kind, at=NOW, actor="cli:anne", reason="on holiday")


async def test_what_is_kept_is_remembered_of_its_customer_alone(records: Records) -> None:
    await records.dunning.keep(CUSTOMER, Memory(rounds=(sent(),), words=(word(),)))
    assert await records.dunning.memory(CUSTOMER) == Memory(rounds=(sent(),), words=(word(),))
    assert await records.dunning.memory(OTHER) == Memory()


async def test_keeping_unites_what_either_side_knows(records: Records) -> None:
    await records.dunning.said(CUSTOMER, word())
    later = sent("dun/2", at=NOW + timedelta(days=8))
    found = await records.dunning.keep(CUSTOMER, Memory(rounds=(sent(), later)))
    assert found == Memory(rounds=(sent(), later), words=(word(),))


@pytest.mark.parametrize(
    ("kind", "waits"),
    [
        (WordKind.APPROVED, False),
        (WordKind.LEFT_ALONE, False),
        (WordKind.STOP, False),
        (WordKind.REMIND, False),
        (WordKind.PAUSE, True),
    ],
)
async def test_whoever_a_person_decided_about_waits_for_no_approval(
    records: Records, kind: WordKind, waits: bool
) -> None:
    await records.dunning.waits(CUSTOMER, LateBefore(customer_id="cus_1"), NOW)
    await records.dunning.said(CUSTOMER, word(kind=kind))
    assert bool(await records.dunning.waiting()) is waits


async def test_who_waits_for_an_approval_is_known_with_what_it_owes_now(records: Records) -> None:
    late = LateBefore(customer_id="cus_1", owed=(Money.of_minor(120_000, "EUR"),))
    less = LateBefore(customer_id="cus_1", owed=(Money.of_minor(20_000, "EUR"),))
    known = [await records.dunning.waits(CUSTOMER, each, NOW) for each in (late, late, less)]
    assert known == [True, False, True]
    assert await records.dunning.waiting() == (less,)
    await records.dunning.waits_no_more(CUSTOMER)
    assert not await records.dunning.awaits(CUSTOMER)


async def test_the_same_word_is_remembered_once(records: Records) -> None:
    assert await records.dunning.said(CUSTOMER, word())
    assert not await records.dunning.said(CUSTOMER, word())
    assert (await records.dunning.memory(CUSTOMER)).words == (word(),)


async def test_what_became_of_a_round_is_not_undone_by_an_older_memory(records: Records) -> None:
    unknown = sent(fate=Fate.UNKNOWN)
    await records.dunning.note(CUSTOMER, unknown)
    await records.dunning.note(CUSTOMER, sent(fate=Fate.NOT_SENT))
    found = await records.dunning.keep(CUSTOMER, Memory(rounds=(unknown,)))
    assert [each.fate for each in found.rounds] == [Fate.NOT_SENT]


async def test_what_did_not_leave_is_counted_once_for_each_reason(records: Records) -> None:
    for _ in range(2):
        await records.dunning.stopped(CUSTOMER, "dun/1", NOW, "nothing_open")
    await records.dunning.stopped(OTHER, "dun/3", NOW, "promised")
    await records.dunning.stopped(OTHER, "dun/0", NOW - timedelta(days=40), "promised")
    month = NOW - timedelta(days=30)
    assert await records.dunning.stopped_since(month) == {"nothing_open": 1, "promised": 1}
    assert await records.dunning.memory(CUSTOMER) == Memory()


@pytest.mark.parametrize(("fate", "counted"), [(Fate.SENT, {}), (Fate.NOT_SENT, {"paused": 1})])
async def test_what_leaves_after_all_is_not_counted_as_stopped(
    records: Records, fate: Fate, counted: dict[str, int]
) -> None:
    await records.dunning.stopped(CUSTOMER, sent().key, NOW, "paused")
    await records.dunning.stopped(CUSTOMER, f"{sent().key}0", NOW, "paused")
    await records.dunning.note(CUSTOMER, sent(fate=fate))
    left = {"paused": 1 + sum(counted.values())}
    assert await records.dunning.stopped_since(NOW - timedelta(days=30)) == left


@pytest.mark.one_database  # SQLite's file is read
async def test_nothing_that_was_said_is_readable_in_the_file(records: Records, tmp_path: Path) -> None:
    await records.dunning.said(CUSTOMER, word())
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert not any(b"on holiday" in path.read_bytes() for path in files)
