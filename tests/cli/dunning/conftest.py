"""A company with customers who owe, its records, and its command line on a day that stands still."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import Result

from activities.dunning.memory import BEGAN
from raccord.connectors.connection import Kind
from raccord.domain.dunning.memory import Fate, Memory, Reached, Round
from raccord.domain.dunning.words import Word
from raccord.domain.rules.dunning import Tone
from raccord.domain.values.account import Account, OwedInvoice
from raccord.domain.values.money import Money
from raccord.domain.values.payment import UnpaidInvoice
from raccord.domain.values.subject import Subject
from raccord.records.records import Records
from raccord.settings.configuration import Configuration
from starters.cli.dunning import books, rehearsing, saying
from tests.cli.conftest import Company
from tests.fakes.billing import FakeBilling
from workers.connections import Connections, Opened

NOW = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
"""A Friday, 10:30 in Paris: mails may leave."""
TODAY = NOW.date()


def euros(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def owed(number: str, days: int, amount: str = "1200.00", **given: Any) -> OwedInvoice:
    """An invoice that is late by so many days."""
    due_on = TODAY - timedelta(days=days)
    values = {
        "id": f"in_{number}",
        "number": number,
        "due": euros(amount),
        "total": euros(amount),
        "issued_on": due_on - timedelta(days=30),
        "due_on": due_on,
    }
    return OwedInvoice.model_validate(values | given)


def account(id: str, name: str, *invoices: OwedInvoice, **given: Any) -> Account:
    return Account(
        **{"customer_id": id, "name": name, "email": f"{id}@example.fr", "invoices": invoices} | given
    )


def sent(days_ago: int, *reached: tuple[str, int], tone: Tone = Tone.COURTEOUS, **given: Any) -> Round:
    """A mail that left so many days ago, with the invoices' numbers and their levels."""
    at = NOW - timedelta(days=days_ago)
    values = {
        "key": f"dun/{days_ago}",
        "at": at,
        "level": max(level for _, level in reached),
        "tone": tone,
        "reached": tuple(Reached(invoice_id=f"in_{number}", level=level) for number, level in reached),
        "fate": Fate.SENT,
    }
    return Round.model_validate(values | given)


class Ledger(FakeBilling):
    """A billing system whose customers are accounts; each open invoice is in its list of unpaid ones."""

    def owes(self, *accounts: Account) -> None:
        self.accounts |= {each.customer_id: each for each in accounts}

    async def unpaid_invoices(self, *, customer_id: str | None) -> tuple[UnpaidInvoice, ...]:
        return tuple(
            UnpaidInvoice(
                id=each.id, number=each.number, customer_id=id_, customer=account.name, due=each.due
            )
            for id_, account in self.accounts.items()
            for each in account.invoices
            if customer_id in (None, id_)
        )


class House:
    """The company's command line. `woken`: the customers whose flows were told to look."""

    def __init__(self, company: Company, billing: Ledger) -> None:
        self.company = company
        self.billing = billing
        self.woken: list[str] = []

    def dunning(self, *words: str) -> Result:
        return self.company.raccord("dunning", *words)

    def said(self, *words: str) -> str:
        """Type a command that succeeds, and return all that it says, on one line."""
        done = self.dunning(*words)
        assert done.exit_code == 0, done.output
        return " ".join(done.output.split())

    def refused(self, *words: str) -> str:
        """Type a command that fails with a sentence, and return it."""
        done = self.dunning(*words)
        assert done.exit_code in (1, 2), done.output
        assert done.output.startswith("raccord: "), done.output
        return " ".join(done.output.split())

    def remember(self, customer: str, *rounds: Round, words: tuple[Word, ...] = ()) -> None:
        memory = Memory(rounds=rounds, words=words)
        self.company.remember(lambda records: records.dunning.keep(f"stripe:{customer}", memory))

    def memory(self, customer: str) -> Memory:
        return self.company.remember(lambda records: records.dunning.memory(f"stripe:{customer}"))

    def began(self, day: date) -> None:
        at = datetime.combine(day, NOW.timetz())
        self.company.remember(lambda records: records.watermarks.begin(BEGAN, at))

    def audited(self) -> list[dict[str, Any]]:
        async def rows(records: Records) -> list[dict[str, Any]]:
            return [row async for row in records.audit.export()]

        return self.company.remember(rows)


@pytest.fixture
def house(company: Company, monkeypatch: pytest.MonkeyPatch) -> House:
    company.speak("en")
    found = House(company, Ledger())

    @asynccontextmanager
    async def connected(configuration: Configuration) -> AsyncIterator[Connections]:
        row: Any = SimpleNamespace(name=configuration.billing.name, kind=Kind.BILLING)
        port: Any = found.billing
        yield Connections((Opened(row, port),))

    async def reached(*_: object, **__: object) -> None:
        return None

    async def woken(_: object, __: object, subject: Subject, *___: object, **____: object) -> None:
        found.woken.append(subject.id)

    monkeypatch.setattr(books, "connections_of", connected)
    monkeypatch.setattr(books, "now", lambda: NOW)
    monkeypatch.setattr(rehearsing, "now", lambda: NOW)
    monkeypatch.setattr(saying, "connect", reached)
    monkeypatch.setattr(saying, "wake", woken)
    return found
