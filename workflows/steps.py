"""Running one step: an activity with its retry rule, and a refusal turned into a question.

The only module that catches `ActivityError`. Outages never surface here: they are retried without
limit. What surfaces is what only a person can settle, and the end of a step's own time.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import Priority, RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, RetryState

from activities.billing.drafts import OUTDATED
from activities.effects import UNKNOWN
from raccord.connectors.errors import DUE_DATE_PAST, VAT_RATE_MISSING
from raccord.domain.desk.asks import refusal, refused
from raccord.domain.desk.problems import Cause, Problem
from raccord.domain.desk.question import Ask
from raccord.domain.rules.timing import Timing
from raccord.domain.values.message import RecordName
from raccord.temporal.flows import FLOWS_QUEUE
from workflows.turn import Turn

T = TypeVar("T")

_OUTDATED = frozenset((OUTDATED, DUE_DATE_PAST, VAT_RATE_MISSING))
"""Codes of refusals that say: what was decided is outdated, read everything again."""
_JOIN = timedelta(minutes=10)
_BEAT = timedelta(seconds=10)
_OURS = timedelta(seconds=10)
_QUIET, _QUIET_WAIT = timedelta(minutes=1), timedelta(hours=1)
_SLOW_BEAT = timedelta(seconds=30)
_TO_ITS_END = workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
"""Of a step that is cancelled: one that has begun may have happened."""
_CAUSES = {
    "several_invoices": Cause.SEVERAL_INVOICES,
    "totals": Cause.TOTALS,
    UNKNOWN: Cause.UNKNOWN_MAIL,
    "Poison": Cause.UNREADABLE_ANSWER,
    "TooLarge": Cause.TOO_LARGE,
    "Bug": Cause.BUG,
}


class Stopped(Exception):
    """A step met something that only a person can settle."""

    def __init__(self, ask: Ask) -> None:
        super().__init__(ask.cause)
        self.ask = ask


class OutOfTime(Exception):
    """A step with a time limit did not succeed within it; it may have happened.

    `wait` is how long its connection asked to be left alone; None when it did not say. `said` is why the last
    attempt failed, empty where none came to an end.
    """

    def __init__(self, queue: str, wait: timedelta | None, said: str = "") -> None:
        super().__init__(queue)
        self.queue = queue
        self.wait = wait
        self.said = said


class Missed(Exception):
    """A step that nothing depends on came to no end; `str()` says why."""


class Gone(Exception):
    """The record a step was about does not exist any more."""

    def __init__(self, record: RecordName) -> None:
        super().__init__(str(record))
        self.record = record


class LookAgain(Exception):
    """The flow has to read everything again: an answer came, a record changed, or a plan is outdated.

    `ask` is what a person is asked when reading again does not help.
    """

    def __init__(self, ask: Ask | None = None) -> None:
        super().__init__()
        self.ask = ask


def _question(error: ApplicationError, record: RecordName) -> Problem:
    detail = _detail(error)
    cause = _CAUSES.get(detail.get("code") or "") or _CAUSES.get(error.type or "", Cause.REFUSED)
    return refusal(cause, record, detail.get("field") or "", error.message)


def _detail(error: ApplicationError) -> dict[str, Any]:
    return error.details[0] if error.details and isinstance(error.details[0], dict) else {}


async def run_step(
    method: Callable[..., Awaitable[T]],
    arg: Any,
    *,
    queue: str,
    timing: Timing,
    about: RecordName,
    summary: str,
    within: timedelta | None = None,
    lasting: timedelta | None = None,
    turn: Turn | None = None,
) -> T:
    """Run one vendor step on the connection's queue until it succeeds.

    Raises `Stopped` when it is refused, `Gone` when its record is gone, `LookAgain` when it found the
    plan outdated, and `OutOfTime` when it did not succeed `within` a limit; `about` names the record in
    the question, `summary` is what an operator reads in the history. `lasting`: how long one attempt may take
    where that is not what others may; such a step beats. `turn`: how soon the step is due, where that is not
    as soon as its run is.
    """

    def begin(priority: Priority) -> workflow.ActivityHandle[T]:
        return workflow.start_activity(
            method,
            arg,
            task_queue=queue,
            start_to_close_timeout=lasting or timing.step_timeout,
            schedule_to_close_timeout=within,
            heartbeat_timeout=_BEAT if lasting else None,
            retry_policy=_retry(timing),
            cancellation_type=_TO_ITS_END if turn else workflow.ActivityCancellationType.TRY_CANCEL,
            summary=summary,
            priority=priority,
        )

    if turn is None:
        step: Awaitable[T] = begin(Priority.default)
    elif lasting or within:
        # A step that beats would be cancelled while it runs, and a limit of time would begin anew.
        step = begin(turn.priority)
    else:
        step = turn.of(begin)
    return await _guarded(step, about, queue)


async def run_telling(
    method: Callable[..., Awaitable[object]],
    arg: Any,
    *,
    queue: str,
    timing: Timing,
    about: RecordName,
    summary: str,
    within: timedelta | None = None,
    lasting: timedelta | None = None,
) -> bool:
    """Run a step that tells people something; return whether it did.

    A refusal must not end whoever tells: it is in the log.
    """
    try:
        await run_step(
            method,
            arg,
            queue=queue,
            timing=timing,
            about=about,
            summary=summary,
            within=within,
            lasting=lasting,
        )
    except (Stopped, Gone, OutOfTime) as error:
        workflow.logger.warning("desk.not_told", extra={"error": str(error)})
        return False
    return True


async def run_ours(
    method: Callable[..., Awaitable[T]], *args: Any, summary: str, lasting: timedelta | None = None
) -> T:
    """Run a step of our own that is more than a quick look into the records; `lasting` ones beat."""
    return await workflow.execute_activity(
        method,
        args=args,
        task_queue=FLOWS_QUEUE,
        start_to_close_timeout=lasting or _OURS,
        heartbeat_timeout=_SLOW_BEAT if lasting else None,
        retry_policy=_retry(Timing()),
        summary=summary,
    )


async def run_join(method: Callable[..., Awaitable[T]], arg: Any, *, about: RecordName, summary: str) -> T:
    """Run a step that waits for another flow; it beats while it waits."""
    return await _guarded(
        workflow.execute_activity(
            method,
            arg,
            task_queue=FLOWS_QUEUE,
            start_to_close_timeout=_JOIN,
            heartbeat_timeout=_BEAT,
            retry_policy=_retry(Timing()),
            summary=summary,
        ),
        about,
        FLOWS_QUEUE,
    )


async def run_quietly(method: Callable[..., Awaitable[T]], arg: Any, *, queue: str, summary: str) -> T:
    """Run a step once that nothing depends on. Raises `Missed` when it came to no end."""
    try:
        return await workflow.execute_activity(
            method,
            arg,
            task_queue=queue,
            start_to_close_timeout=_QUIET,
            schedule_to_start_timeout=_QUIET_WAIT,
            retry_policy=RetryPolicy(maximum_attempts=1),
            summary=summary,
        )
    except ActivityError as error:
        raise Missed(
            error.cause.message if isinstance(error.cause, ApplicationError) else str(error)
        ) from error


async def run_local(method: Callable[..., Awaitable[T]], *args: Any, summary: str) -> T:
    """Run a quick step on our own records."""
    return await workflow.execute_local_activity(
        method, args=args, start_to_close_timeout=_OURS, retry_policy=_retry(Timing()), summary=summary
    )


def _retry(timing: Timing) -> RetryPolicy:
    return RetryPolicy(initial_interval=timing.first_retry, maximum_interval=timing.longest_retry)


async def _guarded(step: Awaitable[T], about: RecordName, queue: str) -> T:
    try:
        return await step
    except ActivityError as error:
        cause = error.cause
        if error.retry_state is RetryState.TIMEOUT:
            last = cause if isinstance(cause, ApplicationError) else None
            wait, said = (last.next_retry_delay, last.message) if last else (None, "")
            raise OutOfTime(queue, wait, said) from error
        match cause:
            case ApplicationError(type="NotFound"):
                raise Gone(about) from error
            case ApplicationError() if _detail(cause).get("code") in _OUTDATED:
                raise LookAgain(refused("refused", _question(cause, about))) from error
            case ApplicationError():
                raise Stopped(refused("refused", _question(cause, about))) from error
            case _:
                raise
