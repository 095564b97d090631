"""The pairs that crash points are played on: what flow 1 writes there, and what must be true in the end."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sandbox.pennylane.person import PennylanePerson
from sandbox.pipedrive.person import PipedrivePerson
from tests.front_door.account import TWO_LINES_GROSS, siren
from tests.front_door.judge import by_a_person, one_customer, one_delivery, one_vat_rate
from tests.front_door.points import Call, Point
from tests.front_door.stack import Lane, TemporalServer
from tests.front_door.test_pennylane import TOKEN, PennylaneLane
from tests.front_door.test_pipedrive import ADDRESS, SECRETS, PipedriveLane

LAG = 1.2
"""Seconds for which a look-up misses what was written: less than the lane's `settle` of 1.5."""
DEATHS = ("before", "after", "answered")
"""When a worker dies: before a call reaches the vendor, once it had its effect, once it was answered."""


@dataclass
class Case:
    """One point, played with one new deal; the VAT rate is its own."""

    lane: Lane
    point: Point
    vat_rate: str
    deal: str = ""


class Crm(Protocol):
    """What people do and see in one CRM."""

    name: str
    write: Call
    """That of the invoice to its deal."""

    async def ready(self, lane: Lane) -> None: ...

    async def deal(self, case: Case, vat_rate: str | None) -> str:
        """Make a deal of 1,305.39 EUR; with a VAT rate, of one line of 1,000 EUR net."""
        ...

    async def win(self, case: Case) -> None: ...

    async def number(self, case: Case) -> str | None:
        """Return the invoice's number as the deal shows it."""
        ...


class Books(Protocol):
    """One billing system."""

    name: str
    customer: Call
    draft: Call
    calls: tuple[Call, ...]
    """All its writes of flow 1, these two among them."""
    untold: str
    """Of which writes nobody learns the end, as a regular expression for the audit's key."""

    async def ready(self, lane: Lane) -> None: ...

    def late_points(self) -> Iterator[Point]:
        """Yield what happens to a write that nobody sees for a while."""
        ...

    def new_rate(self, case: Case) -> str | None:
        """Return a rate that the account has never seen, where creating it is what breaks."""
        ...

    async def helped(self, case: Case) -> None:
        """Be the person whom a flow asks, where only a person can know."""
        ...

    async def judge(self, case: Case) -> str:
        """One customer, one right invoice, one delivery; return the invoice's number."""
        ...


class HubSpot:
    name = "hubspot"
    write = Call("write to the deal", "hubspot", "PATCH", "/crm/v3/objects/deals/[^/]+", skip=1)

    async def ready(self, lane: Lane) -> None:
        """It tells of deals from the start."""

    async def deal(self, case: Case, vat_rate: str | None) -> str:
        if vat_rate is None:
            return await case.lane.account.deal()
        lines = [{"name": "Conseil", "quantity": "1", "price": "1000.00", "vat_rate": vat_rate}]
        return await case.lane.account.deal(lines=lines)

    async def win(self, case: Case) -> None:
        await case.lane.account.win(case.deal)

    async def number(self, case: Case) -> str | None:
        return (await case.lane.account.shown(case.deal))["billing_invoice_number"]


class Pipedrive:
    name = "pipedrive"
    write = Call("write to the deal", "pipedrive", "PATCH", "/api/v2/deals/[^/]+", skip=1)

    async def ready(self, lane: Lane) -> None:
        await lane.account.settings("pipedrive", rate_limits=False, sum_with_tax=False)
        done = await lane.command("setup", "--json")
        assert done.returncode == 0, done.stdout
        assert isinstance(lane, PipedriveLane)
        await lane.listen()

    async def deal(self, case: Case, vat_rate: str | None) -> str:
        assert vat_rate is None
        person, number = PipedrivePerson(case.lane.account.http), siren(60_000_000 + int(case.vat_rate))
        company = await person.create("organization", name=f"Atelier {number}", address=ADDRESS)
        reached = {"SIREN": number, "E-mail de facturation": f"compta@atelier-{number}.example"}
        await person.set_fields("organization", company, **reached)
        values = {"title": f"Refonte {number}", "org_id": company, "currency": "EUR", "value": 1099.9}
        deal = await person.create("deal", **values)
        await person.add_line(deal, "Conseil", 1000.0, tax=20)
        await person.add_line(deal, "Livre", 33.3, 3, tax=5.5)
        return str(deal)

    async def win(self, case: Case) -> None:
        await PipedrivePerson(case.lane.account.http).win(int(case.deal))

    async def number(self, case: Case) -> str | None:
        shown = await PipedrivePerson(case.lane.account.http).shown("deal", int(case.deal))
        number: str | None = shown["custom"].get("Facture - numéro")
        return number


