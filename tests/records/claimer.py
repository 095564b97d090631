"""A process of its own that claims keys: `python -m tests.records.claimer URL KEYS OWNER`.

Says "ready" once it has migrated, then answers each line, a key, with "yes" or "no" once that is committed.
"""

import asyncio
import sys
from pathlib import Path

from raccord.records.records import Records
from raccord.sealing import KeyRing
from tests.records.writer import say


async def claim(url: str, key_file: str, owner: str) -> None:
    records = Records.open(url, KeyRing.load(Path(key_file)))
    await records.migrate()
    say("ready")
    for line in sys.stdin:
        if key := line.strip():
            say("yes" if await records.claims.claim(key, owner) else "no")
    await records.close()


if __name__ == "__main__":
    asyncio.run(claim(sys.argv[1], sys.argv[2], sys.argv[3]))
