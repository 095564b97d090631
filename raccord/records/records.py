"""Everything that is remembered, behind one object per process."""

from datetime import timedelta

from raccord.records.agreed import Agreed
from raccord.records.answers import Answers
from raccord.records.audit import Audit
from raccord.records.claims import Claims
from raccord.records.credentials import Credentials
from raccord.records.database import Database, named
from raccord.records.dunning import DunningRecords
from raccord.records.findings import Findings
from raccord.records.followed import Followed
from raccord.records.ignored import Ignored
from raccord.records.links import Links
from raccord.records.migrate import is_current, upgrade
from raccord.records.payments import Payments
from raccord.records.proofs import Proofs
from raccord.records.quarantine import Quarantine
from raccord.records.report_runs import ReportRuns
from raccord.records.reports import Reports
from raccord.records.rungs import Rungs
from raccord.records.stuck import Stuck
from raccord.records.waiting import WaitingList
from raccord.records.watermarks import Watermarks
from raccord.sealing import KeyRing


class Records:
    """The records of one company. Every method of every part may raise `RecordsUnavailable`.

    Several processes may hold the same database open and write at once. Most methods return `Work`: await
    it, or do several pieces of it `together` in one transaction.
    """

    def __init__(self, database: Database, keys: KeyRing) -> None:
        self._database = database
        self.links = Links(database)
        self.claims = Claims(database)
        self.answers = Answers(database)
        self.audit = Audit(database, keys)
        self.quarantine = Quarantine(database, keys)
        self.ignored = Ignored(database)
        self.findings = Findings(database, keys)
        self.rungs = Rungs(database, keys)
        self.payments = Payments(database, keys)
        self.dunning = DunningRecords(database, keys)
        self.agreed = Agreed(database, keys)
        self.waiting = WaitingList(database, keys)
        self.followed = Followed(database)
        self.stuck = Stuck(database, keys)
        self.proofs = Proofs(database, keys)
        self.report_runs = ReportRuns(database, keys)
        self.reports = Reports(database, keys)
        self.watermarks = Watermarks(database)
        self.credentials = Credentials(database, keys)

    @classmethod
    def open(cls, url: str, keys: KeyRing) -> "Records":
        """Name the database by its SQLAlchemy URL (`sqlite:///file`). No I/O happens here."""
        return cls(Database(url), keys)

    async def migrate(self) -> None:
        """Create what is missing of the database and its tables. Safe to repeat, and to race.

        Nobody restores a backup beside who has begun so, until `close`.
        """
        self._database.take_place()
        await self._database.writing(upgrade)

    async def migrated(self) -> bool:
        """Whether the tables are those of this release or of a newer one."""
        return await self._database.reading(is_current)

    async def database(self) -> str:
        """Name the database and its version, as `PostgreSQL 15.18`."""
        return await self._database.reading(named)

    def lasting(self, *, writes: bool) -> timedelta:
        """Return for how long the read or write under way has lasted; what is asked next waits for it."""
        return self._database.lasting(writes=writes)

    async def close(self) -> None:
        await self._database.close()