class Stripe:
    """A repeat is held back by its idempotency key."""

    name, untold = "stripe", "$."
    customer = Call("create customer", "stripe", "POST", "/v1/customers")
    rate = Call("create VAT rate", "stripe", "POST", "/v1/tax_rates")
    draft = Call("create draft", "stripe", "POST", "/v1/invoices")
    send = Call("send", "stripe", "POST", "/v1/invoices/[^/]+/send")
    calls: tuple[Call, ...] = (
        customer,
        rate,
        draft,
        Call("add lines", "stripe", "POST", "/v1/invoices/[^/]+/add_lines"),
        Call("finalise", "stripe", "POST", "/v1/invoices/[^/]+/finalize"),
        send,
    )

    async def ready(self, lane: Lane) -> None:
        """Nothing is prepared."""

    def late_points(self) -> Iterator[Point]:
        for call, stale in (
            (self.customer, "/v1/customers.*"),
            (self.rate, "/v1/tax_rates.*"),
            (self.draft, "/v1/invoices.*"),
            (self.send, "/v1/events"),
        ):
            yield Point(call, "after", {"status": 500}, stale=stale)
            yield Point(call, "after", {"reset": True}, stale=stale)
        yield Point(self.customer, "after", {}, kills=True, stale="/v1/customers.*")
        yield Point(self.draft, "after", {}, kills=True, stale="/v1/invoices.*")

    def new_rate(self, case: Case) -> str | None:
        return case.vat_rate if case.point.call is self.rate else None

    async def helped(self, case: Case) -> None:
        """Stripe can be asked everything."""

    async def judge(self, case: Case) -> str:
        account, gross = case.lane.account, TWO_LINES_GROSS
        if rate := self.new_rate(case):
            gross = 100000 + int(rate) * 1000
            await one_vat_rate(account, rate)
        invoices = await account.billing.invoices(crm_deal_id=f"{case.lane.crm}:{case.deal}")
        assert len(invoices) == 1, f"{len(invoices)} invoices"
        (invoice,) = invoices
        assert (invoice["status"], invoice["currency"], invoice["total"]) == ("open", "eur", gross)
        await one_customer(account, invoice)
        await one_delivery(account, invoice)
        return str(invoice["number"])


class Pennylane:
    """There are no keys: what was asked for is looked for in lists that lag, and a mail leaves no trace."""

    name, untold = "pennylane", "inv/.+/deliver"
    customer = Call("create customer", "pennylane", "POST", "/api/external/v2/company_customers")
    draft = Call("create draft", "pennylane", "POST", "/api/external/v2/customer_invoices")
    send = Call("send", "pennylane", "POST", "/api/external/v2/customer_invoices/[^/]+/send_by_email")
    calls: tuple[Call, ...] = (
        customer,
        draft,
        Call("finalise", "pennylane", "PUT", "/api/external/v2/customer_invoices/[^/]+/finalize"),
        Call("say whose it is", "pennylane", "PUT", "/api/external/v2/customer_invoices/[^/]+"),
        send,
    )

    async def ready(self, lane: Lane) -> None:
        await lane.account.settings("pennylane", pdf_seconds=0.0, rate_limits=False, filter_lag=LAG)

    def late_points(self) -> Iterator[Point]:
        for call in (self.customer, self.draft):
            yield Point(call, "after", {"status": 500})
            yield Point(call, "after", {"reset": True})

    def new_rate(self, case: Case) -> str | None:  # noqa: ARG002 - its rates are fixed
        return None

    async def helped(self, case: Case) -> None:
        if case.point.call is not self.send:
            return
        question = await case.lane.question(case.deal)
        person = PennylanePerson(case.lane.account.http)
        (found,) = await person.invoices(external_reference=f"{case.lane.crm}:{case.deal}/1/1")
        invoice = await person.invoice(found["id"])
        if not await case.lane.account.mails(invoice["invoice_number"]):
            await person.do("POST", f"/customer_invoices/{invoice['id']}/send_by_email")
        answered = await case.lane.command("inbox", "skip", question.incident)
        assert answered.returncode == 0, answered.stderr

    async def judge(self, case: Case) -> str:
        person, deal = PennylanePerson(case.lane.account.http), f"{case.lane.crm}:{case.deal}/"
        every = await person.invoices()
        invoices = [each for each in every if (each["external_reference"] or "").startswith(deal)]
        assert len(invoices) == 1, f"{len(invoices)} invoices"
        invoice = await person.invoice(invoices[0]["id"])
        assert (invoice["draft"], invoice["currency_amount"]) == (False, "1305.39")
        customers = await person.customers()
        (name,) = [each["name"] for each in customers if each["id"] == invoice["customer"]["id"]]
        assert len([each for each in customers if each["name"] == name]) == 1
        mails = await case.lane.account.mails(invoice["invoice_number"])
        assert len(mails) == 1, f"{len(mails)} e-mails of invoice {invoice['invoice_number']}"
        return str(invoice["invoice_number"])


