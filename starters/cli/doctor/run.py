"""The command: check, then print for a person or a machine."""

from pathlib import Path

import click

from raccord.domain.values.message import message
from raccord.settings.configuration import Configuration
from starters.cli.common import command, fail, warn
from starters.cli.display import print_json
from starters.cli.doctor import page
from starters.cli.doctor.examine import before_a_start, examine
from starters.cli.language import spoken

_NEEDED = ("data directory", "disk")
"""Without these nothing can be kept; the rest of what is wrong leaves a start something to do."""


async def run_doctor(path: Path | None, *, as_json: bool) -> int:
    """Run every check; exit status 1 when one failed."""
    examined = await examine(path)
    if as_json:
        mode = examined.loaded.live_or_test if examined.loaded else None
        checks = [check.row() for check in examined.checks]
        print_json({"ok": not examined.failed, "mode": mode, "checks": checks})
    else:
        for line in page.lines(examined, spoken(), doctor=command("doctor", path), up=command("up", path)):
            click.echo(line)
    return int(examined.failed)


def look_before_a_start(loaded: Configuration) -> None:
    """Say what will not work, from the quick part of doctor; end the command where a start is pointless."""
    for check in before_a_start(loaded):
        said = message("doctor.before_a_start", what=check.whole_title, found=check.seen, remedy=check.advice)
        if check.name in _NEEDED:
            fail(said, status=1)
        warn(said)
