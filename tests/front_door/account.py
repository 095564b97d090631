"""The vendors' accounts as a person sees them: makes deals, wins them, and reads back what there is."""

import itertools
from typing import Any

import httpx

from sandbox.core.operator import Operator
from sandbox.hubspot.person import HubSpotPerson
from sandbox.slack.person import SlackPerson
from sandbox.stripe.person import StripePerson
from tests.patience import patience

_numbers = itertools.count(1)


def siren(number: int) -> str:
    """Return a SIREN with a right Luhn digit, from an eight-digit number."""
    return _with_luhn_digit(f"{number:08d}")


def siret(company: str = "", *, site: int = 1) -> str:
    """Return the SIRET of a company's site, with a right Luhn digit; of a new company without its SIREN."""
    return _with_luhn_digit(f"{company or siren(60000000 + next(_numbers))}{site:04d}")


def _with_luhn_digit(digits: str) -> str:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if position % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return digits + str(-total % 10)


class Account:
    """One lane's vendors: the people who work there, and the sandbox's switches."""

    def __init__(self, base_url: str) -> None:
        self.http = httpx.AsyncClient(base_url=base_url, timeout=patience(20))
        self.crm = crm = HubSpotPerson(self.http)
        self.create, self.edit, self.move, self.win = crm.create, crm.edit, crm.move, crm.win
        self.delete, self.restore, self.merge = crm.delete, crm.restore, crm.merge
        self.link_company, self.lines, self.shown, self.tasks = (
            crm.link_company,
            crm.lines,
            crm.shown,
            crm.tasks,
        )
        self.billing = billing = StripePerson(self.http)
        self.stripe, self.stripe_post, self.stripe_delete = billing.everything, billing.post, billing.delete
        chat = SlackPerson(self.http)
        self.messages, self.whispers, self.press = chat.messages, chat.whispers, chat.press
        sandbox = Operator(self.http)
        self.settings, self.mails, self.state = sandbox.settings, sandbox.mails, sandbox.state
        self.requests, self.deliveries, self.events = sandbox.requests, sandbox.deliveries, sandbox.events
        self.fault, self.faults, self.fired = sandbox.fault, sandbox.faults, sandbox.fired
        self.release, self.clear_faults = sandbox.release, sandbox.clear_faults

    async def close(self) -> None:
        await self.http.aclose()

    async def invoices(self, deal: str) -> list[dict[str, Any]]:
        """Return the invoices about a deal, drafts included."""
        return await self.billing.invoices(crm_deal_id=f"hubspot:{deal}")

    async def company(self, **changes: str) -> str:
        """Create a clean French company with a SIREN of its own."""
        number = next(_numbers)
        properties = {
            "name": f"Atelier {number}",
            "domain": f"atelier-{number}.example",
            "address": f"{number} rue du Canal",
            "zip": "69003",
            "city": "Lyon",
            "country": "France",
            "siren": siren(40000000 + number),
            "billing_email": f"compta@atelier-{number}.example",
        }
        return await self.create("companies", properties | changes)

    async def deal(
        self,
        company: str | None = None,
        *,
        lines: list[dict[str, str]] | None = None,
        linked: bool = True,
        **changes: str,
    ) -> str:
        """Create an open deal: a company, and two lines of 1 000.00 at 20 % and 99.90 at 5.5 % by default."""
        companies = [("companies", company or await self.company(), 5)] if linked else []
        line_ids = [await self.create("line_items", line) for line in (TWO_LINES if lines is None else lines)]
        properties = {
            "dealname": f"deal {next(_numbers)}",
            "pipeline": "default",
            "dealstage": "contractsent",
            "deal_currency_code": "EUR",
            "hubspot_owner_id": "64492917",
        }
        links = [*companies, *(("line_items", line, 19) for line in line_ids)]
        return await self.create("deals", properties | changes, *links)


REFUSED_EMAIL = "compta@refused.x"
"""Passes our own check of an e-mail address, and is refused by the billing system."""

TWO_LINES = [
    {"name": "Conseil", "quantity": "1", "price": "1000.00", "vat_rate": "20"},
    {"name": "Livre", "quantity": "3", "price": "33.30", "vat_rate": "5.5"},
]
"""1 000.00 + 99.90 net; VAT 200.00 + 5.49; gross 1 305.39 EUR."""
TWO_LINES_GROSS = 130539
