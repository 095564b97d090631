"""Many customers who owe: what each costs while nothing happens, and a morning on which many come due."""

import asyncio
import math
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from aiosmtpd.smtp import SMTP, Envelope, Session

from activities.dunning.memory import BEGAN
from bench.burst import used_bytes
from bench.debtors import LIKE, debtors, like
from bench.figures import Figure
from bench.processes import resident_mib
from bench.report import number
from bench.system import AT_A_TIME, OVERRIDES, System
from raccord.domain.values.clock import DAY, BusinessClock
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.temporal.flows import DUNNING, Changed, wake
from sandbox.mailbox.mailbox import Mailbox
from tests.front_door.stack import Lane, free_port, until

MAILS_PER_SECOND = 2.0
"""Of the mail server: twice what the settings have, which many providers allow."""
_DAY_LENGTH = 30
_LEVEL, _NEXT = 7, 300
"""Days after which the first reminder leaves, and the second one, which nobody waits for."""
_NEVER = 2000
_BATCH = 100
_IDLE_KIB = 40.0
_FLAT = 1.1
_DRAIN = 1.1
_SPARE = 1.4
"""How much longer than those before the starts before the morning may take."""
_GIVEN_UP = 5
"""Times what the mail server's limit allows."""
_RESTING = f"WorkflowType = '{DUNNING.name}' AND ExecutionStatus = 'Running' AND RaccordState = 'resting'"
_SECTIONS = """
[company]
name = "Hexalab"
day_length = {day_length}
epoch = "{epoch}"

[mail]
in_test = true

[smtp]
base_url = "smtp://127.0.0.1:{mail}"
encryption = "none"
sender = "Hexalab <compta@hexalab.example>"
mails_per_second = {rate}

[dunning]
levels = [{{ day = {level}, tone = "courteous" }}, {{ day = {next}, tone = "firm" }}]
"""


class Server(Mailbox):
    """The customers' mail server. `came`: by the address, how often something arrived there."""

    def __init__(self) -> None:
        super().__init__()
        self.came = Counter[str]()
        self.last = 0.0

    @property
    def reminders(self) -> list[int]:
        """Return how many mails came to each customer that is like another one."""
        return [count for to, count in self.came.items() if LIKE in to]

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it by this name
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        self.came.update(envelope.rcpt_tos)
        if LIKE in envelope.rcpt_tos[0]:
            self.last = time.time()
        return "250 OK"


class Owing(Lane):
    """A lane whose customers are reminded, in short days."""

    mail_port: int
    clock: BusinessClock

    def write_configuration(self) -> None:
        super().write_configuration()
        filled = {"day_length": _DAY_LENGTH, "epoch": datetime.now(UTC).replace(microsecond=0).isoformat()}
        filled |= {"mail": self.mail_port, "rate": MAILS_PER_SECOND, "level": _LEVEL, "next": _NEXT}
        text = self.config_file.read_text().replace("[modes]", '[modes]\ndunning = "live"')
        self.config_file.write_text(f'mailer = "smtp"\n{text}{_SECTIONS.format(**filled)}')
        self.clock = self.configuration().settings.clock


class Debt:
    """The customers of one lane, started as the sweep starts them."""

    def __init__(self, lane: Owing) -> None:
        self._lane = lane
        self.started = 0
        self._took = 0.0

    @property
    def seconds_each(self) -> float:
        """Return how long a start took so far, with all that the flow does until it rests."""
        return self._took / self.started

    async def begin(self, model: str, count: int) -> None:
        """Start the flows of so many customers, few more at a time than the worker gets through."""
        begun = time.monotonic()
        while count > 0:
            batch = min(count, _BATCH)
            ids = [like(model, self.started + n) for n in range(1, batch + 1)]
            gate = asyncio.Semaphore(AT_A_TIME)
            await asyncio.gather(*(self._wake(id, gate) for id in ids))
            self.started += batch
            count -= batch
            await self.rests(all_but=_BATCH)
        self._took += time.monotonic() - begun

    async def rests(self, *, all_but: int = 0) -> None:
        """Wait until every flow rests, but for so many."""

        async def there() -> bool:
            return (await self._lane.client.count_workflows(_RESTING)).count >= self.started - all_but

        await until(there, within=timedelta(minutes=10), what=f"{self.started} flows rest")

    async def _wake(self, id: str, gate: asyncio.Semaphore) -> None:
        async with gate:
            subject = Subject(kind=SubjectKind.CUSTOMER, connection="stripe", id=id)
            await wake(self._lane.client, DUNNING, subject, Changed(key="bench"))


