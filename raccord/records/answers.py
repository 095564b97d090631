"""What people said once of a company, for all of its deals: the last word on each topic counts."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, select, update

from raccord.records.database import Database, insert_if_absent
from raccord.records.tables import answers
from raccord.records.work import Work


class Answers:
    """Answers by company (`<connection>:<id>`) and topic; both are opaque."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, companies: Iterable[str]) -> Work[dict[str, str]]:
        """Return the answers about a company, given all the ids that it has had, by topic."""
        known = answers.c.company.in_(tuple(companies))
        wanted = select(answers.c.topic, answers.c.answer).where(known).order_by(answers.c.answered_at)
        return self._database.reading(lambda tx: {row.topic: row.answer for row in tx.execute(wanted)})

    def give(self, company: str, topic: str, answer: str, flow: str) -> Work[None]:
        """Remember an answer in place of the one before; `flow` asked for it."""
        given = {"answer": answer, "flow": flow, "answered_at": datetime.now(UTC)}
        same = update(answers).where(answers.c.company == company, answers.c.topic == topic)

        def work(tx: Connection) -> None:
            if not insert_if_absent(tx, answers, company=company, topic=topic, **given):
                tx.execute(same.values(**given))

        return self._database.writing(work)

    def withdraw(self, flow: str) -> Work[int]:
        """Forget the answers that a flow asked for; return how many."""
        forgotten = delete(answers).where(answers.c.flow == flow)
        return self._database.writing(lambda tx: tx.execute(forgotten).rowcount)
