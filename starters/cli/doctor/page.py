"""How the findings read in a terminal: grouped, wrapped, counted, and with the next step."""

from collections import Counter
from collections.abc import Iterator
from textwrap import wrap

import click

from raccord.connectors.connection import Check, CheckState
from raccord.domain.rules.modes import Mode
from raccord.domain.values.message import Message, message
from raccord.texts import say, say_param
from starters.cli.common import bold
from starters.cli.display import columns, shown
from starters.cli.doctor.examine import Examined

_COLOURS = {
    CheckState.OK: "green",
    CheckState.WARN: "yellow",
    CheckState.FAIL: "red",
    CheckState.SKIP: "bright_black",
}
_COUNTED = {
    CheckState.OK: "doctor.count.ok",
    CheckState.WARN: "doctor.count.warning",
    CheckState.FAIL: "doctor.count.failed",
    CheckState.SKIP: "doctor.count.skipped",
}
_STATE, _SHORTEST_NAME, _NARROWEST = 6, 24, 30
"""Columns of the state, of names at least, and of what is said at least."""


def lines(examined: Examined, language: str, *, doctor: str, up: str) -> Iterator[str]:
    """Yield the lines of a report; `doctor` and `up` are the commands as they would be typed."""
    groups: dict[str, list[Check]] = {}
    for found in examined.findings:
        groups.setdefault(say_param(found.group, language), []).append(found.check)
    # Below its own heading, a connection's name before each line says nothing.
    longest = max(len(shown(say_param(check.title, language))) for check in examined.checks)
    width = min(longest, max(columns() // 3, _SHORTEST_NAME))
    for group, checks in groups.items():
        yield bold(group)
        for check in checks:
            yield from _line(check, width, language)
        yield ""
    yield _counted(examined, language)
    yield from (say(each, language) for each in _ending(examined, doctor=doctor, up=up))


def _line(check: Check, width: int, language: str) -> Iterator[str]:
    name, found, expected, remedy = (
        shown(say_param(each, language)) for each in (check.title, check.seen, check.wanted, check.advice)
    )
    indent = " " * (_STATE + width + 2)
    room = max(columns() - len(indent), _NARROWEST)
    said = [part for text in found.splitlines() for part in wrap(text, room)] or [""]
    if check.state is not CheckState.OK:
        said += wrap(say(message("doctor.expected", expected=expected), language), room) if expected else []
        said += wrap(f"→ {remedy}", room, subsequent_indent="  ") if remedy else []
    state = click.style(f"{_short(check.state):<{_STATE}}", fg=_COLOURS[check.state])
    yield f"{state}{name:<{width}}  {said.pop(0)}" if len(name) <= width else f"{state}{name}"
    yield from (indent + part for part in said)


def _short(state: CheckState) -> str:
    return "-" if state is CheckState.SKIP else state.value


def _counted(examined: Examined, language: str) -> str:
    counts = Counter(check.state for check in examined.checks)
    parts = [
        click.style(say(message(_COUNTED[state], count=counts[state]), language), fg=_COLOURS[state])
        for state in _COUNTED
        if counts[state]
    ]
    return ", ".join(parts) + "."


def _ending(examined: Examined, *, doctor: str, up: str) -> Iterator[Message]:
    if loaded := examined.loaded:
        modes = tuple(
            message("doctor.mode", flow=flow, mode=bold(mode.value))
            for flow, mode in loaded.settings.modes.items()
        )
        yield message("doctor.modes", stage=bold(loaded.live_or_test), modes=modes)
    if examined.failed:
        yield message("doctor.next_mend", doctor=bold(doctor))
    elif examined.running:
        yield message("doctor.running")
    elif loaded and all(mode is Mode.SHADOW for mode in loaded.settings.modes.values()):
        yield message("doctor.next_shadow", up=bold(up))
    else:
        yield message("doctor.next", up=bold(up))
