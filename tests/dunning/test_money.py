"""Nobody who paid is reminded, and nobody of more than is left."""

from collections.abc import Callable

import pytest

from raccord.domain.dunning.policy import DunningPolicy
from tests.dunning.year import Year, euros, invoice, policy

LADDER = ["2026-04-08T07:00Z courteous A1", "2026-04-16T07:00Z firm A2", "2026-05-04T07:00Z last A3"]


@pytest.mark.parametrize("paid_at", ["2026-04-08 08:59", "2026-04-07 23:00", "2026-03-15 12:00"])
def test_who_paid_before_the_moment_is_never_reminded(paid_at: str) -> None:
    year = Year().owes(invoice("A", "2026-04-01"))
    year.at(paid_at, lambda: year.pays("A")).passes("2026-12-31")

    assert (year.said, year.why) == ([], "nothing_open")


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        pytest.param(lambda year: year.pays("A"), "nothing_open", id="paid"),
        pytest.param(lambda year: year.changes("A", disputed=True), "disputed", id="disputed at the bank"),
        pytest.param(lambda year: year.changes("A", processing=True), "processing", id="debited"),
        pytest.param(lambda year: year.says("dispute", invoice_id="A"), "disputed", id="contested"),
        pytest.param(lambda year: year.says("promise", "2026-04-20"), "promised", id="promised"),
        pytest.param(lambda year: year.says("pause", "2026-04-20"), "paused", id="paused"),
        pytest.param(lambda year: year.says("stop"), "stopped", id="stopped"),
        pytest.param(lambda year: year.rules(sends_at="10:00"), "put off", id="sent later now"),
        pytest.param(lambda year: year.rules(weekdays=(1,)), "put off", id="sent on another day now"),
        pytest.param(lambda year: year.customer(email=""), "put off", id="without an address"),
        pytest.param(
            lambda year: year.rules(owed_at_least={"EUR": "900"}).pays("A", "200.00"),
            "too_little",
            id="too little",
        ),
        pytest.param(
            lambda year: year.pays("A").owes(invoice("B", "2026-05-01")), "nothing_open", id="another is open"
        ),
        pytest.param(lambda year: year.customer(gone=True, invoices=()), "customer_gone", id="deleted"),
    ],
)
def test_what_happens_between_the_plan_and_the_mail_stops_the_mail(
    happens: Callable[[Year], Year], why: str
) -> None:
    year = Year().owes(invoice("A", "2026-04-01"))
    year.just_before_sending(lambda: happens(year)).passes("2026-04-08 09:30")

    assert (year.said, year.stopped) == ([], [why])


def test_a_payment_in_the_last_second_leaves_the_other_invoice_to_its_own_mail() -> None:
    year = Year().owes(invoice("A", "2026-04-01"), invoice("B", "2026-04-01"))
    year.just_before_sending(lambda: year.pays("A")).passes("2026-04-10")

    assert (year.stopped, year.said) == (["put off"], ["2026-04-08T07:00Z courteous B1"])


def test_a_reminder_names_what_is_left_after_two_part_payments() -> None:
    year = Year().owes(invoice("A", "2026-04-01", "1305.39"))
    year.at("2026-04-04 12:00", lambda: year.pays("A", "400.00"))
    year.at("2026-04-07 12:00", lambda: year.pays("A", "200.00")).passes("2026-04-10")

    (_, due), *others = year.mails
    assert (due.invoices[0].due, others) == (euros("705.39"), [])


def test_a_part_payment_does_not_begin_the_levels_anew() -> None:
    year = Year().owes(invoice("A", "2026-04-01"))
    year.at("2026-04-10 12:00", lambda: year.pays("A", "999.00")).passes("2026-12-31")

    assert year.said == LADDER
    assert year.mails[1][1].invoices[0].due == euros("1.00")


def test_a_credit_note_for_what_was_left_ends_it() -> None:
    year = Year().owes(invoice("A", "2026-04-01"))
    year.at("2026-04-10 12:00", lambda: year.pays("A", "400.00"))
    year.at("2026-04-13 12:00", lambda: year.pays("A", "600.00")).passes("2026-12-31")

    assert (year.said, year.why) == (LADDER[:1], "nothing_open")


def test_penalties_that_were_named_and_not_paid_are_no_debt() -> None:
    year = Year().owes(invoice("A", "2026-04-01"))
    year.at("2026-04-21 12:00", lambda: year.pays("A")).passes("2026-12-31")

    assert (year.said, year.why, year.look().owed) == (LADDER[:2], "nothing_open", ())


def test_after_a_payment_of_one_invoice_the_other_goes_on_alone() -> None:
    year = Year().owes(invoice("A", "2026-04-01"), invoice("B", "2026-04-01"))
    year.at("2026-04-10 12:00", lambda: year.pays("B")).passes("2026-12-31")

    assert year.said == ["2026-04-08T07:00Z courteous A1 B1", *LADDER[1:]]


def test_a_payment_that_the_bank_takes_back_goes_on_with_the_next_level() -> None:
    year, owed = Year(), invoice("A", "2026-04-01")
    year.owes(owed).at("2026-04-10 12:00", lambda: year.pays("A"))
    year.at("2026-06-01 12:00", lambda: year.owes(owed)).passes("2026-12-31")

    assert year.said == [LADDER[0], "2026-06-01T10:00Z last A3"]


