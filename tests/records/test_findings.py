from datetime import UTC, datetime, timedelta

from raccord.domain.service.findings import Finding, FindingKind, verdict_key
from raccord.domain.values.deal import DealRef
from raccord.domain.values.message import message
from raccord.records.records import Records
from raccord.sealing import KeyRing

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
    assert await records.findings.take(NOW) == (found(),)
    await records.findings.told(NOW, LATER)
    assert await records.findings.take(TOMORROW) == ()
    assert await records.findings.verdicts() == (found(),)


async def test_another_look_with_the_same_verdict_is_no_news(records: Records) -> None:
    await records.findings.note(found())
    await records.findings.take(NOW)
    await records.findings.told(NOW, NOW)
    await records.findings.note(found(at=LATER))
    assert await records.findings.take(TOMORROW) == ()


async def test_another_verdict_takes_the_place_of_the_one_before_and_is_told(records: Records) -> None:
    await records.findings.note(found())
    await records.findings.take(NOW)
    await records.findings.told(NOW, NOW)
    now_clean = found(kind=FindingKind.WOULD_INVOICE, at=LATER)
    await records.findings.note(now_clean)
    assert await records.findings.take(TOMORROW) == (now_clean,)
    assert await records.findings.verdicts() == (now_clean,)


async def test_what_is_found_while_a_digest_is_told_waits_for_the_next(records: Records) -> None:
    """Whatever the time that its flow gives it."""
    await records.findings.note(found())
    await records.findings.note(found("9"))
    assert await records.findings.take(LATER) == (found(), found("9"))
    await records.findings.note(found("8"))
    changed = found(kind=FindingKind.WOULD_INVOICE)
    await records.findings.note(changed)
    await records.findings.told(LATER, LATER)
    assert await records.findings.take(TOMORROW) == (changed, found("8"))


async def test_what_was_not_told_is_taken_again(records: Records) -> None:
    await records.findings.note(found())
    assert await records.findings.take(NOW) == await records.findings.take(LATER) == (found(),)


async def test_what_no_key_opens_keeps_nothing_else_from_being_told(records: Records, url: str) -> None:
    await records.findings.note(found())
    await records.findings.note(found("8"))
    renewed = Records.open(url, KeyRing.of("new", {"new": b"n" * 32}))
    await renewed.findings.note(found("9"))
    assert await renewed.findings.take(NOW) == (found("9"),)
    await renewed.findings.note(found("8"))
    assert await renewed.findings.take(LATER) == (found("8"), found("9"))
    await renewed.close()


async def test_when_nothing_is_in_shadow_any_more_its_verdicts_go(records: Records) -> None:
    missing = found("7", FindingKind.NOT_TRANSMITTED)
    await records.findings.note(found("8"))
    await records.findings.note(missing)
    await records.findings.forget_verdicts()
    assert await records.findings.verdicts() == ()
    assert await records.findings.take(NOW) == (missing,)


async def test_a_deal_that_is_no_longer_won_leaves_the_report(records: Records) -> None:
    await records.findings.note(found())
    await records.findings.note(found("8"))
    await records.findings.forget(verdict_key(found().deal))
    assert await records.findings.verdicts() == (found("8"),)


async def test_invoices_that_nobody_transmits_are_counted_each_and_told_once(records: Records) -> None:
    for id in ("7", "8"):
        await records.findings.note(found(id, FindingKind.NOT_TRANSMITTED))
    assert [f.number for f in await records.findings.take(NOW)] == ["F-7", "F-8"]
    assert await records.findings.verdicts() == ()
    await records.findings.told(NOW, LATER)
    assert await records.findings.take(TOMORROW) == ()
