from datetime import UTC, datetime, timedelta

import pytest

from raccord.domain.rules.ladder import DRAFT, LIVE, SHADOW, Place, Rung, Scope, ScopeKind
from raccord.records.records import Records
from raccord.records.rungs import Overtaken, Placed
from raccord.records.work import together
from raccord.sealing import KeyRing, UnknownKey

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
LEA = Scope(kind=ScopeKind.OWNER, id="71", name="Léa Martin")


def placed(rung: Rung, scope: Scope = LEA, at: datetime = NOW) -> Placed:
    return Placed(
        place=Place(scope=scope, rung=rung), actor="cli:anne", reason="Trois semaines justes", at=at
    )


async def test_a_rung_takes_the_place_of_the_one_before(records: Records) -> None:
    other = placed(LIVE, Scope(kind=ScopeKind.PIPELINE, id="71"), NOW + timedelta(hours=1))
    for each in (placed(DRAFT), other, placed(LIVE, at=NOW + timedelta(hours=2))):
        await records.rungs.put(each)
    assert await records.rungs.placed() == (other, placed(LIVE, at=NOW + timedelta(hours=2)))
    assert not await records.rungs.in_shadow()
    await records.rungs.put(placed(SHADOW))
    assert await records.rungs.in_shadow()


async def test_what_cannot_be_read_may_be_a_demotion_and_is_not_passed_over(
    records: Records, url: str
) -> None:
    await records.rungs.put(placed(SHADOW))
    renewed = Records.open(url, KeyRing.of("new", {"new": b"n" * 32}))
    with pytest.raises(UnknownKey):
        await renewed.rungs.places()
    await renewed.close()


async def test_nothing_is_written_over_a_rung_that_was_given_meanwhile(records: Records) -> None:
    await records.rungs.put(placed(LIVE))
    seen = await records.rungs.places()
    await together(records.rungs.unmoved(seen), records.rungs.put(placed(SHADOW)))
    with pytest.raises(Overtaken):
        await together(records.rungs.unmoved(seen), records.rungs.put(placed(LIVE)))
    assert await records.rungs.placed() == (placed(SHADOW),)
