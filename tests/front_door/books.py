"""The billing systems that crash points are played on: what flow 1 writes there, and what must be true."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sandbox.pennylane.person import PennylanePerson
from tests.front_door.account import TWO_LINES_GROSS
from tests.front_door.judge import invoice_is_right, one_customer, one_delivery, one_vat_rate
from tests.front_door.points import Call, Point
from tests.front_door.stack import Lane, TemporalServer
from tests.front_door.test_pennylane import TOKEN, PennylaneLane

LAG = 1.2
"""Seconds for which a look-up misses what was written: less than the lane's `settle` of 1.5."""
ON_THE_DEAL = Call("write to the deal", "hubspot", "PATCH", "/crm/v3/objects/deals/[^/]+", skip=1)
DEATHS = ("before", "after", "answered")
"""When a worker dies: before a call reaches the vendor, once it had its effect, once it was answered."""


@dataclass
class Case:
    """One point, played with one new deal; the VAT rate is its own."""

    lane: Lane
    point: Point
    vat_rate: str
    deal: str = ""


class Books(Protocol):
    """One billing system."""

    name: str
    calls: tuple[Call, ...]
    fewest: int
    """Points, so that none is lost unseen."""
    untold: str
    """Of which writes nobody learns the end, as a regular expression for the audit's key."""

    def lane(self, server: TemporalServer, directory: Path, name: str) -> Lane: ...

    async def ready(self, lane: Lane) -> None:
        """Prepare the account once."""
        ...

    def points(self) -> Iterator[Point]: ...

    async def deal(self, case: Case) -> str:
        """Make the deal that a point befalls."""
        ...

    async def helped(self, case: Case) -> None:
        """Be the person whom a flow asks, where only a person can know."""
        ...

    async def judge(self, case: Case) -> None:
        """One customer, one right invoice, one delivery."""
        ...


def deaths(calls: tuple[Call, ...]) -> Iterator[Point]:
    for call in calls:
        for when in DEATHS:
            yield Point(call, when, {}, kills=True)


class StripeBooks:
    """A repeat is held back by its idempotency key."""

    name = "stripe"
    fewest, untold = 31, "$."
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
        ON_THE_DEAL,
    )

    def lane(self, server: TemporalServer, directory: Path, name: str) -> Lane:
        rates = ", ".join(str(rate) for rate in range(100))
        return Lane(server, directory, name, overrides={"RACCORD_VAT__RATES": f"[{rates}, 5.5, 2.1]"})

    async def ready(self, lane: Lane) -> None:
        """Nothing is prepared."""

    def points(self) -> Iterator[Point]:
        yield from deaths(self.calls)
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

    async def deal(self, case: Case) -> str:
        if case.point.call is not self.rate:
            return await case.lane.account.deal()
        # A rate the account has never seen, so that the call which creates it takes place.
        lines = [{"name": "Conseil", "quantity": "1", "price": "1000.00", "vat_rate": case.vat_rate}]
        return await case.lane.account.deal(lines=lines)

    async def helped(self, case: Case) -> None:
        """Stripe can be asked everything."""

    async def judge(self, case: Case) -> None:
        account, gross = case.lane.account, TWO_LINES_GROSS
        if case.point.call is self.rate:
            gross = 100000 + int(case.vat_rate) * 1000
            await one_vat_rate(account, case.vat_rate)
        invoice = await invoice_is_right(account, case.deal, gross=gross)
        await one_customer(account, invoice)
        await one_delivery(account, invoice)


class PennylaneBooks:
    """There are no keys: what was asked for is looked for in lists that lag, and a mail leaves no trace."""

    name = "pennylane"
    fewest, untold = 22, "inv/.+/deliver"
    customer = Call("create customer", "pennylane", "POST", "/api/external/v2/company_customers")
    draft = Call("create draft", "pennylane", "POST", "/api/external/v2/customer_invoices")
    finalise = Call("finalise", "pennylane", "PUT", "/api/external/v2/customer_invoices/[^/]+/finalize")
    label = Call("say whose it is", "pennylane", "PUT", "/api/external/v2/customer_invoices/[^/]+")
    send = Call("send", "pennylane", "POST", "/api/external/v2/customer_invoices/[^/]+/send_by_email")
    calls: tuple[Call, ...] = (customer, draft, finalise, label, send, ON_THE_DEAL)

    def lane(self, server: TemporalServer, directory: Path, name: str) -> Lane:
        return PennylaneLane(server, directory, name, messenger=False, overrides=TOKEN)

    async def ready(self, lane: Lane) -> None:
        await lane.account.settings("pennylane", pdf_seconds=0.0, rate_limits=False, filter_lag=LAG)

    def points(self) -> Iterator[Point]:
        yield from deaths(self.calls)
        for call in (self.customer, self.draft):
            yield Point(call, "after", {"status": 500})
            yield Point(call, "after", {"reset": True})

    async def deal(self, case: Case) -> str:
        return await case.lane.account.deal()

    async def helped(self, case: Case) -> None:
        if case.point.call is not self.send:
            return
        question = await case.lane.question(case.deal)
        person = PennylanePerson(case.lane.account.http)
        (found,) = await person.invoices(external_reference=f"hubspot:{case.deal}/1/1")
        invoice = await person.invoice(found["id"])
        if not await case.lane.account.mails(invoice["invoice_number"]):
            await person.do("POST", f"/customer_invoices/{invoice['id']}/send_by_email")
        answered = await case.lane.command("inbox", "skip", question.incident)
        assert answered.returncode == 0, answered.stderr

    async def judge(self, case: Case) -> None:
        person, shown = PennylanePerson(case.lane.account.http), await case.lane.account.shown(case.deal)
        invoices = [
            each
            for each in await person.invoices()
            if (each["external_reference"] or "").startswith(f"hubspot:{case.deal}/")
        ]
        assert len(invoices) == 1, f"{len(invoices)} invoices"
        invoice = await person.invoice(invoices[0]["id"])
        assert (invoice["draft"], invoice["currency_amount"]) == (False, "1305.39")
        assert shown["billing_invoice_number"] == invoice["invoice_number"]
        customers = await person.customers()
        (name,) = [each["name"] for each in customers if each["id"] == invoice["customer"]["id"]]
        assert len([each for each in customers if each["name"] == name]) == 1
        mails = await case.lane.account.mails(invoice["invoice_number"])
        assert len(mails) == 1, f"{len(mails)} e-mails of invoice {invoice['invoice_number']}"


BOOKS: tuple[Books, ...] = (StripeBooks(), PennylaneBooks())
