"""Reading what customers owe, and what is remembered of them, from a command."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from activities.dunning.books import AccountReads
from activities.dunning.memory import BEGAN
from raccord.connectors.billing import BillingReader
from raccord.connectors.connection import Kind, in_its_words
from raccord.connectors.errors import ConnectorError, RateLimited
from raccord.domain.dunning.foresight import Coming, coming
from raccord.domain.dunning.memory import Memory
from raccord.domain.dunning.plan import Plan, planned
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.values.account import Account
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from starters.cli.common import fail
from starters.cli.display import opened
from workers.connections import opened as connections_of
from workers.policies import dunning_policy

T = TypeVar("T")
AHEAD = timedelta(days=120)
"""How far the next reminder is looked for: nothing is planned for later than a quarter of a year."""
_AT_ONCE = 4
"""Accounts that are read at a time: the vendor's limit is shared with the workers."""
_PATIENCE = 5


@dataclass(frozen=True)
class Known:
    """A customer as it stands now."""

    account: Account
    memory: Memory
    plan: Plan
    next: Coming | None

    @property
    def name(self) -> str:
        return self.account.name or self.account.customer_id


class Books:
    """All that is known now of customers who owe. `policy` is what the settings say."""

    def __init__(self, billing: BillingReader, records: Records, policy: DunningPolicy) -> None:
        self.billing = billing
        self.records = records
        self.policy = policy
        self.now = now()
        self._accounts = AccountReads(billing, records, policy.billing, policy.crm)

    @property
    def today(self) -> date:
        return self.policy.clock.date_of(self.now)

    def subject(self, customer_id: str) -> Subject:
        return Subject(kind=SubjectKind.CUSTOMER, connection=self.policy.billing, id=customer_id)

    async def owing(self) -> tuple[Known, ...]:
        """Read every customer whom a reminder may concern."""
        before = self.policy.looks_before(self.now)
        ids = await patiently(lambda: self.billing.customers_owing(due_before=before))
        return await self.all_of(ids)

    async def all_of(self, ids: Iterable[str]) -> tuple[Known, ...]:
        """Read several customers."""
        return await self.some_at_a_time(self.known, ids)

    async def some_at_a_time(self, read: Callable[[str], Awaitable[T]], ids: Iterable[str]) -> tuple[T, ...]:
        """Read several records by their ids."""
        turn = asyncio.Semaphore(_AT_ONCE)

        async def one(id_: str) -> T:
            async with turn:
                return await patiently(lambda: read(id_))

        return tuple(await asyncio.gather(*map(one, ids)))

    async def known(self, customer_id: str) -> Known:
        """Read one customer."""
        account = await patiently(lambda: self._accounts.read(customer_id))
        memory = await self.records.dunning.memory(str(self.subject(customer_id)))
        return await self.judged(account, memory)

    async def judged(self, account: Account, memory: Memory, policy: DunningPolicy | None = None) -> Known:
        """Plan for a customer, under the policy of the settings or another one."""
        rules = policy or self.policy
        began = await self.records.watermarks.get(BEGAN)
        since = rules.clock.date_of(began) if began else None
        plan = planned(account, memory, rules, self.now, live_since=since)
        until = self.now + AHEAD
        following = coming(account, memory, rules, self.now, live_since=since, until=until)
        return Known(account=account, memory=memory, plan=plan, next=following)


def now() -> datetime:
    """Return the instant at which a command looks."""
    return datetime.now(UTC)


@asynccontextmanager
async def books(configuration: Configuration, keys: KeyRing) -> AsyncIterator[Books]:
    """Open the billing system and the records; end the command with a sentence where either refuses."""
    async with connections_of(configuration) as connections, opened(configuration, keys) as records:
        try:
            yield Books(connections.of(Kind.BILLING), records, dunning_policy(configuration))
        except ConnectorError as error:
            fail(in_its_words(error), status=1)


async def patiently(read: Callable[[], Awaitable[T]]) -> T:
    """Read, and come back when the vendor says so."""
    for _ in range(_PATIENCE):
        try:
            return await read()
        except RateLimited as limited:
            await asyncio.sleep(limited.retry_after.total_seconds())
    return await read()
