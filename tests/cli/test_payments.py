"""`raccord payments link` takes an invoice as people name it, and refuses what can be no deal's id."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import click
import pytest

from raccord.connectors.errors import NotFound
from starters.cli.payments import issued_invoice
from tests.cli.conftest import Company

SINCE = date(2025, 11, 28)


@pytest.fixture(autouse=True)
def english(company: Company) -> None:
    company.speak("en")


@pytest.mark.parametrize("typed", ["", " "])
def test_an_empty_deal_is_none(company: Company, typed: str) -> None:
    done = company.raccord("payments", "link", "in_1", typed)
    assert done.exit_code == 2, done.output
    assert "name the deal by its id: it is a number, like" in done.output


def test_a_french_company_is_told_in_french(company: Company) -> None:
    company.speak("fr")
    done = company.raccord("payments", "link", "in_1", "abc")
    assert "abc n'est pas l'identifiant d'une affaire" in done.output
    assert "un nombre comme 9001000123" in done.output


@pytest.mark.parametrize("typed", ["abc", "12 34", "9001x", "deal/"])
def test_what_can_be_no_id_is_refused_with_how_one_looks(company: Company, typed: str) -> None:
    done = company.raccord("payments", "link", "in_1", typed)
    assert done.exit_code == 2, done.output
    assert "is no id of a deal: it is a number, like" in done.output


@pytest.mark.parametrize(
    "typed",
    ["https://app.hubspot.test/contacts/1/record/0-3/9001", "https://app.hubspot.test/deal/9001/", " 9001 "],
)
def test_the_id_within_an_address_is_proposed(company: Company, typed: str) -> None:
    done = company.raccord("payments", "link", "in_1", typed)
    assert done.exit_code == 2
    assert "Did you mean 9001?" in done.output


class Ledger:
    """Two open invoices of one number, a paid one on the list's second part, one that is in no list."""

    async def read_invoice(self, id: str) -> Any:
        if id not in ("in_1", "in_draft"):
            raise NotFound(f"no {id}")
        return SimpleNamespace(id=id, finalised=id == "in_1")

    async def unpaid_invoices(self, *, customer_id: str | None) -> tuple[Any, ...]:
        assert customer_id is None
        return tuple(
            SimpleNamespace(id=id, number=number)
            for id, number in (("in_2", "2026/002"), ("in_4", "F-4"), ("in_5", "F-4"))
        )

    async def list_invoices(self, *, since: date, after: str) -> Any:
        assert since == SINCE
        found = {"": ("in_2", "2026/002"), "b": ("in_3", "F-3")}[after]
        listed = SimpleNamespace(invoice=SimpleNamespace(id=found[0], number=found[1]))
        return SimpleNamespace(invoices=(listed,), after="" if after else "b")


async def _meant(typed: str) -> str:
    ledger: Any = Ledger()
    return await issued_invoice(ledger, typed, SINCE)


@pytest.mark.parametrize(
    ("typed", "id"),
    [
        ("in_1", "in_1"),
        ("https://billing.test/invoices/in_1/", "in_1"),
        ("2026/002", "in_2"),
        (" f-3 ", "in_3"),
    ],
)
async def test_an_invoice_is_named_by_its_number_too(typed: str, id: str) -> None:
    assert await _meant(typed) == id


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("F-9", "no invoice of the id or the number F-9"),
        ("F-4", "several invoices have the number F-4: in_4, in_5"),
        ("in_draft", "in_draft is a draft"),
    ],
)
async def test_what_is_no_issued_invoice_is_refused(
    typed: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(click.exceptions.Exit):
        await _meant(typed)
    assert says in capsys.readouterr().err
