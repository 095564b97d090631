"""Golden weeks, to the cent."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from raccord.domain.report.facts import Fact, FactKind, InvoiceStory, Told, fact_of
from raccord.domain.report.reckoning import Names, Reckoning, dso, listed_from
from raccord.domain.report.report import (
    MOST_LINES,
    WEEKS,
    AdjustmentKind,
    Bucket,
    Counted,
    Figures,
    Report,
)
from raccord.domain.report.week import Week
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.listed import ListedDeal
from raccord.domain.values.movement import MovementKind
from tests.domain.report.samples import deal, money, moved, story

PARIS = BusinessClock(zone="Europe/Paris")
W47, W48 = Week.parse("2026-W47"), Week.parse("2026-W48")
MONDAY = datetime(2026, 11, 30, 9, tzinfo=PARIS.tz)
NAMES = Names(owners={"anne": "Anne Martin"}, pipelines={"default": "Ventes"})
ISSUED, PAID = MovementKind.ISSUED, MovementKind.RECEIVED
NOTHING = Figures()


class Books:
    """Reports, one week after the other, and what each told."""

    def __init__(self) -> None:
        self.told: dict[str, Told] = {}
        self.kept: set[Week] = set()

    def report(
        self,
        week: Week,
        deals: Iterable[ListedDeal] = (),
        stories: Iterable[InvoiceStory] = (),
        names: Names = NAMES,
    ) -> Report:
        before = {key: told for key, told in self.told.items() if told.by != week}
        reckoning = Reckoning(week, PARIS, names, frozenset(self.kept))
        told: list[Fact] = []
        seen: set[str] = set()
        for each in deals:
            told += reckoning.deal(each, before)
            seen |= {fact.key for fact in [fact_of(each)] if fact}
        for found in stories:
            told += reckoning.invoice(found, before)
            seen |= {fact.key for fact in found.facts(PARIS)}
        for key, one in sorted(before.items()):
            if one.by < week and key not in seen:
                reckoning.gone(one)
                del self.told[key]
        self.told |= {fact.key: Told(by=week, fact=fact) for fact in told}
        self.kept.add(week)
        return reckoning.report(computed_at=MONDAY, late=False)


def counted(*amounts: str) -> Counted:
    return Counted(count=len(amounts), sums=(money(str(sum(map(Decimal, amounts)))),) if amounts else ())


def test_a_second_decides_in_which_week_an_invoice_is() -> None:
    """The company's Monday begins an hour before that of UTC."""
    last = story(moved(ISSUED, "120", "2026-11-29T22:59:59", id="in_1"))
    first = story(moved(ISSUED, "500", "2026-11-29T23:30:00", id="in_2"), id="in_2")
    books = Books()
    assert books.report(W48, stories=[last, first]).figures.issued == counted("120")
    assert books.report(W48.back(-1), stories=[last, first]).figures.issued == counted("500")


@pytest.mark.parametrize(("sunday", "hours"), [(date(2026, 3, 29), 167), (date(2026, 10, 25), 169)])
def test_over_a_clock_change_each_invoice_is_in_one_week(sunday: date, hours: int) -> None:
    week = Week.of(sunday)
    begun, over = PARIS.start_of(week.monday), PARIS.start_of(week.back(-1).monday)
    assert over - begun == timedelta(hours=hours)
    stories = [
        story(
            moved(ISSUED, "1", (begun + timedelta(hours=n)).replace(tzinfo=None).isoformat(), id=f"in_{n}"),
            id=f"in_{n}",
        )
        for n in range(-24, hours + 24)
    ]
    books = Books()
    told = [
        books.report(each, stories=stories).figures.issued.count
        for each in (week.back(1), week, week.back(-1))
    ]
    assert told == [24, hours, 24]


def test_a_week_over_new_year_is_one_week() -> None:
    days = ("2026-12-27T23:30:00", "2026-12-31T10:00:00", "2027-01-03T22:30:00", "2027-01-03T23:30:00")
    stories = [
        story(moved(ISSUED, str(10**n), each, id=f"in_{n}"), id=f"in_{n}") for n, each in enumerate(days)
    ]
    assert Books().report(Week.parse("2026-W53"), stories=stories).figures.issued == counted("1", "10", "100")


