"""What the connector makes of customers that are kept in step, beside what every vendor does."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from raccord.connectors.details import LOOK_AGAIN
from raccord.connectors.errors import Permanent
from raccord.domain.values.address import Address
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.details import Changes, Details, Field
from raccord.vendors.stripe import customers_changed
from raccord.vendors.stripe.connector import StripeBilling
from sandbox.stripe.person import StripePerson
from tests.patience import patience
from tests.sandbox.stripe_bench import KEY, Bench, stripe_bench
from tests.vendors.stripe.samples import PROFILE, settings

SIREN, OTHER = "732829320", "552100554"


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Bench]:
    async with stripe_bench() as bench:
        yield bench


@pytest.fixture
async def bench(served: Bench) -> Bench:
    await served.start_over()
    return served


@pytest.fixture
async def billing(bench: Bench) -> AsyncIterator[StripeBilling]:
    known = settings(f"{bench.base}/stripe", api_key=KEY, timeout=patience(5), requests_per_second=1000)
    billing = StripeBilling("stripe", known, BusinessClock())
    yield billing
    await billing.close()


def to(expected: Details, **values: Any) -> Changes:
    fields = frozenset(Field(name) for name in values)
    return Changes(fields=fields, details=expected.model_copy(update=values), expected=expected)


async def test_what_the_first_flow_creates_is_read_as_ours(billing: StripeBilling) -> None:
    customer = await billing.create_customer(PROFILE, key="cus/1")
    sight = await billing.read_details(customer.id)
    assert sight.details == Details(
        name=PROFILE.name,
        email=PROFILE.email,
        phone=PROFILE.phone,
        address=PROFILE.address,
        siren=PROFILE.siren or "",
        vat_number=PROFILE.vat_number or "",
        language="fr",
    )
    assert all(edit.ours for edit in sight.edits.values())
    assert Field.SIRET not in sight.keeps
    assert sight.longest == {Field.PHONE: 20}


async def test_a_siret_is_kept_where_the_customer_has_one(billing: StripeBilling, bench: Bench) -> None:
    site = {"type": "fr_siret", "value": "73282932000074"}
    customer = await bench.customer(tax_id_data=[site])
    sight = await billing.read_details(customer.id)
    assert Field.SIRET in sight.keeps
    await billing.write_details(customer.id, to(sight.details, siret="55210055400013"), key="w")
    assert await StripePerson(bench.control).numbers(customer.id) == [("fr_siret", "55210055400013")]


@pytest.mark.parametrize("newest_first", [True, False])
async def test_the_older_of_two_counts_until_it_is_gone(
    billing: StripeBilling, bench: Bench, newest_first: bool
) -> None:
    await bench.settings(tax_ids_newest_first=newest_first)
    customer = await bench.customer(tax_id_data=[{"type": "fr_siren", "value": SIREN}])
    later = customer.created + 60
    await bench.raw(
        "POST",
        f"/v1/customers/{customer.id}/tax_ids",
        data={"type": "fr_siren", "value": OTHER},
        headers={"X-Sandbox-Actor": "dashboard", "X-Sandbox-At": str(later)},
    )
    sight = await billing.read_details(customer.id)
    assert sight.details.siren == SIREN
    await billing.write_details(customer.id, to(sight.details, siren=OTHER), key="w")
    assert await StripePerson(bench.control).numbers(customer.id) == [("fr_siren", OTHER)]


async def test_a_vat_number_of_another_country_stays(billing: StripeBilling, bench: Bench) -> None:
    german, french = "DE123456789", "FR44732829320"
    customer = await bench.customer(
        address={"country": "FR"}, tax_id_data=[{"type": "eu_vat", "value": v} for v in (german, french)]
    )
    sight = await billing.read_details(customer.id)
    assert sight.details.vat_number == french
    await billing.write_details(customer.id, to(sight.details, vat_number="FR27552100554"), key="w")
    held = await StripePerson(bench.control).numbers(customer.id)
    assert held == [("eu_vat", german), ("eu_vat", "FR27552100554")]


async def test_an_authority_that_does_not_know_a_number_is_quoted(
    billing: StripeBilling, bench: Bench
) -> None:
    known, unknown = "FR44732829320", "FR27552100554"
    await bench.settings(unverified=[unknown])
    for number, verdict in ((known, "verified"), (unknown, "unverified")):
        customer = await bench.customer(tax_id_data=[{"type": "eu_vat", "value": number}])
        while (sight := await billing.read_details(customer.id)).verified == {Field.VAT_NUMBER: "pending"}:
            pass
        assert sight.verified == {Field.VAT_NUMBER: verdict}
        assert sight.edits[Field.VAT_NUMBER].at is not None


@pytest.mark.parametrize("kind", ["business_name", "individual_name"])
async def test_the_name_that_is_printed_is_the_one_that_is_kept(
    billing: StripeBilling, bench: Bench, kind: str
) -> None:
    names: dict[str, Any] = {"business_name": "Acme"} if kind == "business_name" else {"name": ""}
    customer = await bench.customer(**({kind: "Acme"} | names))
    sight = await billing.read_details(customer.id)
    assert sight.details.name == "Acme"
    await billing.write_details(customer.id, to(sight.details, name="Acme SAS"), key="w")
    (found,) = (await bench.state())["customers"]
    assert found[kind] == "Acme SAS"
    assert (await billing.read_details(customer.id)).edits[Field.NAME].ours


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("vat_number", "FR1"),
        ("siren", "1"),
        ("email", "no address"),
        ("phone", "+33 1 23 45 67 89 extension 12"),
        ("address", Address(line1="x" * 5001)),
    ],
)
async def test_a_refusal_names_the_field(
    billing: StripeBilling, bench: Bench, field: str, value: object
) -> None:
    customer = await bench.customer()
    sight = await billing.read_details(customer.id)
    with pytest.raises(Permanent) as refused:
        await billing.write_details(customer.id, to(sight.details, **{field: value}), key="w")
    assert refused.value.field == field
    assert refused.value.code != LOOK_AGAIN
    assert (await billing.read_details(customer.id)).details == sight.details


async def test_a_language_comes_first_and_the_others_stay(billing: StripeBilling, bench: Bench) -> None:
    customer = await bench.customer(preferred_locales=["fr-CA", "de"])
    sight = await billing.read_details(customer.id)
    assert sight.details.language == "fr"
    await billing.write_details(customer.id, to(sight.details, language="en"), key="w")
    (found,) = (await bench.state())["customers"]
    assert found["preferred_locales"] == ["en", "fr-CA", "de"]


async def test_a_country_that_nobody_knows_is_quoted(billing: StripeBilling, bench: Bench) -> None:
    customer = await bench.customer(address={"country": "Narnia"})
    details = (await billing.read_details(customer.id)).details
    assert (details.address.country, details.country_text) == (None, "Narnia")


async def test_what_nobody_keeps_in_step_names_nobody(billing: StripeBilling, bench: Bench) -> None:
    customer = await bench.customer()
    sight = await billing.read_details(customer.id)
    person = StripePerson(bench.control)
    await person.give_balance(customer.id, 1)
    await bench.client.v1.customers.update_async(customer.id, {"metadata": {"a": "b"}})
    changed = await billing.details_changed(sight.edits[Field.NAME].at, until=None)  # type: ignore[arg-type]
    assert changed.ids == (customer.id,)
    assert (await billing.read_details(customer.id)).edits == sight.edits


async def test_without_the_right_to_events_nothing_is_told_of_edits(
    billing: StripeBilling, bench: Bench
) -> None:
    customer = await bench.customer(tax_id_data=[{"type": "fr_siren", "value": SIREN}])
    await bench.settings(denied=["rak_event_read"])
    sight = await billing.read_details(customer.id)
    assert sight.edits.keys() == {Field.SIREN}
    assert not sight.edits[Field.SIREN].ours


async def test_a_read_is_two_requests(billing: StripeBilling, bench: Bench) -> None:
    customer = await bench.customer()
    before = len(await bench.requests())
    await billing.read_details(customer.id)
    assert len(await bench.requests()) - before == 2


@pytest.mark.parametrize("merged", [True, False])
async def test_no_part_of_an_old_address_stays(billing: StripeBilling, bench: Bench, merged: bool) -> None:
    await bench.settings(addresses_merged=merged)
    customer = await bench.customer(address={"line1": "1 rue A", "line2": "Bât. B", "country": "FR"})
    sight = await billing.read_details(customer.id)
    moved = Address(line1="2 rue C", city="Lyon", country="FR")
    await billing.write_details(customer.id, to(sight.details, address=moved), key="w")
    assert (await billing.read_details(customer.id)).details.address == moved


async def test_more_changes_than_are_read_at_once_are_named_in_parts(
    billing: StripeBilling, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customers_changed, "MOST_EVENTS", 5)
    person, start = StripePerson(bench.control), datetime(2026, 11, 1, tzinfo=UTC)
    made = [
        await person.do("/v1/customers", {"name": f"n° {n}"}, start + timedelta(seconds=n)) for n in range(17)
    ]
    since, until, named, parts = start, start + timedelta(minutes=1), list[str](), 0
    while since < until:
        found = await billing.details_changed(since, until=until)
        assert found.seen_to > since
        assert found.more is (found.seen_to < until)
        since, named, parts = found.seen_to, [*named, *found.ids], parts + 1
    assert named == [each["id"] for each in made]
    assert 3 < parts < 20
