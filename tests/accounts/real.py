"""The conformance suites on real test accounts, and the facts that these settle: `make test-vendors`.

Of the suites, what needs a port and no switch of a simulator. Lists and searches of a real account lag
behind, so that what waits for them is left to the simulators. Customers, drafts and companies that are made
stay, deals are deleted: the account is one to try things on.
"""

from collections.abc import AsyncIterator, Callable
from inspect import signature
from itertools import count
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import pytest

from raccord.connectors.billing import Billing
from raccord.connectors.crm import Crm
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.parties import Customer
from sandbox.hubspot.person import HubSpotPerson
from tests.accounts import hubspot_facts, stripe_facts
from tests.accounts.facts import asked, settle
from tests.accounts.keys import HUBSPOT, STRIPE, Key, Refused, held_against, hubspot_key, stripe_key
from tests.connectors.conformance import test_billing as of_billing
from tests.connectors.conformance import test_crm as of_crm
from tests.connectors.conformance.samples import PROFILE
from tests.vendors.hubspot.conformance import CASES as HUBSPOT_CASES
from tests.vendors.hubspot.conformance import HubSpotCase
from tests.vendors.stripe.conformance import CASES as STRIPE_CASES

Test = Callable[..., Any]
_CRM_TESTS = (
    of_crm.test_setting_up_makes_what_is_missing_once,
    of_crm.test_a_deal_is_read_whole,
    of_crm.test_a_deal_that_is_gone_is_not_found,
    of_crm.test_a_company_is_read_by_itself,
    of_crm.test_the_invoice_on_a_deal_is_shown_as_it_was_written,
    of_crm.test_the_money_on_a_deal_is_shown_as_it_was_written,
    of_crm.test_without_such_a_stage_no_deal_waits,
)
_LEFT_OUT = (
    of_billing.test_all_customers_of_an_address_are_found,
    of_billing.test_a_claimed_customer_keeps_what_it_had,
    of_billing.test_all_invoices_of_a_customer_are_listed,
    of_billing.test_nobody_is_found_who_is_not_there,
    of_billing.test_a_customer_is_found_as_it_was_written,
    of_billing.test_a_vat_rate_is_found_once_it_was_made,
    of_billing.test_an_order_number_is_refused_and_not_cut,
    of_billing.test_the_invoices_of_a_deal_are_its_own,
    of_billing.test_a_discarded_draft_is_gone,
)
"""They make a hundred records at once, or want an account in which nothing was made before."""


def _portable(module: Any) -> list[Test]:
    """Return the tests that ask for nothing but the port and a customer."""
    tests = [each for name, each in vars(module).items() if name.startswith("test_") and callable(each)]
    alone = [each for each in tests if {*signature(each).parameters} <= {"billing", "customer"}]
    return [each for each in alone if each not in _LEFT_OUT]


def _stated(find: Callable[[], Key | None], variable: str) -> Key:
    try:
        key = find()
    except Refused as refused:
        pytest.fail(str(refused), pytrace=False)
    if key is None:
        pytest.skip(f"{variable} is not set: no test account to try this on")
    return key


@pytest.fixture(scope="module")
def stripe() -> Key:
    return _stated(stripe_key, STRIPE)


@pytest.fixture(scope="module")
def hubspot() -> Key:
    key = _stated(hubspot_key, HUBSPOT)
    found = httpx.get(
        f"{key.url}/account-info/v3/details", headers={"Authorization": f"Bearer {key.secret}"}, timeout=20
    )
    try:
        held_against(key, found)
    except Refused as refused:
        pytest.fail(str(refused), pytrace=False)
    return key


@pytest.fixture(scope="module", autouse=True)
def _keys_of_this_run() -> None:
    """A vendor remembers keys for a day, and would answer with what an earlier run made."""
    of_billing._keys = (f"{uuid4()}/{number}" for number in count(1))  # type: ignore[assignment]


def _nowhere() -> Any:
    """Stand in for the simulators, which nobody asks here."""
    return SimpleNamespace(base="https://vendor.invalid")


# One for all, as its limit of requests a second is.
@pytest.fixture(scope="module")
async def billing(stripe: Key) -> AsyncIterator[Billing]:
    connection = STRIPE_CASES[0].connection(
        _nowhere(), base_url=stripe.url, api_key=stripe.secret, requests_per_second=18
    )
    port: Billing = connection.connect(BusinessClock())
    yield port
    await port.close()


@pytest.fixture
async def customer(billing: Billing) -> Customer:
    return await billing.create_customer(PROFILE, key=of_billing.key())


class _Seller(HubSpotPerson):
    """Somebody who sells, at the account itself and with its token."""

    async def call(self, method: str, path: str, **options: Any) -> Any:
        answer = await self._http.request(method, path, **options)
        answer.raise_for_status()
        return answer.json() if answer.content else None


class _RealHubSpot(HubSpotCase):
    def person(self, lab: Any) -> HubSpotPerson:
        return _Seller(lab.http)

    async def deal(self, lab: Any, *, name: str = "deal", company: str = "Atelier") -> str:
        made = await super().deal(lab, name=name, company=company)
        lab.deals.append(made)
        return made


class _Account:
    """What a case asks of the simulators' lab, at one account."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.deals: list[str] = []

    async def tidy(self) -> None:
        """Delete the deals: two cannot show one invoice."""
        for deal in self.deals:
            await self.http.delete(f"/crm/v3/objects/deals/{deal}")


@pytest.fixture(scope="module")
async def crm(hubspot: Key) -> AsyncIterator[Crm]:
    given = {"base_url": hubspot.url, "access_token": hubspot.secret, "account_id": hubspot.account}
    connection = HUBSPOT_CASES[0].connection(_nowhere(), **given, requests_per_second=9)
    port: Crm = connection.connect(BusinessClock())
    yield port
    await port.close()


@pytest.mark.parametrize("test", _portable(of_billing), ids=lambda test: test.__name__)
async def test_a_billing_system_does(test: Test, billing: Billing, customer: Customer) -> None:
    given = {"billing": billing, "customer": customer}
    await test(**{name: given[name] for name in signature(test).parameters})


@pytest.mark.parametrize("test", _CRM_TESTS, ids=lambda test: test.__name__)
async def test_a_crm_does(test: Test, hubspot: Key, crm: Crm) -> None:
    headers = {"Authorization": f"Bearer {hubspot.secret}"}
    async with httpx.AsyncClient(base_url=hubspot.url, headers=headers, timeout=20) as http:
        case, account = _RealHubSpot(**vars(HUBSPOT_CASES[0])), _Account(http)
        given = {"case": case, "lab": account, "crm": crm}
        try:
            await test(**{name: given[name] for name in signature(test).parameters})
        finally:
            await account.tidy()


async def test_the_facts_of_stripe(stripe: Key) -> None:
    async with asked(stripe, stripe_facts.VERSION) as account:
        found = await settle(account, stripe_facts.FACTS)
    print("\nWhat this account of Stripe's settles:", *(each.told for each in found), sep="\n")  # noqa: T201


async def test_the_facts_of_hubspot(hubspot: Key) -> None:
    async with asked(hubspot) as account:
        found = await settle(account, hubspot_facts.FACTS)
    print("\nWhat this account of HubSpot's settles:", *(each.told for each in found), sep="\n")  # noqa: T201
