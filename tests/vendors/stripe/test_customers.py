from typing import Any

import pytest

from raccord.vendors.stripe.connector import StripeBilling
from raccord.vendors.stripe.wire import Deleted
from raccord.vendors.stripe.wire_parties import FoundCustomer
from tests.connectors.stub import Stub
from tests.vendors.stripe.samples import PROFILE, customer, page, refusal

LIST, SEARCH = "GET /v1/customers", "GET /v1/customers/search"
OURS = {"raccord_customer": PROFILE.identity.reference, "crm_company_id": "hubspot:42"}


async def test_a_linked_customer_that_lives_is_all_that_is_asked_for(
    billing: StripeBilling, stub: Stub
) -> None:
    stub.on("GET /v1/customers/cus_link", customer("cus_link", ("fr_siren", "732829320")))
    (found,) = await billing.find_customers(PROFILE, linked_id="cus_link")
    assert (found.id, found.siren) == ("cus_link", "732829320")
    (asked,) = stub.seen
    assert asked.params == {"expand[0]": "tax_ids"}


async def test_customers_come_from_email_and_reference_each_once(billing: StripeBilling, stub: Stub) -> None:
    stub.on(LIST, page(customer("cus_link"), customer("cus_a"), has_more=True), page(customer("cus_b")))
    stub.on(
        SEARCH,
        page(customer("cus_a"), customer("cus_old"), has_more=True, next_page="p2"),
        page(customer("cus_c")),
    )
    stub.on("GET /v1/customers/cus_c", customer("cus_c", metadata=OURS))
    found = await billing.find_customers(PROFILE, linked_id="cus_gone")
    # cus_old is only in the lagging search index: reading it again shows that it is gone.
    assert [c.id for c in found] == ["cus_link", "cus_a", "cus_b", "cus_c"]
    assert found[-1].reference == PROFILE.identity.reference
    first, second = stub.asked(LIST)
    assert first.params == {"email": "compta@acme.example", "expand[0]": "data.tax_ids", "limit": "100"}
    assert second.params["starting_after"] == "cus_a"
    searched, onward = stub.asked(SEARCH)
    assert searched.params["query"] == (
        f"metadata['raccord_customer']:'{PROFILE.identity.reference}' "
        "OR metadata['crm_company_id']:'hubspot:42' OR name:'Acmé SARL'"
    )
    assert onward.params["page"] == "p2"


async def test_a_deleted_customer_is_no_customer(billing: StripeBilling, stub: Stub) -> None:
    stub.on("GET /v1/customers/cus_1", {"id": "cus_1", "object": "customer", "deleted": True})
    stub.on(LIST, page())
    stub.on(SEARCH, page())
    assert await billing.find_customers(PROFILE, linked_id="cus_1") == ()
    assert await billing.find_customers(PROFILE, linked_id="cus_of_another_mode") == ()


async def test_a_deleted_customer_whose_tax_ids_cannot_be_expanded_is_none_either(
    billing: StripeBilling, stub: Stub
) -> None:
    gone = {"id": "cus_1", "object": "customer", "deleted": True}
    stub.on("GET /v1/customers/cus_1", refusal(400, param="expand"), gone)
    stub.on(LIST, page())
    stub.on(SEARCH, page())
    assert await billing.find_customers(PROFILE, linked_id="cus_1") == ()
    refused, plain = stub.asked("GET /v1/customers/cus_1")
    assert (refused.params, plain.params) == ({"expand[0]": "tax_ids"}, {})


async def test_an_id_leads_to_no_other_object(billing: StripeBilling, stub: Stub) -> None:
    stub.on(LIST, page())
    stub.on(SEARCH, page())
    await billing.find_customers(PROFILE, linked_id="../invoices?limit=1#")
    assert "GET /v1/customers/..%2Finvoices%3Flimit%3D1%23" in {asked.route for asked in stub.seen}


async def test_a_quote_in_an_id_or_a_name_does_not_escape_from_the_search(
    billing: StripeBilling, stub: Stub
) -> None:
    stub.on(LIST, page())
    stub.on(SEARCH, page())
    odd = PROFILE.model_copy(update={"crm_company": "x:' OR '\\", "name": "L'Été"})
    await billing.find_customers(odd, linked_id=None)
    query = stub.asked(SEARCH)[0].params["query"]
    assert query.endswith(r"metadata['crm_company_id']:'x:\' OR \'\\' OR name:'L\'Été'")


