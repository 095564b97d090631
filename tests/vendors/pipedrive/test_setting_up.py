"""Fields: made where they lack, known by codes where these are entered, and what `doctor` says of each."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from raccord.connectors.connection import Check, CheckState
from raccord.domain.values.clock import BusinessClock
from raccord.vendors.pipedrive.connector import PipedriveCrm
from raccord.vendors.pipedrive.settings import PipedriveSettings
from sandbox.pipedrive.person import PipedrivePerson
from tests.connectors.conformance.lab import Lab
from tests.vendors.pipedrive.account import Account, settings

Names = dict[str, dict[str, str]]


@asynccontextmanager
async def mapped(lab: Lab, mapping: Names, **changes: Any) -> AsyncIterator[PipedriveCrm]:
    """The account under a mapping of its own."""
    given = settings(base_url=f"{lab.base}/pipedrive", mapping=mapping, **changes)
    crm = PipedriveCrm("pipedrive", PipedriveSettings.model_validate(given), BusinessClock())
    yield crm
    await crm.close()


async def codes(crm: PipedriveCrm) -> Names:
    """Return what `setup` would have written into the settings."""
    found: Names = {}
    for each in await crm.named_fields():
        _, part, name = each.setting.split(".")
        found.setdefault(part, {})[name] = each.code
    return found


async def line(crm: PipedriveCrm, name: str) -> Check:
    return next(each for each in await crm.check() if each.name == name)


async def test_with_its_code_a_field_that_somebody_renames_is_still_known(
    crm: PipedriveCrm, lab: Lab, account: Account
) -> None:
    mapping = await codes(crm)
    assert mapping["invoice"]["number"] == await account.code("dealFields", "Facture - numéro")
    await PipedrivePerson(lab.http).rename_field("deal", "Facture - numéro", "N° de la facture")
    assert (await line(crm, "mapping.invoice.number")).state is CheckState.FAIL
    async with mapped(lab, mapping) as coded:
        assert await coded.named_fields() == ()
        told = await line(coded, "mapping.invoice.number")
        assert (told.state, told.found) == (CheckState.OK, "N° de la facture: empty so far")
        assert {each.found for each in await coded.set_up()} == {"there already"}


async def test_a_code_that_no_field_has_makes_no_field_of_that_name(
    crm: PipedriveCrm, lab: Lab, account: Account
) -> None:
    mapping = await codes(crm)
    await PipedrivePerson(lab.http).remove_field("deal", "Facture - numéro")
    before = await lab.written("pipedrive")
    async with mapped(lab, mapping) as coded:
        (failed,) = [each for each in await coded.set_up() if each.state is CheckState.FAIL]
    assert "mapping.invoice.number" in failed.remedy
    assert await lab.written("pipedrive") == before


async def test_of_two_fields_of_one_name_doctor_says_both_codes(crm: PipedriveCrm, account: Account) -> None:
    made = {"field_name": "Facture - Numéro", "field_type": "varchar"}
    other = (await account.call("POST", "/v2/dealFields", made))["field_code"]
    told = await line(crm, "mapping.invoice.number")
    assert (told.state, other in told.remedy) == (CheckState.FAIL, True)
    assert "mapping.invoice.number" not in {each.setting for each in await crm.named_fields()}


async def test_doctor_shows_what_stands_in_a_field(crm: PipedriveCrm, account: Account) -> None:
    await account.deal()
    assert (await line(crm, "mapping.companies.siren")).found == "SIREN: e.g. 732829320"


async def test_a_field_that_cannot_hold_what_is_kept_there_is_told(
    crm: PipedriveCrm, lab: Lab, account: Account
) -> None:
    await account.call("POST", "/v2/dealFields", {"field_name": "Lien", "field_type": "double"})
    choice = {"field_name": "État", "field_type": "enum", "options": [{"label": "Émise"}]}
    await account.call("POST", "/v2/dealFields", choice)
    async with mapped(lab, {"invoice": {"url": "Lien", "status": "État"}}) as given:
        url, status = await line(given, "mapping.invoice.url"), await line(given, "mapping.invoice.status")
        assert (url.state, url.found) == (CheckState.FAIL, "Lien is of type double")
        assert (status.state, "Payée" in status.found) == (CheckState.WARN, True)
        shown = {each.name: each.found for each in await given.set_up(dry=True)}
        assert "options would be added: Payée" in shown["deals: État"]
        await given.set_up()
        assert (await line(given, "mapping.invoice.status")).state is CheckState.OK


async def test_a_token_that_may_not_see_is_told_with_what_it_lacks(lab: Lab) -> None:
    await lab.option("pipedrive", token_revoked=True)
    async with mapped(lab, {}) as refused:
        told = {each.name: each for each in await refused.check()}
        assert {each.state for name, each in told.items() if name != "webhooks"} == {CheckState.FAIL}
        assert "api_token" in told["account"].found
    assert {each.state for each in await _set_up_of(lab)} == {CheckState.FAIL}


async def _set_up_of(lab: Lab) -> tuple[Check, ...]:
    async with mapped(lab, {}) as refused:
        return await refused.set_up()
