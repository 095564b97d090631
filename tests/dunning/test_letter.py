"""What a letter to a customer who owes says, before any word of it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from raccord.domain.dunning.letter import letter_about, letter_of, thanks_for
from raccord.domain.dunning.memory import Fate, Memory
from raccord.domain.dunning.words import Instalment, Word, WordKind
from raccord.domain.rules.dunning import Dunning, Level, Tone
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.money import Money
from tests.dunning.letters import INTEREST, NOW, POLICY, account, due, euros, invoice, letter, round_of

FIRST = datetime(2026, 11, 19, 8, tzinfo=UTC)
PUBLIC = "217500016"


def test_a_line_says_what_is_left_and_how_late_it_is() -> None:
    (line,) = letter(Tone.COURTEOUS, invoice(due=euros("705.39"))).lines
    assert (line.left, line.total, line.partly_paid) == (euros("705.39"), euros("1305.39"), True)
    assert (line.days_late, line.due_on, line.issued_on) == (15, date(2026, 11, 12), date(2026, 10, 13))
    (whole,) = letter(Tone.NOTICE, invoice(due_on=date(2026, 12, 2))).lines
    assert (whole.days_late, whole.partly_paid) == (-5, False)


def test_a_day_is_the_company_s() -> None:
    midnight = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)
    said = letter_of(due(Tone.FIRM, invoice()), account(invoice()), Memory(), POLICY, midnight)
    assert said.lines[0].days_late == 16


def test_two_currencies_are_two_sums() -> None:
    dollars = Money.of_minor(20000, "USD")
    said = letter(Tone.FIRM, invoice(1), invoice(2, due=dollars, total=dollars), invoice(3))
    assert said.owed == (euros("2610.78"), dollars)


def test_only_reminders_that_left_are_named() -> None:
    rounds = (
        round_of(datetime(2026, 11, 1, 8, tzinfo=UTC), 0, "in_42"),
        round_of(FIRST, 1, "in_42", "in_7"),
        round_of(datetime(2026, 11, 20, 8, tzinfo=UTC), 1, "in_42", fate=Fate.UNKNOWN),
        round_of(datetime(2026, 11, 21, 8, tzinfo=UTC), 1, "in_42", fate=Fate.NOT_SENT),
        round_of(datetime(2026, 11, 22, 8, tzinfo=UTC), 1, "in_42", fate=Fate.HELD),
        round_of(datetime(2026, 11, 22, 23, 30, tzinfo=UTC), 2, "in_42"),
    )
    said = letter(Tone.LAST, invoice(42), invoice(43), rounds=rounds)
    assert [line.reminded_on for line in said.lines] == [(date(2026, 11, 19), date(2026, 11, 23)), ()]
    assert (said.reminded_on, said.all_reminded) == ((date(2026, 11, 19), date(2026, 11, 23)), False)
    assert letter(Tone.LAST, rounds=rounds).all_reminded


def test_a_reminder_that_bounced_is_not_named() -> None:
    told = datetime(2026, 11, 20, 9, tzinfo=UTC)
    word = Word(id="1", kind=WordKind.BOUNCED, at=told, actor="cli:anne", address="compta@acme.example")
    sent = round_of(FIRST, 1, "in_42").model_copy(update={"to": (word.address,)})
    said = letter_about(
        (invoice(42),),
        account(invoice(42)),
        Memory(rounds=(sent,), words=(word,)),
        POLICY,
        NOW,
        tone=Tone.FIRM,
    )
    assert said.reminded_on == ()


@pytest.mark.parametrize(
    ("tone", "asked"), [(Tone.NOTICE, False), (Tone.COURTEOUS, False), (Tone.FIRM, True), (Tone.LAST, True)]
)
def test_a_day_to_pay_by_is_named_from_the_firm_tone_on(tone: Tone, asked: bool) -> None:
    # The eighth day is Saturday 5 December.
    assert letter(tone).pay_by == (date(2026, 12, 7) if asked else None)


@pytest.mark.parametrize(
    ("now", "pay_by"),
    [
        (datetime(2026, 12, 17, 8, tzinfo=UTC), date(2026, 12, 28)),
        (datetime(2027, 3, 20, 8, tzinfo=UTC), date(2027, 3, 30)),
        (datetime(2026, 11, 24, 8, tzinfo=UTC), date(2026, 12, 2)),
    ],
    ids=["Christmas is a Friday", "Easter Monday", "a working day"],
)
def test_nobody_pays_on_a_sunday_or_a_holiday(now: datetime, pay_by: date) -> None:
    said = letter_of(due(Tone.FIRM, invoice()), account(invoice()), Memory(), POLICY, now)
    assert said.pay_by == pay_by


def test_on_a_clock_of_short_days_every_day_is_one_to_pay_on() -> None:
    short = POLICY.model_copy(update={"clock": BusinessClock(day_length="2 s", epoch=NOW)})
    said = letter_of(due(Tone.FIRM, invoice()), account(invoice()), Memory(), short, NOW)
    assert said.pay_by == date(2026, 12, 5)


@pytest.mark.parametrize(("siren", "public"), [(PUBLIC, True), ("732829320", False), ("", False)])
def test_a_public_body_is_known_by_its_siren(siren: str, public: bool) -> None:
    assert letter(Tone.FIRM, siren=siren).public is public


@pytest.mark.parametrize(
    ("from_tone", "asked"),
    [
        (Tone.COURTEOUS, {Tone.COURTEOUS, Tone.FIRM, Tone.LAST}),
        (Tone.FIRM, {Tone.FIRM, Tone.LAST}),
        (Tone.LAST, {Tone.LAST}),
    ],
)
def test_the_law_is_spoken_of_from_the_tone_on_that_the_company_chose(
    from_tone: Tone, asked: set[Tone]
) -> None:
    interest = INTEREST.model_copy(update={"from_tone": from_tone})
    told = {tone for tone in Tone if letter(tone, business=True, interest=interest).charges}
    assert told == asked


@pytest.mark.parametrize(
    "about", [{"business": None}, {"business": False}, {"business": True, "siren": PUBLIC}], ids=str
)
def test_private_persons_and_public_bodies_owe_none_of_it(about: dict[str, Any]) -> None:
    assert letter(Tone.LAST, interest=INTEREST, **about).charges == ()


def test_a_level_has_words_of_its_own() -> None:
    levels = (Level(day=7, tone=Tone.COURTEOUS), Level(day=15, tone=Tone.FIRM, template="plus-ferme"))
    own = POLICY.model_copy(update={"rules": Dunning(levels=levels)})
    firm = letter_of(due(Tone.FIRM, invoice()), account(invoice()), Memory(), own, NOW)
    assert firm.template == "plus-ferme"
    first = letter_of(due(Tone.COURTEOUS, invoice()), account(invoice()), Memory(), own, NOW)
    assert first.template == ""


@pytest.mark.parametrize(
    ("told", "language"), [("fr-CA", "fr"), ("EN", "en"), ("de_AT", "de"), ("", "fr"), ("  ", "fr")]
)
def test_a_customer_s_language_has_no_region(told: str, language: str) -> None:
    assert letter(Tone.FIRM, language=told).language == language


def test_thanks_say_what_was_promised() -> None:
    promise = Word(
        id="1",
        kind=WordKind.PROMISE,
        at=NOW,
        actor="cli:anne",
        until=date(2026, 12, 1),
        amount=euros("500.00"),
    )
    said = thanks_for(promise, account(), POLICY)
    assert (said.amounts, said.by) == ((euros("500.00"),), date(2026, 12, 1))
    parts = tuple(Instalment(due_on=date(2026, 12, day), amount=euros("100.00")) for day in (1, 15))
    plan = Word(id="2", kind=WordKind.INSTALMENTS, at=NOW, actor="cli:anne", instalments=parts)
    said = thanks_for(plan, account(), POLICY)
    assert (said.amounts, said.by) == ((euros("200.00"),), None)
    assert thanks_for(promise.model_copy(update={"amount": None}), account(), POLICY).amounts == ()
