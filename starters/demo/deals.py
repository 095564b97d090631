"""The scenarios of won deals: each plays something that happens to a company, and says what it found."""

import asyncio
from typing import Any

import httpx

from raccord.domain.values.message import message
from starters.demo.cast.roles import Pair
from starters.demo.scenario import Finding, Scenario, amount, invoiced
from starters.demo.stage import Stage
from starters.demo.vendors import eventually

ORDINARY = "38990100001"
SAME_COMPANY = ("38990100023", "38990100024")
SIX_TIMES = "38990100002"
KILLED = "38990100060"
MISSING_SIRET = "38990100027"
REPAIRED_SIRET = "73282932000074"
MISMATCH = "38990100033"
RIGHT_AMOUNT = "3420.00"
DURING_OUTAGE = "38990100059"
OUTSIDE_ROLLOUT = "38990100053"
ANNE = "U0ANNE"
LOOK_AGAIN = "Relire maintenant"
STATES = {"open": message("demo.open")}
"""Of an invoice in Stripe; any other is shown as it is spelt there."""


async def _judge(stage: Stage, deal: str) -> Finding:
    """Hold one deal's invoice against the deal: one invoice, exact total, one e-mail, number on the deal."""
    total = await stage.vendors.crm.gross(deal)
    invoices = await stage.vendors.invoices(deal)
    shown = (await stage.vendors.crm.shown(deal)).number
    numbers = [i.number for i in invoices]
    totals = [i.total for i in invoices]
    states = [i.state for i in invoices]
    mails = len(await stage.vendors.sandbox.mails(shown)) if shown else 0
    ok = totals == [total] and states == ["open"] and numbers == [shown] and mails == 1
    return Finding(
        ok=ok,
        expected=message("demo.invoice.expected", total=amount(total)),
        found=message(
            "demo.invoice.found",
            issued=message("demo.count.invoices", count=len(invoices)),
            totals=tuple(map(amount, totals)),
            states=tuple(STATES.get(state, state) for state in states),
            mails=message("demo.count.emails", count=mails),
            shown=shown or message("demo.nothing"),
        ),
    )


async def ordinary(stage: Stage) -> Finding:
    await stage.vendors.crm.win(ORDINARY)
    await invoiced(stage, ORDINARY)
    return await _judge(stage, ORDINARY)


async def same_company_twice(stage: Stage) -> Finding:
    before = await stage.vendors.billing.customers()
    await asyncio.gather(*(stage.vendors.crm.win(deal) for deal in SAME_COMPANY))
    await invoiced(stage, *SAME_COMPANY)
    judged = [await _judge(stage, deal) for deal in SAME_COMPANY]
    new = await stage.vendors.billing.customers() - before
    invoices = [i for deal in SAME_COMPANY for i in await stage.vendors.invoices(deal)]
    payers = {i.customer for i in invoices}
    return Finding(
        ok=all(j.ok for j in judged) and len(new) == 1 and len(payers) == 1 and len(invoices) == 2,
        expected=message("demo.same_company.expected"),
        found=message(
            "demo.same_company.found",
            new=message("demo.count.new_customers", count=len(new)),
            issued=message("demo.count.invoices", count=len(invoices)),
            payers=message("demo.count.payers", count=len(payers)),
        ),
    )


async def webhook_six_times(stage: Stage) -> Finding:
    await stage.vendors.crm.win(SIX_TIMES)

    async def delivered() -> bool:
        return bool(await stage.vendors.deliveries(SIX_TIMES))

    if not await eventually(delivered):
        return Finding(
            ok=False, expected=message("demo.six_times.a_webhook"), found=message("demo.six_times.none")
        )
    delivery = (await stage.vendors.deliveries(SIX_TIMES))[-1]
    async with httpx.AsyncClient() as http:
        answers = await asyncio.gather(
            *(
                http.post(delivery["url"], content=delivery["body"], headers=delivery["headers"])
                for _ in range(5)
            )
        )
    await invoiced(stage, SIX_TIMES)
    judged = await _judge(stage, SIX_TIMES)
    accepted = 1 + sum(a.status_code == 200 for a in answers)
    return Finding(
        ok=judged.ok and accepted == 6,
        expected=message("demo.six_times.expected", judged=judged.expected),
        found=message("demo.six_times.found", count=accepted, judged=judged.found),
    )


async def worker_killed_after_commit(stage: Stage) -> Finding:
    billing = stage.vendors.billing
    fault = await stage.vendors.sandbox.fault(
        vendor=billing.name, **billing.draft, when="after", effect={"kill": stage.worker.pid}
    )
    killed = await stage.killed_worker(lambda: stage.vendors.crm.win(KILLED))
    await invoiced(stage, KILLED)
    judged = await _judge(stage, KILLED)
    return Finding(
        ok=judged.ok and killed and await stage.vendors.sandbox.fired(fault) == 1,
        expected=message("demo.killed.expected", billing=billing.title, judged=judged.expected),
        found=message("demo.killed.found" if killed else "demo.killed.alive", judged=judged.found),
    )


async def _asked(stage: Stage, deal: str) -> dict[str, Any] | None:
    """Wait for the one message that asks about a deal."""

    async def there() -> bool:
        return bool(await stage.vendors.messages(deal))

    await eventually(there)
    found = await stage.vendors.messages(deal)
    return found[0] if len(found) == 1 else None


