"""Customers: how they are found, under whose type they are written, what a clash means."""

import json

import pytest

from raccord.connectors.errors import Auth, Permanent
from raccord.domain.customer.matching import Evidence, choose_customer
from raccord.domain.values.address import Address
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.details import Changes, Details, Field
from raccord.vendors.pennylane.connector import PennylaneBilling
from tests.connectors.conformance.samples import PROFILE
from tests.connectors.stub import Reply, Stub
from tests.vendors.pennylane.conftest import refused, settings
from tests.vendors.pennylane.samples import by_filter, customer, filters, some

REFERENCE = PROFILE.identity.reference


async def test_a_customer_is_looked_for_by_reference_number_address_and_name(
    stub: Stub, billing: PennylaneBilling
) -> None:
    """There is no filter by VAT number: the SIREN inside a French one is asked for."""
    only_vat = PROFILE.model_copy(update={"siren": None, "siret": None})
    assert await billing.find_customers(only_vat, linked_id="gone") == ()
    asked = {f["field"]: (f["operator"], f["value"]) for each in stub.seen for f in filters(each)}
    assert asked == {
        "external_reference": ("eq", REFERENCE),
        "reg_no": ("in", ["732829320"]),
        "emails": ("in", [PROFILE.email]),
        "name": ("eq", PROFILE.name),
    }


async def test_a_linked_customer_is_read_alone(stub: Stub, billing: PennylaneBilling) -> None:
    stub.on("GET /customers/42", customer())
    (found,) = await billing.find_customers(PROFILE, linked_id="42")
    assert (found.id, found.email, found.siren) == ("42", "compta@ete.example", "732829320")
    assert stub.count("GET /customers") == 0


async def test_every_page_is_asked_for_with_the_filter_again(stub: Stub, billing: PennylaneBilling) -> None:
    """A cursor holds a position only: without them page 2 returns everybody."""
    pages = iter([some(customer(id=1), following="c2"), some(customer(id=2))])
    nobody = Reply(some())
    stub.on(
        "GET /customers",
        lambda asked: Reply(next(pages)) if filters(asked)[0]["field"] == "emails" else nobody,
    )
    found = await billing.find_customers(PROFILE, linked_id=None)
    assert sorted(each.id for each in found) == ["1", "2"]
    first, second = [a for a in stub.seen if filters(a)[0]["field"] == "emails"]
    assert second.query == {**first.query, "cursor": "c2"}


async def test_a_customer_is_made_as_the_page_says(stub: Stub, billing: PennylaneBilling) -> None:
    stub.on("POST /company_customers", Reply({"id": 42}, 201))
    stub.on("GET /customers/42", customer())
    await billing.create_customer(PROFILE, key="cus/1")
    assert stub.last("POST /company_customers").json == {
        "name": PROFILE.name,
        "billing_address": {
            "address": "1 rue de l'Été",
            "postal_code": "75002",
            "city": "Paris",
            "country_alpha2": "FR",
        },
        "external_reference": REFERENCE,
        "reference": "crm:42",
        "emails": [PROFILE.email],
        "billing_language": "fr_FR",
        "phone": PROFILE.phone,
        "vat_number": "FR44732829320",
        "reg_no": "732829320",
    }


@pytest.mark.parametrize("status", [409, 422])
async def test_a_reference_that_is_taken_is_adopted(
    stub: Stub, billing: PennylaneBilling, status: int
) -> None:
    stub.on("POST /company_customers", refused(status, "external_reference has already been taken"))
    stub.on("GET /customers", by_filter("external_reference", customer(external_reference=REFERENCE)))
    assert (await billing.create_customer(PROFILE, key="cus/1")).reference == REFERENCE


async def test_a_refusal_for_another_reason_stays_one(stub: Stub, billing: PennylaneBilling) -> None:
    stub.on("POST /company_customers", refused(422, "emails is invalid"))
    with pytest.raises(Permanent, match="emails is invalid"):
        await billing.create_customer(PROFILE, key="cus/1")


