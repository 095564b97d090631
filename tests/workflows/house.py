"""The product in one process: real flows, activities and records; fake vendors; time that is skipped."""

import asyncio
import sysconfig
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import pytest
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import (
    Client,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowUpdateFailedError,
)
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment

from activities.policies import Policies
from raccord.connectors.connection import Kind
from raccord.connectors.port import Port
from raccord.domain.desk.question import Answer, Choice, Decision
from raccord.domain.rules.modes import Mode
from raccord.domain.values.deal import Deal, DealRef
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.records.records import Records
from raccord.records.waiting import Waiting
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.settings.load import read
from raccord.temporal import search
from raccord.temporal.flows import (
    DEAL_WON,
    FLOWS_QUEUE,
    PAYMENT_PLACED,
    PAYMENT_RECEIVED,
    Changed,
    FlowType,
    wake,
)
from raccord.temporal.plugin import platform
from tests.domain import samples
from tests.fakes.billing import FakeBilling
from tests.fakes.crm import FakeCrm
from tests.fakes.mailer import FakeMailer
from tests.fakes.messenger import FakeMessenger
from tests.fakes.outbound import FakeOutbound
from tests.fakes.report_sink import FakeReportSink
from tests.front_door.stack import SECRETS, environment, until
from workers.connections import Connections, Opened
from workers.policies import contact_policy, deal_won_policy, dunning_policy, payment_policy
from workers.queues import workers

SERVER = Path(sysconfig.get_path("scripts")) / "temporal-test-server"
needs_server = pytest.mark.skipif(
    not SERVER.exists(), reason="no wheel of the time-skipping server for this machine"
)
PARIS = ZoneInfo("Europe/Paris")
"""The company's zone unless its settings say otherwise."""
REF = DealRef(connection="hubspot", id="7")
TOML = """
crm = "hubspot"
billing = "stripe"
messenger = "slack"
{roles}
invoice_deals_won_from = 2020-01-01

[modes]
deal_won = "{mode}"
payment = "{mode}"
{modes}

[desk]
contact = "Anne Durand"
{desk}

[invoice.footers]
fr = "Pas d'escompte. Pénalités de retard et indemnité de 40 EUR."

[temporal]
step_timeout = 12
first_retry = 0.1
longest_retry = 3
graceful_shutdown = 1

[data]
directory = "{directory}"

[slack]
channel = "C0BILLING"
people = ["anne@hexalab.example"]

{more}
"""

Attempt: TypeAlias = tuple[str, int, int]
"""Of a step: its id, the attempt's number, and when one began last."""
_GLANCE = 0.02
_SKIP = timedelta(seconds=3)
"""Skipped at once: `longest_retry`, and a quarter of `step_timeout` for a step that runs meanwhile."""


