"""One deal played alone, from its webhook to the end of its flows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from bench.bare import NAME
from bench.system import NUMBER, System
from bench.traces import Trace, traces_since

Span: TypeAlias = tuple[datetime, datetime]


@dataclass(frozen=True)
class Played:
    """What one deal did. `told` is when its webhook was sent, `shown` when its number had been written."""

    deal: str
    invoice: str
    requests: tuple[dict[str, Any], ...]
    traces: tuple[Trace, ...]
    told: datetime
    shown: datetime

    @property
    def own(self) -> tuple[Trace, ...]:
        """The runs of the deal's own flow."""
        return tuple(t for t in self.traces if t.flow.endswith(f"/{self.deal}"))

    def read(self, vendor: str) -> str:
        """Return a path of the simulators that reads what this deal left at a vendor."""
        if vendor == "hubspot":
            return f"/hubspot/crm/v3/objects/deals/{self.deal}?properties=dealname,dealstage,{NUMBER}"
        return f"/stripe/v1/invoices/{self.invoice}"

    @property
    def activities(self) -> int:
        """Regular activities of all flows, the customer's among them."""
        return sum(len(t.scheduled) for t in self.traces)

    @property
    def activities_until_shown(self) -> int:
        """How many regular activities had been asked for when the number was written."""
        return sum(at <= self.shown for t in self.traces for at in t.scheduled)

    @property
    def beyond_vendors(self) -> float:
        """Seconds from the webhook to the number during which no vendor was at work."""
        vendors = covered(map(span, self.requests), self.told, self.shown)
        return (self.shown - self.told - vendors).total_seconds()


async def play(system: System, deal: str) -> Played:
    """Win a deal and see it through to the end of every flow that it started."""
    account = system.lane.account
    begin, since = datetime.now(UTC), await system.last_request()
    told = len(await account.deliveries())
    await account.win(deal)
    await system.settled([deal])
    requests = await system.requests(since)
    return Played(
        deal=deal,
        invoice=(await account.shown(deal))["billing_invoice_id"] or "",
        requests=tuple(requests),
        traces=tuple(t for t in await traces_since(system.lane.client, begin) if t.type != NAME),
        told=datetime.fromisoformat((await account.deliveries())[told]["at"]),
        shown=span(next(r for r in requests if number_written(r)))[1],
    )


def span(request: dict[str, Any]) -> Span:
    """Return from when to when a simulator had a request."""
    arrived = datetime.fromisoformat(request["at"])
    return arrived, arrived + timedelta(seconds=request["seconds"] or 0)


def covered(spans: Iterable[Span], begin: datetime, end: datetime) -> timedelta:
    """Return how much of the time between two moments any of the spans covers."""
    total, reached = timedelta(0), begin
    for start, stop in sorted(spans):
        total += max(min(stop, end) - max(start, reached), timedelta(0))
        reached = max(reached, stop)
    return total


def number_written(request: dict[str, Any]) -> bool:
    """Whether this request writes an invoice's number to its deal."""
    return request["vendor"] == "hubspot" and request["method"] == "PATCH" and NUMBER in request["body"]
