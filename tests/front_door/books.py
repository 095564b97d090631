"""What people do and see in each billing system."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sandbox.pennylane.person import PennylanePerson
from tests.front_door.account import TWO_LINES_GROSS
from tests.front_door.judge import one_customer, one_delivery, one_vat_rate
from tests.front_door.points import Call, Case, Point
from tests.front_door.stack import Lane

LAG = 1.2
"""Seconds for which a look-up misses what was written: less than the lane's `settle` of 1.5."""


@dataclass(frozen=True)
class Billed:
    """The one invoice of a deal, by the vendor's ids."""

    invoice: str
    number: str
    customer: str


class Books(Protocol):
    name: str
    tells: bool
    """Whether it sends webhooks of money and of customers; else the sweep finds both."""
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

    async def judge(self, lane: Lane, deal: str, new_rate: str | None = None) -> Billed:
        """One customer, one right invoice, one delivery; return what there is.

        With a new VAT rate the deal has one line of 1,000 EUR net.
        """
        ...

    async def pay(self, lane: Lane, its: Billed) -> None:
        """All of it arrives by transfer, on the day of the invoice where a day is what is kept."""
        ...

    async def let_be_due(self, lane: Lane, its: Billed, day: date) -> None:
        """Have the invoice been due on a day that is past, by nothing that is told."""
        ...

    async def place(self, lane: Lane, its: Billed) -> tuple[str, str, str]:
        """Return street, postcode and town of the customer."""
        ...

    async def edit_email(self, lane: Lane, its: Billed, email: str) -> None: ...


class Stripe:
    """A repeat is held back by its idempotency key."""

    name, tells, untold = "stripe", True, "$."
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

    async def judge(self, lane: Lane, deal: str, new_rate: str | None = None) -> Billed:
        account, gross = lane.account, TWO_LINES_GROSS
        if new_rate:
            gross = 100000 + int(new_rate) * 1000
            await one_vat_rate(account, new_rate)
        invoices = await account.billing.invoices(crm_deal_id=f"{lane.crm}:{deal}")
        assert len(invoices) == 1, f"{len(invoices)} invoices"
        (invoice,) = invoices
        assert (invoice["status"], invoice["currency"], invoice["total"]) == ("open", "eur", gross)
        await one_customer(account, invoice)
        await one_delivery(account, invoice)
        return Billed(invoice["id"], invoice["number"], invoice["customer"])

    async def pay(self, lane: Lane, its: Billed) -> None:
        await lane.account.billing.pay_by_transfer(its.invoice)

    async def let_be_due(self, lane: Lane, its: Billed, day: date) -> None:
        clock = lane.configuration().settings.clock
        await lane.account.billing.move_due_date(its.invoice, clock.end_of(day))

    async def place(self, lane: Lane, its: Billed) -> tuple[str, str, str]:
        found = await lane.account.billing.call("GET", f"/v1/customers/{its.customer}")
        return tuple(found["address"][each] for each in ("line1", "postal_code", "city"))

    async def edit_email(self, lane: Lane, its: Billed, email: str) -> None:
        await lane.account.billing.edit_customer(its.customer, email=email)


class Pennylane:
    """There are no keys: what was asked for is looked for in lists that lag, and a mail leaves no trace."""

    name, tells, untold = "pennylane", False, "inv/.+/deliver"
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

    async def judge(self, lane: Lane, deal: str, new_rate: str | None = None) -> Billed:
        assert new_rate is None
        person, ours = PennylanePerson(lane.account.http), f"{lane.crm}:{deal}/"
        every = await person.invoices()
        invoices = [each for each in every if (each["external_reference"] or "").startswith(ours)]
        assert len(invoices) == 1, f"{len(invoices)} invoices"
        invoice = await person.invoice(invoices[0]["id"])
        assert (invoice["draft"], invoice["currency_amount"]) == (False, "1305.39")
        customers = await person.customers()
        (name,) = [each["name"] for each in customers if each["id"] == invoice["customer"]["id"]]
        assert len([each for each in customers if each["name"] == name]) == 1
        mails = await lane.account.mails(invoice["invoice_number"])
        assert len(mails) == 1, f"{len(mails)} e-mails of invoice {invoice['invoice_number']}"
        return Billed(str(invoice["id"]), invoice["invoice_number"], str(invoice["customer"]["id"]))

    async def pay(self, lane: Lane, its: Billed) -> None:
        person = PennylanePerson(lane.account.http)
        invoice = await person.invoice(int(its.invoice))
        of = {"customer_id": int(its.customer), "invoice_id": int(its.invoice), "date": invoice["date"]}
        await person.receive(invoice["remaining_amount_with_tax"], f"VIR SEPA {its.number}", **of)

    async def let_be_due(self, lane: Lane, its: Billed, day: date) -> None:
        await PennylanePerson(lane.account.http).postpone(int(its.invoice), day)

    async def place(self, lane: Lane, its: Billed) -> tuple[str, str, str]:
        found = await PennylanePerson(lane.account.http).get(f"/customers/{its.customer}")
        return tuple(found["billing_address"][each] for each in ("address", "postal_code", "city"))

    async def edit_email(self, lane: Lane, its: Billed, email: str) -> None:
        await PennylanePerson(lane.account.http).edit_customer(int(its.customer), emails=[email])
