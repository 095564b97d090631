"""What the list of flows shows of a deal."""

from temporalio import workflow

from raccord.domain.values.deal import Deal
from raccord.domain.values.money import Money
from raccord.temporal import search


def show(deal: Deal, net: Money | None) -> None:
    """Show whose deal a running flow is about and what it comes to; `net` is None without a currency."""
    workflow.upsert_search_attributes(
        [
            search.STATE.value_set("running"),
            search.OWNER.value_set(deal.owner.id if deal.owner else ""),
            search.CURRENCY.value_set((deal.currency or "").upper()),
            *((search.AMOUNT_MINOR.value_set(net.minor),) if net else ()),
        ]
    )
