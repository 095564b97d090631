"""Stripe, as the suites for billing systems meet it."""

from sandbox.stripe.person import StripePerson
from tests.connectors.conformance.cases import BillingCase
from tests.connectors.conformance.lab import Lab
from tests.connectors.conformance.samples import PROFILE


class StripeCase(BillingCase):
    async def arrival(self, lab: Lab, /) -> str:
        await lab.option(self.vendor, enabled_events=["invoice.finalized"])
        async with self.open(lab) as billing:
            customer = await billing.create_customer(PROFILE, key="cus/1")
        return await StripePerson(lab.http).issue(customer.id, 10_000)

    async def pay(self, lab: Lab, invoice_id: str, cents: int | None = None) -> None:
        await StripePerson(lab.http).pay_by_card(invoice_id, cents)

    async def refund(self, lab: Lab, invoice_id: str, cents: int) -> None:
        await StripePerson(lab.http).refund(invoice_id, cents)

    async def receive(self, lab: Lab, cents: int) -> str:
        made = await StripePerson(lab.http).charge_by_link(cents, email="jean@hexalab.fr")
        return str(made["id"])


CASES = (
    StripeCase(
        vendor="stripe",
        settings={
            "api_key": "rk_test_sandbox0000000000000000",
            "webhook_secret": "whsec_sandbox00000000000000000000",
            "settle": 0,
            "requests_per_second": 1000,
        },
        credential="api_key",
        state="status",
        needed=("currency", "total"),
        denied={"denied": ["rak_customer_write"]},
        permission="Customers: Write",
        signed=("stripe-signature",),
        most_a_second=25,  # of a test key (Stripe docs: rate-limits)
        quiet={"search_lag": 0.0, "verification_seconds": 0.0, "rate_limits": False},
    ),
)
