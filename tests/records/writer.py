"""A process of its own that appends audit pairs.

Run as `python -m tests.records.writer URL KEYS NAME COUNT SECONDS`.
Says "ready" once it has migrated, waits for a line, then prints a line per pair after it was committed.
"""

import asyncio
import sys
from pathlib import Path

from raccord.records.audit import Verdict
from raccord.records.records import Records
from raccord.sealing import KeyRing
from tests.records.rows import intent
from workers.starting import migrated


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def write(url: str, key_file: str, name: str, count: int, breath: float) -> None:
    records = Records.open(url, KeyRing.load(Path(key_file)))
    # On a busy machine one's turn to write takes seconds to come.
    await migrated(records, url, sys.stderr.write)
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
