"""What the notes of a whole CRM say: counts, sums, people, what is to be cleaned and by whom."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from pydantic import TypeAdapter

from raccord.domain.data_quality.companies import Alike, Known, Twins, twins
from raccord.domain.data_quality.overview import Asked, Cause, Completion, Job, Person, Refused
from raccord.domain.data_quality.settings import each_once
from raccord.domain.data_quality.topics import Topic
from raccord.domain.data_quality.verdict import Standing
from raccord.domain.desk.problems import Problem
from raccord.domain.values.address import says_nothing
from raccord.domain.values.base import fold
from raccord.domain.values.email import parse_emails
from raccord.domain.values.message import RecordKind
from raccord.domain.values.money import Money

_MOST_REFUSED = 50
_PROBLEMS = TypeAdapter(tuple[Problem, ...])


class Noted:
    """Reads a notebook that was settled."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def count(self, standing: Standing | None = None) -> int:
        where, given = ("", ()) if standing is None else (" WHERE standing = ?", (standing,))
        return int(self._db.execute(f"SELECT COUNT(*) FROM deal{where}", given).fetchone()[0])  # noqa: S608

    def companies(self) -> int:
        return int(self._db.execute("SELECT COUNT(*) FROM company").fetchone()[0])

    def asked(self) -> dict[frozenset[Topic], int]:
        """Count the deals that ask by all that is wrong with each."""
        rows = self._db.execute(
            "SELECT topics, COUNT(*) FROM deal WHERE standing = 'asks' GROUP BY topics"
        ).fetchall()
        return {frozenset(map(Topic, topics.split())): count for topics, count in rows}

    def at_stake(self) -> tuple[Money, ...]:
        return _sums(
            self._db.execute(
                "SELECT currency, SUM(minor), COUNT(*) FROM deal WHERE standing = 'asks' GROUP BY currency"
            )
        )

    def causes(self) -> tuple[Cause, ...]:
        asked = self.asked()
        found = []
        for topic in {each for topics in asked for each in topics}:
            sums = self._db.execute(
                """SELECT currency, SUM(minor), COUNT(*) FROM deal WHERE ' ' || topics || ' ' LIKE ?
                   GROUP BY currency""",
                (f"% {topic} %",),
            )
            deals = sum(count for topics, count in asked.items() if topic in topics)
            alone = asked.get(frozenset({topic}), 0)
            found.append(Cause(topic=topic, deals=deals, alone=alone, sums=_sums(sums)))
        return tuple(sorted(found, key=lambda each: (-each.deals, -each.alone, each.topic)))

    def people(self, names: Mapping[str, str]) -> tuple[Person, ...]:
        """Return whoever has won deals or records to clean; `names` are those of others than sellers."""
        rows = self._db.execute(
            """SELECT owner, SUM(standing IN ('passes', 'asks')),
                 SUM(standing = 'passes' OR topics = 'settings'),
                 SUM(CASE WHEN standing = 'asks' AND topics <> 'settings' THEN worth ELSE 0 END)
               FROM deal GROUP BY owner"""
        ).fetchall()
        worth = {owner: each for owner, _, _, each in rows}
        judged = {owner: (judged, passing) for owner, judged, passing, _ in rows}
        called = {id: (name, bool(gone)) for id, name, gone in self._db.execute("SELECT * FROM person")}
        jobs = dict(self._db.execute("SELECT owner, COUNT(*) FROM job GROUP BY owner").fetchall())
        doubles: dict[str, int] = {}
        for each in self.twins():
            owner = self.owner_of(each)
            doubles[owner] = doubles.get(owner, 0) + 1
        more = {each.owner_id for each in self.completions()}
        everybody = judged.keys() | jobs.keys() | doubles.keys() | more
        found = []
        for id in sorted(everybody, key=lambda each: (-worth.get(each, 0), each)):
            name, left = called.get(id, (names.get(id, ""), False))
            all_of_it, passing = judged.get(id, (0, 0))
            sums = self._db.execute(
                """SELECT currency, SUM(minor), COUNT(*) FROM deal
                   WHERE standing = 'asks' AND topics <> 'settings' AND owner = ? GROUP BY currency""",
                (id,),
            )
            found.append(
                Person(
                    id=id,
                    name=name,
                    left=left,
                    judged=all_of_it,
                    passing=passing,
                    sums=_sums(sums),
                    records=jobs.get(id, 0),
                    twins=doubles.get(id, 0),
                )
            )
        return tuple(found)

    def owners_of_companies(self) -> set[str]:
        """Return the ids of owners who have no won deal, and so no name yet."""
        rows = self._db.execute(
            "SELECT DISTINCT owner FROM company WHERE owner NOT IN (SELECT id FROM person) AND owner <> ''"
        )
        return {owner for (owner,) in rows}

    def jobs(self, owner: str | None = None, *, most: int = -1) -> Iterator[Job]:
        """Yield the records to clean of one salesperson, or of all, those with most money at stake first."""
        where, given = ("", ()) if owner is None else ("WHERE owner = ?", (owner,))
        rows = self._db.execute(
            f"SELECT record, owner, deals FROM job {where} ORDER BY worth DESC, deals DESC, record LIMIT ?",  # noqa: S608
            (*given, most),
        ).fetchall()
        for record, its_owner, deals in rows:
            asks = self._db.execute(
                """SELECT kind, record_id, name, url, topic, problem FROM ask WHERE record = ?
                   GROUP BY problem ORDER BY MIN(rowid)""",
                (record,),
            ).fetchall()
            kind, record_id, name, url, _, _ = asks[0]
            sums = self._db.execute(
                """SELECT currency, SUM(minor), COUNT(*) FROM stake JOIN deal ON deal.id = stake.deal
                   WHERE record = ? GROUP BY currency""",
                (record,),
            )
            yield Job(
                kind=RecordKind(kind),
                id=record_id,
                name=name,
                url=url,
                owner_id=its_owner,
                deals=deals,
                sums=_sums(sums),
                topics=tuple(dict.fromkeys(Topic(each[4]) for each in asks)),
                problems=tuple(Problem.model_validate_json(each[5]) for each in asks),
            )

    def everything_asked(self) -> Iterator[Asked]:
        """Yield every problem of every deal, the dearest deals first."""
        rows = self._db.execute(
            """SELECT deal.owner, ask.topic, ask.problem, ask.kind, ask.name, ask.url, deal.id, deal.name,
                 deal.url, deal.won_on, deal.minor, deal.currency
               FROM ask JOIN deal ON deal.id = ask.deal ORDER BY deal.worth DESC, deal.id, ask.rowid"""
        )
        for owner, topic, found, kind, name, url, id, deal, its_url, won_on, minor, currency in rows:
            yield Asked(
                owner_id=owner,
                topic=Topic(topic),
                problem=Problem.model_validate_json(found),
                record_kind=RecordKind(kind),
                record_name=name,
                record_url=url,
                deal_id=id,
                deal_name=deal,
                deal_url=its_url,
                won_on=date.fromisoformat(won_on) if won_on else None,
                net=Money.of_minor(minor, currency) if currency else None,
            )

    def twins(self) -> Iterator[Twins]:
        """Yield the companies that are there more than once, the most certain first, each company once."""
        seen: set[str] = set()
        for alike in (Alike.SIREN, Alike.VAT, Alike.DOMAIN):
            shared = self._db.execute(
                "SELECT value FROM key WHERE alike = ? GROUP BY value HAVING COUNT(*) > 1 ORDER BY value",
                (alike,),
            ).fetchall()
            for (value,) in shared:
                rows = self._db.execute(
                    """SELECT known FROM company JOIN key ON key.company = company.id
                       WHERE alike = ? AND value = ?""",
                    (alike, value),
                ).fetchall()
                sharing = [Known.model_validate_json(row) for (row,) in rows]
                for found in twins((each for each in sharing if each.id not in seen), alike):
                    seen |= {each.id for each in found.companies}
                    yield found

    def owner_of(self, found: Twins) -> str:
        """Return who unites two records: whoever sells most to them, else the owner of the one to be kept."""
        ids = [each.id for each in found.companies]
        marks = ", ".join("?" for _ in ids)
        row = self._db.execute(
            f"""SELECT deal.owner FROM buyer JOIN deal ON deal.id = buyer.deal
                WHERE buyer.company IN ({marks}) ORDER BY deal.worth DESC, deal.id LIMIT 1""",  # noqa: S608
            ids,
        ).fetchone()
        return row[0] if row else found.companies[0].owner_id

    def completions(self) -> Iterator[Completion]:
        """Yield what keeps no deal back: numbers that can be computed or are wrong, other addresses."""
        rows = self._db.execute(
            """SELECT company.known, company.owner, company.email, company.vat, company.typed, company.wrong,
                 elsewhere.email, MIN(elsewhere.email),
                 (SELECT deal.owner FROM buyer JOIN deal ON deal.id = buyer.deal
                  WHERE buyer.company = company.id ORDER BY deal.worth DESC, deal.id LIMIT 1),
                 EXISTS (SELECT 1 FROM ask WHERE ask.record = 'company ' || company.id)
               FROM company LEFT JOIN elsewhere ON elsewhere.company = company.id
               WHERE company.vat <> '' OR company.wrong <> '[]' OR elsewhere.email IS NOT NULL
               GROUP BY company.id"""
        )
        for found, owner, email, vat, typed, wrong, other, _, seller, asked in rows:
            company = Known.model_validate_json(found)
            base = {"company_id": company.id, "name": company.name, "url": company.url}
            base["owner_id"] = owner if seller is None else seller
            # Where the company has none, the CRM may say it by a contact of each deal.
            if (
                other
                and not says_nothing(email)
                and fold(other) not in map(fold, parse_emails(email) or (email,))
            ):
                yield Completion(kind="billing_email", here=email, there=other, **base)
            if vat and (seller is not None or company.deals):
                yield Completion(kind="vat_number", here=typed, there=vat, **base)
            if not asked:
                for each in _PROBLEMS.validate_json(wrong):
                    yield Completion(kind="number", here="", there="", problem=each, **base)

    def refusals(self) -> tuple[int, tuple[Refused, ...]]:
        count = self._db.execute("SELECT COUNT(*) FROM refused").fetchone()[0]
        rows = self._db.execute("SELECT name, url, why FROM refused LIMIT ?", (_MOST_REFUSED,)).fetchall()
        return count, tuple(Refused(name=name, url=url, why=why) for name, url, why in rows)

    def settings(self) -> tuple[Problem, ...]:
        """Return what Raccord's own settings lack, each thing once."""
        rows = self._db.execute("SELECT DISTINCT problem FROM ask WHERE kind = 'settings'").fetchall()
        return each_once(Problem.model_validate_json(each) for (each,) in rows)


def _sums(rows: Iterable[tuple[str, int | None, int]]) -> tuple[Money, ...]:
    """Read sums a currency, the one of most deals first."""
    found = sorted(rows, key=lambda each: (-each[2], each[0]))
    return tuple(
        Money.of_minor(minor, currency) for currency, minor, _ in found if currency and minor is not None
    )
