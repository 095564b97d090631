"""Finding the customers who owe, and having the flows of their reminders look."""

from temporalio import activity

from raccord.connectors.billing import BillingReader
from raccord.connectors.errors import ConnectorError, RateLimited
from raccord.domain.service.sweep import SweepPlan
from raccord.domain.values.base import Value
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.temporal.flows import AT_LEISURE, DUNNING, Changed, wake

KEY = "sweep"


class Owing(Value):
    """Who owes; `refused` says why the list is not complete: the next day's sweep asks for it again."""

    customers: tuple[str, ...] = ()
    refused: str = ""

    @property
    def remark(self) -> str:
        """What was left out, and why, in English; nothing when all was seen."""
        return f"Customers who owe were not looked for: {self.refused}" if self.refused else ""


class OwingReads:
    def __init__(self, billing: BillingReader) -> None:
        self._billing = billing

    @activity.defn(name="sweep.owing")
    async def owing(self, plan: SweepPlan) -> Owing:
        """List the customers who owe. A refusal is a remark on the sweep."""
        if plan.owing_before is None:
            return Owing()
        try:
            return Owing(customers=await self._billing.customers_owing(due_before=plan.owing_before))
        except RateLimited:
            raise
        except ConnectorError as error:
            return Owing(refused=str(error))


class OwingSweep:
    """`billing`: the connection whose customers they are."""

    def __init__(self, billing: str) -> None:
        self._billing = billing

    @activity.defn(name="sweep.tell_owing")
    async def tell(self, found: Owing) -> int:
        """Have the flows of these customers look; an attempt goes on where the last one stopped."""
        done = int(next(iter(activity.info().heartbeat_details), 0))
        for place, id_ in enumerate(found.customers[done:], start=done + 1):
            subject = Subject(kind=SubjectKind.CUSTOMER, connection=self._billing, id=id_)
            await wake(activity.client(), DUNNING, subject, Changed(key=KEY), priority=AT_LEISURE)
            activity.heartbeat(place)
        return len(found.customers)
