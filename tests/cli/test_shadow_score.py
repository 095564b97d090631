"""How often shadow and people agree, from a terminal."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from raccord.connectors.connection import Kind
from raccord.connectors.errors import Forbidden
from raccord.domain.deal_won.findings import computed_of
from raccord.domain.deal_won.quality import InvoicePlan, examine
from raccord.domain.service.findings import Finding, FindingKind
from raccord.domain.values.deal import Deal, DealRef
from raccord.domain.values.invoice import InvoiceReference
from raccord.domain.values.parties import Owner
from raccord.settings.configuration import Configuration
from starters.cli.scoring import command
from tests.cli.conftest import Company
from tests.domain.samples import TODAY, customer, deal, invoice, line, policy, profile
from tests.fakes.billing import FakeBilling
from workers.connections import Connections, Opened

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
SOLD = date(2026, 11, 20)


def planned(id: str, price: str, rate: str = "20") -> tuple[Deal, InvoicePlan]:
    """Return a deal whose second line has this price and this rate, and the plan of its invoice."""
    trip = line(
        id="42",
        name="Déplacement",
        quantity=Decimal(1),
        unit_price=Decimal(price),
        vat_rate=Decimal(rate),
    )
    ref = DealRef(connection="hubspot", id=id)
    sold = deal(ref=ref, name=f"Affaire {id}", lines=(line(), trip))
    plan = examine(sold, policy(), TODAY).plan
    assert plan
    return sold, plan


class Books:
    """The company's records with its deals in shadow, and what people invoiced by hand."""

    def __init__(self, company: Company) -> None:
        self.company, self.billing = company, FakeBilling()
        self.billing.customers["cus_1"] = customer(siren=profile().siren, name="Acme")

    def shadow(self, id: str, price: str, owner: Owner | None = None) -> None:
        """Have a deal looked at in shadow."""
        sold, plan = planned(id, price)
        computed = computed_of(sold, plan, policy())
        assert computed
        found = Finding(
            kind=FindingKind.WOULD_INVOICE,
            deal=sold.ref,
            name=sold.name,
            url="https://crm.example/1",
            net=computed.totals.net,
            owner=owner,
            computed=computed,
            at=NOW,
        )
        self.company.remember(lambda records: records.findings.note(found))

    def invoiced(self, id: str, price: str, rate: str = "20") -> None:
        """Have a person write an invoice of such a deal."""
        sold, plan = planned(id, price, rate)
        order = plan.order(InvoiceReference(deal=sold.ref), "cus_1", SOLD, policy())
        self.billing.orders[id] = order
        self.billing.invoices[id] = invoice(
            id=id,
            number=f"F-{id}",
            issued_on=SOLD,
            due_on=order.due_on,
            totals=order.totals(policy().vat_rounding),
        )

    def score(self, *words: str) -> str:
        done = self.company.raccord("shadow", "score", *words)
        assert done.exit_code == 0, done.output
        return done.output


@pytest.fixture
def books(company: Company, monkeypatch: pytest.MonkeyPatch) -> Books:
    found = Books(company)

    @asynccontextmanager
    async def connected(configuration: Configuration) -> AsyncIterator[Connections]:
        row: Any = SimpleNamespace(name=configuration.billing.name, kind=Kind.BILLING)
        port: Any = found.billing
        yield Connections((Opened(row, port),))

    monkeypatch.setattr(command, "connections_of", connected)
    monkeypatch.setattr(command, "now", lambda: datetime(2026, 12, 9, 9, tzinfo=UTC))
    return found


def put(books: Books) -> None:
    for id, price in (("1", "10"), ("2", "20"), ("3", "30"), ("4", "40")):
        books.shadow(id, price)
    books.invoiced("a", "10")
    books.invoiced("b", "20")
    books.invoiced("c", "30", rate="10")


def plain(text: str) -> list[str]:
    return [" ".join(each.split()) for each in text.splitlines()]