async def _settled_in_slack(stage: Stage, deal: str) -> bool:
    """Wait until the one message about a deal says that it is settled, without buttons."""

    async def settled() -> bool:
        found = await stage.vendors.messages(deal)
        return len(found) == 1 and all(block["type"] != "actions" for block in found[0]["blocks"])

    return await eventually(settled)


async def missing_siret_repaired(stage: Stage) -> Finding:
    await stage.vendors.crm.win(MISSING_SIRET)
    asked = await _asked(stage, MISSING_SIRET)
    named = asked is not None and "SIRET" in str(asked["blocks"])
    early = len(await stage.vendors.invoices(MISSING_SIRET))
    company = await stage.vendors.crm.company_of(MISSING_SIRET)
    await stage.vendors.crm.edit_company(company, siret=REPAIRED_SIRET)
    await invoiced(stage, MISSING_SIRET)
    judged, settled = await _judge(stage, MISSING_SIRET), await _settled_in_slack(stage, MISSING_SIRET)
    return Finding(
        ok=judged.ok and named and not early and settled,
        expected=message("demo.siret.expected", judged=judged.expected),
        found=message(
            "demo.siret.found",
            asked=message("demo.siret.asked" if named else "demo.siret.not_asked"),
            early=message("demo.count.invoices", count=early),
            settled=message("demo.siret.settled" if settled else "demo.siret.still_asked"),
            judged=judged.found,
        ),
    )


async def total_mismatch(stage: Stage) -> Finding:
    await stage.vendors.crm.win(MISMATCH)
    asked = await _asked(stage, MISMATCH)
    if asked is None:
        return Finding(
            ok=False,
            expected=message("demo.mismatch.one_question"),
            found=message("demo.mismatch.none_or_several"),
        )
    early = len(await stage.vendors.invoices(MISMATCH))
    await stage.vendors.crm.correct_amount(MISMATCH, RIGHT_AMOUNT)
    by_itself = stage.vendors.crm.tells_values
    if not by_itself:
        await stage.vendors.chat.press(asked, LOOK_AGAIN, user=ANNE)
    await invoiced(stage, MISMATCH)
    judged, settled = await _judge(stage, MISMATCH), await _settled_in_slack(stage, MISMATCH)
    return Finding(
        ok=judged.ok and not early and settled,
        expected=message("demo.mismatch.expected", judged=judged.expected),
        found=message(
            "demo.mismatch.by_itself" if by_itself else "demo.mismatch.found",
            early=message("demo.count.invoices", count=early),
            button=LOOK_AGAIN,
            judged=judged.found,
        ),
    )


async def billing_down(stage: Stage) -> Finding:
    down = stage.vendors.billing.name
    await stage.vendors.sandbox.fault(vendor=down, effect={"status": 503}, times=None)
    await stage.vendors.crm.win(DURING_OUTAGE)

    async def told(text: str) -> bool:
        return bool(await stage.vendors.chat.messages(down, text))

    alerted = await eventually(lambda: told("ne répond pas"))
    await stage.vendors.sandbox.clear_faults()
    await invoiced(stage, DURING_OUTAGE)
    await eventually(lambda: told("répond de nouveau"))
    alerts = len(await stage.vendors.chat.messages(down, "ne répond pas"))
    recoveries = len(await stage.vendors.chat.messages(down, "répond de nouveau"))
    judged = await _judge(stage, DURING_OUTAGE)
    return Finding(
        ok=judged.ok and alerted and (alerts, recoveries) == (1, 1),
        expected=message("demo.down.expected", judged=judged.expected),
        found=message(
            "demo.down.found",
            alerts=message("demo.count.alerts", count=alerts),
            recoveries=message("demo.count.recoveries", count=recoveries),
            judged=judged.found,
        ),
    )


async def outside_rollout(stage: Stage) -> Finding:
    await stage.vendors.crm.win(OUTSIDE_ROLLOUT)
    ending = await stage.ending_of(OUTSIDE_ROLLOUT)
    invoices = len(await stage.vendors.invoices(OUTSIDE_ROLLOUT))
    shown = (await stage.vendors.crm.shown(OUTSIDE_ROLLOUT)).number
    asked = len(await stage.vendors.messages(OUTSIDE_ROLLOUT))
    return Finding(
        ok=ending == "not_for_us" and not invoices and not shown and not asked,
        expected=message("demo.outside.expected"),
        found=message(
            "demo.outside.found",
            ending=message("demo.outside.not_for_us") if ending == "not_for_us" else ending,
            issued=message("demo.count.invoices", count=invoices),
            shown=shown or message("demo.nothing"),
            messages=message("demo.count.messages", count=asked),
        ),
    )


def of_won_deals(pair: Pair) -> tuple[Scenario, ...]:
    down = message("demo.says.down", billing=pair.billing.title)
    return (
        Scenario("ordinary", message("demo.says.ordinary"), ordinary),
        Scenario("same-company-twice", message("demo.says.same_company"), same_company_twice),
        Scenario("webhook-six-times", message("demo.says.six_times"), webhook_six_times),
        Scenario("worker-killed-after-commit", message("demo.says.killed"), worker_killed_after_commit),
        Scenario("missing-siret-repaired", message("demo.says.siret"), missing_siret_repaired),
        Scenario("total-mismatch", message("demo.says.mismatch"), total_mismatch),
        Scenario(f"{pair.billing.name}-down", down, billing_down),
        Scenario("outside-rollout", message("demo.says.outside"), outside_rollout),
    )
