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
from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.flows import FLOWS_QUEUE, WEEKLY_REPORT
from raccord.texts.report.whole import PAGE, files_of
from raccord.texts.reports import publication
from raccord.texts.voice import Voice
from starters.cli.common import bold, fail, from_the_system, warn
from starters.cli.display import fold, opened, print_json, table
from starters.cli.server import connected

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
        fail(f"{text!r} is no week: write it as {last}, or as any day of it, {last.monday} for example.")
    if week > last:
        fail(f"the week {week} is not over: its report is made on the Monday after it.")
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
        warn("a place is not up to date yet: its flow goes on by itself, see the Temporal UI.")
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
                fail(
                    f"{failed.cause} Repair it, then ask for the week again: it goes on from there.", status=1
                )
            if (report := await records.reports.kept(week)) is None:
                fail(f"the week {week} was not kept: look for its flow in the Temporal UI.", status=1)
            return report
        if not told_long and waited >= _LONG:
            told_long = True
            warn(
                "it takes long: there is much to read, a vendor does not answer or refuses the credentials "
                "(raccord doctor says which), or no worker runs. Ctrl-C leaves it to go on by itself."
            )
        await asyncio.sleep(_LOOK_AGAIN)
        waited += _LOOK_AGAIN
    return report


async def _ended(running: WorkflowHandle[Any, Ending]) -> Ending | None:
    """Return what came of the places; None while one of them is still waited for."""
    result = asyncio.ensure_future(running.result())
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
        fail(f"the report cannot be kept: {from_the_system(error)}", status=1)
    click.echo(f"The report is kept in {folder / PAGE}.", err=True)


def _in_words(report: Report, configuration: Configuration) -> Publication:
    desk = configuration.settings.desk
    voice = Voice(language=desk.language, stage=configuration.live_or_test, contact=desk.contact)
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
            warn(f"{place.name} is not up to date: {place.trouble}")
        else:
            click.echo(f"{place.name}: {place.at}", err=True)
    if not ending.places:
        click.echo(f"All of it, as a page: raccord report --week {ending.week} --out FOLDER", err=True)