def test_what_is_won_issued_and_received_is_told_by_salesperson_and_pipeline() -> None:
    anne = deal("1", "1000", closed_on=date(2026, 11, 24))
    nobody = deal("2", "250.50", closed_on=date(2026, 11, 26), owner_id="", pipeline_id="other")
    paid = story(
        moved(ISSUED, "1200", "2026-11-25T10:00:00"), moved(PAID, "400.01", "2026-11-27T10:00:00"), deal=anne
    )
    report = Books().report(W48, [anne, nobody], [paid])
    assert report.figures == Figures(
        won=counted("1000", "250.50"), issued=counted("1200"), received=counted("400.01")
    )
    assert [(each.name, each.figures.won) for each in report.salespeople] == [
        ("Anne Martin", counted("1000")),
        ("", counted("250.50")),
    ]
    assert [each.name for each in report.pipelines] == ["other", "Ventes"]
    assert [(line.name, line.won, line.issued, line.received, line.numbers) for line in report.lines] == [
        ("Deal 1", money("1000"), money("1200"), money("400.01"), ("F-in_1",)),
        ("Deal 2", money("250.50"), None, None, ()),
    ]


def test_what_was_set_off_is_invoiced_and_no_money_that_came() -> None:
    invoice = story(
        moved(ISSUED, "1305.39", "2026-11-25T10:00:00"),
        moved(MovementKind.SET_OFF, "1305.39", "2026-11-25T10:00:00"),
    )
    report = Books().report(W48, stories=[invoice])
    assert report.figures == Figures(issued=counted("1305.39"))
    assert all(not each.open.sums for each in report.aging)


def test_money_that_went_back_is_told_apart_and_taken_off_its_deal() -> None:
    its = deal(closed_on=date(2026, 11, 24))
    invoice = story(
        moved(ISSUED, "1200", "2026-11-24T10:00:00"),
        moved(PAID, "1200", "2026-11-25T10:00:00"),
        moved(MovementKind.REFUNDED, "200", "2026-11-26T10:00:00"),
        deal=its,
    )
    report = Books().report(W48, [its], [invoice])
    assert (report.figures.received, report.figures.refunded) == (counted("1200"), counted("200"))
    assert report.lines[0].received == money("1000")


def test_currencies_are_never_added() -> None:
    euro = story(moved(ISSUED, "100", "2026-11-25T10:00:00"))
    yen = story(moved(ISSUED, "5000", "2026-11-25T10:00:00", id="in_2", currency="JPY"), id="in_2")
    report = Books().report(W48, stories=[euro, yen])
    assert report.figures.issued == Counted(count=2, sums=(money("100"), money("5000", "JPY")))
    assert [point.issued.currency for point in report.trend] == ["EUR"] * WEEKS + ["JPY"] * WEEKS


def test_a_week_without_anything_is_told_as_such() -> None:
    report = Books().report(W48)
    assert (report.figures, report.lines, report.trend, report.adjustments) == (NOTHING, (), (), ())


def test_what_was_paid_in_a_later_week_is_that_week_s() -> None:
    issued = moved(ISSUED, "1200", "2026-11-18T10:00:00")
    paid = moved(PAID, "1200", "2026-11-25T10:00:00")
    books = Books()
    first = books.report(W47, stories=[story(issued)])
    later = books.report(W48, stories=[story(issued, paid)])
    assert first.figures == Figures(issued=counted("1200"))
    assert later.figures == Figures(received=counted("1200"))
    assert later.adjustments == ()


def test_what_comes_to_light_of_a_week_that_was_told_is_an_adjustment_of_the_later_one() -> None:
    """A payment that somebody noted on Tuesday with the date of the Friday before."""
    issued = moved(ISSUED, "1200", "2026-11-18T10:00:00")
    backdated = moved(PAID, "1200", "2026-11-20T10:00:00")
    books = Books()
    books.report(W47, stories=[story(issued)])
    later = books.report(W48, stories=[story(issued, backdated)])
    assert later.figures == NOTHING
    found = later.adjustments[0]
    assert (found.kind, found.fact, found.week) == (AdjustmentKind.LATE, FactKind.RECEIVED, W47)
    assert (found.told, found.now) == (None, money("1200"))
    again = books.report(W48.back(-1), stories=[story(issued, backdated)])
    assert again.adjustments == ()


def test_a_deal_that_was_edited_or_lost_after_its_week_was_told_is_an_adjustment() -> None:
    won = deal("1", "1000", closed_on=date(2026, 11, 18))
    lost = deal("2", "70", closed_on=date(2026, 11, 18))
    books = Books()
    books.report(W47, [won, lost])
    edited = won.model_copy(update={"amount": Decimal(900)})
    later = books.report(W48, [edited, lost.model_copy(update={"won": False})])
    assert [(each.kind, each.told, each.now) for each in later.adjustments] == [
        (AdjustmentKind.CHANGED, money("1000"), money("900")),
        (AdjustmentKind.GONE, money("70"), None),
    ]
    assert later.figures == NOTHING
    assert books.report(W48.back(-1), [edited]).adjustments == ()


