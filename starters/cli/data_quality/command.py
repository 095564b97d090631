"""`raccord data-quality`: what is to be cleaned in the CRM, and by whom."""

import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import click

from raccord.connectors.billing import Billing
from raccord.connectors.connection import Kind
from raccord.connectors.crm import Crm
from raccord.connectors.errors import ConnectorError
from raccord.domain.data_quality.overview import Overview
from raccord.domain.data_quality.topics import best_fixes
from raccord.domain.data_quality.verdict import Standing, as_if_live
from raccord.domain.values.clock import a_year_before
from raccord.settings.configuration import Configuration
from raccord.texts.voice import Voice
from starters.cli.common import fail, from_the_system, warn
from starters.cli.data_quality.document import document
from starters.cli.data_quality.files import foreign, keep_pages, keep_tables
from starters.cli.data_quality.notebook import Notebook
from starters.cli.data_quality.noted import Noted
from starters.cli.data_quality.reading import Reader
from starters.cli.data_quality.terminal import show
from starters.cli.display import print_json
from starters.cli.language import language_of
from workers.connections import opened
from workers.policies import deal_won_policy, voice

INTERRUPTED = 130


@dataclass(frozen=True)
class Wanted:
    """`out` and `tables` are folders for pages and CSV files; `since` is a business date."""

    since: date | None
    out: Path | None
    tables: Path | None
    as_json: bool


async def look(configuration: Configuration, wanted: Wanted) -> int:
    """Read the CRM, judge it and show what was found; exit status 1 or 130 where not all was read."""
    speaks = voice(configuration).model_copy(update={"language": language_of(configuration)})
    clock = configuration.settings.clock
    now = datetime.now(UTC)
    today = clock.date_of(now)
    since = wanted.since or a_year_before(today)
    if since > today:
        fail(speaks.say("data_quality.since_ahead", day=str(since)))
    _refuse_foreign(wanted, speaks)
    notebook = Notebook()
    try:
        async with opened(configuration) as connections:
            crm: Crm = connections.of(Kind.CRM)
            billing: Billing = connections.of(Kind.BILLING)
            reader = Reader(
                crm=crm,
                billing=billing,
                policy=as_if_live(deal_won_policy(configuration, billing.capabilities), since),
                since=since,
                today=today,
                notebook=notebook,
                voice=speaks,
                shows=sys.stderr.isatty() and not wanted.as_json,
            )
            stopped = await reader.read()
            noted = notebook.settle()
            names = await _names(crm, noted, stopped)
        found = _overview(noted, names, since, now.astimezone(clock.tz), stopped)
        if stopped and not (found.deals or found.companies):
            fail(stopped, status=1)
        _tell(found, noted, configuration, speaks, wanted)
    finally:
        notebook.close()
    if not stopped:
        return 0
    warn(stopped)
    return INTERRUPTED if stopped == speaks.say("data_quality.stopped.by_hand") else 1


def _refuse_foreign(wanted: Wanted, speaks: Voice) -> None:
    """Before anything is read, as that takes minutes."""
    try:
        for folder in filter(None, (wanted.out, wanted.tables)):
            if foreign(folder):
                fail(speaks.say("data_quality.foreign", place=str(folder)))
    except OSError as error:
        fail(from_the_system(error), status=1)


def _tell(found: Overview, noted: Noted, configuration: Configuration, speaks: Voice, wanted: Wanted) -> None:
    company = configuration.settings.company.name
    try:
        pages = keep_pages(found, noted, wanted.out, speaks, company) if wanted.out else None
        if wanted.tables:
            keep_tables(found, noted, wanted.tables, speaks)
    except OSError as error:
        fail(from_the_system(error), status=1)
    if wanted.as_json:
        print_json(document(found, noted, speaks.language))
        return
    show(found, noted, speaks)
    if pages:
        click.echo(speaks.say("data_quality.kept", place=str(pages)), err=True)
    if wanted.tables:
        click.echo(speaks.say("data_quality.kept", place=str(wanted.tables)), err=True)
    if not (wanted.out or wanted.tables):
        click.echo(speaks.say("data_quality.how_to_keep"), err=True)


async def _names(crm: Crm, noted: Noted, stopped: str) -> dict[str, str]:
    """Name the owners of companies who have no won deal; without their names they go by their ids."""
    ids = set() if stopped else noted.owners_of_companies()
    try:
        return dict(await crm.name_owners(ids)) if ids else {}
    except ConnectorError:
        return {}


def _overview(noted: Noted, names: dict[str, str], since: date, made_at: datetime, stopped: str) -> Overview:
    passing, asking = noted.count(Standing.PASSES), noted.count(Standing.ASKS)
    refused_count, refused = noted.refusals()
    return Overview(
        since=since,
        until=made_at.date(),
        made_at=made_at,
        stopped=stopped,
        deals=noted.count() + refused_count,
        judged=passing + asking,
        passing=passing,
        invoiced=noted.count(Standing.INVOICED),
        not_for_us=noted.count(Standing.NOT_FOR_US),
        sums=noted.at_stake(),
        companies=noted.companies(),
        fixes=best_fixes(noted.asked(), passing),
        causes=noted.causes(),
        people=noted.people(names),
        settings=noted.settings(),
        refused=refused,
        refused_count=refused_count,
        twins=sum(1 for _ in noted.twins()),
    )
