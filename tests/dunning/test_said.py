"""What people say of a customer, and what it changes."""

import pytest
from pydantic import ValidationError

from raccord.domain.dunning.memory import Memory
from raccord.domain.dunning.words import Word, WordKind
from tests.dunning.year import Year, euros, here, invoice

FIRST = "2026-04-08T07:00Z courteous A1"
LADDER = [FIRST, "2026-04-16T07:00Z firm A2", "2026-05-04T07:00Z last A3"]


def reminded_once() -> Year:
    """Give a customer that was reminded on Wednesday 8 April, on the day after."""
    return Year().owes(invoice("A", "2026-04-01")).passes("2026-04-09 10:00")


def test_a_pause_lasts_until_its_day_is_over_and_then_the_highest_level_is_due() -> None:
    year = reminded_once().says("pause", "2026-05-12").is_looked_at("2026-05-12 10:00")

    assert (year.why, year.next) == ("paused", "2026-05-13T07:00Z")
    assert year.passes("2026-12-31").said == [FIRST, "2026-05-13T07:00Z last A3"]


def test_a_pause_without_a_day_lasts_until_a_person_resumes() -> None:
    year = reminded_once().says("pause").passes("2026-09-01 12:00")
    assert (year.said, year.why, year.next) == ([FIRST], "paused", "never")

    year.says("resume")
    assert year.passes("2026-12-31").said == [FIRST, "2026-09-01T10:00Z last A3"]


def test_the_last_pause_counts() -> None:
    year = reminded_once().says("pause", "2026-12-01").passes("2026-04-10").says("pause", "2026-04-14")

    assert year.passes("2026-12-31").said == LADDER


@pytest.mark.parametrize(
    ("kind", "why"), [("stop", "stopped"), ("collection", "collection"), ("insolvency", "insolvency")]
)
def test_only_a_person_takes_back_that_nobody_may_be_reminded(kind: str, why: str) -> None:
    year = reminded_once().says(kind).passes("2026-08-01")
    assert (year.said, year.why, year.next) == ([FIRST], why, "never")

    year.says("pause", "2026-08-02").passes("2026-08-20")
    assert (year.said, year.why) == ([FIRST], why)
    assert year.says("resume").passes("2026-08-25").said == [FIRST, "2026-08-20T07:00Z last A3"]


def test_of_three_invoices_the_one_that_is_contested_is_left_out() -> None:
    year = Year().owes(*(invoice(each, "2026-04-01") for each in "ABC"))
    year.at("2026-04-02 12:00", lambda: year.says("dispute", invoice_id="B")).passes("2026-04-10")

    assert year.said == ["2026-04-08T07:00Z courteous A1 C1"]
    assert [(each.invoice_id, each.why) for each in year.look().silent if each.invoice_id] == [
        ("B", "disputed")
    ]


def test_a_contested_invoice_joins_the_others_when_that_is_settled() -> None:
    year = Year().owes(*(invoice(each, "2026-04-01") for each in "AB"))
    year.at("2026-04-02 12:00", lambda: year.says("dispute", invoice_id="B"))
    year.at("2026-04-10 12:00", lambda: year.says("settled", invoice_id="B")).passes("2026-12-31")

    assert year.said == [
        "2026-04-08T07:00Z courteous A1",
        # Its own first level, as soon as the gap is over.
        "2026-04-13T07:00Z courteous A1 B1",
        "2026-04-20T07:00Z firm A2 B2",
        "2026-05-04T07:00Z last A3 B3",
    ]


def test_while_all_that_is_late_is_contested_nobody_is_reminded() -> None:
    year = reminded_once().says("dispute", invoice_id="A").owes(invoice("B", "2026-06-01"))

    assert (year.why, year.next) == ("", "2026-06-08T07:00Z")
    assert year.passes("2026-06-10").said == [FIRST, "2026-06-08T07:00Z courteous B1"]


def test_a_promise_is_waited_for_until_its_day_is_over() -> None:
    year = reminded_once().says("promise", "2026-04-20").passes("2026-04-20 23:59")

    assert (year.said, year.why, year.next) == ([FIRST], "promised", "2026-04-21T07:00Z")


def test_a_promise_that_is_kept_is_thanked_for_once_and_nothing_else() -> None:
    year = reminded_once().says("promise", "2026-04-20")
    year.at("2026-04-20 17:00", lambda: year.pays("A")).passes("2026-12-31")

    assert (year.said, year.thanks) == ([FIRST], [here("2026-04-20 17:00")])


def test_a_broken_promise_is_one_level_up_on_the_next_morning() -> None:
    year = reminded_once().says("promise", "2026-04-13").passes("2026-04-13 23:00")
    year.passes("2026-04-14 08:00")
    assert [word.kind for word in year.look().broken] == ["promise"]

    # The fifteenth day would have been the 16th.
    assert year.passes("2026-12-31").said == [FIRST, "2026-04-14T07:00Z firm A2", LADDER[2]]


