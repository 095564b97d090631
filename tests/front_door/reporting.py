"""A lane that tells the week: days of a few seconds, and every place where a report is shown."""

import asyncio
import csv
import json
import math
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from temporalio.service import RPCError

from raccord.domain.report.week import Week
from raccord.domain.values.clock import BusinessClock
from raccord.temporal.flows import DIGEST, PROOF
from sandbox.google.person import GooglePerson
from sandbox.google.settings import BOOK
from sandbox.notion.person import NotionPerson
from sandbox.notion.settings import ROOT, TOKEN
from tests.front_door.payments import ONE_BY_ONE, raise_limits
from tests.front_door.stack import Lane, until
from tests.patience import patience

BOARD = "direction@hexalab.example"
PLACES = ("sheets", "notion", "share")
SENDER = "rapports@hexalab.example"
SECTIONS = """
[company]
name = "Hexalab"
{days}

[mail]
in_test = true

[smtp]
base_url = "smtp://127.0.0.1:{mail}"
encryption = "none"
timeout = 2
sender = "Hexalab <{sender}>"

[report]
to = ["{board}"]
wait = {wait}

[sheets]
vendor = "google_sheets"
base_url = "http://127.0.0.1:{sandbox}/google"
drive_url = "http://127.0.0.1:{sandbox}/google"
spreadsheet = "{book}"
key_file = "{directory}/google.json"
requests_per_second = 80
timeout = 2

[notion]
base_url = "http://127.0.0.1:{sandbox}/notion"
page = "{root}"
requests_per_second = 80
timeout = 2

[share]
vendor = "folder"
directory = "{directory}/share"
timeout = 2
"""
OVERRIDES = ONE_BY_ONE | {
    "RACCORD_NOTION__TOKEN": TOKEN,
    "RACCORD_TEMPORAL__AUTH_RETRY": "1",
    "RACCORD_DESK__TASKS": "false",
}
WON, ISSUED, CREDITED, RECEIVED, REFUNDED = FIGURES = (
    "Gagné",
    "Facturé",
    "Avoirs et annulations",
    "Reçu",
    "Remboursé",
)
"""What a week's figures are called."""
Counts = dict[str, tuple[int, dict[str, Decimal]]]
"""How many, and the sums by currency; by what they are of."""
STARTS_WITHIN = 10
"""Seconds: when everything runs, a week begins."""


