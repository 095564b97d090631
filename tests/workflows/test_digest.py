"""The digest of the day, on real flows."""

from datetime import UTC, datetime
from pathlib import Path

from activities.service.digest import DigestActivities, Verdict
from raccord.connectors.errors import Permanent
from raccord.domain.rules.modes import Mode
from raccord.domain.rules.timing import Timing
from raccord.domain.service.findings import Finding, FindingKind
from raccord.records.records import Records
from raccord.sealing import KeyRing
from tests.domain import samples
from tests.workflows.house import REF, House, needs_server

pytestmark = needs_server
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)


def told(at_home: House) -> list[str]:
    """Return the titles and points of the messages."""
    notices = [posted.notice for posted in at_home.messenger.messages.values()]
    return [" | ".join((notice.title, *notice.points)) for notice in notices]


async def test_shadow_is_told_once_a_day_and_again_when_the_verdict_changes(at_home: House) -> None:
    dirty = samples.company(address=samples.address(postal_code=""))
    at_home.edit(companies=(dirty,))
    await at_home.work(Mode.SHADOW)
    await at_home.outcome()
    assert await at_home.digest() == 1
    (first,) = told(at_home)
    assert "Question à poser" in first
    await at_home.outcome(key="again")
    assert await at_home.digest() == 0
    at_home.edit(companies=(samples.company(),))
    await at_home.outcome(key="repaired")
    assert await at_home.digest() == 1
    _, second = told(at_home)
    assert "À facturer" in second
    assert "Question à poser" not in second


async def test_a_deal_that_is_lost_again_is_told_of_no_more(at_home: House) -> None:
    await at_home.work(Mode.SHADOW)
    await at_home.outcome()
    at_home.edit(won=False)
    await at_home.outcome(key="lost")
    assert await at_home.digest() == 0
    assert await at_home.records.findings.verdicts() == ()


async def test_an_issued_invoice_that_needs_a_platform_is_in_the_digest_and_no_remark(at_home: House) -> None:
    await at_home.work(desk="[einvoicing]\nfrom = 2026-01-01")
    assert (await at_home.outcome())["ending"] == "invoiced"
    assert told(at_home) == []
    assert await at_home.digest() == 1
    (only,) = told(at_home)
    assert "plateforme agréée" in only
    assert await at_home.digest() == 0


async def test_a_messenger_that_refuses_leaves_the_findings_for_the_next_digest(at_home: House) -> None:
    await at_home.work(Mode.SHADOW)
    await at_home.outcome()
    at_home.messenger.fail(Permanent("channel_not_found"), "post")
    assert await at_home.digest() == 0
    at_home.messenger.heal()
    assert await at_home.digest() == 1


async def test_a_flow_that_left_shadow_takes_its_verdicts_along(at_home: House) -> None:
    await at_home.work(Mode.SHADOW)
    await at_home.outcome()
    await at_home.work(Mode.LIVE)
    assert await at_home.digest() == 0
    assert await at_home.records.findings.verdicts() == ()


async def test_without_a_messenger_what_only_it_would_tell_is_not_kept(tmp_path: Path) -> None:
    records = Records.open(f"sqlite:///{tmp_path / 'records.db'}", KeyRing.create(tmp_path / "keys.json"))
    await records.migrate()
    digest = DigestActivities(records, "", Timing(), shadow=True)
    missing = Finding(kind=FindingKind.NOT_TRANSMITTED, deal=REF, number="F-1", at=NOW)
    for each in (missing, missing.model_copy(update={"kind": FindingKind.WOULD_ASK})):
        await digest.note(Verdict(deal=REF, finding=each))
    assert [found.kind for found in await records.findings.take(NOW)] == [FindingKind.WOULD_ASK]
    await records.close()
