"""Audit rows for tests, and a look at the database behind the product's back."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from raccord.records.audit import Audit, Intent, Verdict
from tests.patience import patience


def intent(key: str = "inv/hubspot:1/1/1/abc", **given: Any) -> Intent:
    return Intent(
        **{
            "key": key,
            "effect": "billing.create_draft",
            "object": "hubspot:1",
            "actor": "raccord",
            "cause": "deal-won/hubspot/1 run-1",
            "request_hash": "f00d",
            **given,
        }
    )


async def fill(audit: Audit) -> None:
    """Append ten rows: three pairs, two notes, two open intents."""
    for number in range(3):
        await audit.intend(intent(f"inv/{number}", after={"number": number}))
        await audit.conclude(f"inv/{number}", Verdict.DONE, {"id": f"in_{number}"})
    await audit.note("deal_won.end", "hubspot:1", "raccord", "run-1", {"ending": "invoiced"})
    await audit.note("deal_won.end", "hubspot:2", "raccord", "run-2", {"ending": "problems"})
    await audit.intend(intent("inv/8"))
    await audit.intend(intent("inv/9"))


@contextmanager
def tampering(file: Path) -> Iterator[sqlite3.Connection]:
    """Open the file as an intruder would and commit what they do."""
    with closing(sqlite3.connect(file, timeout=patience(10))) as connection, connection:
        yield connection