def test_a_broken_promise_is_one_level_up_however_late_it_is() -> None:
    year = reminded_once().says("promise", "2026-05-20")

    assert year.passes("2026-12-31").said == [
        FIRST,
        "2026-05-21T07:00Z firm A2",
        "2026-05-26T07:00Z last A3",
    ]


def test_a_broken_promise_obeys_the_gap() -> None:
    year = reminded_once().says("promise", "2026-04-10")

    assert year.passes("2026-04-14").said == [FIRST, "2026-04-13T07:00Z firm A2"]


def test_a_promise_broken_after_the_last_level_repeats_it_once() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).passes("2026-05-05").says("promise", "2026-05-18")
    year.passes("2026-12-31")

    assert year.said == [*LADDER, "2026-05-19T07:00Z last A3"]
    assert len({due.key for _, due in year.mails}) == 4


def test_a_promise_broken_and_then_paid_is_not_thanked_for() -> None:
    year = reminded_once().says("promise", "2026-04-13")
    year.at("2026-04-15 12:00", lambda: year.pays("A")).passes("2026-12-31")

    assert (year.said, year.thanks) == ([FIRST, "2026-04-14T07:00Z firm A2"], [])


def test_a_new_promise_takes_the_place_of_the_one_before() -> None:
    year = reminded_once().says("promise", "2026-04-13").passes("2026-04-13 12:00")

    assert year.says("promise", "2026-04-27").passes("2026-04-28").said == [FIRST]
    assert year.passes("2026-04-29").said == [FIRST, "2026-04-28T07:00Z firm A2"]


def test_a_promise_of_an_amount_is_kept_by_that_amount_and_the_rest_goes_on() -> None:
    year = reminded_once().says("promise", "2026-04-20", amount=euros("300.00"))
    year.at("2026-04-17 12:00", lambda: year.pays("A", "300.00")).passes("2026-12-31")

    assert year.thanks == [here("2026-04-17 12:00")]
    assert year.said == [FIRST, "2026-04-21T07:00Z firm A2", LADDER[2]]


def test_a_promise_of_an_amount_is_kept_by_the_payment_of_another_invoice() -> None:
    year = Year().owes(invoice("A", "2026-04-01"), invoice("B", "2026-04-01", "500.00"))
    year.passes("2026-04-09").says("promise", "2026-04-20", amount=euros("500.00"))
    year.at("2026-04-17 12:00", lambda: year.pays("B")).passes("2026-04-20")

    assert len(year.thanks) == 1


def test_less_than_was_promised_breaks_the_promise() -> None:
    year = reminded_once().says("promise", "2026-04-13", amount=euros("300.00"))
    year.at("2026-04-10 12:00", lambda: year.pays("A", "299.99")).passes("2026-04-15")

    assert (year.thanks, year.said) == ([], [FIRST, "2026-04-14T07:00Z firm A2"])


def test_a_promise_without_what_was_owed_is_judged_by_the_reminder_before_it() -> None:
    year = reminded_once().says("promise", "2026-04-13", amount=euros("300.00"), owed=())
    year.at("2026-04-10 12:00", lambda: year.pays("A", "300.00")).passes("2026-04-15")

    assert len(year.thanks) == 1


def test_a_promise_made_before_anything_was_late_is_about_what_falls_due_until_its_day() -> None:
    year = Year(now=here("2026-03-30 12:00")).owes(invoice("A", "2026-04-01"))
    year.says("promise", "2026-04-20")
    assert (year.look().kept, year.why) == ((), "promised")

    assert year.passes("2026-04-30").said == ["2026-04-21T07:00Z courteous A1", "2026-04-27T07:00Z firm A2"]


def test_what_is_contested_later_does_not_keep_a_promise() -> None:
    year = reminded_once().says("promise", "2026-04-20")
    year.at("2026-04-15 12:00", lambda: year.says("dispute", invoice_id="A")).passes("2026-12-31")

    assert (year.thanks, year.said) == ([], [FIRST])


def test_what_was_contested_before_does_not_break_a_promise() -> None:
    year = Year().owes(invoice("A", "2026-04-01"), invoice("B", "2026-04-01")).passes("2026-04-09")
    year.says("dispute", invoice_id="B").says("promise", "2026-04-20")
    year.at("2026-04-15 12:00", lambda: year.pays("A")).passes("2026-12-31")

    assert (len(year.thanks), len(year.said)) == (1, 1)


def test_instalments_are_waited_for_while_each_is_paid() -> None:
    year = reminded_once()
    year.says("instalments", instalments=year.parts(("2026-04-30", "500.00"), ("2026-05-29", "500.00")))
    assert (year.why, year.next) == ("instalments", "2026-05-04T07:00Z")

    year.at("2026-04-30 12:00", lambda: year.pays("A", "500.00"))
    year.at("2026-05-29 12:00", lambda: year.pays("A")).passes("2026-12-31")
    assert (year.said, year.thanks) == ([FIRST], [here("2026-05-29 12:00")])


