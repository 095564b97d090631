"""The week is reckoned once, shown wherever it is to be shown, and mailed to nobody twice."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from temporalio.client import Client

from activities.reporting.reckoning import ReportActivities
from activities.service.last_runs import LastRun
from activities.service.proof import ProofActivities
from raccord.connectors.errors import AmbiguousWrite, Permanent, RateLimited
from raccord.domain.report.policy import ReportWanted
from raccord.domain.report.report import Report
from raccord.domain.report.week import Week
from raccord.domain.rules.modes import Mode
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.listed import DealPage
from raccord.domain.values.movement import MovementKind, MovementPage
from raccord.domain.values.subject import Subject
from raccord.records.report_runs import STALE
from raccord.temporal.flows import FlowType
from tests.domain.report.samples import deal, money, moved, story
from tests.settings.written import SHEETS, SMTP
from tests.workflows.house import House, needs_server

pytestmark = needs_server
WEEK = Week.parse("2026-W01")
OVER = Week.due_at(datetime.now(UTC), BusinessClock())
SCHEDULED = "weekly-report-2026-11-30T08:00:00Z"
SOLD = deal("7", "1000", closed_on=WEEK.monday)
ISSUED = moved(MovementKind.ISSUED, "1200", "2025-12-30T10:00:00")
PAID = moved(MovementKind.RECEIVED, "1200", "2026-01-02T10:00:00", id="pay_1")


def have_sold(home: House) -> None:
    """Let a deal be won in the week, invoiced and paid."""
    home.crm.listed = [SOLD]
    home.billing.moved = [
        MovementPage(invoices=(story(ISSUED, deal=SOLD).invoice,)),
        MovementPage(movements=(PAID,)),
    ]


def unlisted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server that skips time lists no flows: none ran before."""

    async def none(_: Client, __: FlowType, subjects: Sequence[Subject]) -> Mapping[Subject, LastRun]:
        return dict.fromkeys(subjects, LastRun())

    monkeypatch.setattr(f"{ProofActivities.__module__}.last_runs", none)


@pytest.fixture
def sold(at_home: House, monkeypatch: pytest.MonkeyPatch) -> House:
    unlisted(monkeypatch)
    have_sold(at_home)
    return at_home


async def working(home: House, mode: str = "live", *, to: str = "anne@hexalab.example") -> list[Any]:
    return await home.work(
        Mode.SHADOW,
        roles='report_sinks = "sheets"\nmailer = "smtp"',
        modes=f'report = "{mode}"',
        more=f"{SHEETS}{SMTP}[report]\nto = {[to] if to else []}",
    )


async def told(home: House, week: Week = WEEK) -> dict[str, Any]:
    await home.started("WeeklyReport", ReportWanted(week=week), id=f"weekly-report/{week}")
    return await home.end(f"weekly-report/{week}", skip=timedelta(minutes=10))


def channel(home: House) -> str:
    """Return what the channel was told, a line each."""
    notices = [posted.notice for posted in home.messenger.messages.values()]
    return "\n".join(point for notice in notices for point in (notice.title, *notice.points))


async def kept(home: House, week: Week = WEEK) -> Report:
    report = await home.records.reports.kept(week)
    assert report is not None
    return report


async def test_a_week_is_reckoned_from_both_sides_and_shown(sold: House) -> None:
    await working(sold)
    ended = await told(sold)
    assert ended["places"] == [{"name": "sheets", "at": f"https://sink.example/{WEEK}", "trouble": ""}]
    report = await kept(sold)
    (line,) = report.lines
    assert (line.won, line.issued, line.received) == (money("1000"), money("1200"), money("1200"))
    assert report.late, "nobody asked for it on its Monday"
    assert report.proved_at is not None
    assert len(report.changes) == 5
    assert sold.sink.shown[str(WEEK)].sentences
    assert channel(sold) == "", "nobody is told that all is well"


