"""How far the steps of one onboarding are: under way, over, or failed."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import timedelta

from temporalio import workflow

from raccord.domain.onboarding.outcome import StepEnd, StepState
from raccord.domain.onboarding.questions import Failure
from raccord.domain.rules.onboarding import OnboardingStep

GOES_ON_AFTER = timedelta(minutes=10)
"""How long the next step waits for one that a system puts off."""


class Progress:
    """Begins steps in their order, and remembers what became of each.

    `failed_late` is called when a step fails while people are asked about others.
    """

    def __init__(self, failed_late: Callable[[], None]) -> None:
        self._failed_late = failed_late
        self._running: dict[str, asyncio.Task[None]] = {}
        self._over: dict[str, StepEnd] = {}
        self._failed: dict[str, Failure] = {}
        self.asking = False

    @property
    def begun(self) -> bool:
        """Whether anything was begun."""
        return bool(self._running or self._over or self._failed)

    @property
    def over(self) -> tuple[StepEnd, ...]:
        return tuple(self._over.values())

    @property
    def failures(self) -> tuple[Failure, ...]:
        return tuple(self._failed.values())

    def left(self, steps: tuple[OnboardingStep, ...]) -> Iterator[OnboardingStep]:
        """Yield the steps that are neither over nor under way, those that failed before among them."""
        yield from (step for step in steps if step.name not in self._over and step.name not in self._running)

    async def begin(
        self, step: OnboardingStep, run: Callable[[OnboardingStep], Awaitable[StepEnd | Failure]]
    ) -> None:
        """Begin a step and wait until it is over, or takes so long that the next one need not wait for it."""
        self._failed.pop(step.name, None)
        task = self._running[step.name] = asyncio.create_task(self._until_over(step, run))
        with suppress(TimeoutError):
            await workflow.wait_condition(
                task.done, timeout=GOES_ON_AFTER, timeout_summary=f"then go on beside {step.name}"
            )
        if task.done():
            task.result()

    async def _until_over(
        self, step: OnboardingStep, run: Callable[[OnboardingStep], Awaitable[StepEnd | Failure]]
    ) -> None:
        try:
            found = await run(step)
        finally:
            del self._running[step.name]
        if isinstance(found, StepEnd):
            self._over[step.name] = found
            return
        self._failed[step.name] = found
        if self.asking:
            self._failed_late()

    def settle(self, step: str, state: StepState) -> None:
        """Take a failed step for over, as a person said."""
        if self._failed.pop(step, None):
            self._over[step] = StepEnd(name=step, state=state)

    async def all_over(self) -> None:
        """Wait until nothing is under way."""
        await asyncio.gather(*self._running.values())

    async def abandon(self) -> None:
        """Give up what is under way: it is tried no more, and may have happened."""
        running = list(self._running.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