class PipedrivePennylaneLane(PipedriveLane, PennylaneLane):
    """Neither of the vendors that everything else is played on."""


_RATES = ", ".join(str(rate) for rate in range(100))
_SECRETS = {"RACCORD_VAT__RATES": f"[{_RATES}, 5.5, 2.1]"} | TOKEN | SECRETS


@dataclass(frozen=True)
class Pair:
    """A CRM and a billing system. `fewest` points, so that none is lost unseen, on so many lanes."""

    crm: Crm
    books: Books
    lane_type: type[Lane]
    points: tuple[Point, ...]
    fewest: int
    lanes: int

    def __str__(self) -> str:
        return f"{self.crm.name}-{self.books.name}"

    def lane(self, server: TemporalServer, directory: Path, name: str) -> Lane:
        return self.lane_type(server, directory, name, messenger=False, overrides=_SECRETS)

    async def ready(self, lane: Lane) -> None:
        await self.crm.ready(lane)
        await self.books.ready(lane)

    async def writes(self, case: Case, number: str, *, since: int) -> int:
        """Count our requests that say the number on the deal: a second of equal values changes nothing."""
        requests = await case.lane.account.requests(vendor=self.crm.name, since=str(since))
        ours = [each for each in requests if each["method"] == "PATCH" and not by_a_person(each)]
        to_it = [each for each in ours if each["path"].endswith(f"/deals/{case.deal}")]
        return len([each for each in to_it if number in each["body"]])


def _deaths(calls: Iterable[Call]) -> Iterator[Point]:
    for call in calls:
        for when in DEATHS:
            yield Point(call, when, {}, kills=True)


def _whole(crm: Crm, books: Books) -> tuple[Point, ...]:
    return (*_deaths((*books.calls, crm.write)), *books.late_points())


def _crossing(crm: Crm, books: Books) -> tuple[Point, ...]:
    """Where one vendor's ids are written into the other: the rest is either vendor's alone."""
    return tuple(_deaths((books.customer, books.draft, crm.write)))


_HUBSPOT, _PIPEDRIVE, _STRIPE, _PENNYLANE = HubSpot(), Pipedrive(), Stripe(), Pennylane()
PAIRS = (
    Pair(_HUBSPOT, _STRIPE, Lane, _whole(_HUBSPOT, _STRIPE), fewest=31, lanes=4),
    Pair(_HUBSPOT, _PENNYLANE, PennylaneLane, _whole(_HUBSPOT, _PENNYLANE), fewest=22, lanes=4),
    Pair(_PIPEDRIVE, _STRIPE, PipedriveLane, _crossing(_PIPEDRIVE, _STRIPE), fewest=9, lanes=2),
    Pair(
        _PIPEDRIVE, _PENNYLANE, PipedrivePennylaneLane, _crossing(_PIPEDRIVE, _PENNYLANE), fewest=9, lanes=2
    ),
)
