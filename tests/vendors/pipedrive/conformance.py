"""Pipedrive, as the suites for CRMs meet it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from raccord.domain.values.described import Purpose
from sandbox.pipedrive.person import CAMILLE, PipedrivePerson
from tests.connectors.conformance.cases import CrmCase
from tests.connectors.conformance.lab import Lab
from tests.vendors.pipedrive.account import TOKEN


class PipedriveCase(CrmCase):
    @asynccontextmanager
    async def open(self, lab: Lab, **more: Any) -> AsyncIterator[Any]:
        """Open the port on an account that has every mapped field."""
        async with super().open(lab) as quick:
            await quick.set_up()
        async with super().open(lab, **more) as port:
            yield port

    def person(self, lab: Lab) -> PipedrivePerson:
        return PipedrivePerson(lab.http)

    async def deal(self, lab: Lab, *, name: str = "deal", company: str = "Atelier") -> str:
        person = self.person(lab)
        made = await person.create("organization", name=company, address={"value": "France"})
        await person.set_fields("organization", made, SIREN="732829320")
        deal = await person.create("deal", title=name, org_id=made, owner_id=CAMILLE, currency="EUR")
        for line, price, quantity, tax in (("Conseil", 1000.0, 1, 20), ("Livre", 33.3, 3, 5.5)):
            await person.add_line(deal, line, price, quantity, tax=tax)
        return str(deal)

    async def win(self, lab: Lab, deal: str) -> None:
        await self.person(lab).win(int(deal))

    async def delete(self, lab: Lab, deal: str) -> None:
        await self.person(lab).delete("deal", int(deal))

    async def deny(self, lab: Lab) -> None:
        """Refuse every edit, as to a user whose permission set has no such right."""
        await lab.switches.fault(vendor=self.vendor, method=["PATCH"], effect={"status": 403}, times=None)

    async def arrival(self, lab: Lab, /) -> str:
        return str(await self.person(lab).create("organization", name="Atelier"))


CASES = (
    PipedriveCase(
        vendor="pipedrive",
        settings={
            "api_token": TOKEN,
            "webhook_secret": "sandbox-pipedrive-webhook-0000",
            "company_id": 8087566,
            "requests_per_second": 1000,
            "mapping": {"companies": {"phone": "Téléphone"}},
        },
        credential="api_token",
        # An API token has no scopes: see `deny`.
        denied={},
        permission="edit all deals",
        bare={"custom_fields": False},
        built_in=frozenset((Purpose.VAT_RATE,)),
        siren="SIREN",
        # The last one of its pipeline.
        paid_stage={"paid_stages": [4]},
        quiet={"rate_limits": False},
        at_once=12,
        most_a_second=10,  # of 20 in two seconds on the smallest plan (pipedrive page, section 8)
        signed=("authorization",),
        signs_all=False,
        signs_time=False,
    ),
)
