"""A process of its own that asks and settles one flow's question.

Run as `python -m tests.records.asker URL KEYS COUNT`.
Says "ready" once it has migrated, waits for a line, then prints the incident it was given each time.
"""

import asyncio
import sys
from pathlib import Path

from raccord.records.records import Records
from raccord.sealing import KeyRing
from tests.records.questions import FLOW, question
from tests.records.writer import say


async def ask(url: str, key_file: str, count: int) -> None:
    records = Records.open(url, KeyRing.load(Path(key_file)))
    await records.migrate()
    say("ready")
    sys.stdin.readline()
    for number in range(count):
        say((await records.waiting.open(FLOW, question())).incident)
        if number % 3 == 2:
            await records.waiting.close(FLOW)
        # SQLite's lock is not fair: without a breath one process may finish before another gets in.
        await asyncio.sleep(0.003)
    await records.close()


if __name__ == "__main__":
    asyncio.run(ask(sys.argv[1], sys.argv[2], int(sys.argv[3])))
