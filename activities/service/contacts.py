"""Finding the customers of whom something was typed that no webhook told, and having their flows look."""

from datetime import datetime

from temporalio import activity

from raccord.connectors.details import DetailsReader
from raccord.connectors.errors import ConnectorError, RateLimited
from raccord.domain.service.sweep import SweepPlan
from raccord.domain.values.base import Value
from raccord.domain.values.details import Side
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.records.records import Records
from raccord.temporal.flows import AT_LEISURE, CONTACT_SYNC, Changed, wake

DETAILS = {Side.CRM: "sweep/details/crm", Side.BILLING: "sweep/details/billing"}
"""The watermarks of how far each side's changes have been looked for."""
KEY = "sweep"


class Typed(Value):
    """Records of one side that changed; `refused` says why nobody looked: the next sweep asks again."""

    side: Side = Side.CRM
    ids: tuple[str, ...] = ()
    seen_to: datetime | None = None
    """What changed from then on is left to the next answer, aware."""
    more: bool = False
    """Whether that is to be asked for at once, as one answer does not hold all."""
    refused: str = ""

    @property
    def remark(self) -> str:
        """What was left out, and why, in English; nothing when all was seen."""
        return f"Changed customers were not looked for: {self.refused}" if self.refused else ""


class DetailsSweepReads:
    def __init__(self, details: DetailsReader, side: Side) -> None:
        self._details = details
        self._side = side

    @activity.defn(name="sweep.details")
    async def changed(self, plan: SweepPlan) -> Typed:
        """List the records that changed since this side was looked at. A refusal is a remark on the sweep."""
        since = plan.details_since.get(self._side)
        if since is None:
            return Typed(side=self._side, seen_to=plan.began_at)
        try:
            found = await self._details.details_changed(since, until=None)
        except RateLimited:
            raise
        except ConnectorError as error:
            return Typed(side=self._side, refused=str(error))
        # An answer that gets no further would come again and again.
        more = found.more and found.seen_to > since
        return Typed(side=self._side, ids=found.ids, seen_to=found.seen_to, more=more)


class DetailsSweep:
    """`crm`, `billing`: the connections of both sides."""

    def __init__(self, records: Records, crm: str, billing: str) -> None:
        self._records = records
        self._connections = {Side.CRM: crm, Side.BILLING: billing}

    @activity.defn(name="sweep.details_anew")
    async def anew(self) -> None:
        """Have the next sweep look at every linked customer: some were linked who never were before."""
        await self._records.watermarks.forget(DETAILS[Side.BILLING])

    @activity.defn(name="sweep.tell_details")
    async def tell(self, plan: SweepPlan, typed: Typed) -> int:
        """Have the flows of the customers look whose records these are; return how many.

        The first time of all, those of every linked customer: what both sides say now is what they agree on.
        """
        connection, billing = self._connections[typed.side], self._connections[Side.BILLING]
        if plan.details_since.get(typed.side) is None:
            linked = typed.side is Side.BILLING
            customers = await self._records.agreed.customers(billing) if linked else ()
        else:
            companies = typed.ids if typed.side is Side.CRM else ()
            theirs = typed.ids if typed.side is Side.BILLING else ()
            touched = await self._records.agreed.touched(connection, companies, theirs)
            customers = tuple(dict.fromkeys(each.customer_id for each in touched if each.billing == billing))
        done = int(next(iter(activity.info().heartbeat_details), 0))
        for place, id_ in enumerate(customers[done:], start=done + 1):
            subject = Subject(kind=SubjectKind.CUSTOMER, connection=billing, id=id_)
            why = Changed(key=KEY)
            await wake(activity.client(), CONTACT_SYNC, subject, why, priority=AT_LEISURE)
            activity.heartbeat(place)
        if typed.seen_to:
            await self._records.watermarks.advance(DETAILS[typed.side], typed.seen_to)
        return len(customers)
