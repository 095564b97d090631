"""What was found so far, in a private file of SQLite that is gone with the command.

A year of deals is more than a command should hold in memory; of what was read only what is shown is kept.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from pydantic import TypeAdapter

from raccord.domain.data_quality.companies import (
    Alike,
    Known,
    Twins,
    expected_vat_number,
    invalid_numbers,
    known,
    twins,
)
from raccord.domain.data_quality.overview import Asked, Cause, Completion, Job, Person, Refused
from raccord.domain.data_quality.topics import Topic, topic_of
from raccord.domain.data_quality.verdict import Standing, Verdict
from raccord.domain.deal_won.quality import net_amount
from raccord.domain.desk.problems import Problem
from raccord.domain.values.address import says_nothing
from raccord.domain.values.base import fold
from raccord.domain.values.deal import Deal
from raccord.domain.values.email import parse_emails
from raccord.domain.values.listed import ListedCompany, RefusedDeal, WholeDeal
from raccord.domain.values.message import RecordKind
from raccord.domain.values.money import Money
from raccord.domain.values.parties import Customer

_TABLES = """
CREATE TABLE company (
  id TEXT PRIMARY KEY, known TEXT, owner TEXT, email TEXT, reference TEXT, vat TEXT, typed TEXT, wrong TEXT
) WITHOUT ROWID;
CREATE TABLE key (alike TEXT, value TEXT, company TEXT);
CREATE TABLE deal (
  id TEXT PRIMARY KEY, name TEXT, url TEXT, owner TEXT, won_on TEXT, standing TEXT, topics TEXT,
  minor INTEGER, currency TEXT, worth REAL
) WITHOUT ROWID;
CREATE TABLE ask (
  deal TEXT, record TEXT, kind TEXT, record_id TEXT, name TEXT, url TEXT, topic TEXT, problem TEXT
);
CREATE TABLE buyer (company TEXT, deal TEXT);
CREATE TABLE person (id TEXT PRIMARY KEY, name TEXT, gone INTEGER) WITHOUT ROWID;
CREATE TABLE refused (name TEXT, url TEXT, why TEXT);
CREATE TABLE elsewhere (company TEXT, email TEXT);
"""
_SETTLE = """
CREATE INDEX key_value ON key (alike, value);
CREATE INDEX ask_record ON ask (record);
CREATE INDEX buyer_company ON buyer (company);
CREATE TABLE stake AS
  SELECT record, deal FROM ask WHERE kind <> 'settings' GROUP BY record, deal;
CREATE TABLE job AS
  SELECT record, owner, deals, worth FROM (
    SELECT stake.record AS record, deal.owner AS owner,
      COUNT(*) OVER its AS deals, SUM(deal.worth) OVER its AS worth,
      ROW_NUMBER() OVER (PARTITION BY stake.record ORDER BY deal.worth DESC, deal.id) AS place
    FROM stake JOIN deal ON deal.id = stake.deal WINDOW its AS (PARTITION BY stake.record)
  ) WHERE place = 1;