def test_an_instalment_that_is_missed_is_one_level_up() -> None:
    year = reminded_once()
    year.says("instalments", instalments=year.parts(("2026-04-30", "500.00"), ("2026-05-29", "500.00")))
    year.at("2026-04-30 12:00", lambda: year.pays("A", "500.00")).passes("2026-06-02")

    assert year.said == [FIRST, "2026-06-01T07:00Z firm A2"]


def test_what_was_contested_before_is_no_part_of_what_was_promised() -> None:
    year = Year().owes(invoice("A", "2026-04-01"), invoice("B", "2026-04-01")).passes("2026-04-09 10:00")
    year.says("dispute", invoice_id="B")
    year.says("instalments", instalments=year.parts(("2026-04-30", "500.00"), ("2026-05-29", "500.00")))
    year.passes("2026-05-05")

    assert year.said == ["2026-04-08T07:00Z courteous A1 B1", "2026-05-04T07:00Z firm A2"]
    assert year.thanks == []


def test_a_dispute_that_is_settled_breaks_no_promise_about_the_others() -> None:
    year = Year().owes(invoice("A", "2026-04-01"), invoice("B", "2026-04-01")).passes("2026-04-09 10:00")
    year.says("dispute", invoice_id="B").says("promise", "2026-05-29", amount=euros("300.00"))
    year.at("2026-04-20 12:00", lambda: year.says("settled", invoice_id="B"))
    year.at("2026-05-20 12:00", lambda: year.pays("A", "300.00")).passes("2026-05-29")

    assert year.thanks == [here("2026-05-20 12:00")]


def test_who_catches_up_with_its_instalments_is_waited_for_again() -> None:
    year = reminded_once()
    year.says("instalments", instalments=year.parts(("2026-04-14", "500.00"), ("2026-05-29", "500.00")))
    year.passes("2026-04-16")
    assert year.said == [FIRST, "2026-04-15T07:00Z firm A2"]

    year.pays("A", "500.00").passes("2026-05-29")
    assert (len(year.said), year.why) == (2, "instalments")


def test_a_person_may_have_the_next_level_sent_before_its_day() -> None:
    year = reminded_once().passes("2026-04-14 10:00").says("remind")

    assert year.passes("2026-12-31").said == [FIRST, "2026-04-14T08:00Z firm A2", LADDER[2]]


def test_a_person_may_remind_before_the_first_level() -> None:
    year = Year(now=here("2026-04-03 10:00")).owes(invoice("A", "2026-04-01")).says("remind")

    assert year.passes("2026-04-15").said == ["2026-04-03T08:00Z courteous A1"]


def test_a_reminder_by_a_person_obeys_the_gap() -> None:
    year = reminded_once().says("remind")

    assert (year.why, year.next) == ("gap", "2026-04-13T07:00Z")
    assert year.passes("2026-04-14").said == [FIRST, "2026-04-13T07:00Z firm A2"]


def test_on_the_day_before_the_gap_is_over_no_mail_leaves_whatever_happens() -> None:
    year = reminded_once().rules(gap=6).passes("2026-04-13 10:00").says("remind")

    assert year.passes("2026-04-15").said == [FIRST, "2026-04-14T07:00Z firm A2"]


def test_a_person_may_have_the_last_level_repeated_once() -> None:
    year = Year().owes(invoice("A", "2026-04-01")).passes("2026-06-01 10:00").says("remind")

    assert year.passes("2026-12-31").said == [*LADDER, "2026-06-01T08:00Z last A3"]


def test_a_reminder_by_a_person_waits_for_the_end_of_a_promise() -> None:
    year = reminded_once().says("promise", "2026-04-13").says("remind")

    assert year.passes("2026-04-15").said == [FIRST, "2026-04-14T07:00Z firm A2"]


def test_a_reminder_by_a_person_is_about_what_was_late_then() -> None:
    year = reminded_once().says("remind").pays("A").owes(invoice("B", "2026-05-01"))
    year.is_looked_at("2026-05-04 10:00")

    assert year.passes("2026-05-12").said == [FIRST, "2026-05-11T07:00Z courteous B1"]


def test_the_same_word_twice_is_one_word() -> None:
    year = reminded_once().says("pause", "2026-04-20")

    assert year.memory.with_(year.memory) == year.memory


def test_what_was_said_and_sent_in_two_memories_comes_to_the_same() -> None:
    year = reminded_once().says("pause", "2026-04-20").passes("2026-05-30")
    words, rounds = Memory(words=year.memory.words), Memory(rounds=year.memory.rounds)

    assert words.with_(rounds) == rounds.with_(words) == year.memory


@pytest.mark.parametrize(
    "kind",
    [
        WordKind.DISPUTE,
        WordKind.SETTLED,
        WordKind.SEEN_TO,
        WordKind.PROMISE,
        WordKind.INSTALMENTS,
        WordKind.BOUNCED,
    ],
)
def test_a_word_that_says_too_little_is_none(kind: WordKind) -> None:
    with pytest.raises(ValidationError, match="says too little"):
        Word(id="w", kind=kind, at=here("2026-04-01"), actor="cli:anne")
