"""What an account is described by before anything is configured."""

from raccord.vendors.pipedrive.connector import PipedriveCrm
from sandbox.pipedrive.person import PipedrivePerson
from tests.connectors.conformance.lab import Lab


async def test_a_field_is_named_as_people_see_it_unless_two_have_the_name(
    crm: PipedriveCrm, lab: Lab
) -> None:
    person = PipedrivePerson(lab.http)
    made = await person.create("organization", name="Atelier")
    one = await person.add_field("organization", "Numéro client")
    two = await person.add_field("organization", "numéro client", "double")
    await person.add_field("organization", "Régime", "enum", "Réel", "Franchise")
    await person.set_fields("organization", made, Régime="Franchise")
    await person.edit("organization", made, custom_fields={one: "007"})
    found = {each.name: each for each in (await crm.describe()).fields["companies"]}
    assert found[one].values == ("007",)
    assert (found[two].label, found[two].text) == ("numéro client", False)
    assert "Franchise" in found["Régime"].values
    assert "Numéro client" not in found


async def test_what_may_not_be_read_costs_what_it_is_about_and_nothing_else(
    crm: PipedriveCrm, lab: Lab
) -> None:
    for path, left in (
        (".*/users$", "owners"),
        (".*/pipelines.*", "pipelines"),
        (".*/dealFields.*", "deals"),
    ):
        await lab.switches.fault(vendor="pipedrive", path=path, effect={"status": 403}, times=None)
        found = await crm.describe()
        told = {"owners": found.owners, "pipelines": found.pipelines, **found.fields}
        assert [name for name in ("owners", "pipelines", "deals") if not told.get(name)] == [left]
        assert len(found.unread) == 1
        await lab.switches.clear_faults()


async def test_a_field_that_nobody_needs_is_there_whatever_its_type(crm: PipedriveCrm) -> None:
    assert {spare.setting: spare.there for spare in (await crm.describe()).spares} == {
        "mapping.deals.service_date": True,
        "mapping.deals.purchase_order": True,
    }


async def test_a_field_is_there_however_somebody_wrote_its_name(crm: PipedriveCrm, lab: Lab) -> None:
    person = PipedrivePerson(lab.http)
    await person.rename_field("deal", "Date de prestation", "Date de  Prestation")
    await person.rename_field("deal", "Bon de commande", "Commande")
    assert [spare.there for spare in (await crm.describe()).spares] == [True, False]


async def test_its_section_says_whose_events_are_read(crm: PipedriveCrm) -> None:
    assert (await crm.describe()).section == {"company_id": 8087566}