async def test_identifiers_are_read_from_every_place_they_are_kept(
    billing: StripeBilling, stub: Stub
) -> None:
    more = page({"id": "txi_1", "type": "gb_vat", "value": "GB123"}, has_more=True)
    stub.on(
        LIST,
        page(
            customer("cus_siren", ("fr_siren", "732 829 320"), ("eu_vat", "FR44732829320")),
            customer("cus_siret", ("fr_siret", "12345678200010")),
            customer("cus_vat", ("eu_vat", "FR11123456782")),
            customer("cus_meta", metadata={"siren": "732829320"}),
            customer("cus_unexpanded", tax_ids=None),
            customer("cus_many", tax_ids=more, tax_exempt="reverse"),
        ),
    )
    stub.on(SEARCH, page())
    stub.on(
        "GET /v1/customers/cus_unexpanded/tax_ids",
        page({"id": "t", "type": "eu_vat", "value": "DE136695976"}),
    )
    stub.on(
        "GET /v1/customers/cus_many/tax_ids",
        more,
        page({"id": "t", "type": "fr_siren", "value": "732829320"}),
    )
    customers = await billing.find_customers(PROFILE, linked_id=None)
    assert {c.id: c.siret for c in customers if c.siret} == {"cus_siret": "12345678200010"}
    found = {c.id: (c.siren, c.vat_number) for c in customers}
    assert found == {
        "cus_siren": ("732829320", "FR44732829320"),
        "cus_siret": ("123456782", None),
        "cus_vat": ("123456782", "FR11123456782"),
        "cus_meta": ("732829320", None),
        "cus_unexpanded": (None, "DE136695976"),
        "cus_many": ("732829320", None),
    }


async def test_claiming_writes_our_reference_and_nothing_else(billing: StripeBilling, stub: Stub) -> None:
    stub.on("POST /v1/customers/cus_1", customer("cus_1", metadata=OURS, tax_exempt="reverse"))
    claimed = await billing.claim_customer("cus_1", PROFILE, key="cus/1/claim")
    assert claimed.reference == PROFILE.identity.reference
    assert claimed.exempted
    (asked,) = stub.seen
    assert asked.headers["idempotency-key"] == "cus/1/claim"
    assert asked.params == {f"metadata[{k}]": v for k, v in OURS.items()} | {"expand[0]": "tax_ids"}


@pytest.mark.parametrize(
    ("held", "balance"),
    [
        ({"balance": 1250, "currency": "eur"}, "12.50 EUR"),
        ({"balance": -500, "currency": "jpy"}, "-500 JPY"),
        ({"balance": 0, "currency": "eur"}, "None"),
        ({"balance": 0, "currency": None}, "None"),
        ({"balance": 1250, "currency": None}, "None"),
        ({"balance": None, "currency": "eur"}, "None"),
        ({}, "None"),
    ],
)
async def test_what_a_customer_owes_beside_its_invoices_is_in_its_own_currency(
    billing: StripeBilling, stub: Stub, held: dict[str, Any], balance: str
) -> None:
    stub.on("POST /v1/customers/cus_1", customer("cus_1", metadata=OURS, **held))
    claimed = await billing.claim_customer("cus_1", PROFILE, key="cus/1/claim")
    assert str(claimed.balance) == balance


async def test_creating_sends_tax_ids_inline(billing: StripeBilling, stub: Stub) -> None:
    stub.on("POST /v1/customers", customer("cus_new", ("fr_siren", "732829320"), metadata=OURS))
    created = await billing.create_customer(PROFILE, key="cus/1")
    assert (created.id, created.siren, created.crm_company) == ("cus_new", "732829320", "hubspot:42")
    (asked,) = stub.seen
    assert asked.params["tax_id_data[0][type]"] == "fr_siren"
    assert asked.params["address[city]"] == "Paris"
    assert "address[line2]" not in asked.params


def test_a_deleted_customer_is_never_taken_for_a_living_one() -> None:
    expanded = {
        "id": "cus_1",
        "object": "customer",
        "deleted": True,
        "tax_ids": {"data": [], "has_more": False},
    }
    assert isinstance(FoundCustomer.model_validate(expanded).root, Deleted)
