"""Audit rows for tests, and a look at the database behind the product's back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, CursorResult, NullPool, create_engine, text

from raccord.records.audit import Audit, Intent, Verdict
from raccord.records.engine import address, engine_of


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


class Intruder:
    """Somebody with the database's password."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def execute(self, statement: str, **values: object) -> CursorResult[Any]:
        return self._connection.execute(text(statement), values)


@contextmanager
def writing_elsewhere(url: str) -> Iterator[None]:
    """Be another process in the middle of a transaction that writes; nothing comes of it."""
    _, writes = engine_of(address(url))
    with writes.connect() as connection, connection.begin() as transaction:
        yield
        transaction.rollback()


@contextmanager
def tampering(url: str) -> Iterator[Intruder]:
    """Open the database as an intruder would, and commit what they do."""
    engine = create_engine(address(url), poolclass=NullPool)
    with engine.begin() as connection:
        yield Intruder(connection)
