"""Saying where people look for it that a flow waits for a vendor."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from temporalio import workflow

from raccord.domain.rules.timing import Timing
from raccord.temporal import search
from raccord.texts.ends import waiting_markdown
from workflows.page import Page

T = TypeVar("T")

_FIRST_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(minutes=5)
_MOST_FRUITLESS = 12


@dataclass(frozen=True)
class _Awaited:
    """The vendor step that a flow awaits, and since when."""

    queue: str
    since: datetime


class HeldUp:
    """What one flow waits for beside people: a step that takes long, or a while between two looks.

    One timer a flow, not one a step.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self.timing = Timing()
        self.language = "fr"
        self.fruitless = 0
        """Looks that came to nothing, one after the other."""
        self._awaited: _Awaited | None = None
        self._shown: _Awaited | None = None

    async def while_awaiting(self, queue: str, step: Awaitable[T]) -> T:
        """Await a vendor step; while it takes longer than usual, the flow is shown as waiting."""
        awaited = self._awaited = _Awaited(queue, workflow.now())
        try:
            return await step
        finally:
            self._awaited = None
            if self._shown is awaited:
                # Here, and not by the watch: it would say "running" after the flow has said that it waits
                # for a person.
                self._shown = None
                self._show_running()

    async def pause(self, wait: timedelta | None = None, queue: str = "") -> None:
        """Wait as long as a vendor asked, and longer each time that looks come to nothing.

        The first look after one that came to nothing begins at once, unless somebody asked for more.
        """
        grown = _FIRST_PAUSE * 2 ** (self.fruitless - 1) if self.fruitless else timedelta(0)
        self.fruitless = min(self.fruitless + 1, _MOST_FRUITLESS)
        pause = max(wait or timedelta(0), min(grown, _LONGEST_PAUSE))
        if not pause:
            return
        if queue:
            self._show(queue)
        await workflow.sleep(pause, summary=f"leave {queue} alone for a while" if queue else "look again")

    async def watch(self) -> None:
        """Show a step that takes long, until cancelled."""
        while True:
            await workflow.wait_condition(lambda: self._awaited is not None)
            awaited = self._awaited
            if awaited is None:
                continue
            left = awaited.since + self.timing.waiting_after - workflow.now()
            if left > timedelta(0):
                await workflow.sleep(left, summary=f"then say that {awaited.queue} is awaited")
                continue
            self._shown = awaited
            self._show(awaited.queue)
            await self._done(awaited)

    async def _done(self, awaited: _Awaited) -> None:
        await workflow.wait_condition(lambda: self._awaited is not awaited)

    def _show_running(self) -> None:
        workflow.upsert_search_attributes([search.STATE.value_set("running"), search.CAUSE.value_unset()])
        self._page.show("")

    def _show(self, queue: str) -> None:
        workflow.upsert_search_attributes(
            [search.STATE.value_set("waiting"), search.CAUSE.value_set(f"{search.AWAITS}{queue}")]
        )
        self._page.show(waiting_markdown(queue, self.language))
