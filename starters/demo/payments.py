"""The scenarios of money that comes in."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from starters.demo.scenario import Finding, Scenario, invoiced
from starters.demo.stage import Stage
from starters.demo.vendors import eventually

PAID = "38990100001"
IN_PARTS = "38990100002"
GIVEN_BACK = "38990100023"


async def payment(stage: Stage) -> Finding:
    invoice = await invoice_of(stage, PAID)
    await stage.vendors.billing.pay_by_card(invoice["id"])
    total = invoice["total"]
    shown = await _shows(stage, PAID, "paid")
    told = await messages_about(stage, invoice["number"], 1)
    today = await _day_of_payment(stage, invoice["id"])
    return Finding(
        ok=(shown["billing_payment_status"], shown["billing_paid_on"]) == ("paid", today)
        and cents(shown["billing_amount_paid"]) == total
        and told == 1,
        expected=f"deal paid on {today}, {total / 100:.2f} received, 1 message to the salesperson",
        found=f"deal {said(shown)}, {told} message(s)",
    )


async def partial_payment(stage: Stage) -> Finding:
    invoice = await invoice_of(stage, IN_PARTS)
    part = invoice["total"] // 3
    await stage.vendors.billing.pay_part(invoice["id"], part)
    partly = await _shows(stage, IN_PARTS, "partly_paid")
    after_one = await messages_about(stage, invoice["number"], 1)
    await stage.vendors.billing.pay_part(invoice["id"], invoice["total"] - part)
    paid = await _shows(stage, IN_PARTS, "paid")
    told = await messages_about(stage, invoice["number"], 2)
    rest = invoice["total"] - part
    return Finding(
        ok=cents(partly["billing_amount_due"]) == rest
        and not partly["billing_paid_on"]
        and cents(paid["billing_amount_due"]) == 0
        and (after_one, told) == (1, 2),
        expected=f"{rest / 100:.2f} still due after the first part, nothing after the second, 1 message each",
        found=f"first {said(partly)}, then {said(paid)}, {after_one} and {told} message(s)",
    )


async def refund(stage: Stage) -> Finding:
    invoice = await invoice_of(stage, GIVEN_BACK)
    back = 5000
    await stage.vendors.billing.pay_by_card(invoice["id"])
    paid = await _shows(stage, GIVEN_BACK, "paid")
    await messages_about(stage, invoice["number"], 1)
    await stage.vendors.billing.refund(invoice["id"], back)
    shown = await _shows(stage, GIVEN_BACK, "partly_refunded")
    told = await messages_about(stage, invoice["number"], 2)
    due = cents(shown["billing_amount_due"])
    kept = shown["billing_paid_on"] == paid["billing_paid_on"]
    return Finding(
        ok=shown["billing_payment_status"] == "partly_refunded" and due == 0 and kept and told == 2,
        expected=f"{back / 100:.2f} refunded, nothing due, the day of payment kept, 2 messages",
        found=f"deal {said(shown)}, day {'kept' if kept else 'changed'}, {told} message(s)",
    )


async def invoice_of(stage: Stage, deal: str) -> dict[str, Any]:
    """Win the deal if nobody has yet, and return its issued invoice."""
    if not (await stage.vendors.crm.shown(deal))["billing_invoice_number"]:
        await stage.vendors.crm.win(deal)
        await invoiced(stage, deal)
    (found,) = await stage.vendors.invoices(deal)
    return found


async def _shows(stage: Stage, deal: str, status: str) -> dict[str, str | None]:
    """Wait until the deal shows a status, and return what it shows when it does or time is up."""

    async def so() -> bool:
        return (await stage.vendors.crm.shown_payment(deal))["billing_payment_status"] == status

    await eventually(so)
    return await stage.vendors.crm.shown_payment(deal)


async def messages_about(stage: Stage, number: str, count: int) -> int:
    """Wait for so many messages about an invoice, a moment longer for one too many; return how many came."""

    async def there() -> bool:
        return len(await stage.vendors.chat.messages(number)) >= count

    async def more() -> bool:
        return len(await stage.vendors.chat.messages(number)) > count

    await eventually(there, within=timedelta(seconds=30))
    await eventually(more, within=timedelta(seconds=2))
    return len(await stage.vendors.chat.messages(number))


async def _day_of_payment(stage: Stage, invoice: str) -> str:
    paid_at = (await stage.vendors.billing.invoice(invoice))["status_transitions"]["paid_at"]
    return str(stage.clock.date_of(datetime.fromtimestamp(paid_at, UTC)))


def cents(text: str | None) -> int | None:
    """Read a number of HubSpot's as minor units; None for an empty field."""
    return int(Decimal(text) * 100) if text else None


def said(shown: dict[str, str | None]) -> str:
    paid, due = shown["billing_amount_paid"] or "nothing", shown["billing_amount_due"] or "nothing"
    on = f" on {shown['billing_paid_on']}" if shown["billing_paid_on"] else ""
    return f"“{shown['billing_payment_status'] or 'shows nothing'}”{on}, {paid} paid, {due} due"


SCENARIOS = (
    Scenario("payment", "The customer pays: the deal shows it, the salesperson is told", payment, "payment"),
    Scenario("partial-payment", "The customer pays in two parts, by transfer", partial_payment, "payment"),
    Scenario("refund", "A part is given back: no debt, and the day of payment stays", refund, "payment"),
)
