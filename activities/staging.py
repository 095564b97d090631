"""Listing one side part after part into the records: an attempt goes on where the last one stopped."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from raccord.domain.values.invoice import Invoice
from raccord.domain.values.listed import ListedDeal
from raccord.records.staged import Run, StagedRow, Stages

R = TypeVar("R", bound=Run[Any])
Rows = TypeVar("Rows")


async def list_all(
    run: R,
    stage: Stages,
    page: Callable[[R], Awaitable[tuple[Rows, str]]],
    *,
    where: Callable[[R], Awaitable[R | None]],
    keep: Callable[[R, Rows, R], Awaitable[None]],
) -> R:
    """Keep part after part until the stage is done; nothing of a stage that an earlier run has done.

    `page` lists a part as rows, and says where the list goes on. A run that has ended is in its last stage.
    """
    at = await where(run)
    while at is not None and at.stage is stage:
        rows, after = await page(at)
        onward = at.next(after)
        await keep(at, rows, onward)
        at = onward
    return at or run.model_copy(update={"stage": stage.last, "after": ""})


def deal_row(deal: ListedDeal) -> StagedRow:
    return StagedRow(id=deal.id, pair=deal.id, shown=deal.shown.invoice_id, content=deal.model_dump_json())


def deal_of(invoice: Invoice, crm: str) -> str:
    """Return the id of the deal of a CRM that our reference names; empty without one."""
    reference = invoice.reference
    return reference.deal.id if reference and reference.deal.connection == crm else ""
