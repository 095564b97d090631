"""What is read of CRM and billing system, noted in a private file of SQLite that is gone with the command.

A year of deals is more than a command should hold in memory; of what was read only what is shown is kept.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from raccord.domain.data_quality.companies import expected_vat_number, invalid_numbers, known
from raccord.domain.data_quality.topics import topic_of
from raccord.domain.data_quality.verdict import Verdict
from raccord.domain.deal_won.quality import net_amount
from raccord.domain.desk.problems import Problem
from raccord.domain.values.deal import Deal
from raccord.domain.values.listed import ListedCompany, RefusedDeal, WholeDeal
from raccord.domain.values.message import RecordKind
from raccord.domain.values.money import Money
from raccord.domain.values.parties import Customer
from starters.cli.data_quality.noted import Noted

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


class Notebook:
    """Filled part by part, then `settle`d: what it says then is read from what that returns."""

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

    def settle(self) -> Noted:
        """Add up what was noted; nothing more is. Return what it says, until `close`."""
        self._db.executescript(_SETTLE)
        return Noted(self._db)


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


def _json(problems: Iterable[Problem]) -> str:
    return f"[{','.join(each.model_dump_json() for each in problems)}]"