async def test_an_address_that_is_not_whole_is_refused_before_anything_is_sent(
    stub: Stub, billing: PennylaneBilling
) -> None:
    without = PROFILE.model_copy(update={"address": Address(line1="1 rue", city="Paris", country="FR")})
    with pytest.raises(Permanent, match="postal_code"):
        await billing.create_customer(without, key="cus/1")
    assert stub.seen == []


@pytest.mark.parametrize("kind", ["company", "individual"])
async def test_a_customer_is_written_by_its_own_type(
    stub: Stub, billing: PennylaneBilling, kind: str
) -> None:
    """The other type's endpoint would succeed, and spoil it."""
    stub.on("GET /customers/42", customer(customer_type=kind, reference="REF-1"))
    stub.on(f"PUT /{kind}_customers/42", {"id": 42})
    await billing.claim_customer("42", PROFILE, key="claim/1")
    (put,) = [each for each in stub.seen if each.method == "PUT"]
    assert put.path == f"/{kind}_customers/42"
    assert put.json == {"external_reference": REFERENCE}, "a person's own reference stays"


async def test_what_pennylane_itself_gave_as_reference_makes_nobody_another_customer(
    stub: Stub, billing: PennylaneBilling
) -> None:
    """Everybody has one: a UUID where nobody gave any."""
    stub.on("GET /customers", by_filter("reg_no", customer(name=PROFILE.name)))
    found = await billing.find_customers(PROFILE, linked_id=None)
    choice = choose_customer(found, PROFILE, None)
    assert (choice.customer, choice.evidence) == (found[0], Evidence.IDENTIFIER)
    assert not found[0].marked_elsewhere


async def test_another_tools_reference_stays(stub: Stub, billing: PennylaneBilling) -> None:
    stub.on("GET /customers/42", customer(external_reference="SHOP-42", name=PROFILE.name))
    claimed = await billing.claim_customer("42", PROFILE, key="claim/1")
    assert (claimed.reference, claimed.marked_elsewhere) == (None, True)
    assert {each.method for each in stub.seen} == {"GET"}
    assert choose_customer((claimed,), PROFILE, None).evidence is Evidence.IDENTIFIER


async def test_one_reference_that_two_customers_have_is_for_a_person(
    stub: Stub, billing: PennylaneBilling
) -> None:
    stub.on("POST /company_customers", refused(409, "external_reference has already been taken"))
    both = [customer(id=id, external_reference=REFERENCE) for id in (1, 2)]
    stub.on("GET /customers", by_filter("external_reference", *both))
    with pytest.raises(Permanent, match="taken"):
        await billing.create_customer(PROFILE, key="cus/1")
    assert (
        len(choose_customer(await billing.find_customers(PROFILE, linked_id=None), PROFILE, None).candidates)
        == 2
    )


async def test_nothing_is_written_with_a_token_of_the_other_kind(stub: Stub) -> None:
    """Both have one address: only `me` tells a sandbox from a company."""
    live = PennylaneBilling("pennylane", settings(stub, sandbox=False), BusinessClock())
    with pytest.raises(Auth, match="sandbox = true"):
        await live.create_customer(PROFILE, key="cus/1")
    await live.close()
    assert {each.method for each in stub.seen} == {"GET"}


async def test_details_are_written_in_one_request_and_other_addresses_stay(
    stub: Stub, billing: PennylaneBilling
) -> None:
    stub.on("GET /customers/42", customer())
    stub.on("PUT /company_customers/42", {"id": 42})
    sight = await billing.read_details("42")
    assert not sight.has_regions
    before = sight.details
    assert (before.address.line1, before.address.line2) == ("1 rue de l'Été", "Bâtiment B")
    wanted = before.model_copy(update={"email": "neu@ete.example", "siren": "552100554"})
    both = frozenset((Field.EMAIL, Field.SIREN, Field.PHONE))
    await billing.write_details("42", Changes(fields=both, details=wanted, expected=before), key="w/1")
    assert json.loads(stub.last("PUT /company_customers/42").body) == {
        "emails": ["neu@ete.example", "chef@ete.example"],
        "reg_no": "552100554",
    }


async def test_a_customer_that_is_gone_has_no_details(billing: PennylaneBilling) -> None:
    sight = await billing.read_details("43")
    assert (sight.gone, sight.details) == (True, Details())
    assert (await billing.read_account("43")).gone
