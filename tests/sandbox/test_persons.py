"""People at the vendors' own pages, all of them in one sandbox."""

from collections.abc import AsyncIterator

import httpx
import pytest

from sandbox.app import create_app
from sandbox.core.operator import Operator
from sandbox.hubspot.person import HubSpotPerson
from sandbox.slack.person import SlackPerson, button
from sandbox.stripe.person import StripePerson
from tests.sandbox.serving import serving

ORDINARY = "38990100001"


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[httpx.AsyncClient]:
    async with serving(create_app()) as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
        yield http


@pytest.fixture
async def http(served: httpx.AsyncClient) -> httpx.AsyncClient:
    await Operator(served).reset()
    return served


async def an_invoice(finance: StripePerson) -> str:
    """Issue an invoice of 100 EUR by hand; return its id."""
    customer = (await finance.post("/v1/customers", name="Acme", email="compta@acme.example"))["id"]
    terms = {"collection_method": "send_invoice", "days_until_due": "30", "currency": "eur"}
    invoice = (await finance.post("/v1/invoices", customer=customer, **terms, **{"metadata[a]": "b"}))["id"]
    line = {"lines[0][amount]": "10000", "lines[0][description]": "Conseil"}
    await finance.post(f"/v1/invoices/{invoice}/add_lines", **line)
    await finance.post(f"/v1/invoices/{invoice}/finalize")
    return str(invoice)


async def test_a_salesperson_wins_edits_and_merges_without_the_apps_token(http: httpx.AsyncClient) -> None:
    crm, sandbox = HubSpotPerson(http), Operator(http)
    await sandbox.settings("hubspot", scopes=[])
    company = await crm.create("companies", {"name": "Acme"})
    deal = await crm.create("deals", {"dealname": "x", "dealstage": "contractsent"})
    await crm.link_company(deal, company)
    await crm.win(deal)
    await crm.edit("companies", company, name="Acme SAS")
    left = await crm.merge("deals", ORDINARY, deal)
    changed = await crm.values("companies", company, "name")
    assert changed["name"] == "Acme SAS"
    assert (await crm.lines(left), await crm.tasks(left)) == (await crm.lines(deal), [])
    assert len(await crm.lines(left)) == 3
    requests = await sandbox.requests(vendor="hubspot")
    assert {r["headers"]["x-sandbox-actor"] for r in requests} == {"userId:70112233"}
    assert all("authorization" not in r["headers"] for r in requests)


async def test_a_deal_leaves_the_crm_and_comes_back(http: httpx.AsyncClient) -> None:
    crm = HubSpotPerson(http)
    company = await crm.company_of(ORDINARY)
    await crm.delete("deals", ORDINARY)
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        await crm.shown(ORDINARY)
    await crm.restore("deals", ORDINARY)
    assert await crm.company_of(ORDINARY) == company
    assert (await crm.shown(ORDINARY))["billing_invoice_number"] is None


async def test_finance_pays_in_parts_and_in_whole_credits_and_voids(http: httpx.AsyncClient) -> None:
    finance = StripePerson(http)
    paid, credited, voided = [await an_invoice(finance) for _ in range(3)]
    await finance.pay_part(paid, 4000)
    part = (await finance.invoices(a="b"))[-1]
    await finance.pay(paid)
    await finance.credit(credited, 10000)
    await finance.void(voided)
    states = {invoice["id"]: invoice["status"] for invoice in await finance.invoices(a="b")}
    assert (part["id"], part["status"], part["amount_remaining"]) == (paid, "open", 6000)
    assert states == {paid: "paid", credited: "paid", voided: "void"}
    assert await finance.invoices(a="c") == []


async def test_finance_works_on_while_the_apps_key_is_being_replaced(http: httpx.AsyncClient) -> None:
    finance, sandbox = StripePerson(http), Operator(http)
    customer = (await finance.post("/v1/customers", name="Acme"))["id"]
    await sandbox.settings("stripe", api_key="rk_test_rotated00000000000000000")
    await finance.edit_customer(customer, name="Acme SAS")
    await sandbox.settings("stripe", api_key="rk_test_sandbox0000000000000000")
    assert [c["name"] for c in await finance.everything("/v1/customers")] == ["Acme SAS"]


