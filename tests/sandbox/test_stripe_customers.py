"""Customers, their tax ids and tax rates, through Stripe's own client."""

import pytest
import stripe

from tests.sandbox.stripe_bench import Bench, line

FIELDS_ON_REQUEST = {
    "OBJECT_NAME",
    "deleted",
    "cash_balance",
    "invoice_credit_balance",
    "sources",
    "subscriptions",
    "tax",
    "tax_ids",
}


async def test_a_customer_has_every_field_of_the_official_type(bench: Bench) -> None:
    customer = await bench.customer(address={"city": "Lyon"}, preferred_locales=["fr"])
    assert set(customer.to_dict()) == set(stripe.Customer.__annotations__) - FIELDS_ON_REQUEST
    assert customer.livemode is False
    assert customer.address is not None
    assert (customer.address.city, customer.address.line1) == ("Lyon", None)


async def test_the_email_filter_is_exact_and_case_sensitive(bench: Bench) -> None:
    customer = await bench.customer(email="Compta@acme.example")
    customers = bench.client.v1.customers
    found = await customers.list_async({"email": "Compta@acme.example"})
    assert [each.id for each in found.data] == [customer.id]
    for other in ("compta@acme.example", "ompta@acme.example"):
        assert (await customers.list_async({"email": other})).data == []


async def test_an_empty_text_unsets_and_metadata_is_merged_by_key(bench: Bench) -> None:
    customer = await bench.customer(phone="+33 1", metadata={"a": "1", "b": "2"})
    changed = await bench.client.v1.customers.update_async(
        customer.id, {"phone": "", "metadata": {"a": "", "c": "3"}}
    )
    assert changed.phone is None
    assert changed.metadata is not None
    assert changed.metadata.to_dict() == {"b": "2", "c": "3"}
    cleared = await bench.client.v1.customers.update_async(customer.id, {"metadata": ""})
    assert cleared.metadata is not None
    assert cleared.metadata.to_dict() == {}


async def test_a_deleted_customer_answers_a_stub_and_can_no_longer_be_used(bench: Bench) -> None:
    customers = bench.client.v1.customers
    customer = await bench.customer()
    await customers.delete_async(customer.id)
    assert (await customers.retrieve_async(customer.id)).to_dict() == {
        "id": customer.id,
        "object": "customer",
        "deleted": True,
    }
    assert (await customers.list_async()).data == []
    with pytest.raises(stripe.InvalidRequestError, match="No such customer") as refused:
        await bench.draft(customer=customer.id)
    assert (refused.value.http_status, refused.value.code, refused.value.param) == (
        400,
        "resource_missing",
        "customer",
    )
    with pytest.raises(stripe.InvalidRequestError) as gone:
        await customers.update_async(customer.id, {"name": "x"})
    assert (gone.value.http_status, gone.value.code) == (404, "resource_missing")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("fr_siren", "732829320"),
        ("fr_siret", "73282932000074"),
        ("eu_vat", "FR44732829320"),
        ("eu_vat", "DE123456789"),
    ],
)
async def test_a_well_formed_tax_id_is_kept(bench: Bench, kind: str, value: str) -> None:
    customer = await bench.customer(tax_id_data=[{"type": kind, "value": value}])
    tax_ids = bench.client.v1.customers.tax_ids
    (kept,) = (await tax_ids.list_async(customer.id)).data
    assert (kept.type, kept.value, kept.customer) == (kind, value, customer.id)
    assert (await tax_ids.retrieve_async(customer.id, kept.id)).id == kept.id
    await tax_ids.delete_async(customer.id, kept.id)
    assert (await tax_ids.list_async(customer.id)).data == []


