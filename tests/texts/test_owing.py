"""What people said of a customer, in the words of whoever reads it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from raccord.domain.dunning.memory import Fate, Memory
from raccord.domain.dunning.plan import Plan
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.dunning.questions import what_now, where_to_write
from raccord.domain.dunning.words import Instalment, Word, WordKind
from raccord.domain.rules.modes import Mode
from raccord.domain.values.account import Account
from raccord.domain.values.money import Money
from raccord.texts import LANGUAGES, owing, say
from raccord.texts.dunning import story, story_notice, task_body, task_subject
from raccord.texts.voice import Voice
from tests.dunning.year import Year
from tests.dunning.year import invoice as owed
from tests.texts.test_whole_messages import lines, wrong

DAY = date(2026, 12, 7)
EUROS = Money(amount=Decimal("400.00"), currency="EUR")
ACCOUNT = Account(customer_id="cus_1", name="Globex")


def word(kind: WordKind) -> Word:
    given: dict[WordKind, dict[str, Any]] = {
        WordKind.PROMISE: {"until": DAY, "amount": EUROS},
        WordKind.INSTALMENTS: {"instalments": (Instalment(due_on=DAY, amount=EUROS),)},
        WordKind.DISPUTE: {"invoice_id": "in_1"},
        WordKind.SETTLED: {"invoice_id": "in_1"},
        WordKind.SEEN_TO: {"invoice_id": "in_1"},
        WordKind.BOUNCED: {"address": "anne@example.fr"},
    }
    at = datetime(2026, 11, 27, 9, tzinfo=UTC)
    return Word.model_validate(
        {"id": kind, "kind": kind, "at": at, "actor": "cli:anne", **given.get(kind, {})}
    )


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", WordKind)
def test_every_word_can_be_said(kind: WordKind, language: str) -> None:
    assert say(owing.word(word(kind), ACCOUNT), language)


def test_finance_reads_what_was_promised_and_not_what_was_said_to_raccord() -> None:
    policy = DunningPolicy(mode=Mode.LIVE, crm="hubspot", billing="stripe", holidays=(), language="fr")
    told = story(ACCOUNT, Memory(words=tuple(map(word, WordKind))), Plan(), policy)
    assert (
        "- le 27/11/2026\u00a0: paiement de 400,00\u00a0€ promis pour le 07/12/2026 (cli:anne)" in told.text
    )
    assert "à relancer dès que possible" not in told.text


def test_inside_the_company_what_is_contested_is_told_apart_from_what_was_asked_for() -> None:
    year = Year().owes(owed("A", "2026-04-01"), owed("B", "2026-04-01", "500.00"))
    year.says("dispute", invoice_id="B").passes("2026-05-04 12:00")
    plan, sent = year.look(), year.memory.rounds[-1]
    assert "1\u202f000,00\u00a0€" in task_subject(year.account, sent, plan, year.policy)
    assert "F-B" not in task_body(year.account, sent, year.memory, plan, year.policy)
    lines = story(year.account, year.memory, plan, year.policy).text.splitlines()
    assert [line.endswith("(en litige)") for line in lines if line.startswith("- F-")] == [False, True]
    assert [each.id for each in plan.claimed] == ["A"]
    asked = what_now(year.account, year.memory, plan)
    assert asked.title.params["owed"] == (owed("A", "2026-04-01").due,)
    assert not any(option.id == "dispute B" for option in asked.options)


@pytest.mark.parametrize("language", LANGUAGES)
def test_finance_is_called_in_the_channel_with_what_is_owed_and_where_the_letter_is(language: str) -> None:
    year = Year().owes(*(owed(f"N{number}", "2026-04-01") for number in range(12))).passes("2026-05-12")
    rules = year.policy.rules.model_copy(update={"finance": ("compta@example.fr",)})
    policy = year.policy.model_copy(update={"rules": rules})
    voice = Voice(language=language)
    notice = story_notice(year.account, year.memory, year.look(), policy, voice)
    assert notice.people == ("compta@example.fr",)
    assert len(notice.points) == 13
    assert "compta@example.fr" in notice.points[-1]
    assert wrong(lines(notice), language) == {}


def test_no_letter_is_named_before_the_last_reminder() -> None:
    levels = [
        {"day": 7, "tone": "courteous"},
        {"day": 15, "tone": "firm", "finance": True},
        {"day": 30, "tone": "last", "finance": True},
    ]
    year = Year().rules(levels=levels, finance=["compta@example.fr"]).owes(owed("A", "2026-04-01"))
    named = []
    for day in ("2026-04-20", "2026-05-12"):
        year.passes(day)
        plan, sent, voice = year.look(), year.memory.rounds[-1], Voice(language="fr")
        notice = story_notice(year.account, year.memory, plan, year.policy, voice)
        told = (task_body(year.account, sent, year.memory, plan, year.policy), *notice.points)
        named += [sum("mise en demeure est préparée" in each for each in told)]
    assert named == [0, 2]


def test_a_reminder_that_a_person_left_out_is_none_that_left() -> None:
    year = Year().owes(owed("A", "2026-04-01")).passes("2026-04-08 12:00").found(Fate.SKIPPED)
    year.passes("2026-04-17")
    told = story(year.account, year.memory, year.look(), year.policy).text
    assert "1 relance est partie" in told
    assert "niveau 1" not in told


def test_what_is_asked_after_the_last_reminder_is_about_what_came_to_it() -> None:
    year = Year().owes(owed("A", "2026-04-01"), owed("B", "2026-05-01", "500.00")).passes("2026-05-12")
    plan, sent = year.look(), year.memory.rounds[-1]
    asked = what_now(year.account, year.memory, plan)
    assert asked.title.params["owed"] == (owed("A", "2026-04-01").due,)
    assert asked.problems[0].message.params["count"] == 3
    assert [option.id for option in asked.options if "dispute" in option.id] == ["dispute A"]
    assert "500,00" in task_subject(year.account, sent, plan, year.policy)
    assert "F-A" not in task_body(year.account, sent, year.memory, plan, year.policy)
    told = story(year.account, year.memory, plan, year.policy).text
    assert "Aucune autre relance ne part d'elle-même pour F-A\u202f; les autres continuent." in told


def test_a_payment_of_a_part_and_a_mail_about_another_invoice_ask_nothing_anew() -> None:
    year = Year().owes(owed("A", "2026-04-01"), owed("B", "2026-05-01")).passes("2026-05-05")
    asked = what_now(year.account, year.memory, year.look())
    year.pays("A", "100.00").passes("2026-05-20")
    again = what_now(year.account, year.memory, year.look())
    assert len(year.mails) == 5
    assert again.fingerprint == asked.fingerprint
    assert again.title != asked.title


def test_a_payment_of_a_part_is_no_new_question_of_where_to_write() -> None:
    year = Year().customer(email="").owes(owed("A", "2026-04-01")).passes("2026-04-10")
    asked = where_to_write(year.account, year.memory, year.look(), "")
    year.pays("A", "100.00")
    assert where_to_write(year.account, year.memory, year.look(), "").fingerprint == asked.fingerprint
