"""What doctor says of the seller: name, VAT number and numbering, and what Stripe does not tell."""

from typing import Any

import pytest

from raccord.connectors.connection import Check, CheckState
from raccord.vendors.stripe.connector import StripeBilling
from tests.connectors.stub import Reply, Stub
from tests.vendors.stripe.samples import page, refusal

ADDRESS = {"line1": "12 rue des Ateliers", "postal_code": "69002", "city": "Lyon", "country": "FR"}
NAME, VAT, NUMBERS = "seller's name and address", "seller's VAT number", "invoice numbers"


def account(**more: Any) -> dict[str, Any]:
    profile = {"name": "Hexalab SAS", "support_address": ADDRESS}
    settings = {"invoices": {"default_account_tax_ids": ["txi_1"]}}
    return {"id": "acct_1", "object": "account", "business_profile": profile, "settings": settings, **more}


def own(kind: str = "eu_vat", value: str = "FR57812404309", **more: Any) -> dict[str, Any]:
    return {"id": "txi_1", "object": "tax_id", "type": kind, "value": value, **more}


def numbered(number: str | None, prefix: str = "0A1B2C3D") -> dict[str, Any]:
    return {"id": f"in_{number}", "number": number, "customer": {"id": "cus_1", "invoice_prefix": prefix}}


@pytest.fixture(autouse=True)
def ready(stub: Stub) -> None:
    stub.on("GET /v1/account", account())
    stub.on("GET /v1/tax_ids", page(own(verification={"status": "verified"})))
    stub.on("GET /v1/invoices", page(numbered(None), numbered("F-2026-0042")))


async def line(billing: StripeBilling, name: str) -> Check:
    return next(each for each in await billing.check() if each.name == name)


async def test_an_account_that_is_in_order(billing: StripeBilling, stub: Stub) -> None:
    name, vat, numbers = [await line(billing, each) for each in (NAME, VAT, NUMBERS)]
    assert {each.state for each in (name, vat, numbers)} == {CheckState.OK}
    assert name.found == "Hexalab SAS, 12 rue des Ateliers, 69002 Lyon, FR"
    assert vat.found == "FR57812404309 (verified)"
    assert numbers.found == "F-2026-0042, of one sequence with the prefix F-2026"
    assert stub.last("GET /v1/tax_ids").query == {"owner[type]": "self"}


async def test_numbers_of_each_customer_fail_with_the_remedy(billing: StripeBilling, stub: Stub) -> None:
    stub.on("GET /v1/invoices", page(numbered("F-2026-0042"), numbered("0A1B2C3D-0001")))
    found = await line(billing, NUMBERS)
    assert found.state is CheckState.FAIL
    assert "0A1B2C3D-0001" in found.found
    assert "across the account" in found.remedy


@pytest.mark.parametrize(
    "listed", [(), (numbered(None),), ({"id": "in_1", "number": "F-1", "customer": "cus_1"},)]
)
async def test_numbers_are_not_guessed(billing: StripeBilling, stub: Stub, listed: tuple[Any, ...]) -> None:
    stub.on("GET /v1/invoices", page(*listed))
    found = await line(billing, NUMBERS)
    assert (found.state, "not told" in found.found) == (CheckState.WARN, True)


@pytest.mark.parametrize(
    ("tax_ids", "defaults", "said"),
    [
        ([], ["txi_1"], "none on the account"),
        ([own("fr_siren", "812404309")], ["txi_1"], "none on the account"),
        ([own()], None, "no default"),
        ([own()], ["txi_2"], "no default"),
    ],
)
async def test_a_vat_number_that_is_not_printed_is_warned_of(
    billing: StripeBilling, stub: Stub, tax_ids: list[Any], defaults: list[str] | None, said: str
) -> None:
    stub.on("GET /v1/account", account(settings={"invoices": {"default_account_tax_ids": defaults}}))
    stub.on("GET /v1/tax_ids", page(*tax_ids))
    found = await line(billing, VAT)
    assert (found.state, said in found.found) == (CheckState.WARN, True)


@pytest.mark.parametrize("answer", [refusal(403), refusal(404), Reply(b"<html>", 404), refusal(500)])
async def test_what_stripe_does_not_tell_is_said_so_and_fails_nothing(
    billing: StripeBilling, stub: Stub, answer: Reply
) -> None:
    stub.on("GET /v1/account", answer)
    stub.on("GET /v1/tax_ids", answer)
    for name in (NAME, VAT):
        found = await line(billing, name)
        assert (found.state, "not told" in found.found) == (CheckState.WARN, True)


async def test_an_account_that_says_little_is_not_taken_for_wrong(billing: StripeBilling, stub: Stub) -> None:
    stub.on("GET /v1/account", {"id": "acct_1", "object": "account"})
    assert "an address that Stripe does not tell" in (await line(billing, NAME)).found
    assert "Stripe does not tell" in (await line(billing, VAT)).found
