"""Plays the scenarios, shows them as they go, and says where to look next."""

import asyncio
import json
import os
import shlex
import shutil
import sys
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.live import Live

from raccord.temporal.flows import DUNNING
from raccord.temporal.logs import configure_logs
from raccord.temporal.views import View
from raccord.texts import say_param
from raccord.texts.told import MACHINE
from starters.cli.common import fail
from starters.demo.days import begin
from starters.demo.place import Place
from starters.demo.scenarios import SCENARIOS
from starters.demo.show import Show
from starters.demo.stage import AWAITED, Stage
from workers.run import stop_event

out = Console()

_NEEDED_DISK_MIB = 200
REMINDERS = View("reminders", f'WorkflowType = "{DUNNING.name}"')
_OLDEST_PYTHON = (3, 11)


def _preflight(json_file: Path | None) -> Iterator[str]:
    """Yield what is missing for a demo, each as a sentence with found and required."""
    if sys.version_info < _OLDEST_PYTHON:
        yield f"Python 3.11 or newer is needed, found {sys.version.split()[0]}."
    free = shutil.disk_usage(".").free // 2**20
    if free < _NEEDED_DISK_MIB:
        yield f"{_NEEDED_DISK_MIB} MiB of free disk are needed here, found {free} MiB."
    if not os.access(".", os.W_OK):
        yield f"The demo keeps its data in {Path('.raccord').resolve()}, which cannot be written."
    if json_file and not _can_be_written(json_file.absolute()):
        yield f"The results cannot be written to {json_file}: name a file in a folder that is there."


def _can_be_written(file: Path) -> bool:
    return not file.is_dir() and file.parent.is_dir() and os.access(file.parent, os.W_OK)


def _write(file: Path, report: dict[str, Any]) -> None:
    file.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", "utf-8")


def _next_step(place: Place, days: Place | None) -> str:
    views = "".join(f"  {say_param(label, MACHINE):<20} {url}\n" for label, url in place.ui.links(AWAITED))
    return (
        "\n[bold]Everything is running[/]\n\n"
        f"[bold]The vendors[/]    {place.url('sandbox', '/')}\n"
        f"[bold]Temporal UI[/]\n{views}"
        f"[bold]Data, logs[/]     {place.directory}\n\n"
        "[bold]Now you:[/] open “The vendors”, press [bold]Win[/] on a clean deal: its invoice appears.\n"
        "So does its e-mail, because this Stripe is told to: with a test key the real one sends none.\n"
        "Then win a dirty one: its question comes to the Slack panel, and the pencil has what settles it.\n"
        "Beside it, in another shell:\n\n"
        f"  . {shlex.quote(str(place.shell_file))}\n"
        "  raccord inbox list\n\n"
        f"{_of_short_days(days) if days else ''}"
        "Ctrl-C stops everything; the next demo starts afresh."
    )


def _of_short_days(place: Place) -> str:
    vendors = place.url("sandbox", "/")
    return (
        "[bold]Where days are short,[/] another company reminds its customers of what is late,\n"
        "and tells its management the week:\n\n"
        f"[bold]Its vendors[/]    {vendors}\n"
        f"[bold]Its flows[/]      {place.ui.view(REMINDERS)}\n"
        f"[bold]Its report[/]     spreadsheet          {vendors}#google-panel\n"
        f"               page in Notion       {vendors}#notion-panel\n"
        f"               mail                 {vendors}#mailbox-panel\n"
        f"               page                 {place.reports.as_uri()}/index.html\n\n"
        "Win a deal there: three days later its invoice is late, and reminders follow. In another shell:\n\n"
        f"  . {shlex.quote(str(place.shell_file))}\n"
        "  raccord dunning list\n"
        "  raccord report\n\n"
    )


async def _unless(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Do it to its end, or until somebody wants to stop."""
    working, stopped = asyncio.create_task(work), asyncio.create_task(stop.wait())
    await asyncio.wait([working, stopped], return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working


def _told(line: str) -> None:
    """Say how far it is where no table grows on a screen: in a file, in a log of CI."""
    if not out.is_terminal:
        out.print(line, highlight=False)


async def run_demo(*, stay: bool, json_file: Path | None, day: int, only: tuple[str, ...] = ()) -> int:
    """Play the scenarios; 0 only when every one ended as it should.

    `day`: how many seconds a day lasts where customers are reminded.
    """
    configure_logs("demo")
    if missing := list(_preflight(json_file)):
        fail("\n".join(missing), status=1)
    show = Show(tuple(s for s in SCENARIOS if not only or s.name in only), _told)
    if not show.scenarios:
        fail(f"there is no such scenario; there are {', '.join(s.name for s in SCENARIOS)}.")
    stop = stop_event()
    out.print("Starting Temporal, the simulated vendors, the receiver and a worker…")
    if not only:
        out.print("The scenarios take four to six minutes; `raccord demo --only ordinary` less than one.")
    try:
        async with AsyncExitStack() as stages:
            place = Place.make()
            short: Place | None = None

            async def beside() -> Stage:
                nonlocal short
                # Not before the first is up: of two that choose ports, one has to have bound its own.
                short = place.of_short_days(day)
                stage = await stages.enter_async_context(Stage(short))
                await begin(stage)
                return stage

            stage = await stages.enter_async_context(Stage(place))
            with Live(console=out, refresh_per_second=4, get_renderable=show.table):
                await _unless(stop, show.play(stage, beside))
            report = show.report()
            if json_file:
                _write(json_file, report)
            if stay and not stop.is_set():
                out.print(_next_step(place, short), soft_wrap=True, highlight=False)
                await stop.wait()
                out.print("Stopping…")
    except RuntimeError as error:
        fail(str(error), status=1)
    return 0 if report["ok"] else 1
