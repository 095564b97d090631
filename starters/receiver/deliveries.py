"""What a delivery says becomes durable: in Temporal, or set aside in the records."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.service.flows import Delivery, Waking
from raccord.connectors.webhooks import Hint, HintKind, WebhookEvents
from raccord.domain.desk.question import watch_key
from raccord.domain.values.message import message
from raccord.domain.values.subject import Subject
from raccord.temporal.flows import CONTACT_SYNC, FLOWS_QUEUE, ROUTES, FlowType, flow_named, flow_of, wake
from starters.receiver.body import Refused
from starters.receiver.in_time import RecordsInTime, accepted

_PARTS = frozenset((HintKind.LINE_ITEM,))
_NOBODYS = {
    HintKind.COMPANY: "a company that is no customer",
    HintKind.CUSTOMER: "a customer of no company",
    HintKind.CONTACT: "a contact who is no customer's",
}
"""Why a change is acknowledged that nothing uses."""
TOLD_AT_ONCE = 10
"""More flows are told by a flow of their own: on a busy machine each may take a tenth of the deadline."""
LARGEST = 1024 * 1024
"""Of what that flow is given, in bytes: Temporal takes 2 MiB of sealed payload."""


class Deliveries:
    """Raises `Refused` unless what it is given is durable by the deadline `until`, of the event loop's clock.

    `within`: how long a call to Temporal may take by itself.
    """

    def __init__(self, client: Client, records: RecordsInTime, *, within: timedelta, in_step: bool) -> None:
        self._client = client
        self._records = records
        self._within = within
        self._in_step = in_step

    async def make_durable(
        self, name: str, events: WebhookEvents, body: bytes, until: float
    ) -> tuple[str, ...]:
        """Tell the flows that a connection's events concern, and set aside the elements nobody can read.

        Returns why a record's change concerns none, once for each record that is nobody's customer.
        """
        wakings, nobodys = await self._of_all(name, events.hints, until)
        if len(wakings) > TOLD_AT_ONCE:
            await self._hand_over(Delivery(connection=name, wakings=wakings), body, until)
        else:
            await accepted(name, [self._tell(name, waking, until) for waking in wakings], until)
        if events.unreadable:
            # Together: a transaction for each of thousands would outlast the vendor's patience.
            raw = f"[{','.join(events.unreadable)}]".encode()
            await self._records.set_aside(name, message("quarantine.elements"), raw, until)
        return nobodys

    async def _of_all(
        self, name: str, hints: Iterable[Hint], until: float
    ) -> tuple[tuple[Waking, ...], tuple[str, ...]]:
        """Return the flows that the records concern, whichever connection holds them; see `_wakings`."""
        by_holder: dict[str, list[Hint]] = {}
        for hint in hints:
            by_holder.setdefault(hint.connection or name, []).append(hint)
        found = [await self._wakings(holder, of_it, until) for holder, of_it in by_holder.items()]
        return tuple(w for wakings, _ in found for w in wakings), tuple(n for _, each in found for n in each)

    async def _wakings(
        self, name: str, hints: Iterable[Hint], until: float
    ) -> tuple[tuple[Waking, ...], tuple[str, ...]]:
        """Return the flows that are about the records, and then those that these concern, each once.

        A company's ordinary changes do not touch what was invoiced to it; its merger may. What is returned
        beside: why other records concern none.
        """
        records = {
            watch_key(name, hint.kind.value, hint.id): hint
            for hint in sorted(hints, key=lambda hint: hint.merged)
        }
        parts = [key for key, hint in records.items() if hint.kind in self._followed or hint.merged]
        concerned = await self._records.concerned(list(records), parts, until) if records else {}
        told: dict[str, Waking] = {}
        for hint in records.values():
            for flow in ROUTES.get(hint.kind, ()):
                subject = Subject(kind=flow.about, connection=name, id=hint.id)
                told[flow.id_of(subject)] = _waking(flow, subject, hint)
        for id, record in concerned.items():
            if id not in told and (found := flow_of(id)):
                told[id] = _waking(*found, records[record])
        if not self._in_step:
            return tuple(told.values()), ()
        pairs = await self._of_pairs(name, records, until)
        for wakings in pairs.values():
            told |= {id: waking for id, waking in wakings.items() if id not in told}
        used = pairs.keys() | set(concerned.values())
        nobodys = (_NOBODYS.get(hint.kind) for key, hint in records.items() if key not in used)
        return tuple(told.values()), tuple(filter(None, nobodys))

    @property
    def _followed(self) -> frozenset[HintKind]:
        """The kinds of record whose every change is told to the flows that follow it."""
        return _PARTS | {HintKind.CONTACT} if self._in_step else _PARTS

    async def _of_pairs(
        self, name: str, records: dict[str, Hint], until: float
    ) -> dict[str, dict[str, Waking]]:
        """Return, by the key of each record, the flows that keep its customers in step."""
        companies = {hint.id: key for key, hint in records.items() if hint.kind is HintKind.COMPANY}
        customers = {hint.id: key for key, hint in records.items() if hint.kind is HintKind.CUSTOMER}
        found: dict[str, dict[str, Waking]] = {}
        if not (companies or customers):
            return found
        for pair in await self._records.linked(name, list(companies), list(customers), until):
            subject = Subject(kind=CONTACT_SYNC.about, connection=pair.billing, id=pair.customer_id)
            keys = (companies.get(pair.crm_company.partition(":")[2]), customers.get(pair.customer_id))
            for key in filter(None, keys):
                waking = _waking(CONTACT_SYNC, subject, records[key])
                found.setdefault(key, {})[CONTACT_SYNC.id_of(subject)] = waking
        return found

    async def _tell(self, name: str, waking: Waking, until: float) -> None:
        try:
            await wake(self._client, flow_named(waking.flow), waking.subject, waking.why, within=self._within)
        except RPCError as error:
            raw = waking.model_dump_json().encode()
            await self._set_aside_if_invalid(name, error, raw, until)

    async def _hand_over(self, delivery: Delivery, body: bytes, until: float) -> None:
        content = delivery.model_dump_json().encode()
        if len(content) > LARGEST:
            reason = message("quarantine.many_flows", count=len(delivery.wakings))
            await self._records.set_aside(delivery.connection, reason, body, until)
            raise Refused(200, "quarantined")
        await accepted(delivery.connection, [self._start(delivery, content, body, until)], until)

    async def _start(self, delivery: Delivery, content: bytes, body: bytes, until: float) -> None:
        """Start the flow that tells the others; once, however often these events are delivered."""
        try:
            await self._client.start_workflow(
                "Delivered",
                delivery,
                id=f"delivered/{delivery.connection}/{hashlib.sha256(content).hexdigest()[:20]}",
                task_queue=FLOWS_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
                static_summary=f"{len(delivery.wakings)} flows of one delivery of {delivery.connection}",
                rpc_timeout=self._within,
            )
        except WorkflowAlreadyStartedError:
            return
        except RPCError as error:
            await self._set_aside_if_invalid(delivery.connection, error, body, until)

    async def _set_aside_if_invalid(self, name: str, error: RPCError, raw: bytes, until: float) -> None:
        # RESOURCE_EXHAUSTED is an overload: the vendor comes again.
        if error.status is not RPCStatusCode.INVALID_ARGUMENT:
            raise error
        reason = message("quarantine.refused", status=error.status.name)
        await self._records.set_aside(name, reason, raw, until)


def _waking(flow: FlowType, subject: Subject, hint: Hint) -> Waking:
    return Waking(flow=flow.name, subject=subject, key=hint.key, thorough=False)