async def owing(system: System, *, customers: int) -> list[Figure]:
    """Let so many customers owe, and a fifth of them come due in one moment."""
    server = Server()
    await server.start()
    try:
        async with _lane(system, server) as lane:
            return await _measured(system, lane, server, customers)
    finally:
        await server.stop()


@asynccontextmanager
async def _lane(system: System, server: Server) -> AsyncIterator[Owing]:
    port = free_port()
    overrides = OVERRIDES | {"RACCORD_STRIPE__BASE_URL": f"http://127.0.0.1:{port}/stripe"}
    lane = Owing(system.lane.server, system.directory / "owing", "bench-owing", overrides=overrides)
    lane.mail_port = server.port
    async with lane:
        account = debtors(port, lane.url("sandbox"), log=lane.directory / "debtors.log")
        await account.start()
        await lane.account.settings("stripe", rate_limits=False, late_finalisation=True)
        async with lane.records() as records:
            await records.watermarks.begin(BEGAN, lane.clock.epoch - 100 * lane.clock.day_length)
        try:
            yield lane
        finally:
            await account.stop()


async def _measured(system: System, lane: Owing, server: Server, customers: int) -> list[Figure]:
    debt, due, half = Debt(lane), customers // 5, customers // 2
    database = system.databases["Temporal"]
    before = used_bytes(database)
    idle = await _owes(lane, "idle", _NEVER)
    await debt.begin(idle, due)
    found = [_now(system, lane, debt.started)]
    await debt.begin(idle, half - due)
    found.append(_now(system, lane, debt.started))
    await debt.begin(idle, customers - due - half)
    days = 2 + math.ceil(_SPARE * due * debt.seconds_each / _DAY_LENGTH)
    morning = lane.clock.start_of(lane.clock.date_of(datetime.now(UTC)) + days * DAY)
    await debt.begin(await _owes(lane, "late", days - _LEVEL), due)
    await debt.rests()
    if datetime.now(UTC) >= morning:
        raise RuntimeError(
            f"{due} flows took longer to start than those before: run it again, with nothing beside."
        )
    found.append(_now(system, lane, debt.started))
    resting = used_bytes(database)
    took = await _drained(server, due, morning)
    await debt.rests()
    return [
        *(figure for figures in found for figure in figures),
        _flat(found[0][0], found[-1][0]),
        Figure(
            name="Temporal's database, a customer who owes",
            value=(resting - before) / customers / 1024,
            unit="KiB",
            limit=_IDLE_KIB,
            basis="budget",
        ),
        Figure(
            name="Temporal's database, one more reminder",
            value=(used_bytes(database) - resting) / due / 1024,
            unit="KiB",
        ),
        Figure(
            name=f"Until the last of {due} reminders left, beside what the mail server's limit allows",
            value=took * MAILS_PER_SECOND / due,
            unit="times",
            limit=_DRAIN,
            basis=f"{number(MAILS_PER_SECOND)} mails a second",
        ),
        Figure(
            name="Customers with no reminder, or several",
            value=due - sum(count == 1 for count in server.reminders),
            unit="",
            limit=0,
            basis="count",
        ),
    ]


async def _drained(server: Server, due: int, morning: datetime) -> float:
    """Wait until as many customers as are due have a mail; return the seconds since that morning."""

    async def all_have_one() -> bool:
        return len(server.reminders) >= due

    most = (morning - datetime.now(UTC)) + timedelta(seconds=60 + _GIVEN_UP * due / MAILS_PER_SECOND)
    await until(all_have_one, within=most, what=f"{due} customers have a mail")
    return server.last - morning.timestamp()


def _now(system: System, lane: Owing, customers: int) -> list[Figure]:
    pids = {"worker": lane.worker.pid, "server": system.pids["server"]}
    return [
        Figure(name=f"Memory of {name}, {customers} customers owe", value=resident_mib(pid), unit="MiB")
        for name, pid in pids.items()
    ]


def _flat(first: Figure, last: Figure) -> Figure:
    return Figure(
        name="Worker's memory with all of them, beside a fifth",
        value=last.value / first.value,
        unit="times",
        limit=_FLAT,
        basis="flat",
    )


async def _owes(lane: Owing, name: str, in_days: int) -> str:
    """Let a customer of the simulator owe an invoice that is due in so many days; return its id."""
    customer = (
        await lane.account.stripe_post(
            "/v1/customers", email=f"compta@{name}.example", name=f"Atelier {name}"
        )
    )["id"]
    today = lane.clock.date_of(datetime.now(UTC))
    issued, due = (lane.clock.end_of(today + days * DAY) for days in (min(in_days, 0) - 30, in_days))
    await lane.account.billing.issue(customer, 100_000, created_at=issued, due_at=due)
    return str(customer)
