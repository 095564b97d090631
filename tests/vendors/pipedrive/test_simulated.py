"""Everything that reads and writes, against the simulator."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from raccord.connectors.connection import CheckState
from raccord.connectors.errors import Auth, NotFound, Permanent
from raccord.domain.payment.status import PaymentStatus
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.payment import PaymentMeans
from raccord.vendors.pipedrive.client import PipedriveClient
from raccord.vendors.pipedrive.connector import PipedriveCrm
from raccord.vendors.pipedrive.settings import PipedriveSettings
from sandbox.pipedrive.person import PipedrivePerson
from tests.connectors.conformance.lab import Lab
from tests.connectors.conformance.samples import FIELDS, MONEY, ODD, task, today
from tests.vendors.pipedrive.account import Account, settings

LONG_AGO = today() - timedelta(days=3650)


async def test_a_deal_is_read_whole(crm: PipedriveCrm, account: Account) -> None:
    deal = await account.deal(ODD, company=ODD)
    await account.sell(deal, 1, 1000, 20)
    await account.sell(deal, 3, 33.3, 5.5, quantity=3)
    await account.sell(deal, 2, 500, 20, is_enabled=False)
    found = await crm.read_deal(deal)
    assert (found.name, found.currency, found.won, found.unreadable) == (ODD, "EUR", False, ())
    assert [each.name for each in found.companies] == [ODD]
    assert found.companies[0].siren == "732829320"
    assert [(each.name, each.quantity, each.unit_price, each.vat_rate) for each in found.lines] == [
        ("Site vitrine 5 pages", Decimal(1), Decimal(1000), Decimal(20)),
        ("Guide utilisateur imprimé", Decimal(3), Decimal("33.3"), Decimal("5.5")),
    ]
    assert found.owner
    assert found.url.endswith(f"/deal/{deal}")
    assert await crm.read_company(found.companies[0].id) == found.companies[0]


async def test_a_plan_of_instalments_is_read_by_its_days_and_missing_on_the_smallest_plan(
    crm: PipedriveCrm, account: Account, lab: Lab
) -> None:
    deal = await account.deal()
    await account.sell(deal, 1, 1000, 20)
    person = PipedrivePerson(lab.http)
    for name, day in (("Solde", "2027-02-01"), ("Acompte", "2026-12-01"), ("", "2027-03-01")):
        body = {"description": name, "amount": 100, "billing_date": day}
        await person.call("POST", f"/console/deals/{deal}/installments", json=body)
    parts = ("Acompte (2026-12-01)", "Solde (2027-02-01)", "2027-03-01")
    assert (await crm.read_deal(deal)).instalments == parts
    await account.win(deal)
    part = await crm.list_whole_deals(won_from=today(), after="")
    assert [each.deal.instalments for each in part.deals if each.deal.ref.id == deal] == [parts]
    await lab.switches.fault(vendor="pipedrive", path=".*/installments", effect={"status": 403}, times=None)
    assert (await crm.read_deal(deal)).instalments == ()


async def test_a_deal_without_products_has_its_value_alone(crm: PipedriveCrm, account: Account) -> None:
    found = await crm.read_deal(await account.deal())
    assert (found.lines, found.amount) == ((), Decimal("1099.9"))


async def test_what_is_not_there_is_gone(crm: PipedriveCrm) -> None:
    for gone in ("99999999999", "x"):
        with pytest.raises(NotFound):
            await crm.read_deal(gone)
    assert await crm.read_company("99999999999") is None
    assert await crm.read_contact("99999999999") is None


async def test_a_won_deal_says_so_and_is_listed_once(crm: PipedriveCrm, account: Account) -> None:
    started = datetime.now(UTC) - timedelta(minutes=1)
    won, other = await account.deal(), await account.deal()
    await account.win(won)
    found = await crm.read_deal(won)
    assert (found.won, found.won_on) == (True, today())
    for since in (None, started):
        listed = [each.id for each in await crm.won_deals(won_from=today(), changed_since=since)]
        assert listed.count(won) == 1
        assert other not in listed
    later = datetime.now(UTC) + timedelta(hours=1)
    assert won not in {each.id for each in await crm.won_deals(won_from=LONG_AGO, changed_since=later)}


async def test_an_archived_deal_is_still_sold(crm: PipedriveCrm, account: Account) -> None:
    deal = await account.deal()
    await account.win(deal)
    await crm.write_invoice(deal, FIELDS)
    await account.call("PATCH", f"/v2/deals/{deal}", {"is_archived": True})
    assert deal in {each.id for each in await crm.won_deals(won_from=today(), changed_since=None)}
    assert deal in await crm.deals_showing(FIELDS.number)
    part = await crm.list_deals(won_from=today(), after="")
    found = list(part.deals)
    while part.after:
        part = await crm.list_deals(won_from=today(), after=part.after)
        found += part.deals
    (its,) = [each for each in found if each.id == deal]
    assert (its.shown.invoice_id, its.shown.status, its.shown.net) == ("in_1", "issued", FIELDS.net)


async def test_in_a_list_a_won_deal_is_what_it_is_by_itself(crm: PipedriveCrm, account: Account) -> None:
    deal = await account.deal(ODD, company=ODD)
    await account.sell(deal, 1, 1000, 20)
    await account.win(deal)
    part = await crm.list_whole_deals(won_from=LONG_AGO, after="")
    found = list(part.deals)
    while part.after:
        part = await crm.list_whole_deals(won_from=LONG_AGO, after=part.after)
        found += part.deals
    by_id = {each.deal.ref.id: each for each in found}
    assert len(by_id) == len(found)
    assert by_id[deal].deal == await crm.read_deal(deal)
    assert not by_id[deal].owner_left


async def test_every_company_is_listed_with_its_deals(crm: PipedriveCrm, account: Account) -> None:
    (its,) = (await crm.read_deal(await account.deal(company=ODD))).companies
    part = await crm.list_companies(after="")
    found = list(part.companies)
    while part.after:
        part = await crm.list_companies(after=part.after)
        found += part.companies
    by_id = {each.company.id: each for each in found}
    assert (by_id[its.id].company, by_id[its.id].deals) == (its, 1)


async def test_whoever_sold_a_deal_and_its_pipeline_have_names(crm: PipedriveCrm, account: Account) -> None:
    deal = await crm.read_deal(await account.deal())
    assert deal.owner
    assert await crm.name_owners([deal.owner.id, "99999999999"]) == {deal.owner.id: deal.owner.name}
    assert await crm.name_owners([]) == {}
    assert (await crm.name_pipelines())[deal.pipeline]


@pytest.mark.parametrize("kept", [True, False])
async def test_the_invoice_is_shown_as_it_was_written_and_nothing_else_is_lost(
    crm: PipedriveCrm, account: Account, lab: Lab, kept: bool
) -> None:
    await lab.option("pipedrive", patch_keeps_custom_fields=kept)
    language = await account.code("dealFields", "Langue")
    deal = await account.deal(custom_fields={language: "fr"})
    assert not await crm.shows_invoice(deal, FIELDS)
    for _ in range(2):
        await crm.write_invoice(deal, FIELDS)
        assert await crm.shows_invoice(deal, FIELDS)
    assert not await crm.shows_invoice(deal, FIELDS.model_copy(update={"status": "paid"}))
    emptied = FIELDS.model_copy(update={"due_on": None})
    await crm.write_invoice(deal, emptied)
    assert await crm.shows_invoice(deal, emptied)
    assert (await crm.read_deal(deal)).language == "fr"
    with pytest.raises(NotFound):
        await crm.write_invoice("99999999999", FIELDS)


@pytest.mark.parametrize("told", ["all", "what was sent"])
async def test_what_somebody_edits_while_we_write_stays_as_they_left_it(
    crm: PipedriveCrm, account: Account, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    language, order = [await account.code("dealFields", name) for name in ("Langue", "Bon de commande")]
    deal = await account.deal(custom_fields={language: "fr", order: "PO-1"})
    edits = iter([{language: None} if told == "all" else {language: "en"}])
    written = PipedriveClient.write

    async def write(self: PipedriveClient, *given: Any, content: Any = None) -> Any:
        if edit := next(edits, None):
            await account.call("PATCH", f"/v2/deals/{deal}", {"custom_fields": edit})
        after = await written(self, *given, content=content)
        sent = content["custom_fields"]
        return after if told == "all" else after.model_copy(update={"custom_fields": sent})

    monkeypatch.setattr(PipedriveClient, "write", write)
    await crm.write_invoice(deal, FIELDS)
    found = await crm.read_deal(deal)
    assert (found.language, found.purchase_order) == ("" if told == "all" else "en", "PO-1")


async def test_what_stands_there_is_not_written_again(crm: PipedriveCrm, account: Account, lab: Lab) -> None:
    deal = await account.deal()
    await crm.write_invoice(deal, FIELDS)
    before = await lab.written("pipedrive")
    await crm.write_invoice(deal, FIELDS)
    assert await lab.written("pipedrive") == before


async def test_every_payment_has_a_place(crm: PipedriveCrm, account: Account) -> None:
    deal = await account.deal()
    assert await crm.lacks_payment_fields() == ()
    assert not await crm.shows_payment(deal, MONEY)
    changes: tuple[dict[str, Any], ...] = (
        *({"status": each} for each in PaymentStatus),
        *({"means": each} for each in PaymentMeans),
        {"means": "", "paid_on": None, "details": "", "paid": (), "due": ()},
    )
    for change in changes:
        money = MONEY.model_copy(update=change)
        await crm.write_payment(deal, money)
        assert await crm.shows_payment(deal, money)


async def test_deals_are_found_by_their_invoices_number_though_the_index_lags(
    crm: PipedriveCrm, account: Account, lab: Lab
) -> None:
    await lab.option("pipedrive", search_lag=60.0)
    one, other = await account.deal(), await account.deal()
    await crm.write_invoice(one, FIELDS)
    await crm.write_invoice(other, FIELDS.model_copy(update={"number": f"{FIELDS.number}-2"}))
    assert await crm.deals_showing(FIELDS.number) == (one,)
    assert await crm.deals_showing("") == ()


async def test_a_companys_deals_are_listed(crm: PipedriveCrm, account: Account) -> None:
    deal = await account.deal(ODD)
    (company,) = (await crm.read_deal(deal)).companies
    await account.win(deal)
    await crm.write_invoice(deal, FIELDS)
    (found,) = await crm.deals_of_company(company.id)
    assert (found.ref.id, found.name, found.won, found.won_on) == (deal, ODD, True, today())
    assert found.invoice_number == FIELDS.number
    assert await crm.deals_of_company("99999999999") == ()


async def test_a_task_is_found_by_its_mark_and_done_once(crm: PipedriveCrm, account: Account) -> None:
    deal = await account.deal()
    in_paris = datetime(2026, 12, 1, 0, 30, tzinfo=ZoneInfo("Europe/Paris"))
    wanted = task(deal).model_copy(
        update={"owner_id": "70112233", "subject": "é" * 5_000, "due_at": in_paris}
    )
    assert await crm.find_task(deal, wanted.ref) is None
    made = await crm.create_task(wanted)
    for _ in range(2):
        assert await crm.find_task(deal, wanted.ref) == made
        assert await crm.find_task(deal, "another") is None
        await crm.complete_task(made)
    await crm.complete_task("99999999999")
    (shown,) = await account.call("GET", f"/v2/activities?deal_id={deal}")
    assert (shown["owner_id"], shown["done"]) == (70112233, True)
    assert (shown["due_date"], shown["due_time"][:5]) == ("2026-11-30", "23:30")


async def test_setting_up_makes_what_is_missing_once(crm: PipedriveCrm, lab: Lab) -> None:
    before = await lab.written("pipedrive")
    assert {check.found for check in await crm.set_up()} == {"there already"}
    assert await lab.written("pipedrive") == before
    told = {check.name: check.state for check in await crm.check()}
    # Nobody said whether the token's user is one of its own.
    assert {name for name, state in told.items() if state is not CheckState.OK} == {"the token's user"}


async def test_two_fields_of_one_name_are_told_with_their_codes(crm: PipedriveCrm, account: Account) -> None:
    deal = await account.deal()
    await account.call("POST", "/v2/dealFields", {"field_name": "facture - numéro", "field_type": "varchar"})
    crm._fields.forget()
    with pytest.raises(Permanent) as refused:
        await crm.write_invoice(deal, FIELDS)
    assert refused.value.code == "field_ambiguous"
    assert await account.code("dealFields", "Facture - numéro") in str(refused.value)


async def test_an_account_without_fields_for_payments_shows_the_rest(lab: Lab, account: Account) -> None:
    mapping = {"payment": {"means": "Moyen que personne n'a fait"}}
    given = settings(base_url=f"{lab.base}/pipedrive", mapping=mapping)
    crm = PipedriveCrm("pipedrive", PipedriveSettings.model_validate(given), BusinessClock())
    try:
        assert "Moyen que personne n'a fait" in await crm.lacks_payment_fields()
        deal = await account.deal()
        await crm.write_payment(deal, MONEY)
        assert await crm.shows_payment(deal, MONEY)
    finally:
        await crm.close()


async def test_a_field_of_the_invoice_that_is_missing_is_named(lab: Lab, account: Account) -> None:
    given = settings(base_url=f"{lab.base}/pipedrive", mapping={"invoice": {"number": "Inconnu"}})
    crm = PipedriveCrm("pipedrive", PipedriveSettings.model_validate(given), BusinessClock())
    try:
        with pytest.raises(Permanent, match="Inconnu") as refused:
            await crm.write_invoice(await account.deal(), FIELDS.model_copy(update={"invoice_id": ""}))
        assert refused.value.code == "field_missing"
    finally:
        await crm.close()


async def test_a_token_of_another_company_is_told(lab: Lab, account: Account) -> None:
    given = settings(base_url=f"{lab.base}/pipedrive", company_id=1)
    crm = PipedriveCrm("pipedrive", PipedriveSettings.model_validate(given), BusinessClock())
    try:
        with pytest.raises(Auth, match="company_id"):
            await crm.read_deal(await account.deal())
        with pytest.raises(Auth, match="company_id"):
            await crm.probe()
        assert CheckState.FAIL in {each.state for each in await crm.check() if each.name == "account"}
    finally:
        await crm.close()


async def test_files_are_not_taken_and_nobody_is_told_that_they_were(crm: PipedriveCrm) -> None:
    assert not crm.capabilities.files
    assert await crm.find_attachment("1", "ref") is None
    for call in (crm.store_file("F-1.pdf", b"%PDF"), crm.attach_file("1", "2", text="", ref="")):
        with pytest.raises(Permanent, match="no files"):
            await call
