"""Which level is due, how it is worded, and who is left alone by the settings."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from raccord.domain.dunning.memory import Fate, Memory
from raccord.domain.dunning.words import bounced
from raccord.domain.rules.dunning import Dunning, ExceptionRule
from raccord.domain.rules.modes import Mode
from raccord.domain.values.account import Account
from raccord.domain.values.address import Address
from tests.dunning.year import Year, here, invoice, policy

FIRST = "2026-04-08T07:00Z courteous A1"
LADDER = [FIRST, "2026-04-16T07:00Z firm A2", "2026-05-04T07:00Z last A3"]
NOTICE = {"day": -5, "tone": "notice"}
USUAL = [{"day": 7, "tone": "courteous"}, {"day": 15, "tone": "firm"}, {"day": 30, "tone": "last"}]


# Several invoices.


def test_all_that_is_late_stands_in_one_mail_but_a_last_one_is_about_what_came_to_it() -> None:
    year = Year().owes(invoice("A", "2026-04-01"), invoice("B", "2026-04-09")).passes("2026-05-12")

    assert year.said == [
        "2026-04-08T07:00Z courteous A1",
        "2026-04-16T07:00Z firm A2 B1",
        "2026-04-24T07:00Z firm A2 B2",
        "2026-05-04T07:00Z last A3",
        "2026-05-11T07:00Z last B3",
    ]


def test_what_was_told_its_last_reminder_is_in_no_mail_about_what_is_late_after_it() -> None:
    year = Year().owes(invoice("A", "2026-04-01"), invoice("B", "2026-05-04")).passes("2026-05-12")

    assert year.said == [*LADDER, "2026-05-11T07:00Z courteous B1"]


def test_three_invoices_a_month_apart_are_each_told_once_that_this_is_the_last_reminder() -> None:
    due = {"A": "2026-04-01", "B": "2026-05-01", "C": "2026-06-01"}
    year = Year().owes(*(invoice(id_, day) for id_, day in due.items()))
    asked = {}
    for day in ("2026-05-04", "2026-05-05", "2026-06-01", "2026-06-02", "2026-07-01", "2026-07-02"):
        asked[day] = "".join(each.id for each in year.passes(day).look().undecided)

    assert year.passes("2026-12-31").said == [
        *LADDER,
        # The eighth day of May is a public holiday before a weekend, the sixteenth a Saturday.
        "2026-05-11T07:00Z courteous B1",
        "2026-05-18T07:00Z firm B2",
        "2026-06-01T07:00Z last B3",
        "2026-06-08T07:00Z courteous C1",
        "2026-06-16T07:00Z firm C2",
        "2026-07-01T07:00Z last C3",
    ]
    assert asked == {
        "2026-05-04": "",
        "2026-05-05": "A",
        "2026-06-01": "A",
        "2026-06-02": "AB",
        "2026-07-01": "AB",
        "2026-07-02": "ABC",
    }
    assert (year.why, year.next) == ("last_sent", "never")


def test_a_last_reminder_goes_before_a_first_one_that_is_due_with_it() -> None:
    year = Year().owes(invoice("A", "2026-04-01"), invoice("B", "2026-04-27")).passes("2026-05-12")

    assert year.said == [*LADDER, "2026-05-11T07:00Z courteous B1"]


def test_what_a_person_sees_to_is_decided_until_the_customer_promises_once_more() -> None:
    year = Year().owes(invoice("A", "2026-04-01"), invoice("B", "2026-05-01")).passes("2026-05-05 10:00")
    year.says("seen_to", invoice_id="A")
    assert year.look().undecided == ()

    year.passes("2026-06-02 10:00")
    assert [each.id for each in year.look().undecided] == ["B"]
    year.says("promise", "2026-06-03").passes("2026-06-03")
    assert year.look().undecided == ()
    year.passes("2026-06-30")
    assert year.said[-1] == "2026-06-08T07:00Z last A3 B3"
    assert [each.id for each in year.look().undecided] == ["A", "B"]


def test_of_what_is_contested_nobody_has_to_decide_and_of_what_is_settled_once_more() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).passes("2026-05-05").says("seen_to", invoice_id="A")

    assert year.says("dispute", invoice_id="A").look().undecided == ()
    assert len(year.says("settled", invoice_id="A").look().undecided) == 1


@pytest.mark.parametrize("kind", ["pause", "stop", "collection", "insolvency", "promise"])
def test_while_the_account_is_silent_nobody_has_to_decide(kind: str) -> None:
    year = Year().owes(invoice("A", "2026-04-01")).passes("2026-05-05")

    until = "2026-06-01" if kind == "promise" else ""
    assert year.says(kind, until).look().undecided == ()


def test_a_promise_broken_about_what_was_told_all_is_no_step_up_for_another_invoice() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).passes("2026-05-05").says("promise", "2026-05-19")
    year.at("2026-05-12 10:00", lambda: year.owes(invoice("B", "2026-05-11"))).passes("2026-06-12")

    assert year.said == [
        *LADDER,
        # The last level is repeated once, and B has levels of its own.
        "2026-05-20T07:00Z last A3",
        "2026-05-26T07:00Z firm B2",
        "2026-06-10T07:00Z last B3",
    ]


def test_a_person_s_reminder_is_about_what_is_not_told_all_where_there_is_some() -> None:
    year = Year().owes(invoice("A", "2026-04-01"), invoice("B", "2026-05-01")).passes("2026-05-12 10:00")
    year.says("remind").passes("2026-05-20")

    assert year.said[3:] == ["2026-05-11T07:00Z courteous B1", "2026-05-18T07:00Z firm B2"]


def test_what_was_told_all_counts_with_what_must_be_owed_in_all() -> None:
    year = Year(policy=policy(owed_at_least={"EUR": "1200"}))
    year.owes(invoice("A", "2026-04-01", "1200.00"), invoice("B", "2026-05-04", "100.00")).passes(
        "2026-05-12"
    )

    assert year.said == [*LADDER, "2026-05-11T07:00Z courteous B1"]


def test_an_invoice_that_is_not_at_its_level_yet_keeps_its_levels() -> None:
    year = Year().owes(invoice("A", "2026-04-01"), invoice("B", "2026-04-14"))
    year.at("2026-04-17 12:00", lambda: year.pays("A")).passes("2026-12-31")

    assert year.said == [
        FIRST,
        "2026-04-16T07:00Z firm A2 B0",
        # It was spoken of in a firm mail, while A was owed too.
        "2026-04-21T07:00Z firm B1",
        "2026-04-29T07:00Z firm B2",
        "2026-05-15T07:00Z last B3",
    ]


def test_an_invoice_at_its_last_level_says_so_while_others_go_on() -> None:
    year = Year().owes(invoice("A", "2026-04-01"), invoice("B", "2026-05-04")).passes("2026-05-12")

    assert year.why == "not_due"
    assert [(each.invoice_id, each.why) for each in year.look().silent[1:]] == [("A", "last_sent")]


# Time that was missed.


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        pytest.param(
            "2026-04-08", "2026-04-08 15:00", ["2026-04-08T13:00Z courteous A1", *LADDER[1:]], id="first day"
        ),
        pytest.param(
            "2026-04-16", "2026-04-16 20:00", [FIRST, "2026-04-17T07:00Z firm A2", LADDER[2]], id="second day"
        ),
        pytest.param(
            "2026-05-04", "2026-05-06 03:00", [*LADDER[:2], "2026-05-06T07:00Z last A3"], id="third day"
        ),
        pytest.param(
            "2026-04-07",
            "2026-04-17",
            ["2026-04-17T07:00Z firm A2", "2026-05-04T07:00Z last A3"],
            id="over two levels: the higher one alone",
        ),
        pytest.param("2026-04-09", "2026-05-06", [FIRST, "2026-05-06T07:00Z last A3"], id="after the first"),
    ],
)
def test_missing_the_day_of_a_level_loses_nothing(start: str, end: str, said: list[str]) -> None:
    year = Year().owes(invoice("A", "2026-04-01")).is_down(start, end)

    assert year.passes("2026-12-31").said == said


def test_after_forty_days_of_downtime_one_mail_leaves_and_it_is_no_last_notice() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).is_down("2026-04-05", "2026-05-15")

    assert year.passes("2026-12-31").said == ["2026-05-15T07:00Z firm A2", "2026-05-20T07:00Z last A3"]


def test_of_no_invoice_a_customer_hears_first_that_this_is_the_last_reminder() -> None:
    year = Year().owes(invoice("A", "2026-04-01"), invoice("B", "2026-05-01"))
    year.is_down("2026-05-05", "2026-06-10")

    assert year.passes("2026-12-31").said == [
        *LADDER,
        "2026-06-10T07:00Z firm B2",
        "2026-06-15T07:00Z last B3",
    ]


def test_after_forty_days_of_downtime_the_gap_still_counts() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).is_down("2026-04-09", "2026-05-19")

    assert year.passes("2026-12-31").said == [FIRST, "2026-05-19T07:00Z last A3"]


def test_records_that_are_lost_begin_with_a_first_contact() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).passes("2026-05-10").forgets()

    assert year.passes("2026-12-31").said == [
        *LADDER,
        "2026-05-11T07:00Z firm A2",
        "2026-05-18T07:00Z last A3",
    ]


def test_records_that_are_found_again_send_nothing_twice() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).passes("2026-05-10")
    known = year.memory
    year.forgets()
    year.memory = year.memory.with_(known)

    assert year.passes("2026-12-31").said == LADDER


# The first start.


def test_who_was_late_before_dunning_began_waits_for_an_approval() -> None:
    year = Year(live_since=date.fromisoformat("2026-06-01"), now=here("2026-06-01")).owes(
        invoice("A", "2026-04-01")
    )
    year.passes("2026-06-10 10:00")
    assert (year.said, year.why, year.next) == ([], "backlog", "never")

    year.says("approved")
    assert year.passes("2026-12-31").said == ["2026-06-10T08:00Z firm A2", "2026-06-15T07:00Z last A3"]


def test_whom_a_person_leaves_alone_is_reminded_of_what_is_late_only_afterwards() -> None:
    year = Year(live_since=date.fromisoformat("2026-06-01"), now=here("2026-06-01")).owes(
        invoice("A", "2026-04-01"), invoice("B", "2026-06-12")
    )
    year.passes("2026-06-02 10:00").says("left_alone")
    assert (year.why, year.next) == ("left_alone", "2026-06-19T07:00Z")

    year.passes("2026-12-31")
    assert year.said == [
        "2026-06-19T07:00Z courteous B1",
        "2026-06-29T07:00Z firm B2",
        "2026-07-13T07:00Z last B3",
    ]
    assert year.pays("B").why == "left_alone"
    year.says("approved").passes("2027-01-15")
    assert year.said[3:] == ["2026-12-31T08:00Z firm A2", "2027-01-05T08:00Z last A3"]


@pytest.mark.parametrize(
    ("due_on", "why"),
    [
        ("2026-05-30", "backlog"),
        ("2026-05-31", "not_due"),
        ("2026-06-01", "not_due"),
    ],
)
def test_late_before_dunning_began_is_who_was_late_on_the_day_before(due_on: str, why: str) -> None:
    year = Year(live_since=date.fromisoformat("2026-06-01"), now=here("2026-06-02")).owes(
        invoice("A", due_on)
    )

    assert year.why == why


def test_a_customer_that_was_reminded_before_is_no_backlog() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).passes("2026-04-10")
    year.live_since = date.fromisoformat("2026-04-10")

    assert year.passes("2026-12-31").said == LADDER


def test_where_reminders_never_left_everybody_is_looked_at_as_they_would_be() -> None:
    year = Year(now=here("2026-06-01 10:00")).owes(invoice("A", "2026-04-01"))

    due = year.look().due
    assert due is not None
    assert (due.level, due.first) == (2, True)


# Before the due date.


def test_a_notice_is_sent_before_the_due_date_and_is_no_first_contact() -> None:
    year = Year(policy=policy(levels=[NOTICE, *USUAL])).owes(invoice("A", "2026-04-01"))

    assert year.passes("2026-12-31").said == ["2026-03-27T08:00Z notice A0", *LADDER]


def test_a_notice_that_could_not_leave_in_time_is_dropped() -> None:
    year = Year(policy=policy(levels=[NOTICE, *USUAL])).owes(invoice("A", "2026-04-01"))
    year.is_down("2026-03-20", "2026-04-01 18:30")

    assert year.passes("2026-12-31").said == LADDER


def test_who_owes_something_late_gets_no_notice() -> None:
    year = Year(policy=policy(levels=[NOTICE, *USUAL]), now=here("2026-04-02"))
    year.owes(invoice("A", "2026-04-01"), invoice("B", "2026-04-20")).is_looked_at("2026-04-15 10:00")

    assert year.passes("2026-04-20").said == [FIRST, "2026-04-16T07:00Z firm A2"]


def test_after_a_notice_and_forty_days_of_downtime_the_last_notice_is_no_first_reminder() -> None:
    year = Year(policy=policy(levels=[NOTICE, *USUAL])).owes(invoice("A", "2026-04-01"))
    year.is_down("2026-04-01", "2026-05-15")

    assert year.passes("2026-05-16").said == ["2026-03-27T08:00Z notice A0", "2026-05-15T07:00Z firm A2"]


# What became of a mail.


def test_a_mail_whose_fate_nobody_knows_silences_until_a_person_says() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).passes("2026-04-09").found(Fate.UNKNOWN)

    assert (year.why, year.next) == ("unknown", "never")
    assert year.passes("2026-06-01").said == [FIRST]


def test_a_mail_that_arrived_after_all_counts() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).passes("2026-04-09").found(Fate.UNKNOWN)

    assert year.found(Fate.SENT).passes("2026-12-31").said == LADDER


def test_a_mail_that_did_not_leave_is_sent_again_under_another_name() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).passes("2026-04-09").found(Fate.NOT_SENT)
    year.passes("2026-04-10")

    assert year.said == [FIRST, "2026-04-09T07:00Z courteous A1"]
    assert [due.key[-2:] for _, due in year.mails] == ["/0", "/1"]


def test_a_mail_that_is_held_back_for_a_trial_counts_as_live_does() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).passes("2026-04-09").found(Fate.HELD)

    assert year.passes("2026-12-31").said == LADDER


def test_a_mail_that_a_person_skipped_consumes_its_level() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).passes("2026-04-09").found(Fate.SKIPPED)

    assert year.passes("2026-12-31").said == LADDER


def test_where_a_person_skipped_all_before_the_last_level_is_worded_as_a_first_contact() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).passes("2026-04-09").found(Fate.SKIPPED)
    year.passes("2026-04-17").found(Fate.SKIPPED)

    assert year.passes("2026-05-05").said[-1] == "2026-05-04T07:00Z firm A3"


# Addresses.


@pytest.mark.parametrize("typed", ["jean..dupont@acme.example", "hélène@acme.example", "no mail please", " "])
def test_what_is_no_address_is_none(typed: str) -> None:
    year = Year().customer(email=typed).owes(invoice("A", "2026-04-01")).passes("2026-04-20 10:00")
    assert (year.said, year.why) == ([], "no_address")


def test_a_mail_goes_to_each_address_that_stands_there() -> None:
    assert Account(customer_id="cus_1", email=" a@acme.example; b@acme.example").addresses == (
        "a@acme.example",
        "b@acme.example",
    )


def test_without_an_address_no_level_is_consumed() -> None:
    year = Year().customer(email="").owes(invoice("A", "2026-04-01")).passes("2026-04-07")
    assert year.why == "not_due"

    year.passes("2026-04-20 10:00")
    assert (year.said, year.why, year.next) == ([], "no_address", "never")
    year.customer(email="compta@acme.example")
    assert year.passes("2026-04-21").said == ["2026-04-20T08:00Z firm A2"]


def test_a_mail_that_bounced_consumes_no_level_and_leaves_to_the_new_address() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).passes("2026-04-08 12:00")
    year.says("bounced", address="Compta@Acme.example").passes("2026-04-09 10:00")
    assert (year.said, year.why, year.next) == ([FIRST], "bounced", "never")

    year.customer(email="daf@acme.example")
    assert year.passes("2026-04-10").said == [FIRST, "2026-04-09T08:00Z courteous A1"]


def test_a_person_may_find_the_address_right_after_all() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).passes("2026-04-08 12:00")
    year.says("bounced", address="compta@acme.example").passes("2026-04-09 10:00").says("resume")

    assert year.passes("2026-04-10").said == [FIRST, "2026-04-09T08:00Z courteous A1"]


def test_only_the_mail_before_it_bounced() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).passes("2026-04-16 12:00")
    year.says("bounced", address="compta@acme.example").customer(email="daf@acme.example")

    # The first one had arrived: what comes is the second level once more.
    assert year.passes("2026-04-17").said == [*LADDER[:2], "2026-04-16T10:00Z firm A2"]


def test_a_mail_that_leaves_as_a_bounce_is_told_is_not_the_one_that_bounced() -> None:
    year = Year().owes(invoice("A", "2026-04-01"))
    year.just_before_sending(lambda: year.says("bounced", address="compta@acme.example").says("resume"))

    assert year.passes("2026-12-31").said == LADDER


def test_a_mail_that_the_server_refused_says_nothing_of_the_one_before() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).passes("2026-04-09 12:00").says("remind")
    year.passes("2026-04-13 08:59")
    refused = bounced("compta@acme.example", year.now)
    year.memory = year.memory.with_(Memory(words=(refused,)))
    assert year.passes("2026-04-13 12:00").why == "bounced"

    year.customer(email="daf@acme.example").passes("2026-04-14")
    assert year.said == [FIRST, "2026-04-13T10:00Z firm A2"]


def test_what_a_person_noted_of_a_bounced_mail_is_not_undone_twice() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).passes("2026-04-16 12:00").found(Fate.NOT_SENT)
    year.says("bounced", address="compta@acme.example").customer(email="daf@acme.example")

    assert year.passes("2026-04-17").said == [*LADDER[:2], "2026-04-16T10:00Z firm A2"]


# Other rules for some.


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        ({"customers": ("cus_1", "cus_2")}, True),
        ({"customers": ("cus_2",)}, False),
        ({"countries": ("BE", "FR")}, True),
        ({"countries": ("BE",)}, False),
        ({"public": True}, True),
        ({"public": False}, False),
        ({"business": True}, True),
        ({"business": False}, False),
        ({"owed_from": "1000"}, True),
        ({"owed_from": "1000.01"}, False),
        ({"owed_below": "1000.01"}, True),
        ({"owed_below": "1000"}, False),
        ({"countries": ("FR",), "owed_from": "2000"}, False),
    ],
)
def test_an_exception_fits_who_is_all_that_it_names(rule: dict[str, Any], fits: bool) -> None:
    year = Year(policy=policy(exceptions=[{**rule, "never": True, "why": "Anne sees to them"}]))
    # The city of Paris.
    year.customer(siren="217500016", address=Address(country="FR")).owes(invoice("A", "2026-04-01"))
    year.passes("2026-04-20")

    assert (year.why == "excepted") is fits
    assert (year.said == []) is fits
    silent = year.look().why
    assert silent is not None
    assert (silent.note == "Anne sees to them") is fits


def test_of_whom_nobody_knows_it_is_taken_for_a_private_person() -> None:
    rules = policy(exceptions=[{"business": False, "never": True}])

    assert Year(policy=rules).customer(business=None).owes(invoice("A", "2026-04-01")).why == "excepted"


def test_an_exception_may_have_levels_of_its_own_and_the_first_that_fits_counts() -> None:
    slow = {
        "customers": ("cus_1",),
        "levels": [{"day": 30, "tone": "courteous"}, {"day": 60, "tone": "firm"}],
    }
    rules = policy(
        exceptions=[{"public": True, "never": True}, slow, {"customers": ("cus_1",), "never": True}]
    )
    year = Year(policy=rules).owes(invoice("A", "2026-04-01"))

    assert year.passes("2026-12-31").said == ["2026-05-04T07:00Z courteous A1", "2026-06-01T07:00Z firm A2"]


# Rules that change.


def test_a_policy_that_changes_between_rounds_counts_from_the_next_one() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).passes("2026-04-10")
    sooner = [{"day": 7, "tone": "courteous"}, {"day": 12, "tone": "firm"}, {"day": 20, "tone": "last"}]

    year.rules(levels=sooner)
    assert year.passes("2026-12-31").said == [FIRST, "2026-04-13T07:00Z firm A2", "2026-04-21T07:00Z last A3"]


def test_a_policy_with_more_levels_goes_on_above_those_that_were_sent() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).passes("2026-05-05")

    year.rules(levels=[*USUAL, {"day": 45, "tone": "last"}])
    assert year.passes("2026-12-31").said == [*LADDER, "2026-05-18T07:00Z last A4"]


def test_a_policy_with_fewer_levels_ends_with_what_was_sent() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).passes("2026-04-20")

    year.rules(levels=USUAL[:1])
    assert year.passes("2026-12-31").said == LADDER[:2]
    assert year.why == "last_sent"


def test_a_longer_gap_counts_at_once() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).passes("2026-04-10").rules(gap=20)

    assert year.passes("2026-12-31").said == [FIRST, "2026-04-28T07:00Z firm A2", "2026-05-18T07:00Z last A3"]


def test_demoted_to_shadow_nothing_leaves_and_live_again_the_highest_level_does() -> None:
    year = Year().owes(invoice("A", "2026-04-01"))
    year.at("2026-04-16 08:59", lambda: year.mode(Mode.SHADOW)).passes("2026-05-10")
    assert year.said == [FIRST]

    assert year.mode(Mode.LIVE).passes("2026-12-31").said == [FIRST, "2026-05-11T07:00Z last A3"]


@pytest.mark.parametrize(
    ("levels", "error"),
    [
        ([], "levels_in_order"),
        ([USUAL[1], USUAL[0]], "levels_in_order"),
        ([USUAL[0], USUAL[0]], "levels_in_order"),
        ([{"day": -5, "tone": "courteous"}, *USUAL], "notice_before"),
        ([{"day": 3, "tone": "notice"}, *USUAL], "notice_before"),
        ([NOTICE], "one_before"),
        ([{"day": -9, "tone": "notice"}, NOTICE, *USUAL], "one_before"),
        ([{"day": 7, "tone": "firm"}, {"day": 15, "tone": "courteous"}], "softer"),
    ],
)
def test_levels_that_make_no_sense_are_refused(levels: list[dict[str, Any]], error: str) -> None:
    with pytest.raises(ValidationError, match=error):
        Dunning.model_validate({"levels": levels})
    with pytest.raises(ValidationError, match=error):
        ExceptionRule.model_validate({"levels": levels})
