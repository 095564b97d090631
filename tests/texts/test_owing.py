"""What people said of a customer, in the words of whoever reads it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from raccord.domain.dunning.memory import Memory
from raccord.domain.dunning.plan import Plan
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.dunning.words import Instalment, Word, WordKind
from raccord.domain.rules.modes import Mode
from raccord.domain.values.account import Account
from raccord.domain.values.money import Money
from raccord.texts import owing, say
from raccord.texts.dunning import story

DAY = date(2026, 12, 7)
EUROS = Money(amount=Decimal("400.00"), currency="EUR")
ACCOUNT = Account(customer_id="cus_1", name="Globex")


def word(kind: WordKind) -> Word:
    given: dict[WordKind, dict[str, Any]] = {
        WordKind.PROMISE: {"until": DAY, "amount": EUROS},
        WordKind.INSTALMENTS: {"instalments": (Instalment(due_on=DAY, amount=EUROS),)},
        WordKind.DISPUTE: {"invoice_id": "in_1"},
        WordKind.SETTLED: {"invoice_id": "in_1"},
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
