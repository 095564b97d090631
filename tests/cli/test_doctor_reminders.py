"""A company hears from doctor that its words cannot be filled in, and not from a customer who is late."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from raccord.connectors.connection import CheckState
from raccord.domain.rules.dunning import Dunning, ExceptionRule, Interest, InterestRate, Level, Tone
from raccord.texts.mails import Templates
from starters.cli.doctor.reminders import gap_checks, reminder_checks

RULES = Dunning(
    levels=(
        Level(day=-5, tone=Tone.NOTICE),
        Level(day=7, tone=Tone.COURTEOUS),
        Level(day=15, tone=Tone.FIRM),
        Level(day=30, tone=Tone.LAST),
    ),
    exceptions=(ExceptionRule(levels=(Level(day=20, tone=Tone.FIRM, template="ours"),)),),
)


def found(rules: Dunning, folder: Path | None = None) -> list[tuple[CheckState, str]]:
    return [(check.state, check.found) for check in reminder_checks(rules, Templates(folder), "Hexalab")]


def test_our_own_words_can_be_filled_in() -> None:
    default = Dunning(levels=RULES.levels)
    assert found(default) == [(CheckState.OK, "every template can be filled in")]


@pytest.mark.parametrize(
    ("file", "words", "said"),
    [
        (
            "reminder-last.fr.txt",
            "Sujet\n\nBonjour {% if public %}{{ nobody }}{% endif %}",
            "'nobody' is undefined",
        ),
        ("reminder-notice.en.txt", "Subject\n\n{{ total / 2 }}", "cannot be filled in"),
        ("reminder-thanks.fr.txt", "Sujet\n\n{{ invoices }}", "'invoices' is undefined"),
        ("formal-notice.en.txt", "Subject", "needs a first line"),
        ("formal-notice.typ", "#let", "cannot be set"),
        ("reminder.mjml", "<mjml>", "is no MJML"),
    ],
)
def test_a_word_that_cannot_be_filled_in_is_told_once(
    tmp_path: Path, file: str, words: str, said: str
) -> None:
    (tmp_path / file).write_text(words, "utf-8")
    ((state, sentence),) = found(Dunning(levels=RULES.levels), tmp_path)
    assert state is CheckState.FAIL
    assert file in sentence
    assert said in sentence


def test_the_words_of_an_exception_are_looked_at_too(tmp_path: Path) -> None:
    assert [state for state, _ in found(RULES, tmp_path)] == [CheckState.FAIL] * 2
    (tmp_path / "ours.fr.txt").write_text("Sujet\n\n{{ invoices }}", "utf-8")
    (tmp_path / "ours.en.txt").write_text("Subject\n\n{{ invoices }}", "utf-8")
    assert [state for state, _ in found(RULES, tmp_path)] == [CheckState.OK]


def gaps(rules: Dunning) -> list[tuple[CheckState, str]]:
    return [(check.state, check.found) for check in gap_checks(rules, date(2026, 11, 27))]


def test_a_level_that_tells_finance_where_nobody_is_named_is_told() -> None:
    ((state, said),) = gaps(Dunning())
    assert state is CheckState.WARN
    assert "the level of day 30 says finance = true, and nobody is named" in said
    assert "no formal notice is prepared" in said
    assert gaps(Dunning(finance=("compta@example.fr",))) == []
    assert gaps(Dunning(levels=RULES.levels)) == []


def test_a_half_year_without_its_rate_is_told() -> None:
    def rates(*days: date) -> Dunning:
        known = tuple(InterestRate(valid_from=day, percent=Decimal("12.4")) for day in days)
        return Dunning(levels=RULES.levels, interest=Interest(on=True, rates=known))

    ((state, said),) = gaps(rates(date(2026, 1, 1)))
    assert state is CheckState.WARN
    assert "no rate is known for the half-year from 2026-07-01" in said
    assert gaps(rates(date(2026, 1, 1), date(2026, 7, 1))) == []
