"""The instant at which each reminder leaves."""

from datetime import UTC, date, datetime, timedelta

import pytest

from raccord.domain.dunning.calendar import next_sending, public_holidays, sending_from
from raccord.domain.values.clock import BusinessClock
from tests.dunning.year import OFF, Year, here, invoice, policy

NOTICE, LATER = {"day": -5, "tone": "notice"}, {"day": 7, "tone": "courteous"}
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


def first_of(due_on: str, **rules: object) -> str:
    """Return when the first reminder of an invoice leaves."""
    year = Year(policy=policy(**rules), now=here("2026-01-02"))
    return year.owes(invoice("A", due_on)).passes("2027-02-01").said[0].partition(" ")[0]


def test_an_invoice_is_reminded_of_seven_fifteen_and_thirty_days_after_its_due_date() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).passes("2026-12-31")

    # The thirtieth day is Friday 1 May, a public holiday before a weekend.
    assert year.said == [
        "2026-04-08T07:00Z courteous A1",
        "2026-04-16T07:00Z firm A2",
        "2026-05-04T07:00Z last A3",
    ]
    assert (year.why, year.next) == ("last_sent", "never")


@pytest.mark.parametrize(
    ("due_on", "leaves"),
    [
        pytest.param("2026-04-01", "2026-04-08T07:00Z", id="nine o'clock is seven in summer"),
        pytest.param("2026-02-04", "2026-02-11T08:00Z", id="nine o'clock is eight in winter"),
        pytest.param("2026-03-22", "2026-03-30T07:00Z", id="the Sunday on which the clocks go forward"),
        pytest.param("2026-03-20", "2026-03-27T08:00Z", id="the Friday before it"),
        pytest.param("2026-10-18", "2026-10-26T08:00Z", id="the Sunday on which the clocks go back"),
        pytest.param("2026-10-16", "2026-10-23T07:00Z", id="the Friday before that"),
        pytest.param("2026-01-31", "2026-02-09T08:00Z", id="the end of January"),
        pytest.param("2026-02-28", "2026-03-09T08:00Z", id="the end of February"),
        pytest.param("2026-04-30", "2026-05-07T07:00Z", id="the end of April"),
        pytest.param("2026-12-31", "2027-01-07T08:00Z", id="the end of the year"),
        pytest.param("2026-07-07", "2026-07-15T07:00Z", id="14 July"),
        pytest.param("2026-12-25", "2027-01-04T08:00Z", id="1 January, a Friday"),
        pytest.param("2026-03-30", "2026-04-07T07:00Z", id="Easter Monday"),
        pytest.param("2026-04-24", "2026-05-04T07:00Z", id="1 May, a Friday"),
        pytest.param("2026-05-07", "2026-05-15T07:00Z", id="Ascension"),
        pytest.param("2026-05-18", "2026-05-26T07:00Z", id="Whit Monday"),
        pytest.param("2026-11-04", "2026-11-12T08:00Z", id="11 November"),
        pytest.param("2026-12-18", "2026-12-28T08:00Z", id="Christmas, a Friday"),
        pytest.param("2026-08-08", "2026-08-17T07:00Z", id="15 August, a Saturday"),
    ],
)
def test_a_reminder_leaves_at_nine_in_paris_on_the_next_working_day(due_on: str, leaves: str) -> None:
    assert first_of(due_on) == leaves


@pytest.mark.parametrize(
    ("rules", "due_on", "leaves"),
    [
        pytest.param(
            {"weekdays": EVERY_DAY}, "2026-03-22", "2026-03-29T07:00Z", id="on the day of the longer night"
        ),
        pytest.param({"weekdays": EVERY_DAY}, "2026-10-18", "2026-10-25T08:00Z", id="and of the shorter one"),
        pytest.param({"on_holidays": True}, "2026-07-07", "2026-07-14T07:00Z", id="on a public holiday"),
        pytest.param({"sends_at": "14:30"}, "2026-04-01", "2026-04-08T12:30Z", id="in the afternoon"),
        pytest.param({"weekdays": (1,)}, "2026-04-01", "2026-04-14T07:00Z", id="on Tuesdays alone"),
        pytest.param(
            {"sends_at": "02:30", "weekdays": EVERY_DAY},
            "2026-03-22",
            "2026-03-29T01:30Z",
            id="at an hour that this night does not have",
        ),
        pytest.param(
            {"levels": [{"day": 0, "tone": "courteous"}]},
            "2026-04-01",
            "2026-04-02T07:00Z",
            id="on the day after at once",
        ),
    ],
)
def test_the_settings_say_when_reminders_leave(rules: dict[str, object], due_on: str, leaves: str) -> None:
    assert first_of(due_on, **rules) == leaves