def test_a_dispute_at_the_bank_is_waited_for_and_its_loss_goes_on() -> None:
    year = Year().owes(invoice("A", "2026-04-01"))
    year.at("2026-04-10 12:00", lambda: year.changes("A", disputed=True))
    year.at("2026-05-05 12:00", lambda: year.changes("A", disputed=False)).passes("2026-12-31")

    assert year.said == [LADDER[0], "2026-05-05T10:00Z last A3"]


def test_while_a_debit_is_under_way_nobody_is_reminded() -> None:
    year = Year().owes(invoice("A", "2026-04-01"))
    year.at("2026-04-07 12:00", lambda: year.changes("A", processing=True)).passes("2026-06-01")

    silent = [(each.invoice_id, each.why) for each in year.look().silent]
    assert (year.said, silent, year.next) == ([], [("A", "processing")], "never")


def test_who_paid_everything_begins_with_the_first_level_again() -> None:
    year = Year().owes(invoice("A", "2026-02-02"))
    year.at("2026-03-20 12:00", lambda: year.pays("A"))
    year.at("2026-03-20 12:00", lambda: year.owes(invoice("B", "2026-04-01"))).passes("2026-04-10")

    assert year.said[-2:] == ["2026-03-04T08:00Z last A3", "2026-04-08T07:00Z courteous B1"]


def test_a_due_date_that_is_moved_back_is_waited_for_and_no_level_repeats() -> None:
    year = Year().owes(invoice("A", "2026-04-01"))
    later = invoice("A", "2026-06-01").due_on
    year.at("2026-04-10 12:00", lambda: year.changes("A", due_on=later)).passes("2026-12-31")

    assert year.said == [LADDER[0], "2026-06-16T07:00Z firm A2", "2026-07-01T07:00Z last A3"]


def test_a_due_date_that_is_moved_forward_counts_at_once() -> None:
    year = Year().owes(invoice("A", "2026-04-01"))
    sooner = invoice("A", "2026-03-01").due_on
    year.at("2026-03-17 12:00", lambda: year.changes("A", due_on=sooner)).passes("2026-03-20")

    assert year.said == ["2026-03-17T11:00Z firm A2"]


def test_a_customer_that_is_merged_in_the_crm_goes_on_as_it_was() -> None:
    year = Year().owes(invoice("A", "2026-04-01"))
    year.at("2026-04-10 12:00", lambda: year.customer(name="Acme Groupe", email="achats@acme.example"))

    assert year.passes("2026-12-31").said == LADDER


def test_two_currencies_stand_in_one_mail_and_are_never_added() -> None:
    year = Year().owes(invoice("A", "2026-04-01"), invoice("B", "2026-04-01", "500.00", "USD"))
    year.passes("2026-04-10")

    assert year.said == ["2026-04-08T07:00Z courteous A1 B1"]
    assert year.look().owed == (euros("1000.00"), euros("500.00", "USD"))


@pytest.mark.parametrize(
    ("rules", "why"),
    [
        ({"EUR": "1000.01", "USD": "500.01"}, "too_little"),
        ({"EUR": "1000.01", "USD": "500.00"}, ""),
        ({"EUR": "1000.00", "USD": "900.00"}, ""),
        ({"EUR": "1000.01"}, ""),
    ],
)
def test_each_sum_is_compared_with_what_its_currency_must_come_to(rules: dict[str, str], why: str) -> None:
    year = Year(policy=policy(owed_at_least=rules))
    year.owes(invoice("A", "2026-04-01"), invoice("B", "2026-04-01", "500.00", "USD")).passes(
        "2026-04-08 09:00"
    )

    assert year.why == why


def test_what_was_too_little_is_looked_at_when_more_is_late() -> None:
    year = Year(policy=policy(owed_at_least={"EUR": "50"}))
    year.owes(invoice("A", "2026-04-01", "30.00"), invoice("B", "2026-04-20", "30.00")).passes("2026-04-09")
    assert (year.said, year.why, year.next) == ([], "too_little", "2026-04-21T07:00Z")

    assert year.passes("2026-04-24").said == ["2026-04-21T07:00Z firm A2 B0"]


def test_a_person_may_remind_of_what_is_too_little() -> None:
    year = Year(policy=policy(owed_at_least={"EUR": "50"})).owes(invoice("A", "2026-04-01", "30.00"))
    year.passes("2026-04-14 10:00").says("remind").passes("2026-12-31")

    assert (year.said, year.why, year.next) == (["2026-04-14T08:00Z courteous A1"], "too_little", "never")


def test_a_reminder_is_named_by_customer_and_levels() -> None:
    def key(rules: DunningPolicy) -> str:
        return Year(policy=rules).owes(invoice("A", "2026-04-01")).passes("2026-04-10").mails[0][1].key

    assert key(policy()) == key(policy(gap=9))
    assert key(policy()).startswith("dun/stripe:cus_1/")
    assert key(policy()).endswith("/0")