async def test_a_week_that_is_told_again_says_the_same(sold: House) -> None:
    await working(sold)
    await told(sold)
    first = await kept(sold)
    sold.billing.moved.append(MovementPage(movements=(PAID.model_copy(update={"id": "pay_2"}),)))
    sold.crm.listed = [SOLD.model_copy(update={"amount": Decimal(1)})]
    await told(sold)
    assert await kept(sold) == first
    assert sold.sink.asked == [str(WEEK)] * 2
    later = await told(sold, WEEK.back(-1))
    assert later["week"] == {"monday": str(WEEK.back(-1).monday)}
    assert {(each.kind.value, each.fact.value) for each in (await kept(sold, WEEK.back(-1))).adjustments} == {
        ("changed", "won"),
        ("late", "received"),
    }


async def test_shadow_keeps_the_week_and_shows_it_nowhere(sold: House) -> None:
    await working(sold, "shadow")
    assert (await told(sold))["places"] == []
    assert (await kept(sold)).figures.won.count == 1
    assert sold.sink.asked == []
    assert await sold.written() == []


async def test_a_place_that_is_down_is_completed_later_and_the_mail_says_so(sold: House) -> None:
    await working(sold)
    away = RateLimited("Sheets cannot be reached.", retry_after=timedelta(minutes=7))
    sold.sink.fail(away, "publish", times=8)
    ended = await told(sold)
    assert ended["places"][0]["at"] == f"https://sink.example/{WEEK}"
    assert len(sold.sink.asked) == 9
    (mail,) = sold.mailer.arrived
    assert "Sheets cannot be reached." in mail.text


async def test_management_is_mailed_once_with_the_charts_in_the_page(sold: House) -> None:
    await working(sold)
    assert (await told(sold))["mailed"] == "sent"
    assert (await told(sold))["mailed"] == "sent"
    (mail,) = sold.mailer.arrived
    assert mail.to == ("anne@hexalab.example",)
    assert str(WEEK.monday.isocalendar().week) in mail.subject
    assert mail.pictures
    assert all(f"cid:{picture.cid}" in mail.html for picture in mail.pictures)
    assert f"https://sink.example/{WEEK}" in mail.text


async def test_in_draft_the_week_is_shown_and_mailed_to_nobody(sold: House) -> None:
    await working(sold, "draft")
    assert (await told(sold))["mailed"] == "not_sent"
    assert sold.sink.asked == [str(WEEK)]
    assert sold.mailer.arrived == []


@pytest.mark.parametrize(("reads", "shown"), [("list_deals", 0), ("publish", 1)])
async def test_who_is_demoted_on_the_way_writes_nothing_more(sold: House, reads: str, shown: int) -> None:
    doing = await working(sold)
    (acting,) = {id(each): each for each in doing if isinstance(each, ReportActivities)}.values()

    async def demoted() -> None:
        acting._policy = acting._policy.model_copy(update={"mode": Mode.SHADOW})

    (sold.crm if shown == 0 else sold.sink).before(reads, demoted)
    assert (await told(sold))["mailed"] == "not_sent"
    assert len(sold.sink.shown) == shown
    assert sold.mailer.arrived == []


async def test_a_mail_that_may_have_left_is_not_sent_again(sold: House) -> None:
    await working(sold)
    sold.mailer.fail(AmbiguousWrite("The line broke."), "hand_over", times=1)
    assert [(await told(sold))["mailed"] for _ in range(2)] == ["unknown", "unknown"]
    assert sold.mailer.arrived == []


async def test_a_mail_server_that_refuses_costs_the_week_nothing(sold: House) -> None:
    await working(sold)
    sold.mailer.refused.add("anne@hexalab.example")
    ended = await told(sold)
    assert (ended["mailed"], ended["places"][0]["trouble"]) == ("not_sent", "")
    assert "n’est pas parti" in channel(sold)


async def test_nobody_is_mailed_where_nobody_is_named(sold: House) -> None:
    await working(sold, to="")
    assert (await told(sold))["mailed"] == "not_sent"
    assert sold.mailer.arrived == []


async def test_a_place_that_refuses_says_why(sold: House) -> None:
    await working(sold)
    sold.sink.fail(Permanent("Share the spreadsheet with raccord@example as Editor."), "publish")
    (place,) = (await told(sold))["places"]
    assert "Share the spreadsheet" in place["trouble"]
    assert "Share the spreadsheet" in channel(sold)


