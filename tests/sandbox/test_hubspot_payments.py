"""What the simulated account has for payments, and what it is like without."""

from typing import Any

import httpx
import pytest

from sandbox.core.assembly import assemble
from sandbox.core.delivery import Delivery
from sandbox.hubspot.person import HubSpotPerson
from sandbox.hubspot.settings import TOKEN, HubSpotSettings
from sandbox.hubspot.vendor import HubSpotVendor
from sandbox.mailbox.mailbox import Mailbox

ORDINARY = "38990100001"
DEALS = f"/hubspot/crm/v3/objects/deals/{ORDINARY}"
AUTH = {"Authorization": f"Bearer {TOKEN}"}


def served(**settings: Any) -> httpx.AsyncClient:
    delivery = Delivery()
    vendor = HubSpotVendor(delivery=delivery, settings=HubSpotSettings(**settings))
    app = assemble(vendors=[vendor], delivery=delivery, emails=Mailbox())
    transport = httpx.ASGITransport(app)
    return httpx.AsyncClient(transport=transport, base_url="http://sandbox", headers=AUTH)


async def write(http: httpx.AsyncClient, **values: str) -> tuple[int, set[str]]:
    answer = await http.patch(DEALS, json={"properties": values})
    return answer.status_code, {problem["code"] for problem in answer.json().get("errors", ())}


async def test_an_account_has_the_properties_for_payments_and_shows_what_is_written() -> None:
    shown = {
        "billing_payment_status": "partly_paid",
        "billing_amount_paid": "100.00",
        "billing_amount_due": "20.00",
        "billing_paid_on": "2026-11-02",
        "billing_payment_means": "bank_transfer",
        "billing_payment_details": "F-2026-0001 : 100,00 € sur 120,00 €\nF-2026-0002 : rien",
    }
    async with served() as http:
        assert (await write(http, **shown))[0] == 200
        assert await HubSpotPerson(http).shown_payment(ORDINARY) == shown


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"billing_payment_status": "Payée"}, "INVALID_OPTION"),
        ({"billing_payment_means": "cheque"}, "INVALID_OPTION"),
        ({"billing_amount_paid": "100,00"}, "INVALID_INTEGER"),
        ({"billing_paid_on": "02/11/2026"}, "INVALID_DATE"),
        ({"billing_payment_details": "x" * 65_537}, "PROPERTY_VALUE_TOO_LONG"),
    ],
)
async def test_a_value_that_a_property_for_payments_does_not_take_is_refused(
    values: dict[str, str], code: str
) -> None:
    async with served() as http:
        assert await write(http, **values) == (400, {code})


async def test_an_account_without_them_refuses_them_and_still_takes_an_invoice() -> None:
    async with served(payment_properties=False) as http:
        assert await write(http, billing_payment_status="paid") == (400, {"PROPERTY_DOESNT_EXIST"})
        assert (await write(http, billing_status="issued"))[0] == 200


async def test_all_refused_properties_are_named_at_once() -> None:
    async with served() as http:
        await HubSpotPerson(http).archive_property("deals", "billing_paid_on")
        answered = await write(http, billing_paid_on="2026-11-02", billing_payment_means="cheque")
        assert answered == (400, {"PROPERTY_DOESNT_EXIST", "INVALID_OPTION"})


async def test_an_archived_property_is_gone_until_it_is_made_again() -> None:
    path = "/hubspot/crm/v3/properties/deals"
    async with served() as http:
        made = (await http.get(f"{path}/billing_paid_on")).json()
        await HubSpotPerson(http).archive_property("deals", "billing_paid_on")
        assert (await http.get(f"{path}/billing_paid_on")).status_code == 404
        listed = {prop["name"] for prop in (await http.get(path)).json()["results"]}
        assert "billing_paid_on" not in listed
        wanted = {key: made[key] for key in ("name", "label", "type", "fieldType", "groupName")}
        assert (await http.post(path, json=wanted)).status_code == 201
        assert (await write(http, billing_paid_on="2026-11-02"))[0] == 200


async def test_a_property_of_hubspots_own_cannot_be_archived() -> None:
    async with served() as http:
        assert (await http.delete("/hubspot/crm/v3/properties/deals/amount")).status_code == 400


async def test_an_option_that_was_taken_off_is_refused_and_the_others_are_not() -> None:
    async with served() as http:
        await HubSpotPerson(http).remove_option("deals", "billing_payment_status", "overpaid")
        assert await write(http, billing_payment_status="overpaid") == (400, {"INVALID_OPTION"})
        assert (await write(http, billing_payment_status="paid"))[0] == 200


async def test_deals_are_found_by_the_number_of_their_invoice() -> None:
    wanted = {"propertyName": "billing_invoice_number", "operator": "EQ", "value": "F-2026-0001"}
    async with served() as http:
        await write(http, billing_invoice_number="F-2026-0001")
        found = await http.post(
            "/hubspot/crm/v3/objects/deals/search", json={"filterGroups": [{"filters": [wanted]}]}
        )
    assert [deal["id"] for deal in found.json()["results"]] == [ORDINARY]


async def test_the_stage_for_paid_deals_stands_behind_the_won_one_and_is_won_itself() -> None:
    async with served() as http:
        found = (await http.get("/hubspot/crm/v3/pipelines/deals")).json()["results"]
        stages = {s["id"]: s for pipeline in found for s in pipeline["stages"]}
        assert stages["closedwon"]["displayOrder"] < stages["218933907"]["displayOrder"]
        await HubSpotPerson(http).move(ORDINARY, "218933907")
        values = await HubSpotPerson(http).values("deals", ORDINARY, "hs_is_closed_won")
    assert values["hs_is_closed_won"] == "true"
