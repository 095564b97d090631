"""How the findings read in a terminal: grouped, wrapped, counted, and with the next step."""

from collections import Counter
from collections.abc import Iterator
from textwrap import wrap

import click

from raccord.connectors.connection import Check, CheckState
from raccord.domain.rules.modes import Mode
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
    CheckState.OK: ("ok", "ok"),
    CheckState.WARN: ("warning", "warnings"),
    CheckState.FAIL: ("failed", "failed"),
    CheckState.SKIP: ("not checked", "not checked"),
}
_STATE, _SHORTEST_NAME, _NARROWEST = 6, 24, 30
"""Columns of the state, of names at least, and of what is said at least."""


def lines(examined: Examined, *, doctor: str, up: str) -> Iterator[str]:
    """Yield the lines of a report; `doctor` and `up` are the commands as they would be typed."""
    groups: dict[str, list[Check]] = {}
    for found in examined.findings:
        groups.setdefault(found.group, []).append(found.check)
    longest = max(len(_name(check)) for check in examined.checks)
    width = min(longest, max(columns() // 3, _SHORTEST_NAME))
    for group, checks in groups.items():
        yield bold(group)
        for check in checks:
            yield from _line(check, width)
        yield ""
    yield _counted(examined)
    yield from _ending(examined, doctor=doctor, up=up)


def _name(check: Check) -> str:
    # Below its own heading, a connection's name before each line says nothing.
    return shown(check.name.partition(": ")[2] or check.name)


def _line(check: Check, width: int) -> Iterator[str]:
    name, indent = _name(check), " " * (_STATE + width + 2)
    room = max(columns() - len(indent), _NARROWEST)
    said = [part for text in shown(check.found).splitlines() for part in wrap(text, room)] or [""]
    if check.state is not CheckState.OK:
        said += wrap(f"(expected: {shown(check.expected)})", room) if check.expected else []
        said += wrap(f"→ {shown(check.remedy)}", room, subsequent_indent="  ") if check.remedy else []
    state = click.style(f"{_short(check.state):<{_STATE}}", fg=_COLOURS[check.state])
    yield f"{state}{name:<{width}}  {said.pop(0)}" if len(name) <= width else f"{state}{name}"
    yield from (indent + part for part in said)


def _short(state: CheckState) -> str:
    return "-" if state is CheckState.SKIP else state.value


def _counted(examined: Examined) -> str:
    counts = Counter(check.state for check in examined.checks)
    parts = [
        click.style(f"{counts[state]} {words[counts[state] != 1]}", fg=_COLOURS[state])
        for state, words in _COUNTED.items()
        if counts[state]
    ]
    return ", ".join(parts) + "."


def _ending(examined: Examined, *, doctor: str, up: str) -> Iterator[str]:
    if loaded := examined.loaded:
        modes = ", ".join(f"{flow} in {bold(mode.value)}" for flow, mode in loaded.settings.modes.items())
        yield f"{bold(loaded.live_or_test)} credentials, {modes}."
    if examined.failed:
        yield f"Next: do what stands behind the arrows of the FAIL lines, then {bold(doctor)} again."
    elif loaded and all(mode is Mode.SHADOW for mode in loaded.settings.modes.values()):
        yield f"Next: {bold(up)}. In shadow it computes and reports, and writes nothing."
    else:
        yield f"Next: {bold(up)}."