async def test_finance_edits_renumbers_and_deletes_a_customer(http: httpx.AsyncClient) -> None:
    finance = StripePerson(http)
    customers = [(await finance.post("/v1/customers", name=name))["id"] for name in ("Acme", "Bravo")]
    await finance.add_number(customers[0], "fr_siren", "732829320")
    await finance.add_number(customers[0], "eu_vat", "FR44732829320")
    await finance.change_number(customers[0], "fr_siren", "552100554")
    assert await finance.numbers(customers[0]) == [("eu_vat", "FR44732829320"), ("fr_siren", "552100554")]
    await finance.remove_number(customers[0], "eu_vat")
    assert await finance.import_customers(phone="+33 1") == 2
    await finance.delete_customer(customers[1])
    left = await finance.everything("/v1/customers")
    assert [(each["name"], each["phone"]) for each in left] == [("Acme", "+33 1")]
    assert await finance.numbers(customers[0]) == [("fr_siren", "552100554")]


async def test_a_salesperson_imports_rows_and_labels_a_billing_contact(http: httpx.AsyncClient) -> None:
    crm = HubSpotPerson(http)
    companies = [await crm.create("companies", {"name": f"n° {n}"}) for n in range(3)]
    contact = await crm.create("contacts", {"email": "ana@acme.example"})
    await crm.bill(companies[0], contact)
    await crm.import_rows("companies", companies, city="Lyon")
    found = await crm.call(
        "GET", f"/crm/v3/objects/companies/{companies[2]}", params={"propertiesWithHistory": "city,name"}
    )
    histories = found["propertiesWithHistory"]
    (row,), (typed,) = histories["city"], histories["name"]
    assert (row["value"], row["sourceType"], row["sourceId"]) == ("Lyon", "IMPORT", "userId:70112233")
    assert (typed["sourceType"], typed["updatedByUserId"]) == ("CRM_UI", 70112233)
    linked = await crm.call("GET", f"/crm/v4/objects/companies/{companies[0]}/associations/contacts")
    (link,) = linked["results"]
    assert "Billing contact" in [each["label"] for each in link["associationTypes"]]


async def test_somebody_in_slack_reads_presses_and_invites(http: httpx.AsyncClient) -> None:
    chat = SlackPerson(http)
    buttons = [
        {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Relire maintenant"}}
    ]
    said = {"channel": "C0BILLING", "text": "Facture ?", "blocks": [{"type": "actions", "elements": buttons}]}
    await chat.call("POST", "/api/chat.postMessage", json=said)
    [message] = await chat.messages("Facture", "Relire")
    pressed = await chat.press(message, "Relire")
    await chat.remove_bot()
    await chat.invite_bot()
    [channel] = [c for c in (await Operator(http).state("slack"))["channels"] if c["id"] == "C0BILLING"]
    assert (pressed["warning"], pressed["status"]) == (True, None)
    assert "U0RACCORD" in channel["members"]
    assert await chat.whispers("U0ANNE") == []
    with pytest.raises(LookupError, match="Relire maintenant"):
        button(message, "Annuler")


async def test_the_operator_plays_a_fault_and_takes_it_back(http: httpx.AsyncClient) -> None:
    crm, sandbox = HubSpotPerson(http), Operator(http)
    fault = await sandbox.fault(vendor="hubspot", effect={"status": 503}, times=None)
    with pytest.raises(httpx.HTTPStatusError, match="503"):
        await crm.win(ORDINARY)
    fired = await sandbox.fired(fault)
    await sandbox.release(fault)
    await crm.win(ORDINARY)
    assert (fired, await sandbox.faults()) == (1, [])
    assert await sandbox.mails("facture") == []