CREATE INDEX job_owner ON job (owner, worth);
CREATE INDEX stake_record ON stake (record);
"""
_LARGEST = 10**15
"""Minor units; more is a slip of the keyboard, and no money at stake."""
_MOST_REFUSED = 50
_PROBLEMS = TypeAdapter(tuple[Problem, ...])


class Notebook:
    """Filled part by part, then `settle`d, then read."""

    def __init__(self) -> None:
        # The empty name is a private file that SQLite deletes, and uses only for what outgrows its cache.
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def part(self) -> Iterator[None]:
        """Note a part of a list at once."""
        self._db.execute("BEGIN")
        yield
        self._db.execute("COMMIT")

    def company(self, listed: ListedCompany) -> None:
        company = listed.company
        found = known(company, url=listed.url, owner_id=listed.owner_id, deals=listed.deals)
        wrong = invalid_numbers(company)
        self._db.execute(
            "INSERT OR REPLACE INTO company VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                company.id,
                found.model_dump_json(),
                listed.owner_id,
                company.email,
                found.siren,
                expected_vat_number(company),
                company.vat_number,
                _json(wrong),
            ),
        )
        rows = [(alike, value, company.id) for alike, value in found.keys]
        self._db.executemany("INSERT INTO key VALUES (?, ?, ?)", rows)

    def deal(self, whole: WholeDeal, verdict: Verdict) -> None:
        deal = whole.deal
        owner = deal.owner.id if deal.owner else ""
        net = _net(deal)
        topics = sorted({topic_of(each) for each in verdict.problems})
        self._db.execute(
            "INSERT OR REPLACE INTO deal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                deal.ref.id,
                deal.name,
                deal.url,
                owner,
                deal.won_on.isoformat() if deal.won_on else None,
                verdict.standing,
                " ".join(topics),
                net.minor if net else None,
                net.currency if net else "",
                # Only to sort by: what is counted without cents is worth some hundred times less.
                net.minor / 100 if net else 0.0,
            ),
        )
        if deal.owner:
            called = deal.owner.name or deal.owner.email
            row = (owner, called, whole.owner_left)
            self._db.execute("INSERT OR REPLACE INTO person VALUES (?, ?, ?)", row)
        buyers = [(company.id, deal.ref.id) for company in deal.companies]
        self._db.executemany("INSERT INTO buyer VALUES (?, ?)", buyers)
        rows = [_ask(each, whole) for each in verdict.problems]
        self._db.executemany("INSERT INTO ask VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def refused(self, deal: RefusedDeal) -> None:
        self._db.execute("INSERT INTO refused VALUES (?, ?, ?)", (deal.name or deal.id, deal.url, deal.why))

    def customer(self, customer: Customer, crm: str) -> None:
        """Note where the billing system sends the open invoices of one of the companies."""
        connection, _, company = (customer.crm_company or "").partition(":")
        found = self._db.execute("SELECT id FROM company WHERE id = ?", (company,)).fetchone()
        if (connection != crm or not found) and customer.siren:
            both = self._db.execute(
                "SELECT id FROM company WHERE reference = ? LIMIT 2", (customer.siren,)
            ).fetchall()
            found = both[0] if len(both) == 1 else None
        elif connection != crm:
            found = None
        if found and customer.email:
            self._db.execute("INSERT INTO elsewhere VALUES (?, ?)", (found[0], customer.email))

    def settle(self) -> None:
        """Add up what was noted; nothing more is."""
        self._db.executescript(_SETTLE)

    # What is read of it.

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
        """Return what Raccord's own settings lack."""
        rows = self._db.execute("SELECT DISTINCT problem FROM ask WHERE kind = 'settings'").fetchall()
        return tuple(Problem.model_validate_json(each) for (each,) in rows)


def _ask(found: Problem, whole: WholeDeal) -> tuple[Any, ...]:
    deal, record = whole.deal, found.record
    match record.kind:
        case RecordKind.COMPANY:
            url = whole.urls.get(record.id, "") or deal.url
            place = (f"company {record.id}", RecordKind.COMPANY, record.id, record.name, url)
        case RecordKind.SETTINGS:
            place = ("settings", RecordKind.SETTINGS, "", "", "")
        case _:
            place = (f"deal {deal.ref.id}", RecordKind.DEAL, deal.ref.id, deal.name, deal.url)
    return (deal.ref.id, *place, topic_of(found), found.model_dump_json())


def _net(deal: Deal) -> Money | None:
    net = net_amount(deal)
    return net if net and abs(net.amount) < _LARGEST and abs(net.minor) < _LARGEST else None


def _sums(rows: Iterable[tuple[str, int | None, int]]) -> tuple[Money, ...]:
    """Read sums a currency, the one of most deals first."""
    found = sorted(rows, key=lambda each: (-each[2], each[0]))
    return tuple(
        Money.of_minor(minor, currency) for currency, minor, _ in found if currency and minor is not None
    )


def _json(problems: Iterable[Problem]) -> str:
    return f"[{','.join(each.model_dump_json() for each in problems)}]"
