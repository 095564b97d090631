"""A house whose customer owes something that is late, and what it is sent."""

import contextlib
import sqlite3
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from temporalio.api.workflow.v1 import PendingActivityInfo
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError
from temporalio.testing import ActivityEnvironment

from activities.dunning.memory import BEGAN
from activities.dunning.sending import ReminderMails
from activities.policies import Policies
from activities.service.owing import OwingReads, OwingSweep
from raccord.domain.dunning.backlog import subject_of
from raccord.domain.dunning.memory import Memory
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.dunning.words import Word, WordKind
from raccord.domain.rules.modes import Mode
from raccord.domain.service.sweep import SweepPlan
from raccord.domain.values.account import Account, OwedInvoice
from raccord.domain.values.mail import Mail
from raccord.domain.values.money import Money
from raccord.domain.values.parties import Owner
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.records.waiting import Waiting
from raccord.temporal.flows import DUNNING, DUNNING_BACKLOG, Changed, wake
from tests.domain.payment.money import money, payment
from tests.front_door.stack import until
from tests.workflows.house import REF, House

CUSTOMER = "cus_late"
SUBJECT = Subject(kind=SubjectKind.CUSTOMER, connection="stripe", id=CUSTOMER)
FLOW = DUNNING.id_of(SUBJECT)
BACKLOG_FLOW = DUNNING_BACKLOG.id_of(subject_of("stripe"))
ROLES = 'mailer = "smtp"'
CALENDAR = """
[company]
name = "Hexalab"

[smtp]
base_url = "smtp://127.0.0.1:25"
encryption = "none"
sender = "Hexalab <compta@hexalab.example>"

[mail]
in_test = true

[dunning]
"""
MORE = (
    CALENDAR
    + """
weekdays = [0, 1, 2, 3, 4, 5, 6]
on_holidays = true
sends_at = "00:00"
sends_until = "23:59"
finance = ["finance@hexalab.example"]
"""
)
"""Every moment of every day is one at which mails leave: what the calendar does is tried elsewhere."""
A_DAY = timedelta(days=1)
PUT_OFF = timedelta(minutes=5)
"""After how long whoever is busy wants to be asked again."""


