"""What was acknowledged and ignored is counted in the records, apart from the deliveries."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

import structlog

from raccord.records.database import RecordsUnavailable
from raccord.records.records import Records

log = structlog.get_logger()

AGAIN = timedelta(seconds=5)


class Tally:
    """Counts now and writes down soon: no delivery waits for it, and a burst is one write.

    What a killed process had not written yet is not counted; it had no effect either.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._counts: Counter[tuple[str, str]] = Counter()
        self._noted = asyncio.Event()

    def note(self, connection: str, reasons: Iterable[str]) -> None:
        """Count what a connection sent for nothing."""
        self._counts.update((connection, reason) for reason in reasons)
        if self._counts:
            self._noted.set()

    async def keep_writing(self) -> None:
        """Write down what is noted, until cancelled; then what is left."""
        try:
            while True:
                await self._noted.wait()
                if not await self._written():
                    await asyncio.sleep(AGAIN.total_seconds())
        finally:
            await self._written()

    async def _written(self) -> bool:
        self._noted.clear()
        taken, self._counts = self._counts, Counter()
        try:
            # A write that has begun ends, whoever is cancelled meanwhile.
            await asyncio.shield(asyncio.ensure_future(self._write(taken)))
        except RecordsUnavailable as error:
            log.warning("webhook.not_counted", error=type(error).__name__)
            self._counts.update(taken)
            self._noted.set()
            return False
        return True

    async def _write(self, counts: Counter[tuple[str, str]]) -> None:
        if counts:
            await self._records.ignored.add(counts)
