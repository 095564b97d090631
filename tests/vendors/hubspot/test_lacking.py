"""An account that lacks what only payments need, as the simulator plays one: nothing else stops."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from raccord.connectors.connection import CheckState
from raccord.connectors.crm import Crm
from raccord.connectors.errors import Permanent
from raccord.domain.values.clock import BusinessClock
from raccord.vendors.hubspot import CRM
from raccord.vendors.hubspot.settings import HubSpotSettings
from sandbox.core.assembly import assemble
from sandbox.core.delivery import Delivery
from sandbox.hubspot import scopes
from sandbox.hubspot import settings as simulated
from sandbox.hubspot.person import HubSpotPerson
from sandbox.hubspot.vendor import HubSpotVendor
from sandbox.mailbox.mailbox import Mailbox
from tests.connectors.conformance.samples import FIELDS, MONEY
from tests.sandbox.serving import serving

DEAL = "38990100001"
WON = {"dealname": "Refonte", "pipeline": "default", "dealstage": "closedwon"}
NAMES = {
    *("billing_payment_status", "billing_amount_paid", "billing_amount_due", "billing_paid_on"),
    *("billing_payment_means", "billing_payment_details"),
}
BLIND = [scope for scope in scopes.ALL if scope != "crm.schemas.deals.read"]


@asynccontextmanager
async def account(**options: Any) -> AsyncIterator[tuple[Crm, HubSpotPerson]]:
    delivery = Delivery()
    patient = {"requests_per_ten_seconds": 10_000, "searches_per_second": 1_000, **options}
    vendor = HubSpotVendor(delivery=delivery, settings=simulated.HubSpotSettings(**patient))
    async with serving(assemble(vendors=[vendor], delivery=delivery, emails=Mailbox())) as url:
        given = {"base_url": f"{url}/hubspot", "access_token": simulated.TOKEN, "requests_per_second": 1000}
        crm = CRM.connect("hubspot", HubSpotSettings.model_validate(given), BusinessClock())
        async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
            yield crm, HubSpotPerson(http)
        await crm.close()


@pytest.mark.parametrize("token", [list(scopes.ALL), BLIND], ids=["lists properties", "may not list them"])
async def test_without_any_of_them_the_invoice_is_shown_and_payments_go_on(token: list[str]) -> None:
    async with account(payment_properties=False, scopes=token) as (crm, _):
        await crm.write_payment(DEAL, MONEY)
        assert await crm.shows_payment(DEAL, MONEY)
        assert set(await crm.lacks_payment_fields()) == NAMES
        await crm.write_invoice(DEAL, FIELDS)
        assert await crm.shows_invoice(DEAL, FIELDS)


@pytest.mark.parametrize("token", [list(scopes.ALL), BLIND], ids=["lists properties", "may not list them"])
async def test_what_is_archived_or_lacks_an_option_is_left_out_and_the_rest_is_written(
    token: list[str],
) -> None:
    async with account(scopes=token) as (crm, person):
        await crm.write_payment(DEAL, MONEY)
        await person.archive_property("deals", "billing_paid_on")
        await person.remove_option("deals", "billing_payment_status", "paid")
        paid = MONEY.model_copy(update={"status": "paid", "details": "tout"})
        await crm.write_payment(DEAL, paid)
        assert await crm.shows_payment(DEAL, paid)
        assert set(await crm.lacks_payment_fields()) == {"billing_paid_on", "billing_payment_status"}
        shown = await person.shown_payment(DEAL)
    assert (shown["billing_payment_status"], shown["billing_payment_details"]) == ("partly_paid", "tout")


async def test_doctor_names_them_and_setup_makes_them() -> None:
    async with account(payment_properties=False) as (crm, _):
        missing = [c for c in await crm.check() if c.name.startswith("mapping.payment.")]
        assert {(c.state, c.flow) for c in missing} == {(CheckState.FAIL, "payment")}
        assert {c.expected for c in missing} == NAMES
        await crm.set_up()
        made = [c for c in await crm.check() if c.name.startswith("mapping.payment.")]
        assert {c.state for c in made} == {CheckState.OK}
        await crm.write_payment(DEAL, MONEY)
        assert await crm.shows_payment(DEAL, MONEY)
        assert await crm.lacks_payment_fields() == ()


@pytest.mark.parametrize("refused", [True, False], ids=["is refused", "finds nothing"])
async def test_deals_are_listed_where_a_search_by_what_the_account_lacks(refused: bool) -> None:
    """Nobody has run `raccord setup` yet: no property shows an invoice, and none is shown."""
    options = {"custom_properties": False, "unknown_filters_refused": refused}
    async with account(**options) as (crm, person):
        deal = await person.create("deals", WON)
        long_ago, first = datetime(2020, 1, 1, tzinfo=UTC), date(2020, 1, 1)
        assert deal in {each.id for each in await crm.won_deals(won_from=first, changed_since=long_ago)}
        assert deal in {each.id for each in (await crm.list_deals(won_from=first, after="")).deals}
        assert await crm.deals_showing("F-2026-0001") == ()


async def test_a_search_that_is_refused_for_anything_else_is_refused() -> None:
    async with account() as (crm, _):
        with pytest.raises(Permanent):
            await crm.deals_showing("x" * 3_000)