class House:
    """One company's flows. Its deal `REF` is clean and won until a test says otherwise."""

    def __init__(self, env: WorkflowEnvironment, records: Records, directory: Path) -> None:
        self._env = env
        self._directory = directory
        self.records_file = directory / "records.db"
        self._working = AsyncExitStack()
        self._policies: list[Policies] = []
        self.records = records
        self.crm, self.billing, self.messenger = FakeCrm(), FakeBilling(), FakeMessenger()
        self.mailer, self.outbound, self.sink = FakeMailer(), FakeOutbound(), FakeReportSink()
        self.billing.today = self.today
        self.have(samples.deal(ref=REF))

    def have(self, deal: Deal) -> None:
        """Let the CRM hold this deal."""
        self.crm.deals[deal.ref.id] = deal

    def edit(self, **changes: Any) -> None:
        """Let a person edit the deal."""
        self.have(self.crm.deals[REF.id].model_copy(update=changes))

    def _configuration(
        self, mode: Mode, desk: str, roles: str = "", more: str = "", modes: str = ""
    ) -> Configuration:
        file = self._directory / "raccord.toml"
        filled = {"mode": mode.value, "desk": desk, "roles": roles, "more": more, "modes": modes}
        file.write_text(TOML.format(directory=self._directory, **filled))
        # Nothing comes in here.
        with environment({name: secret for name, secret in SECRETS.items() if "EVENTS" not in name}):
            return read(file)

    async def work(
        self, mode: Mode = Mode.LIVE, *, desk: str = "", roles: str = "", more: str = "", modes: str = ""
    ) -> list[Any]:
        """Start the workers under these settings, after stopping those that run; return who acts for them.

        `roles` names further connections, `more` is whole sections, `modes` are those of other flows.
        """
        await self.rest()
        configuration = self._configuration(mode, desk, roles, more, modes)
        ports: dict[Kind, Port] = {
            Kind.CRM: self.crm,
            Kind.BILLING: self.billing,
            Kind.MESSENGER: self.messenger,
            Kind.MAILER: self.mailer,
            Kind.OUTBOUND: self.outbound,
            Kind.REPORT_SINK: self.sink,
        }
        rows = tuple(Opened(row, ports[row.kind]) for row in configuration.connections)
        built = workers(self._env.client, configuration, Connections(rows), self.records)
        doing = [getattr(done, "__self__", None) for w in built for done in w.config().get("activities", ())]
        self._policies = [owner for owner in doing if isinstance(owner, Policies)]
        for worker in built:
            await self._working.enter_async_context(worker)
        return doing

    @property
    def policies(self) -> list[Policies]:
        """Who tells the flows what they may do."""
        return self._policies

    def set_mode(self, mode: Mode) -> None:
        """Let another mode be in force from now on, as after a restart.

        The time-skipping server loses the flows that a stopped worker had in its memory.
        """
        configuration = self._configuration(mode, "")
        ruling = Policies(
            deal_won_policy(configuration, self.billing.capabilities),
            payment_policy(configuration, self.crm.capabilities),
            dunning_policy(configuration),
            contact_policy(configuration),
            self.records.rungs,
        )
        for policies in self._policies:
            vars(policies).update(vars(ruling))

    async def rest(self) -> None:
        """Stop the workers."""
        await self._working.aclose()
        self._working = AsyncExitStack()

    async def pay(self, invoice: str, *, key: str = "event", quiet: bool = False) -> dict[str, Any]:
        """Tell an invoice's flow that its money changed, and return its end."""
        await self.tell_of_money(invoice, key=key, quiet=quiet)
        return await self.end(PAYMENT_RECEIVED.id_of(invoice_subject(invoice)))

    async def tell_of_money(
        self, invoice: str, *, key: str = "event", thorough: bool = False, quiet: bool = False
    ) -> WorkflowHandle[Any, Any]:
        why = Changed(key=key, thorough=thorough, quiet=quiet)
        return await wake(self._env.client, PAYMENT_RECEIVED, invoice_subject(invoice), why)

    @property
    def client(self) -> Client:
        return self._env.client

    def flow(self, id: str) -> WorkflowHandle[Any, Any]:
        return self._env.client.get_workflow_handle(id)

    async def place(self, payment: str, *, key: str = "event") -> WorkflowHandle[Any, Any]:
        """Tell the flow of a payment that names no invoice."""
        subject = Subject(kind=SubjectKind.PAYMENT, connection="stripe", id=payment)
        return await wake(self._env.client, PAYMENT_PLACED, subject, Changed(key=key))

    async def change(
        self, *, key: str = "event", thorough: bool = False, flow: FlowType = DEAL_WON
    ) -> WorkflowHandle[Any, Any]:
        """Tell the deal's flow that something changed, as an event does."""
        why = Changed(key=key, thorough=thorough)
        return await wake(self._env.client, flow, REF.subject, why)

    async def started(self, flow: str, arg: Any, *, id: str) -> WorkflowHandle[Any, Any]:
        """Start a flow that is not about a deal."""
        return await self._env.client.start_workflow(flow, arg, id=id, task_queue=FLOWS_QUEUE)

    async def end(self, flow: str = "", *, skip: timedelta = _SKIP) -> dict[str, Any]:
        """Wait for the end of the flow, skipping the time that it waits for a timer or a next attempt.

        The server itself would skip time under the activities that run, and with it their limits. It does
        not say whether an attempt runs or is waited for, so each is skipped under once at most. `skip`: how
        much at once, of a flow that waits for long.
        """
        handle = self._env.client.get_workflow_handle(flow or DEAL_WON.id_of(REF.subject))
        skipped: frozenset[Attempt] = frozenset()
        while (seen := await handle.describe()).status is WorkflowExecutionStatus.RUNNING:
            pending = frozenset(_attempts(seen))
            working = seen.raw_description.HasField("pending_workflow_task")
            if not working and (not pending or pending != skipped):
                await self._env.sleep(skip)
                skipped = pending
            await asyncio.sleep(_GLANCE)
        found: dict[str, Any] = await handle.result()
        return found

    async def history(self, flow: FlowType) -> str:
        """Return what happened in a flow of the deal, as JSON."""
        handle = self._env.client.get_workflow_handle(flow.id_of(REF.subject))
        return (await handle.fetch_history()).to_json()

    async def places(self, id: str) -> dict[str, list[int]]:
        """Return at which priorities a flow's steps were begun, by their names."""
        found: dict[str, list[int]] = defaultdict(list)
        for event in (await self.flow(id).fetch_history()).events:
            if event.HasField("activity_task_scheduled_event_attributes"):
                step = event.activity_task_scheduled_event_attributes
                found[step.activity_type.name].append(step.priority.priority_key)
        return found

    async def outcome(self, *, key: str = "event", thorough: bool = False) -> dict[str, Any]:
        """Tell the flow of a change and return its end."""
        await self.change(key=key, thorough=thorough)
        return await self.end()

    async def digest(self) -> int:
        """Have the digest of the day told, and return how many findings it told."""
        return await (await self.begin_digest()).result()

    async def begin_digest(self) -> WorkflowHandle[Any, int]:
        """Begin to tell the digest of the day."""
        return await self._env.client.start_workflow(
            "Digest", id="digest", task_queue=FLOWS_QUEUE, result_type=int
        )

    async def now(self) -> datetime:
        """Return what time it is for the flows."""
        return await self._env.get_current_time()

    async def today(self) -> date:
        """Return the company's day at that time."""
        return (await self.now()).astimezone(PARIS).date()

    async def has_read(self, count: int) -> bool:
        """Whether the flow has read its deal so often, and takes no step now.

        One that stands in the queue would be given a better place, which the time-skipping server cannot do:
        the flow would stay as it is for good.
        """
        flow = DEAL_WON.id_of(REF.subject)
        steps = (await self.flow(flow).describe()).raw_description.pending_activities
        return not steps and len((await self.places(flow))["crm.read_deal"]) == count

    async def is_told(self) -> bool:
        """Whether the messenger shows a question."""
        return bool(self.messenger.messages)

    async def pass_time(self, duration: timedelta) -> None:
        """Skip time while the flow waits for a person: under a running activity, its limit would pass too."""
        await self._env.sleep(duration)

    async def question(self, cause: str = "") -> Waiting:
        """Wait until the flow asks (about this cause), and return what it asks."""
        found: list[Waiting] = []

        async def asked() -> bool:
            found[:] = await self.records.waiting.list()
            return any(cause in ("", row.question.cause) for row in found)

        await until(asked, what=f"a question about {cause or 'anything'}, not {found}")
        return found[0]

    async def answer(self, row: Waiting, choice: Choice, option: str = "") -> None:
        """Answer a question as soon as the flow takes it."""
        answer = Answer(choice=choice, option=option, actor="cli:anne")
        decision = Decision(incident=row.incident, revision=row.revision, answer=answer)
        handle = self._env.client.get_workflow_handle(row.flow)
        await until(self._taken(handle, decision), what=f"the answer {choice} is taken")

    @staticmethod
    def _taken(handle: WorkflowHandle[Any, Any], decision: Decision) -> Callable[[], Awaitable[bool]]:
        async def taken() -> bool:
            try:
                await handle.execute_update("decide", decision, result_type=str)
            except WorkflowUpdateFailedError:
                return False
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
                # The time-skipping server forgets an update when its flow ends right after it.
                return (await handle.describe()).status is not WorkflowExecutionStatus.RUNNING
            return True

        return taken

    async def written(self) -> list[str]:
        """Return the effects that the audit knows of, in their order."""
        return [row["effect"] async for row in self.records.audit.export() if row["kind"] == "intent"]


