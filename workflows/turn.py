"""How soon a flow's steps are due, among all that wait for the same vendor."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from temporalio import workflow
from temporalio.common import Priority
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError, RetryState

from raccord.temporal.flows import PROMPTLY

T = TypeVar("T")


class Turn:
    """A run goes as soon as the most pressing of those who asked for it, to its end.

    A step keeps the place in the queue of its connection that it was given. One that stands behind a whole
    sweep when a webhook comes is taken out and given a better place; one that a worker has begun comes to
    its end.
    """

    def __init__(self) -> None:
        self._rank: int | None = None

    def asked(self, rank: int | None = PROMPTLY.priority_key) -> None:
        """Take note of how soon somebody wants a look, as a `priority_key`; a person wants it promptly."""
        if rank is not None and (self._rank is None or rank < self._rank):
            self._rank = rank

    @property
    def priority(self) -> Priority:
        """That of the run itself while nobody asked."""
        return Priority(priority_key=self._rank)

    async def of(self, begin: Callable[[Priority], workflow.ActivityHandle[T]]) -> T:
        """Run a step to its end, at a better place as soon as there is one."""
        while True:
            better = partial(self._differs_from, self._rank)
            step = begin(self.priority)
            sooner = asyncio.create_task(workflow.wait_condition(better))
            await workflow.wait((step, sooner), return_when=asyncio.FIRST_COMPLETED)
            sooner.cancel()
            if not step.done():
                step.cancel()
            try:
                return await step
            except ActivityError as error:
                if not _taken_out(error):
                    raise

    def _differs_from(self, rank: int | None) -> bool:
        return self._rank != rank


def _taken_out(error: ActivityError) -> bool:
    """Whether a step ended because it was cancelled: before it began, or instead of another attempt."""
    if isinstance(error.cause, ApplicationError) and error.cause.non_retryable:
        return False
    return isinstance(error.cause, CancelledError) or error.retry_state is RetryState.CANCEL_REQUESTED
