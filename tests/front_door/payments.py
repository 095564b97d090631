"""Money at the vendors: invoices that wait for it, what deals show of it, and what people are told."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio.client import WorkflowExecution

from raccord.domain.values.subject import Subject, SubjectKind
from raccord.temporal import search
from raccord.temporal.flows import PAYMENT_RECEIVED, Changed, wake
from tests.front_door.account import Account
from tests.front_door.desk import words_of
from tests.front_door.doing import doing
from tests.front_door.stack import Lane, until

NET = 130539
"""Of an invoice that is made at the vendor directly, without VAT: 1 305.39 EUR."""
QUICKLY = {
    "RACCORD_PAYMENT__GATHER": "0.5",
    # Accounts with raised limits, so that it is not them which the tests wait for.
    "RACCORD_HUBSPOT__REQUESTS_PER_SECOND": "80",
    "RACCORD_STRIPE__REQUESTS_PER_SECOND": "80",
}
ONE_BY_ONE = QUICKLY | {"RACCORD_PAYMENT__DIGEST_ABOVE": "1000"}
"""Deals side by side make many news at once, which otherwise become one message."""
FINANCE = "anne.durand@hexalab.example"


@dataclass(frozen=True)
class Billed:
    """A deal with one issued invoice of `NET`."""

    deal: str
    invoice: str
    number: str
    customer: str


async def raise_limits(account: Account) -> None:
    """Give the accounts limits that no test reaches, but the messenger's."""
    await account.settings("hubspot", requests_per_ten_seconds=1500, searches_per_second=50)
    await account.settings("stripe", rate_limits=False)


async def billed(account: Account, *, deal: str = "", customer: str = "", net: int = NET) -> Billed:
    """Issue an invoice with our reference for a deal, as if it had been won long ago."""
    deal = deal or await account.deal(await account.company(), lines=[])
    email = f"compta@deal-{deal}.example"
    customer = (
        customer or (await account.stripe_post("/v1/customers", email=email, name=f"Client {deal}"))["id"]
    )
    invoice = await issued(account, customer, net, deal=deal)
    return Billed(deal, invoice["id"], invoice["number"], customer)


async def issued(account: Account, customer: str, net: int, *, deal: str = "") -> dict[str, Any]:
    """Issue an invoice; without a deal it is as one that somebody wrote by hand."""
    reference = {"deal": f"hubspot:{deal}", "cycle": "1", "revision": "1"} if deal else {}
    form = {f"metadata[raccord_{name}]": value for name, value in reference.items()}
    form |= {"metadata[crm_deal_id]": f"hubspot:{deal}"} if deal else {}
    form |= {"collection_method": "send_invoice", "days_until_due": "30", "currency": "eur"}
    draft = await account.stripe_post("/v1/invoices", customer=customer, auto_advance="false", **form)
    line = {"lines[0][description]": "Conseil", "lines[0][amount]": str(net)}
    await account.stripe_post(f"/v1/invoices/{draft['id']}/add_lines", **line)
    made: dict[str, Any] = await account.stripe_post(f"/v1/invoices/{draft['id']}/finalize")
    return made


async def look(lane: Lane, invoice: str, *, key: str, quiet: bool = False) -> Any:
    """Have an invoice's flow look at everything again, and return how that ended."""
    subject = Subject(kind=SubjectKind.INVOICE, connection="stripe", id=invoice)
    why = Changed(key=key, thorough=True, quiet=quiet)
    return await (await wake(lane.client, PAYMENT_RECEIVED, subject, why)).result()


async def shows(lane: Lane, deal: str, **wanted: str) -> dict[str, str | None]:
    """Wait until a deal shows these payment fields; named without their `billing_`, empty for none."""
    seen: dict[str, str | None] = {}

    async def so() -> bool:
        seen.update(await lane.account.crm.shown_payment(deal))
        return all((seen[_FIELDS[name]] or "") == value for name, value in wanted.items())

    try:
        await until(so)
    except AssertionError:
        raise AssertionError(f"deal {deal} does not show {wanted}, but {seen}") from None
    return seen


_FIELDS = {
    "status": "billing_payment_status",
    "paid": "billing_amount_paid",
    "due": "billing_amount_due",
    "on": "billing_paid_on",
    "means": "billing_payment_means",
    "details": "billing_payment_details",
}


async def told_of(lane: Lane, number: str) -> list[str]:
    """Return what the channel was told of an invoice, the oldest first; questions are left out."""
    found = await lane.account.messages(number)
    return [words_of(message) for message in found if _is_news(message, number)]


def _is_news(message: dict[str, Any], number: str) -> bool:
    asks = any(block["type"] == "actions" for block in message["blocks"])
    return number in words_of({"blocks": message["blocks"][:1]}) and not asks


async def told(lane: Lane, number: str, *titles: str) -> list[str]:
    """Wait until as many messages tell of an invoice as there are titles, each with its own."""

    async def so() -> bool:
        return len(await told_of(lane, number)) >= len(titles)

    await until(so, what=f"{len(titles)} message(s) about {number}")
    found = await told_of(lane, number)
    assert len(found) == len(titles), f"{len(found)} messages about {number} instead of {titles}: {found}"
    for said, title in zip(found, titles, strict=True):
        assert title in said, f"{said} does not say {title}"
    return found


async def running(lane: Lane) -> list[WorkflowExecution]:
    """Return what runs, but for a PDF: one that could not be had is tried again after ten minutes."""
    found = [w async for w in lane.client.list_workflows("ExecutionStatus = 'Running'")]
    return [each for each in found if each.workflow_type != "KeepingDocument"]


async def at_rest(lane: Lane) -> None:
    """Wait until no flow runs but those that wait for a person: all is shown, and all is told."""
    left: list[str] = []

    async def so() -> bool:
        # A message with an open question is a flow of its own.
        ours = [w for w in await running(lane) if not w.id.startswith("desk/")]
        left[:] = [w.id for w in ours if w.typed_search_attributes.get(search.STATE) != "waiting"]
        return not left

    try:
        # News are told one after the other, and some of them meet a fault.
        await until(so, within=timedelta(minutes=3))
    except AssertionError:
        told = [await doing(lane.client, each) for each in left]
        raise AssertionError("flows still run: " + "\n".join(told)) from None


async def at_once(*works: Awaitable[Any]) -> None:
    """Play these side by side; every failure is told."""
    done = await asyncio.gather(*works, return_exceptions=True)
    failures = [each for each in done if isinstance(each, BaseException)]
    assert not failures, "\n".join(f"{type(each).__name__}: {each}" for each in failures)
