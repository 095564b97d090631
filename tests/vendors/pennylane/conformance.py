"""Pennylane, as the suites for billing systems meet it."""

from decimal import Decimal

from sandbox.pennylane.person import PennylanePerson
from tests.connectors.conformance.cases import BillingCase
from tests.connectors.conformance.lab import Lab


class PennylaneCase(BillingCase):
    async def pay(self, lab: Lab, invoice_id: str, cents: int | None = None) -> None:
        """Have a bank transfer come and match it; of all that is left without an amount."""
        amount = None if cents is None else str(Decimal(cents) / 100)
        await PennylanePerson(lab.http).pay_by_transfer(int(invoice_id), amount)


CASES = (
    PennylaneCase(
        vendor="pennylane",
        settings={
            "token": "pl_sandbox_company_token_0000000000",
            "sandbox": True,
            "settle": 0,
            "requests_per_second": 1000,
            "zero_vat_codes": {"exempt": "exempt"},
        },
        live={"sandbox": False},
        credential="token",
        path="/api/external/v2",
        state="status",
        needed=("currency", "currency_amount", "draft"),
        rates=tuple(Decimal(rate) for rate in ("20", "10", "8.5", "5.5", "2.1", "1.05", "0.9", "0")),
        lines_at_once=True,
        links=False,
        names_payments=False,
        refunds=False,
        denied={"scopes": ["customer_invoices:all", "customers:readonly"]},
        permission="customers:all",
        at_once=12,
        most_a_second=25,  # of 25 in five seconds (pennylane page, section 8)
        quiet={"rate_limits": False, "pdf_seconds": 0.0},
    ),
)