def test_before_anything_was_invoiced_by_hand_it_says_so(books: Books) -> None:
    assert "Aucune affaire que Raccord aurait facturée" in books.score()


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "fr",
            [
                "2 sur 3 sont identiques aux factures faites à la main ; 1 diffère : TVA de la ligne 2",
                "1 affaire attend encore sa facture, depuis 12 jours au plus.",
                "",
                "Résultat Affaire Facture HT Écarts",
                "Différente Affaire 3 F-c 130,00 € "
                "Ligne 2 « Déplacement », TVA : 20 % calculé, 10 % facturé.",
                "En attente Affaire 4 140,00 € Depuis 12 jours.",
                "Identique Affaire 1 F-a 110,00 €",
                "Identique Affaire 2 F-b 120,00 €",
            ],
        ),
        (
            "en",
            [
                "2 of 3 agree with the invoices that people made; 1 differs: VAT on line 2",
                "1 deal still waits for its invoice, for 12 days at most.",
                "",
                "Result Deal Invoice Net Differences",
                "Differs Affaire 3 F-c €130.00 Line 2 “Déplacement”, VAT: 20% computed, 10% invoiced.",
                "Waiting Affaire 4 €140.00 For 12 days.",
                "Agrees Affaire 1 F-a €110.00",
                "Agrees Affaire 2 F-b €120.00",
            ],
        ),
    ],
)
def test_it_counts_what_agrees_and_says_what_differs_line_by_line(
    books: Books, language: str, expected: list[str]
) -> None:
    books.company.speak(language)
    put(books)
    assert plain(books.score()) == expected


def test_several_salespeople_are_counted_apart(books: Books) -> None:
    books.company.speak("en")
    lea, paul = Owner(id="71", name="Léa Martin"), Owner(id="72", name="Paul Petit")
    for id, price, owner in (("1", "10", lea), ("2", "20", paul), ("3", "30", lea), ("4", "40", None)):
        books.shadow(id, price, owner)
    books.invoiced("a", "10")
    books.invoiced("b", "20", rate="10")
    shown = plain(books.score())
    start = shown.index("Salesperson Agrees Differs Not certain Waiting")
    assert shown[start + 1 : start + 4] == ["Léa Martin 1 0 0 1", "Paul Petit 0 1 0 0", "nobody 0 0 0 1"]
    first = json.loads(books.score("--json"))["salespeople"][0]
    assert (first["id"], first["compared"], first["agrees"]) == ("71", 1, 1)


def test_a_machine_reads_the_same_with_exact_amounts(books: Books) -> None:
    put(books)
    found = json.loads(books.score("--json"))
    assert (found["compared"], found["agrees"], found["differs"], found["waiting"]) == (3, 2, 1, 1)
    first = found["deals"][0]
    assert (first["standing"], first["deal"], first["number"]) == ("differs", "3", "F-c")
    assert [(each["aspect"], each["line"]) for each in first["differences"]] == [("vat", 2)]
    assert first["computed"]["gross"] == {"amount": "156.00", "currency": "EUR"}


def test_the_word_of_a_person_says_which_invoice_is_whose(books: Books) -> None:
    books.shadow("1", "10")
    books.invoiced("a", "15")
    (unsure,) = json.loads(books.score("--json"))["deals"]
    assert (unsure["standing"], unsure["invoice"]) == ("unsure", None)
    said = DealRef(connection="hubspot", id="1")
    books.company.remember(lambda records: records.payments.belongs("a", "stripe", said))
    (told,) = json.loads(books.score("--json"))["deals"]
    assert (told["standing"], told["differences"][0]["aspect"]) == ("differs", "unit_price")


def test_an_invoice_that_is_linked_with_another_deal_is_not_taken(books: Books) -> None:
    books.shadow("1", "10")
    books.invoiced("a", "10")
    other = DealRef(connection="hubspot", id="9")
    books.company.remember(lambda records: records.payments.belongs("a", "stripe", other))
    assert json.loads(books.score("--json"))["waiting"] == 1


def test_nothing_is_written_and_a_refusal_is_a_sentence(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(books)
    books.score()
    assert not {"create_customer", "claim_customer", "create_draft"} & books.billing.calls.keys()

    async def refused(*_: Any, **__: Any) -> Any:
        raise Forbidden("The key may not read customers.")

    monkeypatch.setattr(books.billing, "find_customers", refused)
    done = books.company.raccord("shadow", "score")
    assert (done.exit_code, done.output) == (1, "raccord: The key may not read customers.\n")