def invoice_subject(invoice: str) -> Subject:
    return Subject(kind=SubjectKind.INVOICE, connection="stripe", id=invoice)


def _attempts(flow: WorkflowExecutionDescription) -> Iterator[Attempt]:
    """Yield which attempts of steps run or are next, each as one value."""
    for step in flow.raw_description.pending_activities:
        yield step.activity_id, step.attempt, step.last_started_time.ToNanoseconds()


@asynccontextmanager
async def house(
    directory: Path, *, keys: KeyRing | None = None, sealed_for: str = "default"
) -> AsyncIterator[House]:
    """A house with its own Temporal and its own records; nobody works in it yet.

    `sealed_for`: the namespace that its payloads are bound to.
    """
    keys = keys or KeyRing.create(directory / "keys.json")
    environment = await WorkflowEnvironment.start_time_skipping(
        plugins=[platform(keys, sealed_for)], test_server_existing_path=str(SERVER)
    )
    async with environment:
        await know_search_attributes(environment)
        records = Records.open(f"sqlite:///{directory / 'records.db'}", keys)
        await records.migrate()
        built = House(environment, records, directory)
        try:
            yield built
        finally:
            await built.rest()
            await records.close()


async def know_search_attributes(environment: WorkflowEnvironment) -> None:
    """The time-skipping server refuses search attributes that nobody registered."""
    kinds = {key.name: IndexedValueType.ValueType(int(key.indexed_value_type)) for key in search.ALL}
    wanted = AddSearchAttributesRequest(namespace="default", search_attributes=kinds)
    await environment.client.operator_service.add_search_attributes(wanted)