def test_a_deal_whose_day_was_moved_into_a_later_week_is_won_once() -> None:
    won = deal("1", "1000", closed_on=date(2026, 11, 18))
    books = Books()
    books.report(W47, [won])
    later = books.report(W48, [won.model_copy(update={"closed_on": date(2026, 11, 25)})])
    assert (later.figures, later.adjustments) == (NOTHING, ())


def test_before_the_first_report_nothing_is_an_adjustment() -> None:
    old = story(moved(ISSUED, "1200", "2026-10-18T10:00:00"))
    assert Books().report(W48, stories=[old]).adjustments == ()


@pytest.mark.parametrize(
    ("due_on", "bucket"),
    [
        (date(2026, 11, 29), Bucket.NOT_DUE),
        (date(2026, 11, 28), Bucket.TO_30),
        (date(2026, 10, 30), Bucket.TO_30),
        (date(2026, 10, 29), Bucket.TO_60),
        (date(2026, 9, 30), Bucket.TO_60),
        (date(2026, 9, 29), Bucket.TO_90),
        (date(2026, 8, 31), Bucket.TO_90),
        (date(2026, 8, 30), Bucket.OLDER),
    ],
)
def test_receivables_age_from_the_day_after_they_are_due(due_on: date, bucket: Bucket) -> None:
    late = story(
        moved(ISSUED, "1200", "2026-08-01T10:00:00"),
        moved(PAID, "200", "2026-11-29T10:00:00"),
        moved(PAID, "1000", "2026-11-30T10:00:00"),
        due_on=due_on,
    )
    aging = {each.bucket: each.open for each in Books().report(W48, stories=[late]).aging}
    assert aging.pop(bucket) == counted("1000"), "what was paid on Monday was owed on Sunday"
    assert set(aging.values()) == {Counted()}


def test_the_trend_tells_what_was_owed_at_the_end_of_each_week() -> None:
    invoice = story(
        moved(ISSUED, "910", "2026-11-11T10:00:00"),
        moved(PAID, "910", "2026-11-25T10:00:00"),
        due_on=W48.sunday,
    )
    points = {point.week: point for point in Books().report(W48, stories=[invoice]).trend}
    assert len(points) == WEEKS
    assert [points[W48.back(n)].receivable for n in (3, 2, 1, 0)] == [
        money("0"),
        money("910"),
        money("910"),
        money("0"),
    ]
    assert (points[W47].dso, points[W48].dso, points[W48.back(3)].dso) == (
        Decimal("91.0"),
        Decimal("0.0"),
        None,
    )


def test_dso_is_what_is_owed_by_what_was_invoiced_in_ninety_one_days() -> None:
    assert dso(Decimal("1234.56"), Decimal("9999.99")) == Decimal("11.2")
    assert dso(Decimal(5), Decimal(0)) is None
    assert listed_from(W48) == W48.back(23).monday


def test_an_invoice_that_a_person_wrote_is_told_apart() -> None:
    its = deal(closed_on=date(2026, 11, 24))
    written = story(moved(ISSUED, "1200", "2026-11-25T10:00:00"), deal=its, ours=False)
    report = Books().report(W48, [its], [written])
    assert [line.key for line in report.by_hand] == ["1"]


def test_of_more_lines_than_are_named_all_are_counted() -> None:
    deals = [deal(f"{n:04}", "1", closed_on=W48.monday) for n in range(MOST_LINES + 20)]
    report = Books().report(W48, deals)
    assert (len(report.lines), report.more_lines, report.figures.won.count) == (
        MOST_LINES,
        20,
        MOST_LINES + 20,
    )


def test_a_deal_without_amount_or_currency_counts_and_adds_nothing() -> None:
    unknown = deal("1", None, closed_on=W48.monday)
    odd = deal("2", closed_on=W48.monday, currency="")
    assert Books().report(W48, [unknown, odd]).figures.won == Counted(count=2)


def test_a_week_that_is_told_late_tells_nothing_that_a_later_one_told() -> None:
    books = Books()
    books.report(W48.back(1))
    late = story(moved(ISSUED, "120", "2026-11-18T10:00:00"))
    won = deal("8", closed_on=W48.back(-1).monday)
    (adjusted,) = books.report(W48.back(-1), [won], [late]).adjustments
    assert adjusted.kind is AdjustmentKind.LATE
    moved_back = won.model_copy(update={"closed_on": W48.monday, "amount": Decimal(900)})
    made_up_for = books.report(W48, [moved_back], [late])
    assert made_up_for.adjustments == ()
    assert made_up_for.figures.won == counted()
