"""`raccord quarantine list | show`."""

import json
import sys

from rich.table import Table

from raccord.records.quarantine import NotQuarantined
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from starters.cli.common import fail, out
from starters.cli.display import age, opened, shown


async def list_all(configuration: Configuration, keys: KeyRing, *, as_json: bool) -> int:
    """List what could not be read, the latest arrival first."""
    async with opened(configuration, keys) as records:
        entries = await records.quarantine.list()
    if as_json:
        sys.stdout.write(json.dumps([entry.model_dump(mode="json") for entry in entries], indent=2) + "\n")
    elif not entries:
        out.print("Nothing is in quarantine.")
    else:
        table = Table(
            "id", "source", "reason", "times", "first", "last", box=None, header_style="bold", pad_edge=False
        )
        for entry in entries:
            ages = (f"{age(entry.first_at)} ago", f"{age(entry.last_at)} ago")
            table.add_row(str(entry.id), shown(entry.source), shown(entry.reason), str(entry.count), *ages)
        out.print(table)
    return 0


async def show(configuration: Configuration, keys: KeyRing, id: int) -> int:
    """Print one input as it arrived; bytes that are no text, or would steer the terminal, as escapes."""
    async with opened(configuration, keys) as records:
        try:
            raw = await records.quarantine.get(id)
        except NotQuarantined as error:
            fail(f"{error} `raccord quarantine list` shows what there is.", status=1)
    out.print(shown(raw.decode("utf-8", "backslashreplace")), highlight=False, soft_wrap=True)
    return 0
