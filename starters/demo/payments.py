"""The scenarios of money that comes in."""

from datetime import timedelta

from raccord.domain.values.message import Text, message
from sandbox.stripe.person import StripePerson
from starters.demo.cast.roles import Issued, Shown
from starters.demo.cast.stripe import Stripe
from starters.demo.scenario import Finding, Scenario, amount, invoiced
from starters.demo.stage import Stage
from starters.demo.vendors import eventually

PAID = "38990100001"
IN_PARTS = "38990100002"
GIVEN_BACK = "38990100023"
STATUSES = {
    "paid": message("demo.status.paid"),
    "partly_paid": message("demo.status.partly_paid"),
    "partly_refunded": message("demo.status.partly_refunded"),
}
"""What the scenarios bring a deal to; any other status is shown as it is spelt there."""


async def payment(stage: Stage) -> Finding:
    invoice = await invoice_of(stage, PAID)
    await stage.vendors.billing.pay(invoice.id)
    total = invoice.total
    shown = await _shows(stage, PAID, "paid")
    told = await messages_about(stage, invoice.number, 1)
    today = str(await stage.vendors.billing.paid_on(invoice.id, stage.clock))
    return Finding(
        ok=(shown.status, shown.paid_on, shown.paid) == ("paid", today, total) and told == 1,
        expected=message("demo.paid.expected", today=today, total=amount(total)),
        found=message(
            "demo.paid.found", shown=said(shown), messages=message("demo.count.messages", count=told)
        ),
    )


async def partial_payment(stage: Stage) -> Finding:
    invoice = await invoice_of(stage, IN_PARTS)
    part = invoice.total // 3
    await stage.vendors.billing.pay_part(invoice.id, part)
    partly = await _shows(stage, IN_PARTS, "partly_paid")
    after_one = await messages_about(stage, invoice.number, 1)
    await stage.vendors.billing.pay_part(invoice.id, invoice.total - part)
    paid = await _shows(stage, IN_PARTS, "paid")
    told = await messages_about(stage, invoice.number, 2)
    rest = invoice.total - part
    return Finding(
        ok=partly.due == rest and not partly.paid_on and paid.due == 0 and (after_one, told) == (1, 2),
        expected=message("demo.partial.expected", rest=amount(rest)),
        found=message(
            "demo.partial.found",
            first=said(partly),
            second=said(paid),
            after_one=after_one,
            messages=message("demo.count.messages", count=told),
        ),
    )


async def refund(stage: Stage) -> Finding:
    invoice = await invoice_of(stage, GIVEN_BACK)
    back = 5000
    await stage.vendors.billing.pay(invoice.id)
    paid = await _shows(stage, GIVEN_BACK, "paid")
    await messages_about(stage, invoice.number, 1)
    await stripe(stage).refund(invoice.id, back)
    shown = await _shows(stage, GIVEN_BACK, "partly_refunded")
    told = await messages_about(stage, invoice.number, 2)
    kept = shown.paid_on == paid.paid_on
    return Finding(
        ok=shown.status == "partly_refunded" and shown.due == 0 and kept and told == 2,
        expected=message("demo.refund.expected", back=amount(back)),
        found=message(
            "demo.refund.kept" if kept else "demo.refund.changed",
            shown=said(shown),
            messages=message("demo.count.messages", count=told),
        ),
    )


async def invoice_of(stage: Stage, deal: str) -> Issued:
    """Win the deal if nobody has yet, and return its issued invoice."""
    if not (await stage.vendors.crm.shown(deal)).number:
        await stage.vendors.crm.win(deal)
        await invoiced(stage, deal)
    (found,) = await stage.vendors.invoices(deal)
    return found


async def _shows(stage: Stage, deal: str, status: str) -> Shown:
    """Wait until the deal shows a status, and return what it shows when it does or time is up."""

    async def so() -> bool:
        return (await stage.vendors.crm.shown(deal)).status == status

    await eventually(so)
    return await stage.vendors.crm.shown(deal)


async def messages_about(stage: Stage, number: str, count: int) -> int:
    """Wait for so many messages about an invoice, a moment longer for one too many; return how many came."""

    async def there() -> bool:
        return len(await stage.vendors.chat.messages(number)) >= count

    async def more() -> bool:
        return len(await stage.vendors.chat.messages(number)) > count

    await eventually(there)
    await eventually(more, within=timedelta(seconds=2))
    return len(await stage.vendors.chat.messages(number))


def stripe(stage: Stage) -> StripePerson:
    """Return who does at Stripe what only pairs with Stripe play."""
    billing = stage.vendors.billing
    assert isinstance(billing, Stripe)  # noqa: S101 - no other pair has these scenarios
    return billing.person


def said(shown: Shown) -> Text:
    """Say what a deal shows of its payment."""
    status, on = shown.status, shown.paid_on
    return message(
        "demo.shown_on" if on else "demo.shown",
        status=STATUSES.get(status, status) if status else message("demo.status.none"),
        day=on,
        paid=_filled(shown.paid),
        due=_filled(shown.due),
    )


def _filled(minor: int | None) -> Text:
    return message("demo.nothing") if minor is None else amount(minor)


PAYMENT = Scenario("payment", message("demo.says.payment"), payment, "payment")
PARTIAL = Scenario("partial-payment", message("demo.says.partial"), partial_payment, "payment")
REFUND = Scenario("refund", message("demo.says.refund"), refund, "payment")