@pytest.mark.parametrize(
    ("due_on", "leave"),
    [
        ("2028-02-22", ["2028-02-29T08:00Z", "2028-03-08T08:00Z", "2028-03-23T08:00Z"]),
        ("2028-02-29", ["2028-03-07T08:00Z", "2028-03-15T08:00Z", "2028-03-30T07:00Z"]),
    ],
)
def test_the_leap_day_is_a_day_like_others(due_on: str, leave: list[str]) -> None:
    year = Year(now=here("2028-01-03")).owes(invoice("A", due_on)).passes("2028-12-31")

    assert [said.partition(" ")[0] for said in year.said] == leave


def test_an_invoice_that_is_due_today_is_not_late_before_the_day_is_over_in_paris() -> None:
    year = Year(now=here("2026-11-27 23:59"))
    year.owes(invoice("A", "2026-10-16"), invoice("B", "2026-11-27"), invoice("C", "2026-12-31"))
    assert [each.id for each in year.look().overdue] == ["A"]

    year.now = here("2026-11-28 00:00")
    assert [each.id for each in year.look().overdue] == ["A", "B"]


def test_a_reminder_lists_what_is_late_and_nothing_else() -> None:
    year = Year(now=here("2026-11-27 10:00"))
    year.owes(invoice("A", "2026-10-16"), invoice("B", "2026-11-27"), invoice("C", "2026-12-31"))

    assert year.passes("2026-11-28").said == ["2026-11-27T09:00Z firm A2"]


@pytest.mark.parametrize(
    ("wakes", "leaves"),
    [
        ("2026-04-09 08:59", "2026-04-09T07:00Z"),
        ("2026-04-09 17:59", "2026-04-09T15:59Z"),
        ("2026-04-09 18:00", "2026-04-10T07:00Z"),
        ("2026-04-10 18:00", "2026-04-13T07:00Z"),
        ("2026-04-11 12:00", "2026-04-13T07:00Z"),
    ],
)
def test_a_reminder_that_could_not_leave_leaves_in_sending_hours(wakes: str, leaves: str) -> None:
    year = Year(now=here("2026-04-08")).owes(invoice("A", "2026-04-01")).is_down("2026-04-08", wakes)

    assert year.passes("2026-04-14").said == [f"{leaves} courteous A1"]


def test_outside_sending_hours_the_account_says_so() -> None:
    year = Year(now=here("2026-04-08 22:00")).owes(invoice("A", "2026-04-01"))

    silent = year.look().why
    assert silent is not None
    assert (silent.why, silent.until, year.next) == ("sending_hours", date(2026, 4, 9), "2026-04-09T07:00Z")


def test_on_a_clock_of_short_days_a_reminder_leaves_as_soon_as_its_day_comes() -> None:
    began = datetime(2026, 1, 1, tzinfo=UTC)
    clock = BusinessClock(day_length=timedelta(seconds=10), epoch=began)
    year = Year(policy=policy().model_copy(update={"clock": clock}), now=began)
    year.owes(invoice("A", "2026-01-03"))

    while not year.look().due:
        year.now = year.look().next_at or year.now
    # The tenth of January is a Saturday.
    assert year.now == began + timedelta(seconds=90)


@pytest.mark.parametrize(
    ("rules", "before"),
    [
        ({}, "2026-04-01"),
        ({"levels": [NOTICE, LATER]}, "2026-04-07"),
        ({"exceptions": [{"public": True, "levels": [NOTICE, LATER]}]}, "2026-04-07"),
        ({"exceptions": [{"public": True, "never": True}]}, "2026-04-01"),
    ],
)
def test_who_owes_is_looked_for_as_early_as_anybody_may_be_told(
    rules: dict[str, object], before: str
) -> None:
    assert policy(**rules).looks_before(here("2026-04-01 10:00")) == date.fromisoformat(before)


def test_the_public_holidays_are_those_that_france_publishes() -> None:
    found = {day.isoformat() for day in public_holidays("FR", date(2026, 6, 1))}

    assert {day for day in found if day < "2027-04-01" and day >= "2026-01-01"} == OFF


def test_a_country_of_which_nobody_knows_the_holidays_has_none() -> None:
    assert public_holidays("XX", date(2026, 6, 1)) == ()


def test_within_sending_hours_the_next_moment_is_now() -> None:
    now = here("2026-04-09 10:00")

    assert next_sending(policy(), now) == now
    assert sending_from(policy(), date(2026, 4, 11)) == here("2026-04-13 09:00")
