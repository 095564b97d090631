"""What the page leaves open about organizations and their details, played either way (sections 1 and 4)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from raccord.connectors.errors import Permanent
from raccord.domain.values.address import Address
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.details import Changes, Details, Field
from raccord.vendors.pipedrive import changed
from raccord.vendors.pipedrive.connector import PipedriveCrm
from raccord.vendors.pipedrive.settings import PipedriveSettings
from sandbox.pipedrive.person import THOMAS, PipedrivePerson
from tests.connectors.conformance.lab import Lab
from tests.vendors.pipedrive.account import settings

STREETS = (
    Address(line1="12, rue de la Paix", postal_code="75002", city="Paris", country="FR"),
    Address(line1="Le Bourg", line2="BP 3, Zone A", postal_code="29000", city="Quimper", country="FR"),
    Address(line1="10 Downing Street", postal_code="SW1A 2AA", city="London", country="GB"),
    Address(line1="Tour 1", city="Abidjan", region="Lagunes", country="CI"),
)


@pytest.fixture
def person(lab: Lab) -> PipedrivePerson:
    return PipedrivePerson(lab.http)


async def organization(person: PipedrivePerson, **named: Any) -> str:
    made = await person.create("organization", name="Atelier")
    await person.set_fields("organization", made, **(named or {"SIREN": "732829320"}))
    return str(made)


def changes(expected: Details, **to: Any) -> Changes:
    return Changes(
        fields=frozenset(map(Field, to)), details=expected.model_copy(update=to), expected=expected
    )


@pytest.mark.parametrize("place", STREETS, ids=lambda place: place.city)
async def test_an_address_is_read_as_it_was_written_whatever_commas_it_has(
    crm: PipedriveCrm, person: PipedrivePerson, place: Address
) -> None:
    record = await organization(person)
    before = (await crm.read_details(record)).details
    await crm.write_details(record, changes(before, address=place), key="w")
    assert (await crm.read_details(record)).details == before.model_copy(update={"address": place})


async def test_a_country_stays_as_it_is_typed_while_it_means_the_same(
    crm: PipedriveCrm, person: PipedrivePerson
) -> None:
    made = await person.create(
        "organization", name="A", address={"value": "1 rue X, 1000 Bruxelles, Belgium"}
    )
    before = (await crm.read_details(str(made))).details
    place = before.address.model_copy(update={"line1": "2 rue X"})
    await crm.write_details(str(made), changes(before, address=place), key="w")
    shown = await person.shown("organization", made)
    assert shown["address"]["value"] == "2 rue X, 1000 Bruxelles, Belgium"


async def test_numbers_that_a_write_does_not_name_stay_even_where_pipedrive_clears_them(
    crm: PipedriveCrm, lab: Lab, person: PipedrivePerson
) -> None:
    record = await organization(person, SIREN="732829320", **{"E-mail de facturation": "a@a.example"})
    await lab.option("pipedrive", patch_keeps_custom_fields=False)
    before = (await crm.read_details(record)).details
    await crm.write_details(record, changes(before, email="b@a.example"), key="w")
    assert (await crm.read_details(record)).details == before.model_copy(update={"email": "b@a.example"})


async def test_without_an_email_of_its_own_none_is_kept(crm: PipedriveCrm, person: PipedrivePerson) -> None:
    record = await organization(person)
    sight = await crm.read_details(record)
    assert Field.EMAIL in crm.keeps
    assert Field.EMAIL not in sight.keeps
    with pytest.raises(Permanent) as refused:
        await crm.write_details(record, changes(sight.details, email="a@a.example"), key="w")
    assert refused.value.field == Field.EMAIL


async def test_another_programs_edit_is_a_persons_whose_token_it_has(
    crm: PipedriveCrm, lab: Lab, person: PipedrivePerson
) -> None:
    record = await organization(person)
    await PipedrivePerson(lab.http, actor=THOMAS).edit_by_program("organization", int(record), name="Autre")
    sight = await crm.read_details(record)
    name = sight.edits[Field.NAME]
    assert (name.ours, name.by) == (False, (await crm.name_owners([str(THOMAS)]))[str(THOMAS)])
    assert sight.edits[Field.ADDRESS].by == ""


async def test_who_edited_what_is_left_out_where_it_may_not_be_read(
    crm: PipedriveCrm, lab: Lab, person: PipedrivePerson
) -> None:
    record = await organization(person)
    await lab.switches.fault(vendor="pipedrive", path=r".*/changelog.*", effect={"status": 403}, times=None)
    sight = await crm.read_details(record)
    assert (sight.edits, sight.details.siren) == ({}, "732829320")


async def test_a_language_is_written_as_the_option_that_means_it(lab: Lab, person: PipedrivePerson) -> None:
    await person.add_field("organization", "Langue du client", "enum", "Français", "Anglais")
    mapping = {"companies": {"language": "Langue du client"}}
    given = settings(base_url=f"{lab.base}/pipedrive", mapping=mapping)
    crm = PipedriveCrm("pipedrive", PipedriveSettings.model_validate(given), BusinessClock())
    try:
        record = await organization(person, **{"Langue du client": "Français"})
        before = (await crm.read_details(record)).details
        assert before.language == "fr"
        await crm.write_details(record, changes(before, language="en"), key="w")
        assert (await person.shown("organization", int(record)))["custom"]["Langue du client"]
        now = (await crm.read_details(record)).details
        assert now.language == "en"
        with pytest.raises(Permanent) as refused:
            await crm.write_details(record, changes(now, language="de"), key="w")
        assert (refused.value.code, refused.value.field) == ("option_missing", Field.LANGUAGE)
    finally:
        await crm.close()


async def test_more_changes_than_one_answer_holds_are_told_in_several(
    crm: PipedriveCrm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changed, "MOST", 2)
    listed = {each.company.id for each in (await crm.list_companies(after="")).companies}
    seen: list[str] = []
    since = datetime(2020, 1, 1, tzinfo=UTC)
    more = True
    while more:
        part = await crm.details_changed(since, until=None)
        assert part.seen_to > since
        seen, since, more = [*seen, *part.ids], part.seen_to, part.more
    assert listed <= set(seen)
    assert since <= datetime.now(UTC)
