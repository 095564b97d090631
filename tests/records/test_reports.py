"""A week's report: what is listed for it goes on where it stopped, and what it told is told once."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from raccord.domain.report.facts import Fact, FactKind
from raccord.domain.report.report import Report
from raccord.domain.report.week import Week
from raccord.domain.values.listed import ListedDeal, Shown
from raccord.domain.values.money import Money
from raccord.domain.values.movement import Movement, MovementKind
from raccord.records.records import Records
from raccord.records.report_runs import ABANDONED, STALE, ReportRun, Side, Stage
from raccord.records.staged import StagedRow
from tests.domain.report.samples import deal, moved, story

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)
W48 = Week.parse("2026-W48")
NEXT = W48.back(-1)
ISSUED = moved(MovementKind.ISSUED, "1200", "2026-11-25T10:00:00")
PAID = moved(MovementKind.RECEIVED, "200", "2026-11-26T10:00:00")


async def begun(records: Records, week: Week = W48, now: datetime = NOW) -> ReportRun:
    run = await records.report_runs.begin(week, now)
    assert run is not None
    return run


def invoice(id_: str, pair: str = "") -> StagedRow:
    found = story(ISSUED, id=id_).invoice
    return StagedRow(id=id_, pair=pair, content=found.model_dump_json())


def movement(found: Movement, of: str) -> StagedRow:
    its = found.model_copy(update={"id": f"{found.id}-{of}", "invoice_id": of})
    return StagedRow(id=f"{its.kind}/{its.id}", pair=of, content=its.model_dump_json())


def row(found: ListedDeal) -> StagedRow:
    return StagedRow(
        id=found.id, pair=found.id, shown=found.shown.invoice_id, content=found.model_dump_json()
    )


def report(week: Week = W48, computed_at: datetime = NOW) -> Report:
    return Report(week=week, computed_at=computed_at, day=computed_at.date())


def fact(id_: str, amount: str = "1200", day: date = W48.monday) -> Fact:
    return Fact(
        kind=FactKind.ISSUED, id=id_, day=day, amount=Money(amount=Decimal(amount), currency="EUR"), name=id_
    )


async def test_it_goes_on_where_it_stopped_until_that_is_stale(records: Records) -> None:
    run = await begun(records)
    onward = run.next("in_1")
    await records.report_runs.stage(run, {Side.INVOICE: [invoice("in_1")]}, onward)
    assert await begun(records, now=NOW + timedelta(hours=1)) == onward
    anew = await begun(records, now=NOW + STALE)
    assert (anew.stage, anew.after) == (Stage.MOVEMENTS, "")
    assert await records.report_runs.invoices(anew, "", most=9) == ()


async def test_a_week_that_is_kept_is_made_no_more(records: Records) -> None:
    run = await begun(records)
    await records.report_runs.stage(run, {Side.DEAL: [row(deal(closed_on=W48.monday))]}, run)
    await records.reports.keep(run, report(), [], [])
    assert await records.report_runs.begin(W48, NOW + timedelta(days=30)) is None
    assert await records.report_runs.where(run) is None
    assert await records.reports.kept(W48) == report()
    assert await records.reports.kept(NEXT) is None
    assert await records.reports.weeks() == {W48}
    assert await records.report_runs.deals(run, "", most=9) == ()


async def test_an_invoice_comes_with_its_movements_and_its_deal(records: Records) -> None:
    shows = deal("7", closed_on=W48.monday, shown=Shown(invoice_id="in_2"))
    run = await begun(records)
    rows = {
        Side.INVOICE: [invoice("in_1"), invoice("in_2"), invoice("in_3")],
        Side.MOVEMENT: [movement(PAID, "in_2"), movement(PAID, "in_2"), movement(PAID, "in_9")],
        Side.DEAL: [row(shows)],
    }
    await records.report_runs.stage(run, rows, run)
    await records.report_runs.adopt(run)
    first, second = await records.report_runs.invoices(run, "", most=2)
    assert (first.deal, len(first.movements)) == (None, 1)
    assert (second.deal, [each.kind for each in second.movements]) == (shows, [ISSUED.kind, PAID.kind])
    (third,) = await records.report_runs.invoices(run, "in_2", most=2)
    assert third.invoice.listed.invoice.id == "in_3"


async def test_invoices_that_are_named_and_not_listed_are_known(records: Records) -> None:
    run = await begun(records)
    rows = {
        Side.INVOICE: [invoice("in_1")],
        Side.MOVEMENT: [movement(PAID, "in_1"), movement(PAID, "in_9")],
        Side.UNREADABLE: [StagedRow(id="in_5")],
    }
    await records.report_runs.stage(run, rows, run)
    assert await records.report_runs.named_only(run, W48.monday) == ("in_9",)
    assert await records.report_runs.unreadable(run) == 1


async def test_an_invoice_of_which_something_was_told_is_named_though_it_is_listed_no_more(
    records: Records,
) -> None:
    run = await begun(records)
    told = [
        fact(id_, day=day).model_copy(update={"invoice_id": id_})
        for id_, day in (("in_1", W48.monday), ("in_2", W48.monday), ("in_3", date(2025, 1, 1)))
    ]
    await records.reports.keep(run, report(), [*told, fact("7")], [])
    later = await begun(records, NEXT)
    rows = {Side.INVOICE: [invoice("in_1")], Side.MOVEMENT: [movement(PAID, "in_9")]}
    await records.report_runs.stage(later, rows, later)
    assert await records.report_runs.named_only(later, date(2026, 6, 1)) == ("in_2", "in_9")


async def test_a_later_report_knows_what_was_told_and_what_it_did_not_see(records: Records) -> None:
    run = await begun(records)
    one, two, old = fact("in_1"), fact("in_2"), fact("in_3", day=date(2025, 1, 1))
    assert await records.reports.told(run, [one.key]) == {}
    await records.reports.keep(run, report(), [one, two, old], [])
    later = await begun(records, NEXT)
    told = await records.reports.told(later, [one.key, "issued/in_9"])
    assert {key: (each.by, each.fact) for key, each in told.items()} == {one.key: (W48, one)}
    (unseen,) = await records.reports.unseen(later, date(2026, 6, 1))
    assert unseen.fact == two
    changed = fact("in_1", "900")
    await records.reports.keep(later, report(NEXT), [changed], [unseen.fact])
    again = await begun(records, NEXT.back(-1))
    assert {each.fact.amount for each in (await records.reports.told(again, [one.key])).values()} == {
        changed.amount
    }
    assert await records.reports.unseen(again, date(2026, 6, 1)) == ()


async def test_an_earlier_week_that_is_told_late_knows_what_later_ones_told(records: Records) -> None:
    run = await begun(records, NEXT)
    await records.reports.keep(run, report(NEXT), [fact("in_1", day=NEXT.monday)], [])
    earlier = await begun(records, W48)
    (told,) = (await records.reports.told(earlier, ["issued/in_1"])).values()
    assert told.by == NEXT
    assert await records.reports.unseen(earlier, date(2026, 1, 1)) == ()


async def test_of_two_runs_of_a_week_the_first_report_stays(records: Records) -> None:
    run = await begun(records)
    await records.reports.keep(run, report(), [fact("in_1")], [])
    await records.reports.keep(run, report(computed_at=NOW + timedelta(minutes=1)), [fact("in_1", "1")], [])
    assert await records.reports.kept(W48) == report()
    (told,) = (await records.reports.told(await begun(records, NEXT), [fact("in_1").key])).values()
    assert told.fact == fact("in_1")


async def test_a_run_that_lost_its_place_lists_nothing_any_more(records: Records) -> None:
    lost = await begun(records)
    run = await begun(records, now=NOW + STALE)
    await records.report_runs.stage(lost, {Side.INVOICE: [invoice("in_1")]}, lost.next(""))
    assert await records.report_runs.where(run) == run
    assert await records.report_runs.invoices(run, "", most=9) == ()


async def test_a_run_that_waits_long_keeps_what_it_listed_when_another_week_begins(records: Records) -> None:
    run = await begun(records)
    await records.report_runs.stage(run, {Side.INVOICE: [invoice("in_1")]}, run)
    await begun(records, W48.back(9), now=NOW + timedelta(days=2))
    assert len(await records.report_runs.invoices(run, "", most=9)) == 1


async def test_a_run_that_nobody_waits_for_leaves_nothing(records: Records) -> None:
    run = await begun(records)
    await records.report_runs.stage(run, {Side.INVOICE: [invoice("in_1")]}, run)
    await begun(records, NEXT, now=NOW + ABANDONED + timedelta(seconds=1))
    assert await records.report_runs.where(run) is None
    assert await records.report_runs.invoices(run, "", most=9) == ()


async def test_what_one_run_saw_is_not_unseen_while_another_week_is_made(records: Records) -> None:
    earliest = await begun(records, W48.back(2))
    await records.reports.keep(earliest, report(W48.back(2)), [fact("in_1")], [])
    one, other = await begun(records, NEXT), await begun(records, W48)
    for run in (one, other):
        await records.reports.told(run, [fact("in_1").key])
    for run in (one, other):
        assert await records.reports.unseen(run, date(2026, 6, 1)) == ()
