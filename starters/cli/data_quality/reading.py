"""Reading companies, won deals and open invoices, part after part, with patience and never writing."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any, TypeVar

import click

from raccord.connectors.billing import BillingReader
from raccord.connectors.crm import CrmReader
from raccord.connectors.errors import AmbiguousWrite, ConnectorError, RateLimited, Transient
from raccord.domain.data_quality.verdict import verdict
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.texts.voice import Voice
from starters.cli.common import warn
from starters.cli.data_quality.notebook import Notebook

T = TypeVar("T")

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
"""Seconds between two attempts."""
ATTEMPTS = 12
"""Of one part: some eight minutes of a vendor that is down, then what was read is shown."""


class Stopped(Exception):
    """Reading ended before everything was read; `str()` says why."""


@dataclass(frozen=True)
class Reader:
    """`shows`: whether a person watches a terminal. `today` is the business date."""

    crm: CrmReader
    billing: BillingReader
    policy: DealWonPolicy
    since: date
    today: date
    notebook: Notebook
    voice: Voice
    shows: bool

    async def read(self) -> str:
        """Read everything, and return why it ended early; empty where it did not.

        Ctrl-C ends the reading and keeps what was read; a second one ends the command.
        """
        try:
            await self._companies()
            await self._deals()
            await self._open_invoices()
        except asyncio.CancelledError:
            if task := asyncio.current_task():
                task.uncancel()
            return self.voice.say("data_quality.stopped.by_hand")
        except Stopped as stopped:
            return str(stopped)
        return ""

    async def _companies(self) -> None:
        after, left = "", None
        with self._bar("data_quality.reading.companies") as bar:
            while True:
                page = await self._patiently(partial(self.crm.list_companies, after=after))
                left = _shown(bar, left, page.left, len(page.companies))
                with self.notebook.part():
                    for each in page.companies:
                        self.notebook.company(each)
                after = page.after
                if not after:
                    return

    async def _deals(self) -> None:
        after, left = "", None
        with self._bar("data_quality.reading.deals") as bar:
            while True:
                page = await self._patiently(
                    partial(self.crm.list_whole_deals, won_from=self.since, after=after)
                )
                left = _shown(bar, left, page.left, len(page.deals) + len(page.refused))
                with self.notebook.part():
                    for each in page.deals:
                        self.notebook.deal(each, verdict(each, self.policy, self.today))
                    for refused in page.refused:
                        self.notebook.refused(refused)
                after = page.after
                if not after:
                    return

    async def _open_invoices(self) -> None:
        """Compare where open invoices go with where the CRM says."""
        owing: set[str] = set()
        after = ""
        while True:
            page = await self._patiently(partial(self.billing.list_invoices, since=self.since, after=after))
            owing |= {each.invoice.customer_id for each in page.invoices if each.due.amount > 0}
            after = page.after
            if not after:
                break
        while owing:
            customers = await self._patiently(partial(self.billing.list_customers, after=after))
            with self.notebook.part():
                for each in customers.customers:
                    if each.id in owing:
                        self.notebook.customer(each, self.policy.crm)
            after = customers.after
            if not after:
                return

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask again where a vendor is down or busy. Raises `Stopped`."""
        wait = FIRST_WAIT
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await ask()
            except (Transient, RateLimited, AmbiguousWrite) as error:
                if attempt == ATTEMPTS:
                    raise Stopped(self.voice.say("data_quality.stopped.by_vendor", why=str(error))) from error
                asked = error.retry_after if isinstance(error, RateLimited) else timedelta(seconds=wait)
                seconds = min(asked.total_seconds(), LONGEST_WAIT)
                warn(self.voice.say("data_quality.again", why=str(error), count=max(1, round(seconds))))
                await asyncio.sleep(seconds)
                wait = min(wait * 2, LONGEST_WAIT)
            except ConnectorError as error:
                raise Stopped(self.voice.say("data_quality.stopped.by_vendor", why=str(error))) from error
        raise AssertionError("the last attempt ends the loop")

    def _bar(self, code: str) -> AbstractContextManager[Any]:
        return click.progressbar(
            length=1, label=self.voice.say(code), file=sys.stderr, hidden=not self.shows, show_pos=True
        )


def _shown(bar: Any, before: int | None, left: int | None, read: int) -> int | None:
    """Move a bar on, and return how many there are in all, as the first part said."""
    whole = left if before is None else before
    bar.length = max(whole or 0, bar.pos + read, 1)
    bar.update(read)
    return whole
