"""HubSpot, as the suites for CRMs meet it."""

from sandbox.hubspot import scopes
from sandbox.hubspot.person import PRIMARY_COMPANY, HubSpotPerson
from tests.connectors.conformance.cases import CrmCase
from tests.connectors.conformance.lab import Lab

LINE_OF_DEAL = 19
"""The association type (HubSpot docs: associations v4)."""


class HubSpotCase(CrmCase):
    def person(self, lab: Lab) -> HubSpotPerson:
        return HubSpotPerson(lab.http)

    async def deal(self, lab: Lab, *, name: str = "deal", company: str = "Atelier") -> str:
        person = self.person(lab)
        made = await person.create("companies", {"name": company, "country": "France", "siren": "732829320"})
        lines = [
            await person.create("line_items", {"name": name, "quantity": n, "price": price, "vat_rate": rate})
            for name, n, price, rate in (("Conseil", "1", "1000.00", "20"), ("Livre", "3", "33.30", "5.5"))
        ]
        deal = {"dealname": name, "pipeline": "default", "dealstage": "contractsent"}
        deal |= {"deal_currency_code": "EUR", "hubspot_owner_id": "64492917"}
        ties = (("line_items", line, LINE_OF_DEAL) for line in lines)
        return await person.create("deals", deal, ("companies", made, PRIMARY_COMPANY), *ties)

    async def win(self, lab: Lab, deal: str) -> None:
        await self.person(lab).win(deal)

    async def delete(self, lab: Lab, deal: str) -> None:
        await self.person(lab).delete("deals", deal)

    async def arrival(self, lab: Lab, /) -> str:
        deal = await self.deal(lab)
        await self.win(lab, deal)
        return deal


CASES = (
    HubSpotCase(
        vendor="hubspot",
        settings={
            "access_token": "pat-eu1-sandbox-0000",
            "webhook_secret": "sandbox-hubspot-client-secret-0000",
            "account_id": 144000001,
            "app_id": 8123456,
            "requests_per_second": 1000,
        },
        credential="access_token",
        denied={"scopes": [scope for scope in scopes.ALL if scope != "crm.objects.deals.write"]},
        permission="crm.objects.deals.write",
        bare={"custom_properties": False, "payment_properties": False},
        paid_stage={"paid_stages": ["218933907"]},
        # Of 100 in ten seconds (HubSpot docs: usage-guidelines): one second saved up, and its own.
        most_a_second=20,
        signed=("x-hubspot-signature-v3", "x-hubspot-request-timestamp"),
    ),
)
