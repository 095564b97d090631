"""`raccord contacts diff`: what both sides say differently, customer by customer."""

import asyncio
import csv as writer
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from activities.contact.memory import learnt_rules
from raccord.connectors.connection import Kind, in_its_words
from raccord.connectors.details import DetailsReader
from raccord.connectors.errors import ConnectorError, RateLimited
from raccord.domain.contact.agreed import pairs_of
from raccord.domain.contact.differences import Difference, Fate, differences
from raccord.domain.contact.plan import Plan, plan_of
from raccord.domain.contact.wording import FIELDS
from raccord.domain.rules.contact import Standing
from raccord.domain.rules.modes import CONTACT, Mode
from raccord.domain.values.base import Value
from raccord.domain.values.details import Field, Sight
from raccord.domain.values.message import message
from raccord.domain.values.subject import Subject
from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.flows import CONTACT_SYNC, Changed, wake
from raccord.texts import say
from raccord.texts.spreadsheets import harmless
from starters.cli.common import fail
from starters.cli.display import fold, print_json, table_or_facts
from starters.cli.display import opened as records_of
from starters.cli.language import language_of, spoken
from starters.cli.server import WITHIN, connected
from workers.connections import opened

_COLUMNS = (
    "field.customer",
    "field.company",
    "contact.column.field",
    "contact.column.crm",
    "contact.column.billing",
    "contact.column.fate",
)
_FATES = {
    Fate.TO_BILLING: message("contact.fate.billing"),
    Fate.TO_CRM: message("contact.fate.crm"),
    Fate.ASKED: message("contact.fate.asked"),
    Fate.APART: message("contact.fate.apart"),
}


class Compared(Value):
    """What comparing one customer found; `due`: its flow would write, ask or remember something."""

    customer_id: str
    found: tuple[Difference, ...] = ()
    due: bool = False


async def diff(
    configuration: Configuration, keys: KeyRing, *, fix: bool, csv: Path | None, as_json: bool
) -> int:
    """Compare all linked pairs, one customer after the other; with `fix` have the flows look."""
    if fix and configuration.settings.modes[CONTACT] is Mode.SHADOW:
        fail(message("contact.in_shadow"))
    async with records_of(configuration, keys) as records:
        compared = [each async for each in _all(configuration, records, quiet=as_json)]
    found = [each for customer in compared for each in customer.found]
    language = language_of(configuration)
    if csv:
        written(csv, found, language)
    due = [each.customer_id for each in compared if each.due]
    if fix:
        await _woken(configuration, keys, due)
    if as_json:
        rows = [each.model_dump(mode="json") for each in found]
        print_json({"customers": len(compared), "differences": rows, "due": due, "woken": fix})
        return 0
    for line in page(found, len(compared), len(due), language, fix=fix):
        click.echo(line)
    return 0


async def _all(configuration: Configuration, records: Records, *, quiet: bool) -> AsyncIterator[Compared]:
    billing = configuration.billing.name
    customers = await records.agreed.customers(billing)
    learnt = await learnt_rules(records.answers)
    standings = {f: learnt.get(f, standing) for f, standing in configuration.settings.contact.fields.items()}
    async with opened(configuration) as connections:
        sides: tuple[DetailsReader, DetailsReader] = (
            connections.of(Kind.CRM),
            connections.of(Kind.BILLING),
        )
        bar = click.progressbar(
            customers, label=say(message("contact.comparing"), spoken()), file=sys.stderr, hidden=quiet
        )
        with bar as every:
            for customer in every:
                yield await _compared(configuration, records, sides, customer, standings)


async def _compared(
    configuration: Configuration,
    records: Records,
    sides: tuple[DetailsReader, DetailsReader],
    customer: str,
    standings: dict[Field, Standing],
) -> Compared:
    crm, billing = sides
    links = await records.agreed.of(customer, configuration.billing.name)
    ours = tuple(each for each in links if each.company.startswith(f"{configuration.crm.name}:"))
    there, *companies = await asyncio.gather(
        read(billing, customer), *(read(crm, each.company.partition(":")[2]) for each in ours)
    )
    if there.gone:
        return Compared(customer_id=customer)
    pairs = pairs_of(there, ours, companies)
    plan = plan_of(pairs, standings, datetime.now(UTC))
    return Compared(customer_id=customer, found=differences(pairs, plan), due=_due(plan))


async def read(side: DetailsReader, record_id: str) -> Sight:
    """Read a record as often as its vendor asks to come back; any other failure ends the command."""
    while True:
        try:
            return await side.read_details(record_id)
        except RateLimited as later:
            await asyncio.sleep(later.retry_after.total_seconds())
        except ConnectorError as error:
            fail(in_its_words(error), status=1)


def _due(plan: Plan) -> bool:
    return bool(plan.writes or plan.doubts or plan.agreed)


async def _woken(configuration: Configuration, keys: KeyRing, customers: list[str]) -> None:
    client = await connected(configuration, keys)
    for customer in customers:
        subject = Subject(kind=CONTACT_SYNC.about, connection=configuration.billing.name, id=customer)
        await wake(client, CONTACT_SYNC, subject, Changed(key="command line", thorough=True), within=WITHIN)


def page(found: list[Difference], compared: int, due: int, language: str, *, fix: bool) -> Iterator[str]:
    """Yield what was found, and how many have something to do; with `fix` their flows look already."""
    if found:
        headings = _headings(language)
        rows = [_row(each, language) for each in found]
        yield from table_or_facts(headings, rows, language, folds=headings[:1] + headings[3:5], named=3)
        yield ""
    if not due:
        rest = message("contact.none_due")
    else:
        rest = message("contact.woken" if fix else "contact.due", count=due)
    all_in_all = message(
        "contact.all",
        customers=message("contact.compared", count=compared),
        differences=message("contact.differences", count=len(found)),
        rest=rest,
    )
    yield from fold(say(all_in_all, language))


def _headings(language: str) -> list[str]:
    return [say(message(code), language) for code in _COLUMNS]


def _row(each: Difference, language: str) -> list[str]:
    customer = each.customer or each.customer_id
    field, fate = say(FIELDS[each.field], language), say(_FATES[each.fate], language)
    return [customer, each.company, field, each.crm, each.billing, fate]


def written(file: Path, found: list[Difference], language: str) -> None:
    """Write the list for a spreadsheet, which takes none of its cells for a formula."""
    with file.open("w", newline="", encoding="utf-8-sig") as output:
        lines = writer.writer(output)
        lines.writerow((say(message("contact.column.id"), language), *_headings(language)))
        for each in found:
            lines.writerow([harmless(cell) for cell in (each.customer_id, *_row(each, language))])