@pytest.mark.parametrize(
    ("kind", "value"),
    [("fr_siren", "73282932"), ("fr_siret", "732829320"), ("eu_vat", "FR123"), ("eu_vat", "ZZ1")],
)
async def test_a_malformed_tax_id_is_refused_and_nothing_is_created(
    bench: Bench, kind: str, value: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await bench.customer(tax_id_data=[{"type": kind, "value": value}])
    assert refused.value.code == "tax_id_invalid"
    assert (await bench.state())["customers"] == []


async def test_french_tax_ids_do_not_exist_before_their_api_version(bench: Bench) -> None:
    customer = await bench.customer()
    older = bench.client_with("rk_test_sandbox0000000000000000", version="2026-09-30.endive")
    with pytest.raises(stripe.InvalidRequestError, match="does not exist in API version"):
        await older.v1.customers.tax_ids.create_async(customer.id, {"type": "fr_siren", "value": "732829320"})


async def test_an_eu_vat_number_is_verified_later_by_stripe_itself(bench: Bench) -> None:
    customer = await bench.customer()
    created = await bench.client.v1.customers.tax_ids.create_async(
        customer.id, {"type": "eu_vat", "value": "FR44732829320"}
    )
    assert created.verification is not None
    assert created.verification.status == "pending"
    while not (updates := await bench.events("customer.tax_id.updated")):
        pass
    assert updates[0]["request"] == {"id": None, "idempotency_key": None}
    assert updates[0]["data"]["object"]["verification"]["status"] == "verified"
    assert updates[0]["data"]["previous_attributes"]["verification"]["status"] == "pending"


@pytest.mark.parametrize(("expands", "status"), [(True, 200), (False, 400)])
async def test_a_deleted_customer_may_refuse_to_show_its_tax_ids(
    bench: Bench, expands: bool, status: int
) -> None:
    customer = await bench.customer()
    await bench.client.v1.customers.delete_async(customer.id)
    await bench.settings(deleted_customer_expands=expands)
    path, expand = f"/v1/customers/{customer.id}", {"expand[]": "tax_ids"}
    plain, expanded = await bench.raw("GET", path), await bench.raw("GET", path, params=expand)
    assert (plain.status_code, plain.json()["deleted"]) == (200, True)
    assert expanded.status_code == status
    if status == 400:
        error = expanded.json()["error"]
        assert (error["type"], error["param"]) == ("invalid_request_error", "expand")


async def test_percentage_and_inclusive_of_a_tax_rate_never_change(bench: Bench) -> None:
    rate = await bench.vat("5.5")
    for change in ({"percentage": 20}, {"inclusive": True}):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            await bench.client.v1.tax_rates.update_async(rate, change)  # type: ignore[arg-type]
        assert refused.value.code == "parameter_unknown"
    archived = await bench.client.v1.tax_rates.update_async(rate, {"active": False})
    assert (archived.active, archived.percentage) == (False, 5.5)
    assert (await bench.client.v1.tax_rates.list_async({"active": True})).data == []
    with pytest.raises(stripe.InvalidRequestError, match="archived"):
        await bench.draft(default_tax_rates=[rate])
    draft = await bench.draft()
    with pytest.raises(stripe.InvalidRequestError, match="archived") as refused:
        await bench.client.v1.invoices.add_lines_async(draft.id, {"lines": [line(tax_rates=[rate])]})
    assert (refused.value.http_status, refused.value.param) == (400, "lines[0][tax_rates]")


async def test_an_update_tells_the_old_values_of_what_changed_alone_and_whose_request_it_was(
    bench: Bench,
) -> None:
    customer = await bench.customer(address={"city": "Lyon", "line1": "1 rue A"}, phone="1")
    await bench.client.v1.customers.update_async(
        customer.id,
        {"phone": "2", "email": "compta@ateliers.example", "address": {"city": "Paris", "line1": "1 rue A"}},
        {"idempotency_key": "ours/1"},
    )
    (told,) = await bench.events("customer.updated")
    assert told["data"]["previous_attributes"] == {"phone": "1", "address": {"city": "Lyon"}}
    assert told["request"]["idempotency_key"] == "ours/1"
    assert told["request"]["id"].startswith("req_")
    await bench.client.v1.customers.update_async(customer.id, {"phone": "2"})
    assert len(await bench.events("customer.updated")) == 1


@pytest.mark.parametrize(("merged", "line1"), [(True, "1 rue A"), (False, None)])
async def test_whether_parts_of_an_address_stay_is_the_accounts(
    bench: Bench, merged: bool, line1: str | None
) -> None:
    await bench.settings(addresses_merged=merged)
    customer = await bench.customer(address={"city": "Lyon", "line1": "1 rue A"})
    changed = await bench.client.v1.customers.update_async(customer.id, {"address": {"city": "Paris"}})
    assert changed.address is not None
    assert (changed.address.city, changed.address.line1) == ("Paris", line1)


@pytest.mark.parametrize("newest_first", [True, False])
async def test_tax_ids_come_in_either_order(bench: Bench, newest_first: bool) -> None:
    await bench.settings(tax_ids_newest_first=newest_first)
    given = [{"type": "eu_vat", "value": value} for value in ("FR44732829320", "DE123456789")]
    customer = await bench.customer(tax_id_data=given)
    listed = await bench.client.v1.customers.tax_ids.list_async(customer.id)
    shown = await bench.client.v1.customers.retrieve_async(customer.id, {"expand": ["tax_ids"]})
    assert shown.tax_ids is not None
    values = [each["value"] for each in (reversed(given) if newest_first else given)]
    assert [each.value for each in listed.data] == [each.value for each in shown.tax_ids.data] == values


async def test_a_deleted_tax_id_is_told_without_a_key(bench: Bench) -> None:
    customer = await bench.customer(tax_id_data=[{"type": "fr_siren", "value": "732829320"}])
    (held,) = (await bench.client.v1.customers.tax_ids.list_async(customer.id)).data
    await bench.client.v1.customers.tax_ids.delete_async(customer.id, held.id)
    (told,) = await bench.events("customer.tax_id.deleted")
    assert (told["data"]["object"]["customer"], told["request"]["idempotency_key"]) == (customer.id, None)
    assert "previous_attributes" not in told["data"]


async def test_a_number_that_the_authority_does_not_know_is_unverified(bench: Bench) -> None:
    await bench.settings(unverified=["FR44732829320"])
    await bench.customer(tax_id_data=[{"type": "eu_vat", "value": "FR44732829320"}])
    while not (updates := await bench.events("customer.tax_id.updated")):
        pass
    verification = updates[0]["data"]["object"]["verification"]
    assert (verification["status"], verification["verified_name"]) == ("unverified", None)
