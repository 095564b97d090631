"""A process of its own that appends audit pairs.

Run as `python -m tests.records.writer URL KEYS NAME COUNT SECONDS`.
Says "ready" once it has migrated, waits for a line, then prints a line per pair after it was committed.
"""

import asyncio
import sys
import time
from pathlib import Path

from raccord.records.audit import Verdict
from raccord.records.database import RecordsUnavailable
from raccord.records.records import Records
from raccord.sealing import KeyRing
from tests.patience import patience
from tests.records.rows import intent


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def migrated(records: Records) -> None:
    """Wait for one's turn, as a worker that starts beside others does: on a busy machine it takes seconds."""
    deadline = time.monotonic() + patience(60)
    while True:
        try:
            return await records.migrate()
        except RecordsUnavailable:
            if time.monotonic() >= deadline:
                raise
            await asyncio.sleep(0.2)


async def write(url: str, key_file: str, name: str, count: int, breath: float) -> None:
    records = Records.open(url, KeyRing.load(Path(key_file)))
    await migrated(records)
    say("ready")
    sys.stdin.readline()
    for number in range(count):
        key = f"{name}/{number}"
        await records.audit.intend(intent(key, after={"number": number}))
        await records.audit.conclude(key, Verdict.DONE, {"number": number})
        say(str(number))
        # SQLite's lock is not fair: without a breath one process may finish before another gets in.
        await asyncio.sleep(breath)
    await records.close()


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), float(sys.argv[5])))