class Telling(Lane):
    """A lane whose weeks are told in a spreadsheet, on a page of Notion, in a folder and by mail."""

    day_seconds = 2
    """Of which a day has so many on an idle machine; 0 where days are ordinary."""
    clock: BusinessClock
    google: GooglePerson
    notion: NotionPerson

    @property
    def folder(self) -> Path:
        return self.directory / "share"

    def write_configuration(self) -> None:
        super().write_configuration()
        self.folder.mkdir()
        more = SECTIONS.format(
            days=self._days(),
            mail=self.mail_port,
            directory=self.directory,
            book=BOOK,
            root=ROOT,
            board=BOARD,
            wait=patience(5),
            sender=SENDER,
            **self.ports,
        )
        text = self.config_file.read_text().replace("[modes]", '[modes]\nreport = "live"')
        sinks = 'report_sinks = ["sheets", "notion", "share"]'
        self.config_file.write_text(f'mailer = "smtp"\n{sinks}\n{text}{more}')
        self.clock = self.configuration().settings.clock

    @property
    def mail_port(self) -> int:
        return self.ports["smtp"]

    def _days(self) -> str:
        if not self.day_seconds:
            return ""
        day = math.ceil(patience(self.day_seconds))
        monday = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=patience(STARTS_WITHIN))
        epoch = monday - (7 - monday.weekday()) * timedelta(seconds=day)
        return f'day_length = {day}\nepoch = "{epoch.replace(microsecond=0).isoformat()}"'

    async def ready(self) -> None:
        """Let in what only a running sandbox hands out, and have nothing run beside the weeks."""
        http = self.account.http
        self.google, self.notion = GooglePerson(http), NotionPerson(http)
        (self.directory / "google.json").write_text(json.dumps(await self.google.key()))
        await raise_limits(self.account)
        await self.account.settings("slack", rate_limits=False)
        await self.account.settings("google", rate_limits=False)
        await self.account.settings("notion", rate_limits=False)
        for schedule in (PROOF, DIGEST):
            await until(partial(self._paused, schedule), what=f"the receiver has made {schedule}")
        # What is done next is to be done in one week.
        until_monday = self.begins(self.week().back(-1)) - datetime.now(UTC)
        if self.day_seconds and until_monday < 3 * self.clock.day_length:
            await asyncio.sleep(until_monday.total_seconds())

    async def _paused(self, schedule: str) -> bool:
        try:
            await self.client.get_schedule_handle(schedule).pause(note="beside the test")
        except RPCError:
            return False
        return True

    def week(self) -> Week:
        """Return the week that it is."""
        return Week.of(self.clock.date_of(datetime.now(UTC)))

    def begins(self, week: Week) -> datetime:
        return self.clock.start_of(week.monday)

    async def letters(self, week: Week) -> list[dict[str, Any]]:
        """Return the mails to management about a week."""
        return [m for m in await self.account.mails() if BOARD in m["to"] and title(week) in m["subject"]]

    async def told(self, week: Week) -> dict[str, Any]:
        """Wait until a week has been mailed, and return the one mail."""
        over = self.begins(week.back(-1)) - datetime.now(UTC)

        async def mailed() -> bool:
            return bool(await self.letters(week))

        await until(mailed, within=max(over, timedelta(0)) + timedelta(seconds=60), what=f"{week} is mailed")
        (letter,) = await self.letters(week)
        return letter

    async def tab(self, week: Week) -> list[list[str]]:
        """Return what people see of a week's tab: the ids of its lines are in a hidden column."""
        return [row[1:] for row in await self.google.rows(str(week))]

    async def page(self, week: Week) -> list[list[str]]:
        """Return the lines of a week's page, rows of its tables as their cells."""
        (page,) = [each for each in await self.notion.pages() if each["title"].startswith(f"{week} ")]
        return [line.split("|") for line in await self.notion.lines(page["title"])]

    def file(self, week: Week, table: str) -> list[list[str]]:
        """Return a table of a week as the folder has it."""
        text = (self.folder / str(week) / f"{week}-{table}.csv").read_text("utf-8-sig")
        return list(csv.reader(text.splitlines(), delimiter=";"))

    async def places(self, week: Week) -> dict[str, Counts]:
        """Return the figures of a week by the place that shows them."""
        shown = (await self.tab(week), await self.page(week), self.file(week, "figures"))
        return {place: counted(table) for place, table in zip(PLACES, shown, strict=True)}

    async def held(self) -> dict[Week, Counts]:
        """Add up by weeks what the vendors hold, whoever did it."""
        found: dict[Week, dict[str, list[tuple[Decimal, str]]]] = defaultdict(lambda: defaultdict(list))
        async for what, at, amount, currency in self._facts():
            found[Week.of(self.clock.date_of(at))][what].append((amount, currency))
        return {week: {what: sums_of(facts) for what, facts in each.items()} for week, each in found.items()}

    async def _facts(self) -> AsyncIterator[tuple[str, datetime, Decimal, str]]:
        names = "hs_is_closed_won,closedate,amount,deal_currency_code"
        listed = await self.account.crm.call(
            "GET", "/crm/v3/objects/deals", params={"limit": "100", "properties": names}
        )
        for deal in (each["properties"] for each in listed["results"]):
            if deal["hs_is_closed_won"] == "true":
                at = datetime.fromisoformat(deal["closedate"])
                yield WON, at, Decimal(deal["amount"]), deal["deal_currency_code"]
        billing = self.account.billing
        for each in await billing.everything("/v1/invoices"):
            if at := each["status_transitions"]["finalized_at"]:
                yield ISSUED, *_minor(at, each["total"], each)
        for each in await billing.everything("/v1/credit_notes"):
            yield CREDITED, *_minor(each["created"], each["total"], each)
        for each in await billing.everything("/v1/invoice_payments", status="paid"):
            yield RECEIVED, *_minor(each["status_transitions"]["paid_at"], each["amount_paid"], each)
        for each in await billing.everything("/v1/refunds"):
            yield REFUNDED, *_minor(each["created"], each["amount"], each)


def title(week: Week) -> str:
    year, number, _ = week.monday.isocalendar()
    return f"Semaine {number} de {year}"


def counted(table: Sequence[Sequence[str]]) -> Counts:
    """Read the figures of a week out of the rows of a place."""
    (head,) = [row for row in table if row and row[0] == "Quoi"]
    amounts = {
        title.rsplit(" ", 1)[-1]: place for place, title in enumerate(head) if title.startswith("Montant ")
    }
    found = {}
    for row in table[table.index(head) + 1 :]:
        if row[0] not in FIGURES:
            break
        sums = {currency: plain(row[at]) for currency, at in amounts.items() if at < len(row) and row[at]}
        if int(row[1]):
            found[row[0]] = (int(row[1]), sums)
    return found


def totals(letter: Mapping[str, Any]) -> dict[str, dict[str, Decimal]]:
    """Read the amounts in figures out of a mail's text, by what they are of."""
    found: dict[str, dict[str, Decimal]] = {}
    for line in letter["text"].splitlines():
        what, colon, said = line.replace("\u00a0", " ").replace("\u202f", " ").partition(" : ")
        if colon and (amounts := _AMOUNT.findall(said)):
            found.setdefault(what, {_CURRENCIES[sign]: plain(amount) for amount, sign in amounts})
    return found


_AMOUNT = re.compile(r"(-?[\d ]+,\d\d) (€|\$US)")
_CURRENCIES = {"€": "EUR", "$US": "USD"}


def plain(text: str) -> Decimal:
    """Return an amount as a French reader writes it, in whatever place."""
    return Decimal(re.sub(r"[^\d,-]", "", text).replace(",", "."))


def sums_of(facts: Sequence[tuple[Decimal, str]]) -> tuple[int, dict[str, Decimal]]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for amount, currency in facts:
        sums[currency] += amount
    return len(facts), dict(sums)


def _minor(at: int, amount: int, held: Mapping[str, Any]) -> tuple[datetime, Decimal, str]:
    return datetime.fromtimestamp(at, UTC), Decimal(amount).scaleb(-2), held["currency"].upper()
