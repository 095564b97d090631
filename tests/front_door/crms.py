"""What people do and see in each CRM."""

from dataclasses import dataclass
from typing import Protocol

from sandbox.pipedrive.person import PipedrivePerson
from tests.front_door.account import siret
from tests.front_door.points import Call
from tests.front_door.stack import Lane
from tests.front_door.test_contacts import SUBSCRIPTIONS
from tests.front_door.test_pipedrive import ADDRESS, PipedriveLane

STREET, POSTCODE, TOWN = "8 quai Neuf", "69100", "Villeurbanne"
"""Where customers move to."""


@dataclass(frozen=True)
class Paid:
    """What a deal shows of the money that its invoice brought; the day as ISO 8601, empty for none."""

    status: str
    paid: str
    due: str
    on: str


class Crm(Protocol):
    name: str
    write: Call
    """That of the invoice to its deal."""
    paid: str
    """What the status of a paid deal is called there."""

    async def ready(self, lane: Lane) -> None: ...

    async def tells_of_companies(self, lane: Lane) -> None:
        """Have it send webhooks of companies, too."""
        ...

    async def deal(self, lane: Lane, vat_rate: str | None = None) -> str:
        """Make a deal of 1,305.39 EUR; with a VAT rate, of one line of 1,000 EUR net."""
        ...

    async def win(self, lane: Lane, deal: str) -> None: ...

    async def number(self, lane: Lane, deal: str) -> str | None:
        """Return the invoice's number as the deal shows it."""
        ...

    async def payment(self, lane: Lane, deal: str) -> Paid: ...

    async def tasks(self, lane: Lane, deal: str) -> list[str]:
        """Return the subjects of the deal's tasks."""
        ...

    async def move_house(self, lane: Lane, deal: str) -> None:
        """Type another address for the deal's company."""
        ...

    async def billing_email(self, lane: Lane, deal: str) -> str | None:
        """Return that of the deal's company."""
        ...


class HubSpot:
    name, paid = "hubspot", "paid"
    write = Call("write to the deal", "hubspot", "PATCH", "/crm/v3/objects/deals/[^/]+", skip=1)

    async def ready(self, lane: Lane) -> None:
        """It tells of deals from the start."""

    async def tells_of_companies(self, lane: Lane) -> None:
        await lane.account.settings("hubspot", subscriptions=SUBSCRIPTIONS)

    async def deal(self, lane: Lane, vat_rate: str | None = None) -> str:
        if vat_rate is None:
            return await lane.account.deal(amount="1099.90")
        lines = [{"name": "Conseil", "quantity": "1", "price": "1000.00", "vat_rate": vat_rate}]
        return await lane.account.deal(lines=lines)

    async def win(self, lane: Lane, deal: str) -> None:
        await lane.account.win(deal)

    async def number(self, lane: Lane, deal: str) -> str | None:
        return (await lane.account.shown(deal))["billing_invoice_number"]

    async def payment(self, lane: Lane, deal: str) -> Paid:
        shown = await lane.account.crm.shown_payment(deal)
        names = ("payment_status", "amount_paid", "amount_due", "paid_on")
        return Paid(*(shown[f"billing_{each}"] or "" for each in names))

    async def tasks(self, lane: Lane, deal: str) -> list[str]:
        return [each["hs_task_subject"] or "" for each in await lane.account.tasks(deal)]

    async def move_house(self, lane: Lane, deal: str) -> None:
        company = await lane.account.crm.company_of(deal)
        await lane.account.edit("companies", company, address=STREET, zip=POSTCODE, city=TOWN)

    async def billing_email(self, lane: Lane, deal: str) -> str | None:
        crm = lane.account.crm
        return (await crm.values("companies", await crm.company_of(deal), "billing_email"))["billing_email"]


class Pipedrive:
    name, paid = "pipedrive", "Payée"
    write = Call("write to the deal", "pipedrive", "PATCH", "/api/v2/deals/[^/]+", skip=1)

    async def ready(self, lane: Lane) -> None:
        await lane.account.settings("pipedrive", rate_limits=False, sum_with_tax=False)
        done = await lane.command("setup", "--json")
        assert done.returncode == 0, done.stdout
        assert isinstance(lane, PipedriveLane)
        await lane.listen()

    async def tells_of_companies(self, lane: Lane) -> None:
        """It does from the start."""

    async def deal(self, lane: Lane, vat_rate: str | None = None) -> str:
        assert vat_rate is None
        person, number = _person(lane), siret()[:9]
        company = await person.create("organization", name=f"Atelier {number}", address=ADDRESS)
        reached = {"SIREN": number, _EMAIL: f"compta@atelier-{number}.example"}
        await person.set_fields("organization", company, **reached)
        values = {"title": f"Refonte {number}", "org_id": company, "currency": "EUR", "value": 1099.9}
        deal = await person.create("deal", **values)
        await person.add_line(deal, "Conseil", 1000.0, tax=20)
        await person.add_line(deal, "Livre", 33.3, 3, tax=5.5)
        return str(deal)

    async def win(self, lane: Lane, deal: str) -> None:
        await _person(lane).win(int(deal))

    async def number(self, lane: Lane, deal: str) -> str | None:
        shown = await _person(lane).shown("deal", int(deal))
        number: str | None = shown["custom"].get("Facture - numéro")
        return number

    async def payment(self, lane: Lane, deal: str) -> Paid:
        shown = (await _person(lane).shown("deal", int(deal)))["custom"]
        names = ("état", "montant reçu", "reste dû", "date")
        status, *others = (shown.get(f"Paiement - {each}", "") for each in names)
        return Paid(status["label"] if status else "", *map(str, others))

    async def tasks(self, lane: Lane, deal: str) -> list[str]:
        return [each["subject"] for each in await _person(lane).tasks(int(deal))]

    async def move_house(self, lane: Lane, deal: str) -> None:
        typed = {"value": f"{STREET}, {POSTCODE} {TOWN}, France"}
        await _person(lane).edit("organization", await self._company_of(lane, deal), address=typed)

    async def billing_email(self, lane: Lane, deal: str) -> str | None:
        company = await _person(lane).shown("organization", await self._company_of(lane, deal))
        email: str | None = company["custom"].get(_EMAIL)
        return email

    async def _company_of(self, lane: Lane, deal: str) -> int:
        return int((await _person(lane).shown("deal", int(deal)))["org_id"])


_EMAIL = "E-mail de facturation"


def _person(lane: Lane) -> PipedrivePerson:
    return PipedrivePerson(lane.account.http)
