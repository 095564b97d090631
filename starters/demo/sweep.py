"""The scenario of a company that no webhook reaches: the sweep finds all of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from raccord.domain.values.message import message
from starters.demo.payments import messages_about, said
from starters.demo.scenario import Finding, Scenario, amount
from starters.demo.stage import Stage
from starters.demo.vendors import eventually

UNHEARD = "38990100003"
MOST_SWEEPS = 6
"""The CRM's search lags behind what was written, so that one sweep alone may come too early."""
AFTER_ONE = timedelta(seconds=10)


async def webhooks_off(stage: Stage) -> Finding:
    vendors = stage.vendors
    async with _unheard(stage):
        await vendors.crm.win(UNHEARD)
        await _swept_until(stage, lambda: _numbered(stage))
        found = await vendors.invoices(UNHEARD)
        if len(found) != 1:
            return Finding(
                ok=False,
                expected=message("demo.unheard.one_invoice"),
                found=message("demo.count.invoices", count=len(found)),
            )
        (invoice,) = found
        await vendors.billing.pay(invoice.id)
        await _swept_until(stage, lambda: _paid(stage))
        messages = await messages_about(stage, invoice.number, 1)
        heard = await vendors.deliveries(UNHEARD)
        heard += [each for each in await vendors.sandbox.deliveries() if invoice.number in each["body"]]
    shown, total = await vendors.crm.shown(UNHEARD), await vendors.crm.gross(UNHEARD)
    invoices, mails = await vendors.invoices(UNHEARD), await vendors.sandbox.mails(invoice.number)
    # The invoice itself is one mail; what follows a payment may be another.
    sent = [mail for mail in mails if invoice.email in mail["to"]]
    ok = (
        not heard
        and [each.total for each in invoices] == [total]
        and (shown.status, shown.paid) == ("paid", total)
        and messages == 1
        and bool(sent)
    )
    return Finding(
        ok=ok,
        expected=message("demo.unheard.expected", total=amount(total)),
        found=message(
            "demo.unheard.found",
            heard=message("demo.count.deliveries", count=len(heard))
            if heard
            else message("demo.unheard.no_delivery"),
            issued=message("demo.count.invoices", count=len(invoices)),
            mailed=message("demo.unheard.mailed" if sent else "demo.unheard.not_mailed"),
            shown=said(shown),
            messages=message("demo.count.messages", count=messages),
        ),
    )


@asynccontextmanager
async def _unheard(stage: Stage) -> AsyncIterator[None]:
    """Switch the webhooks of CRM and billing off for a while."""
    for name in stage.pair.hooks:
        await stage.vendors.sandbox.settings(name, url=None)
    try:
        yield
    finally:
        for name in stage.pair.hooks:
            await stage.vendors.sandbox.settings(name, url=stage.door(name))


async def _swept_until(stage: Stage, look: Callable[[], Awaitable[bool]]) -> None:
    """Sweep, as the schedule does every hour, until it is so or one has swept often enough."""
    for _ in range(MOST_SWEEPS):
        await stage.command("reconcile", "--once")
        if await eventually(look, within=AFTER_ONE):
            return


async def _numbered(stage: Stage) -> bool:
    return bool((await stage.vendors.crm.shown(UNHEARD)).number)


async def _paid(stage: Stage) -> bool:
    return (await stage.vendors.crm.shown(UNHEARD)).status == "paid"


WEBHOOKS_OFF = Scenario("webhooks-off", message("demo.says.unheard"), webhooks_off, "reconciliation")
