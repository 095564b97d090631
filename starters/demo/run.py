"""Plays the scenarios, shows them as they go, and says where to look next."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.live import Live

from raccord.domain.values.message import Message, message
from raccord.temporal.logs import configure_logs
from raccord.texts import say
from raccord.texts.told import Told
from starters.cli.common import fail
from starters.cli.language import spoken
from starters.demo.days import begin
from starters.demo.hints import next_step
from starters.demo.place import Place
from starters.demo.programmes import PROGRAMMES, Programme
from starters.demo.show import Show
from starters.demo.stage import Stage
from workers.run import stop_event

out = Console()

_NEEDED_DISK_MIB = 200
_OLDEST_PYTHON = (3, 11)


def _preflight(json_file: Path | None) -> Iterator[Message]:
    """Yield what is missing for a demo, each as a sentence with found and required."""
    if sys.version_info < _OLDEST_PYTHON:
        yield message("demo.python", found=sys.version.split()[0])
    free = shutil.disk_usage(".").free // 2**20
    if free < _NEEDED_DISK_MIB:
        yield message("demo.disk", needed=_NEEDED_DISK_MIB, found=free)
    if not os.access(".", os.W_OK):
        yield message("demo.unwritable", folder=str(Path(".raccord").resolve()))
    if json_file and not _can_be_written(json_file.absolute()):
        yield message("demo.results", file=str(json_file))


def _can_be_written(file: Path) -> bool:
    return not file.is_dir() and file.parent.is_dir() and os.access(file.parent, os.W_OK)


def _write(file: Path, report: dict[str, Any]) -> None:
    file.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", "utf-8")


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


def _chosen(pair: str, only: tuple[str, ...], language: str) -> tuple[Programme, Show]:
    """Return what a pair plays of these scenarios; none: all. Ends the command where there is nothing."""
    programme = PROGRAMMES.get(pair)
    if programme is None:
        fail(message("demo.no_such_pair", pair=pair, pairs=tuple(PROGRAMMES)))
    played = tuple(each for each in programme.scenarios if not only or each.name in only)
    left_out = tuple(each for each in programme.left_out if not only or each.name in only)
    if not played and left_out:
        fail(*(message("demo.not_played", name=each.name, why=each.why) for each in left_out))
    if not played:
        fail(message("demo.no_such", names=tuple(each.name for each in programme.scenarios)))
    return programme, Show(played, _told, language, left_out)


async def run_demo(
    *, pair: str, stay: bool, json_file: Path | None, day: int, only: tuple[str, ...] = ()
) -> int:
    """Play a pair's scenarios; 0 only when every one ended as it should.

    `day`: how many seconds a day lasts where customers are reminded.
    """
    configure_logs("demo")
    language = spoken()
    programme, show = _chosen(pair, only, language)
    if missing := list(_preflight(json_file)):
        fail(*missing, status=1)
    stop = stop_event()
    out.print(say(message("demo.starting"), language))
    if not only:
        out.print(say(message("demo.minutes"), language))
    try:
        async with AsyncExitStack() as stages:
            place = Place.make(programme.pair)
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
            report = {"pair": pair, **show.report()}
            if json_file:
                _write(json_file, report)
            if stay and not stop.is_set():
                out.print(next_step(place, short, language), soft_wrap=True, highlight=False)
                await stop.wait()
                out.print(say(message("up.stopping"), language))
    except RuntimeError as error:
        fail(error if isinstance(error, Told) else str(error), status=1)
    return 0 if report["ok"] else 1