def euros(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


class Late:
    """A customer with one invoice of 1,200 EUR of Sophie's deal."""

    def __init__(self, home: House) -> None:
        self.home = home
        home.edit(owner=Owner(id="9", name="Sophie Martin", email="sophie@hexalab.example"))
        self._doing: list[Any] = []

    async def today(self) -> date:
        return await self.home.today()

    async def owes(self, *days_late: int, due: str = "1200.00", email: str = "compta@client.example") -> None:
        """Let the customer owe one invoice for each of these ages."""
        today = await self.today()
        self.home.billing.accounts[CUSTOMER] = Account(
            customer_id=CUSTOMER,
            name="Atelier Lune",
            email=email,
            language="fr",
            business=True,
            invoices=tuple(
                OwedInvoice(
                    id=f"in_{number}",
                    number=f"F-{number}",
                    due=euros(due),
                    total=euros("1200.00"),
                    issued_on=today - A_DAY * (days + 30),
                    due_on=today - A_DAY * days,
                    deal=REF,
                )
                for number, days in enumerate(sorted(days_late, reverse=True), start=1)
            ),
        )

    def now(self, **changes: Any) -> None:
        """Let the account be otherwise."""
        account = self.home.billing.accounts[CUSTOMER]
        self.home.billing.accounts[CUSTOMER] = account.model_copy(update=changes)

    async def paid(self, *, brought: bool = False) -> None:
        """Let nothing be open any more, without telling anybody; `brought`: because money came."""
        for owed in self.home.billing.accounts[CUSTOMER].invoices if brought else ():
            came = payment(str(owed.due.amount), paid_at=await self.home.now())
            self.home.billing.money[owed.id] = money(came)
        self.now(invoices=())

    async def work(self, mode: Mode = Mode.LIVE, *, since: int = 90, more: str = MORE) -> None:
        """Start the workers of a company that has been reminding for so many days; `more` is its settings."""
        if since:
            await self.home.records.watermarks.begin(BEGAN, await self.home.now() - A_DAY * since)
        self._doing = await self.home.work(roles=ROLES, more=more)
        self.rule(mode)

    @property
    def policy(self) -> DunningPolicy:
        """What the flows read now."""
        ruling = next(owner for owner in self._doing if isinstance(owner, Policies))
        found: DunningPolicy = vars(ruling)["_dunning"]
        return found

    def rule(self, mode: Mode, **other: Any) -> None:
        """Let another mode be in force, as after a restart."""
        changed = {"mode": mode, **other}
        for owner in self._doing:
            if isinstance(owner, Policies):
                vars(owner)["_dunning"] = vars(owner)["_dunning"].model_copy(update=changed)
            if isinstance(owner, ReminderMails):
                vars(owner)["_policy"] = vars(owner)["_policy"].model_copy(update=changed)

    def die_once_a_mail_left(self) -> None:
        """Let the worker end before anybody hears that the next mail left."""
        mails: Any = next(owner for owner in self._doing if isinstance(owner, ReminderMails))
        posted = vars(ReminderMails)["_posted"]

        async def dies(*given: Any) -> None:
            del vars(mails)["_posted"]
            await posted(mails, *given)
            raise RuntimeError("the process is gone")

        vars(mails)["_posted"] = dies

    async def wake(self, key: str = "event") -> WorkflowHandle[Any, Any]:
        return await wake(self.home.client, DUNNING, SUBJECT, Changed(key=key))

    async def wake_backlog(self) -> None:
        await wake(self.home.client, DUNNING_BACKLOG, subject_of("stripe"), Changed(key="event"))

    async def swept(self) -> None:
        """Let the daily sweep find who owes, and have their flows look."""
        plan = SweepPlan(
            crm="hubspot", began_at=await self.home.now(), owing_before=await self.today() + A_DAY
        )
        environment = ActivityEnvironment(self.home.client)
        found = await environment.run(OwingReads(self.home.billing).owing, plan)
        assert await environment.run(OwingSweep("stripe").tell, found) == 1

    async def say(self, kind: WordKind, **said: Any) -> None:
        """Let a person say something, as the command does."""
        word = Word(id=f"{kind}/{len(said)}", kind=kind, at=await self.home.now(), actor="cli:anne", **said)
        await self.home.records.dunning.said(str(SUBJECT), word)
        await self.wake(key=str(kind))

    async def mailed(self, count: int) -> list[Mail]:
        """Wait until so many reminders arrived, a quarter of a day at a time."""

        async def there() -> bool:
            await self.rests()
            if len(self.mails) < count:
                await self.home.pass_time(timedelta(hours=12))
            return len(self.mails) >= count

        await until(there, what=f"{count} reminder(s), not {[mail.subject for mail in self.mails]}")
        return self.mails

    async def rests(self, flow: str = FLOW) -> None:
        """Wait until the flow waits, or has ended; what is put off until later in a step is skipped."""

        async def resting() -> bool:
            try:
                seen = await self.home.flow(flow).describe()
            except RPCError:
                return False
            raw = seen.raw_description
            if raw.pending_activities and all(map(_put_off, raw.pending_activities)):
                await self.home.pass_time(PUT_OFF)
            return not raw.pending_activities and not raw.HasField("pending_workflow_task")

        await until(resting, what="the flow rests")

    async def asked_about_all(self) -> Waiting:
        """Wait until it is asked whether those late before may be reminded, and the answer is waited for.

        Listed comes first: whoever is found before the flow has looked once more changes the question.
        """
        found: list[Waiting] = []

        async def there() -> bool:
            await self.home.pass_time(timedelta(minutes=1))
            found[:] = await self.home.records.waiting.list()
            return bool(found)

        await until(there, what="the question about those who were late before")
        await self.rests(BACKLOG_FLOW)
        return found[0]

    async def pass_days(self, days: int) -> None:
        """Let time pass, and the flow do what it does."""
        for _ in range(days):
            await self.rests()
            await self.home.pass_time(A_DAY)
        await self.rests()

    async def forget(self) -> None:
        """Lose what the records remember, as with an older copy of them."""
        file = self.home.records_file
        with contextlib.closing(sqlite3.connect(file)) as database:
            database.execute("DELETE FROM dunning")
            database.commit()

    async def memory(self) -> Memory:
        return await self.home.records.dunning.memory(str(SUBJECT))

    @property
    def mails(self) -> list[Mail]:
        """What arrived at the customer."""
        return [mail for mail in self.home.mailer.arrived if "finance@hexalab.example" not in mail.to]

    @property
    def tasks(self) -> list[str]:
        return [task.subject for task in self.home.crm.tasks.values()]

    async def end(self) -> dict[str, Any]:
        return await self.home.end(FLOW, skip=A_DAY)


def _put_off(step: PendingActivityInfo) -> bool:
    """Whether no attempt of a step runs: the time-skipping server says of both that it has started."""
    over, begun = step.last_attempt_complete_time, step.last_started_time
    return over.ToNanoseconds() >= begun.ToNanoseconds() > 0
