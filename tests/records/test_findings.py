from datetime import UTC, datetime, timedelta

from raccord.domain.service.findings import Finding, FindingKind, verdict_key
from raccord.domain.values.deal import DealRef
from raccord.domain.values.message import message
from raccord.records.records import Records

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
TOMORROW = NOW + timedelta(days=1)


def found(id: str = "7", kind: FindingKind = FindingKind.WOULD_ASK, at: datetime = NOW) -> Finding:
    return Finding(
        kind=kind,
        deal=DealRef(connection="hubspot", id=id),
        name="Refonte",
        number=f"F-{id}" if kind is FindingKind.NOT_TRANSMITTED else "",
        points=(message("end.closed"),),
        at=at,
    )


async def test_what_was_told_is_not_told_again_and_stays_in_the_report(records: Records) -> None:
    await records.findings.note(found())
    assert await records.findings.untold(NOW) == (found(),)
    await records.findings.told(NOW, LATER)
    assert await records.findings.untold(TOMORROW) == ()
    assert await records.findings.verdicts() == (found(),)


async def test_another_look_with_the_same_verdict_is_no_news(records: Records) -> None:
    await records.findings.note(found())
    await records.findings.told(NOW, NOW)
    await records.findings.note(found(at=LATER))
    assert await records.findings.untold(TOMORROW) == ()


async def test_another_verdict_takes_the_place_of_the_one_before_and_is_told(records: Records) -> None:
    await records.findings.note(found())
    await records.findings.told(NOW, NOW)
    now_clean = found(kind=FindingKind.WOULD_INVOICE, at=LATER)
    await records.findings.note(now_clean)
    assert await records.findings.untold(TOMORROW) == (now_clean,)
    assert await records.findings.verdicts() == (now_clean,)


async def test_what_is_found_while_a_digest_is_told_waits_for_the_next(records: Records) -> None:
    await records.findings.note(found())
    late = found("8", at=LATER)
    await records.findings.note(late)
    assert await records.findings.untold(NOW) == (found(),)
    await records.findings.told(NOW, LATER)
    assert await records.findings.untold(TOMORROW) == (late,)


async def test_a_deal_that_is_no_longer_won_leaves_the_report(records: Records) -> None:
    await records.findings.note(found())
    await records.findings.note(found("8"))
    await records.findings.forget(verdict_key(found().deal))
    assert await records.findings.verdicts() == (found("8"),)


async def test_invoices_that_nobody_transmits_are_counted_each_and_told_once(records: Records) -> None:
    for id in ("7", "8"):
        await records.findings.note(found(id, FindingKind.NOT_TRANSMITTED))
    assert [f.number for f in await records.findings.untold(NOW)] == ["F-7", "F-8"]
    assert await records.findings.verdicts() == ()
    await records.findings.told(NOW, LATER)
    assert await records.findings.untold(TOMORROW) == ()