async def test_without_a_proof_the_week_is_told_all_the_same(sold: House) -> None:
    await working(sold)
    sold.billing.fail(Permanent("The key may not list customers."), "list_customers")
    await told(sold)
    assert (await kept(sold)).proved_at is None


async def test_what_cannot_be_listed_ends_the_run_and_can_be_asked_for_again(sold: House) -> None:
    await working(sold)
    sold.billing.fail(Permanent("The key may not list refunds."), "list_movements")
    with pytest.raises(Exception, match="Workflow execution failed") as failed:
        await told(sold)
    assert "ne peut pas lister" in str(failed.value.__cause__) or "list refunds" in str(
        failed.value.__cause__
    )
    assert "list refunds" in channel(sold)
    assert await sold.records.reports.kept(WEEK) is None
    sold.billing.heal()
    await told(sold)
    assert (await kept(sold)).figures.received.count == 1


async def test_a_week_that_is_not_over_is_not_made(sold: House) -> None:
    await working(sold)
    with pytest.raises(Exception, match="Workflow execution failed") as failed:
        await told(sold, Week.of(datetime.now(UTC).date()))
    assert failed.value.__cause__
    assert "is not over" in str(failed.value.__cause__.__cause__)


async def test_the_schedule_tells_the_week_under_the_id_that_the_command_line_asks_for(sold: House) -> None:
    await working(sold)
    await sold.started("WeeklyReport", ReportWanted(), id=SCHEDULED)
    ended = await sold.end(SCHEDULED, skip=timedelta(minutes=10))
    assert (ended["mailed"], len(ended["places"])) == ("sent", 1)
    assert await sold.end(f"weekly-report/{OVER}") == ended


async def test_a_week_that_is_asked_for_as_the_schedule_starts_is_told_once(sold: House) -> None:
    await working(sold)
    away = RateLimited("Sheets cannot be reached.", retry_after=timedelta(minutes=7))
    sold.sink.fail(away, "publish", times=1)
    await sold.started("WeeklyReport", ReportWanted(week=OVER), id=f"weekly-report/{OVER}")
    await sold.started("WeeklyReport", ReportWanted(), id=SCHEDULED)
    assert (await sold.end(f"weekly-report/{OVER}", skip=timedelta(minutes=10)))["mailed"] == "sent"
    await sold.end(SCHEDULED)
    assert sold.sink.asked == [str(OVER)] * 2, "the one that failed, and the one that did not"
    assert len(sold.mailer.arrived) == 1


async def test_a_run_that_was_begun_anew_meanwhile_is_told_as_that_one(
    sold: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await working(sold)
    list_deals, begun = sold.crm.list_deals, list[object]()

    async def late(*, won_from: date, after: str) -> DealPage:
        if not begun:
            begun.append(await sold.records.report_runs.begin(WEEK, datetime.now(UTC) + STALE))
        return await list_deals(won_from=won_from, after=after)

    monkeypatch.setattr(sold.crm, "list_deals", late)
    ended = await told(sold)
    assert (ended["mailed"], ended["places"][0]["trouble"]) == ("sent", "")
    figures = (await kept(sold)).figures
    assert (figures.won.count, figures.issued.count, figures.received.count) == (1, 1, 1)
    assert channel(sold) == ""


async def test_what_the_vendor_lists_no_more_is_not_gone(
    sold: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await working(sold)
    given_up = moved(MovementKind.CREDITED, "1200", "2026-01-02T10:00:00", id="in_1/given_up")
    sold.billing.moved = [MovementPage(invoices=(story(ISSUED, given_up, deal=SOLD).invoice,))]
    await told(sold)

    async def nothing(*, since: date, after: str) -> MovementPage:
        return MovementPage()

    # As Stripe does, whose events of an old invoice are told for thirty days.
    monkeypatch.setattr(sold.billing, "list_movements", nothing)
    await told(sold, WEEK.back(-1))
    assert (await kept(sold, WEEK.back(-1))).adjustments == ()
    sold.billing.moved = []
    await told(sold, WEEK.back(-2))
    gone = {(each.kind.value, each.fact.value) for each in (await kept(sold, WEEK.back(-2))).adjustments}
    assert gone == {("gone", "issued"), ("gone", "credited")}
