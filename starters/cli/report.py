"""`raccord report`: the week as management is told it, made now where it was not made yet."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy

from raccord.domain.report.policy import Ending, ReportWanted
from raccord.domain.report.publication import Publication
from raccord.domain.report.report import Report
from raccord.domain.report.week import Week
from raccord.domain.values.message import message
from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.flows import FLOWS_QUEUE, WEEKLY_REPORT
from raccord.texts import say, say_fact
from raccord.texts.report.whole import PAGE, files_of
from raccord.texts.reports import publication
from raccord.texts.voice import Voice
from starters.cli.common import bold, fail, from_the_system, warn
from starters.cli.display import fold, opened, print_json, table
from starters.cli.language import language_of, spoken
from starters.cli.server import connected, end_of

_LOOK_AGAIN = 0.5
_LONG = 15.0
_PLACES = 60.0
"""Seconds that the command waits for the places, once the week is made: one may be away for days."""


def week_of(text: str | None, configuration: Configuration) -> Week:
    """Read which week is meant, by default the last one that was over; end the command for no such week."""
    last = Week.due_at(datetime.now(UTC), configuration.settings.clock)
    if text is None:
        return last
    try:
        week = Week.parse(text)
    except ValueError:
        fail(message("week.typed.no_week", typed=text, last=str(last), day=str(last.monday)))
    if week > last:
        fail(message("week.typed.not_over", week=str(week)))
    return week


async def tell_week(
    configuration: Configuration, keys: KeyRing, week: Week, out: Path | None, *, as_json: bool
) -> int:
    """Have a week told, or told again, and show it; `out` is a folder for its files."""
    client = await connected(configuration, keys)
    async with opened(configuration, keys) as records:
        running = await client.start_workflow(
            "WeeklyReport",
            ReportWanted(week=week),
            id=f"{WEEKLY_REPORT}/{week}",
            task_queue=FLOWS_QUEUE,
            result_type=Ending,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=f"Asked for on the command line: tell the week {week}",
        )
        report = await _made(running, records, week)
        ending = await _ended(running)
    shown = _in_words(report, configuration)
    if out:
        keep(shown, out)
    if as_json:
        places = [place.model_dump() for place in ending.places] if ending else []
        print_json(report.model_dump(mode="json") | {"places": places})
    else:
        show(shown)
        if ending:
            tell(ending)
    if ending is None:
        warn(message("week.cli.late"))
    return 0


async def _made(running: WorkflowHandle[Any, Ending], records: Records, week: Week) -> Report:
    """Wait until the week is kept; end the command where it cannot be made."""
    told_long, waited = False, 0.0
    while (report := await records.reports.kept(week)) is None:
        run = await running.describe()
        if run.status is not WorkflowExecutionStatus.RUNNING:
            try:
                await running.result()
            except WorkflowFailureError as failed:
                fail(message("week.cli.failed", why=str(failed.cause)), status=1)
            if (report := await records.reports.kept(week)) is None:
                fail(message("week.cli.not_kept", week=str(week)), status=1)
            return report
        if not told_long and waited >= _LONG:
            told_long = True
            warn(message("week.cli.long"))
        await asyncio.sleep(_LOOK_AGAIN)
        waited += _LOOK_AGAIN
    return report


async def _ended(running: WorkflowHandle[Any, Ending]) -> Ending | None:
    """Return what came of the places; None while one of them is still waited for."""
    result = asyncio.ensure_future(end_of(running))
    done, _ = await asyncio.wait([result], timeout=_PLACES)
    if not done:
        result.cancel()
        return None
    return result.result()


def keep(shown: Publication, folder: Path) -> None:
    """Write a week's files into a folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files_of(shown).items():
            (folder / name).write_bytes(content)
    except OSError as error:
        fail(message("week.cli.unkept", why=from_the_system(error)), status=1)
    click.echo(say(message("week.cli.kept", file=str(folder / PAGE)), spoken()), err=True)


def _in_words(report: Report, configuration: Configuration) -> Publication:
    desk = configuration.settings.desk
    language = language_of(configuration)
    voice = Voice(language=language, stage=configuration.live_or_test, contact=desk.contact)
    return publication(report, voice, configuration.settings.company.name)


def show(shown: Publication) -> None:
    """Print what changed, and the figures."""
    title = f"[{shown.mark}] {shown.title}" if shown.mark else shown.title
    for line in fold(title):
        click.echo(bold(line))
    click.echo("\n".join(fold(shown.subtitle)))
    click.echo()
    for sentence in shown.sentences:
        click.echo("\n".join(fold(f"- {sentence}", indent="  ")))
    # The headings are empty.
    for line in table(("", ""), shown.totals):
        click.echo(line)


def tell(ending: Ending) -> None:
    """Say where the week stands, and which place it does not stand in."""
    for place in ending.places:
        if place.trouble:
            warn(message("week.cli.behind", place=place.name, why=place.trouble))
        else:
            click.echo(say_fact(place.name, place.at, spoken()), err=True)
    if not ending.places:
        click.echo(say(message("week.cli.page", week=str(ending.week)), spoken()), err=True)
