"""`raccord quarantine list | show`."""

from datetime import datetime

import click

from raccord.domain.values.message import message
from raccord.records.quarantine import NotQuarantined, Quarantined
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.texts import say, say_kept
from starters.cli.common import fail
from starters.cli.display import age, opened, print_json, shown, table
from starters.cli.language import spoken

_COLUMNS = (
    "quarantine.number",
    "quarantine.source",
    "quarantine.reason",
    "quarantine.times",
    "quarantine.first",
    "quarantine.last",
)


async def list_all(configuration: Configuration, keys: KeyRing, *, as_json: bool) -> int:
    """List what could not be read, the latest arrival first."""
    async with opened(configuration, keys) as records:
        entries = await records.quarantine.list()
    if as_json:
        print_json([entry.model_dump(mode="json") | {"reason": _why(entry)} for entry in entries])
    elif not entries:
        click.echo(say(message("quarantine.none"), spoken()))
    else:
        headings = [say(message(code), spoken()) for code in _COLUMNS]
        rows = [
            (str(e.id), e.source, _why(e), str(e.count), _ago(e.first_at), _ago(e.last_at)) for e in entries
        ]
        for line in table(headings, rows, right={headings[0], headings[3]}, folds={headings[2]}):
            click.echo(line)
    return 0


async def show(configuration: Configuration, keys: KeyRing, id: int) -> int:
    """Print one input as it arrived; bytes that are no text, or would steer the terminal, as escapes."""
    async with opened(configuration, keys) as records:
        try:
            raw = await records.quarantine.get(id)
        except NotQuarantined:
            fail(message("quarantine.unknown", number=str(id)), status=1)
    click.echo(shown(raw.decode("utf-8", "backslashreplace")))
    return 0


def _why(entry: Quarantined) -> str:
    return say_kept(entry.reason, spoken())


def _ago(at: datetime) -> str:
    return say(message("flows.ago", age=age(at, spoken())), spoken())
