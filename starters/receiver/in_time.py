"""The records and Temporal, for deliveries that have to be answered soon."""

import asyncio
from collections.abc import Coroutine, Iterable
from datetime import timedelta
from typing import Any, TypeVar

import structlog

from raccord.domain.values.message import Message
from raccord.records.agreed import Touched
from raccord.records.database import RecordsUnavailable
from raccord.records.records import Records
from raccord.records.work import Work, together
from starters.receiver.body import Refused

log = structlog.get_logger()

COME_BACK_SECONDS = 30

T = TypeVar("T")


class RecordsInTime:
    """The records, waited for until a deadline of the event loop's clock. Raises `Refused`.

    What waits for another process's lock holds the records' one thread, which nobody can stop: while that
    lasts longer than a delivery waits (`patience`), who needs it is refused at once. At most `most_writing`
    deliveries wait to write, so that the others find room meanwhile.
    """

    def __init__(self, records: Records, *, patience: timedelta, most_writing: int) -> None:
        self._records = records
        self._patience = patience
        self._most_writing = most_writing
        self._writing = 0

    async def concerned(self, watched: list[str], followed: list[str], until: float) -> dict[str, str]:
        """Return the flows that wait for a watched record or follow a followed one, each with it."""
        found = await self._done(
            together(self._records.waiting.watching(watched), self._records.followed.flows_of(followed)),
            until,
        )
        return found[1] | found[0]

    async def linked(
        self, connection: str, companies: list[str], customers: list[str], until: float
    ) -> tuple[Touched, ...]:
        """Return the linked pairs that have one of these records of a connection."""
        return await self._done(self._records.agreed.touched(connection, companies, customers), until)

    async def set_aside(self, connection: str, reason: Message, raw: bytes, until: float) -> None:
        """Keep in quarantine what nobody can read."""
        if self._writing >= self._most_writing:
            raise _records_unavailable()
        self._writing += 1
        try:
            await self._done(self._records.quarantine.put(connection, reason, raw), until)
        finally:
            self._writing -= 1

    async def _done(self, work: Work[T], until: float) -> T:
        if self._records.lasting(writes=work.writes) >= self._patience:
            raise _records_unavailable()
        try:
            async with asyncio.timeout_at(until):
                return await work
        except (TimeoutError, RecordsUnavailable) as error:
            raise _records_unavailable() from error


async def accepted(connection: str, starts: Iterable[Coroutine[Any, Any, None]], until: float) -> None:
    """Make all of these calls to Temporal side by side. Raises `Refused` unless it took them all in time."""
    try:
        async with asyncio.timeout_at(until), asyncio.TaskGroup() as group:
            for start in starts:
                group.create_task(start)
    except TimeoutError as error:
        raise _temporal_unavailable(connection, error) from error
    except ExceptionGroup as errors:
        refused = (each for each in errors.exceptions if isinstance(each, Refused))
        raise next(refused, None) or _temporal_unavailable(connection, errors.exceptions[0]) from errors


def _records_unavailable() -> Refused:
    return Refused(503, "records_unavailable", retry_after=COME_BACK_SECONDS)


def _temporal_unavailable(connection: str, error: Exception) -> Refused:
    log.warning("webhook.not_durable", connection=connection, error=type(error).__name__)
    return Refused(503, "temporal_unavailable", retry_after=COME_BACK_SECONDS)
