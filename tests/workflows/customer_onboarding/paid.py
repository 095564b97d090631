"""A house whose deal is paid, and what its onboarding did."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from activities.onboarding.starting import OnboardingActivities
from raccord.domain.onboarding.start import OnboardingStart
from raccord.domain.rules.modes import Mode
from raccord.domain.values.invoice import InvoiceState
from raccord.domain.values.money import Money
from raccord.domain.values.parties import Owner
from raccord.domain.values.payment import Dispute, DisputeState, InvoiceMoney, Payment, PaymentMeans
from raccord.records.waiting import Waiting
from raccord.temporal.flows import CUSTOMER_ONBOARDING
from tests.domain import samples
from tests.fakes.switches import Switches
from tests.front_door.stack import until
from tests.workflows.house import REF, House

ROLES = """
mailer = "smtp"
outbound = ["make", "books"]
"""
CONNECTIONS = """
[company]
name = "Hexalab"

[watch]
probe_every = "12 h"

[smtp]
base_url = "smtp://127.0.0.1:25"
encryption = "none"
sender = "Hexalab <bonjour@hexalab.example>"

[make]
vendor = "standard_webhooks"
base_url = "https://hook.make.example/1"
webhook_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

[books]
vendor = "standard_webhooks"
base_url = "https://books.example/events"
webhook_secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
"""
TASK = """
[[onboarding.steps]]
kind = "crm_task"
name = "kick-off"
title = "Call {customer}"
text = "{amount} came in for {deal} ({invoices})."
due_in = 2
"""
MAIL = """
[[onboarding.steps]]
kind = "email"
name = "welcome"
"""
TELL = """
[[onboarding.steps]]
kind = "slack"
name = "tell"
title = "{customer} has paid"
text = "Thank {salesperson}."
"""
EVENT = """
[[onboarding.steps]]
kind = "event"
name = "out"
"""
STEPS = TASK + MAIL + TELL + EVENT
ISSUED = date(2026, 11, 20)
AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
START = OnboardingStart(deal=REF, invoices=("in_1",), language="fr")


class Paid:
    """Sophie's deal of 120 EUR, paid by card, and its onboarding."""

    def __init__(self, home: House) -> None:
        self.home = home
        home.edit(owner=Owner(id="9", name="Sophie Martin", email="sophie@hexalab.example"), language="")
        self.have("in_1")

    def have(self, id: str, *, gross: str = "120.00", issued_on: date = ISSUED) -> None:
        """Let the billing system hold a paid invoice."""
        amount = Money(amount=Decimal(gross), currency="EUR")
        invoice = samples.invoice(InvoiceState.PAID, id=id, number=id.upper(), issued_on=issued_on)
        invoice = invoice.model_copy(update={"totals": invoice.totals.model_copy(update={"gross": amount})})
        self.home.billing.invoices[id] = invoice
        nothing = Money.zero("EUR")
        self.home.billing.money[id] = InvoiceMoney(
            invoice=invoice, paid=amount, due=nothing, overpaid=nothing, payments=(payment(amount),)
        )

    def now(self, id: str = "in_1", **changes: Any) -> None:
        """Let the money of an invoice be otherwise."""
        self.home.billing.money[id] = self.home.billing.money[id].model_copy(update=changes)

    async def refund(self) -> None:
        money = self.home.billing.money["in_1"]
        self.now(payments=(payment(money.paid, refunded=money.paid),))

    async def work(
        self, steps: str = STEPS, *, rules: str = "settle = 0", mail: str = "in_test = true"
    ) -> None:
        """Start the workers with these steps; `rules` are further settings of onboarding."""
        more = f"{CONNECTIONS}\n[mail]\n{mail}\n[onboarding]\n{rules}\n{steps}"
        doing = await self.home.work(roles=ROLES, more=more)
        self.acts = next(owner for owner in doing if isinstance(owner, OnboardingActivities))
        self.rule(Mode.LIVE)

    def rule(self, mode: Mode) -> None:
        vars(self.acts)["_policy"] = vars(self.acts)["_policy"].model_copy(update={"mode": mode})

    async def begin(self, start: OnboardingStart = START) -> None:
        await self.home.started("CustomerOnboarding", start, id=start.key)

    async def end(self, *, skip: timedelta = timedelta(seconds=3)) -> dict[str, Any]:
        return await self.home.end(CUSTOMER_ONBOARDING.id_of(REF.subject), skip=skip)

    async def outcome(self, *, skip: timedelta = timedelta(seconds=3)) -> dict[str, Any]:
        await self.begin()
        return await self.end(skip=skip)

    async def until(self, seen: Callable[[], bool]) -> None:
        """Wait until something is to be seen, without skipping time."""

        async def now() -> bool:
            return seen()

        await until(now, what="what the flow does")

    async def called(self, port: Switches, method: str, times: int) -> None:
        """Wait until a method was called so often at least, without skipping time."""
        await self.until(lambda: port.calls[method] >= times)

    async def changed(self) -> None:
        """Tell the flow that a record changed."""
        await self.home.change(flow=CUSTOMER_ONBOARDING)

    async def question(self, *steps: str) -> Waiting:
        """Wait until it asks about exactly these steps."""
        found: list[Waiting] = []

        async def asked() -> bool:
            found[:] = await self.home.records.waiting.list()
            return any({each.record.id for each in row.question.problems} == set(steps) for row in found)

        await until(asked, what=f"a question about {steps}")
        return found[0]

    @property
    def tasks(self) -> list[str]:
        return [task.subject for task in self.home.crm.tasks.values() if not task.subject.startswith("Une ")]

    @property
    def mails(self) -> int:
        return len(self.home.mailer.arrived)

    @property
    def told(self) -> list[str]:
        found = self.home.messenger.messages.values()
        return [each.notice.title for each in found if each.ref.startswith("onboarding/")]


def states(end: dict[str, Any]) -> dict[str, str]:
    """Return what became of each step."""
    return {each["name"]: each["state"] for each in end["steps"]}


def payment(amount: Money, *, refunded: Money | None = None, dispute: DisputeState | None = None) -> Payment:
    disputes = (Dispute(id="dp_1", amount=amount, state=dispute, opened_at=AT),) if dispute else ()
    return Payment(
        id="pi_1",
        amount=amount,
        paid_at=AT,
        means=PaymentMeans.CARD,
        refunded=refunded or Money.zero(amount.currency),
        disputes=disputes,
    )
