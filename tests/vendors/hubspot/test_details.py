"""What the connector makes of companies that are kept in step, beside what every vendor does."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from raccord.connectors.details import LOOK_AGAIN
from raccord.connectors.errors import Permanent
from raccord.domain.values.address import Address
from raccord.domain.values.details import Changes, Details, Field
from raccord.domain.values.message import RecordKind
from raccord.vendors.hubspot import changed, searching
from raccord.vendors.hubspot.connector import HubSpotCrm
from raccord.vendors.hubspot.edits import _last
from raccord.vendors.hubspot.wire import Version
from sandbox.hubspot.person import HubSpotPerson
from tests.connectors.conformance.lab import Lab
from tests.connectors.conformance.lab import lab as opened
from tests.vendors.hubspot.conformance import CASES

(CASE,) = CASES
COMPANY = {"name": "Acmé", "phone": "+33 1", "billing_email": "compta@acme.example", "country": "France"}


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Lab]:
    async with opened() as lab:
        yield lab


@pytest.fixture
async def lab(served: Lab) -> Lab:
    await served.reset()
    return served


@pytest.fixture
async def crm(lab: Lab) -> AsyncIterator[HubSpotCrm]:
    async with CASE.open(lab) as crm:
        yield crm


@pytest.fixture
def person(lab: Lab) -> HubSpotPerson:
    return HubSpotPerson(lab.http)


def to(expected: Details, **values: Any) -> Changes:
    fields = frozenset(Field(name) for name in values)
    return Changes(fields=fields, details=expected.model_copy(update=values), expected=expected)


async def patches(lab: Lab, record: str) -> list[dict[str, str]]:
    """Return the properties of each request of ours that changed a record."""
    found = await lab.switches.requests(vendor="hubspot")
    ours = [r for r in found if r["method"] == "PATCH" and "x-sandbox-actor" not in r["headers"]]
    return [json.loads(r["body"])["properties"] for r in ours if r["path"].endswith(f"/{record}")]


async def test_an_edit_names_who_made_it(crm: HubSpotCrm, person: HubSpotPerson, lab: Lab) -> None:
    company = await person.create("companies", COMPANY)
    stranger = HubSpotPerson(lab.http, actor="userId:1")
    await stranger.edit("companies", company, phone="+33 2")
    await person.import_rows("companies", [company], city="Lyon")
    edits = (await crm.read_details(company)).edits
    assert edits[Field.NAME].by == "Camille Lefèvre"
    assert edits[Field.PHONE].by == "user 1"
    assert edits[Field.ADDRESS].by == "Camille Lefèvre"
    assert not any(edit.ours for edit in edits.values())


async def test_a_user_is_asked_for_once(crm: HubSpotCrm, person: HubSpotPerson, lab: Lab) -> None:
    company = await person.create("companies", COMPANY)
    before = len(await lab.switches.requests(vendor="hubspot"))
    await crm.read_details(company)
    await crm.read_details(company)
    assert len(await lab.switches.requests(vendor="hubspot")) - before == 3


async def test_without_our_apps_number_nothing_is_taken_for_ours(person: HubSpotPerson, lab: Lab) -> None:
    await lab.option("hubspot", tells_of_token=False)
    company = await person.create("companies", COMPANY)
    async with CASE.open(lab, app_id=None) as crm:
        sight = await crm.read_details(company)
        await crm.write_details(company, to(sight.details, phone="+33 9"), key="w")
        edit = (await crm.read_details(company)).edits[Field.PHONE]
    assert (edit.ours, edit.by) == (False, "integration")


async def test_the_smallest_patch_leaves(crm: HubSpotCrm, person: HubSpotPerson, lab: Lab) -> None:
    company = await person.create(
        "companies", {**COMPANY, "address": "1 rue A", "zip": "69001", "city": "Lyon", "country": "FRANCE"}
    )
    sight = await crm.read_details(company)
    moved = sight.details.address.model_copy(update={"line1": "2 rue B"})
    await crm.write_details(company, to(sight.details, address=moved, name="Acmé SAS"), key="w")
    assert await patches(lab, company) == [{"address": "2 rue B", "name": "Acmé SAS"}]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("France", "Suisse"),
        ("Germany", "Switzerland"),
        ("Allemagne", "Suisse"),
        ("", "Suisse"),
        ("?", "Suisse"),
    ],
)
async def test_a_country_is_written_as_people_write_it(
    crm: HubSpotCrm, person: HubSpotPerson, lab: Lab, typed: str, written: str
) -> None:
    company = await person.create("companies", {**COMPANY, "country": typed})
    sight = await crm.read_details(company)
    place = sight.details.address.model_copy(update={"country": "CH"})
    there = Details.model_validate({**sight.details.model_dump(), "address": place, "country_text": ""})
    changes = Changes(fields=frozenset((Field.ADDRESS,)), details=there, expected=sight.details)
    await crm.write_details(company, changes, key="w")
    assert await patches(lab, company) == [{"country": written}]
    assert (await crm.read_details(company)).details.address.country == "CH"


async def test_a_company_without_an_address_of_its_own_has_its_billing_contacts(
    crm: HubSpotCrm, person: HubSpotPerson, lab: Lab
) -> None:
    company = await person.create("companies", {"name": "Acmé"})
    contact = await person.create("contacts", {"email": "ana@acme.example"})
    other = await person.create("contacts", {"email": "luc@acme.example"})
    assert Field.EMAIL not in (await crm.read_details(company)).keeps
    await person.bill(company, contact)
    sight = await crm.read_details(company)
    assert (sight.details.email, sight.edits[Field.EMAIL].by) == ("ana@acme.example", "Camille Lefèvre")
    assert [(each.kind, each.id) for each in sight.also] == [(RecordKind.CONTACT, contact)]
    await crm.write_details(company, to(sight.details, email="compta@acme.example", phone="1"), key="w")
    assert await patches(lab, company) == [{"phone": "1"}]
    assert await patches(lab, contact) == [{"email": "compta@acme.example"}]
    assert (await crm.read_details(company)).edits[Field.EMAIL].ours
    await person.bill(company, other)
    sight = await crm.read_details(company)
    assert (Field.EMAIL in sight.keeps, sight.details.email, sight.also) == (False, "", ())


async def test_a_private_person_is_told_of_as_a_contact(crm: HubSpotCrm, person: HubSpotPerson) -> None:
    contact = await person.create("contacts", {"firstname": "Ana", "email": "ana@home.example"})
    sight = await crm.read_details(f"contact-{contact}")
    assert sight.record.id == f"contact-{contact}"
    assert [(each.kind, each.id) for each in sight.also] == [(RecordKind.CONTACT, contact)]


async def test_an_address_that_another_contact_has_is_refused_by_its_field(
    crm: HubSpotCrm, person: HubSpotPerson
) -> None:
    company = await person.create("companies", {"name": "Acmé"})
    contact = await person.create("contacts", {"email": "ana@acme.example"})
    await person.create("contacts", {"email": "luc@acme.example"})
    await person.bill(company, contact)
    sight = await crm.read_details(company)
    with pytest.raises(Permanent) as refused:
        await crm.write_details(company, to(sight.details, email="luc@acme.example"), key="w")
    assert refused.value.field == Field.EMAIL
    assert refused.value.code != LOOK_AGAIN


async def test_a_field_whose_property_is_missing_or_not_mapped_is_not_kept(
    person: HubSpotPerson, lab: Lab
) -> None:
    company = await person.create("companies", {**COMPANY, "siren": "732829320"})
    async with CASE.open(lab, mapping={"companies": {"siret": "", "language": "domain"}}) as crm:
        assert crm.keeps == frozenset(Field) - {Field.SIRET}
        await person.archive_property("companies", "vat_number")
        sight = await crm.read_details(company)
        assert crm.keeps - sight.keeps == {Field.VAT_NUMBER}
        await crm.write_details(company, to(sight.details, language="en"), key="w")
        assert (await crm.read_details(company)).details.language == "en"


async def test_what_hubspot_refuses_names_our_field(person: HubSpotPerson, lab: Lab) -> None:
    company = await person.create("companies", COMPANY)
    async with CASE.open(lab, mapping={"companies": {"siren": "payment_terms_days"}}) as crm:
        sight = await crm.read_details(company)
        with pytest.raises(Permanent) as refused:
            await crm.write_details(company, to(sight.details, siren="x", name="Acmé SAS"), key="w")
    assert refused.value.field == Field.SIREN


@pytest.mark.parametrize("creates_new", [True, False])
async def test_of_merged_companies_the_survivor_is_read_and_written(
    crm: HubSpotCrm, person: HubSpotPerson, lab: Lab, creates_new: bool
) -> None:
    await lab.option("hubspot", merge_creates_new=creates_new)
    kept, lost = [await person.create("companies", {**COMPANY, "phone": phone}) for phone in ("1", "2")]
    left = await person.merge("companies", kept, lost)
    sight = await crm.read_details(lost)
    assert (sight.record.id, sight.details.phone, sight.gone) == (left, "1", False)
    await crm.write_details(lost, to(sight.details, phone="3"), key="w")
    assert (await crm.read_details(left)).details.phone == "3"


@pytest.mark.parametrize("creates_new", [True, False])
async def test_a_merged_record_is_named_as_changed_under_every_id_that_it_had(
    person: HubSpotPerson, lab: Lab, creates_new: bool
) -> None:
    """No webhook may have told of the merger: what is linked is linked with a former id."""
    await lab.option("hubspot", merge_creates_new=creates_new)
    companies = [await person.create("companies", COMPANY) for _ in range(2)]
    people = [await person.create("contacts", {"email": f"{name}@acme.example"}) for name in ("ana", "luc")]
    started = datetime.now(UTC)
    left = {await person.merge("companies", *companies), *companies}
    persons = {f"contact-{id}" for id in (await person.merge("contacts", *people), *people)}
    async with CASE.open(lab, mapping={"contacts": {"private_persons": True}}) as crm:
        named = (await crm.details_changed(started, until=None)).ids
    assert set(named) == left | persons


async def test_a_private_person_is_a_contact_whose_name_is_not_kept(
    crm: HubSpotCrm, person: HubSpotPerson
) -> None:
    contact = await person.create(
        "contacts", {"email": "ana@x.example", "firstname": "Ana", "lastname": "Roy", "country": "France"}
    )
    record = f"contact-{contact}"
    sight = await crm.read_details(record)
    assert (sight.record.id, sight.record.kind, sight.details.name) == (record, RecordKind.CONTACT, "Ana Roy")
    assert sight.keeps == {Field.EMAIL, Field.PHONE, Field.ADDRESS}
    home = Address(line1="1 rue A", line2="Bât. B", city="Lyon", postal_code="69001", country="FR")
    await crm.write_details(record, to(sight.details, email="b@x.example", address=home), key="w")
    details = (await crm.read_details(record)).details
    assert (details.email, details.address.line1) == ("b@x.example", "1 rue A, Bât. B")
    await person.delete("contacts", contact)
    assert (await crm.read_details(record)).gone


def test_of_equal_values_in_a_row_the_first_is_the_edit() -> None:
    def version(value: str, at: str) -> Version:
        return Version(value=value, timestamp=f"2026-11-0{at}T08:00:00.000Z")

    versions = [version("b", "3"), version("a", "1"), version("b", "5"), version("b", "4"), version("a", "2")]
    assert _last(versions) == version("b", "3")
    assert _last([]) is None


async def test_a_billing_contact_changes_its_company(crm: HubSpotCrm, person: HubSpotPerson) -> None:
    company = await person.create("companies", {"name": "Acmé"})
    contact = await person.create("contacts", {"email": "ana@acme.example"})
    stranger = await person.create("contacts", {"email": "luc@acme.example"})
    await person.bill(company, contact)
    started = datetime.now(UTC)
    await person.edit("contacts", contact, email="b@acme.example")
    await person.edit("contacts", stranger, email="c@acme.example")
    assert (await crm.details_changed(started, until=None)).ids == (company,)


async def test_search_lags_and_what_it_did_not_show_is_named_the_next_time(
    crm: HubSpotCrm, person: HubSpotPerson, lab: Lab
) -> None:
    started = datetime.now(UTC)
    await lab.option("hubspot", search_lag=30.0)
    company = await person.create("companies", COMPANY)
    first = await crm.details_changed(started, until=None)
    assert first.ids == ()
    await lab.option("hubspot", search_lag=0.0)
    assert first.seen_to <= started
    assert (await crm.details_changed(first.seen_to, until=None)).ids == (company,)


async def test_a_burst_is_named_whole_span_by_span(
    crm: HubSpotCrm, person: HubSpotPerson, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changed, "MOST", 20)
    monkeypatch.setattr(changed, "SEARCH_LAG", timedelta(0))
    monkeypatch.setattr(changed, "_SHORTEST", timedelta(milliseconds=1))
    monkeypatch.setattr(searching, "PAGE", 10)
    monkeypatch.setattr(searching, "PAUSE", 0)
    await lab.option("hubspot", searches_per_second=10_000)
    started = datetime.now(UTC)
    companies = [await person.create("companies", {"name": f"n° {n}"}) for n in range(60)]
    await person.import_rows("companies", companies, city="Lyon")
    ended, since, named = datetime.now(UTC), started, list[str]()
    more = True
    while more:
        found = await crm.details_changed(since, until=None)
        assert found.seen_to > since
        since, more, named = found.seen_to, found.more, [*named, *found.ids]
    assert since >= ended
    assert sorted(set(named)) == sorted(companies)


async def test_an_account_that_tells_of_the_token_needs_no_setting(person: HubSpotPerson, lab: Lab) -> None:
    company = await person.create("companies", COMPANY)
    async with CASE.open(lab, app_id=None) as crm:
        sight = await crm.read_details(company)
        await crm.write_details(company, to(sight.details, phone="+33 9"), key="w")
        edits = (await crm.read_details(company)).edits
    assert (edits[Field.PHONE].ours, edits[Field.NAME].ours) == (True, False)
