"""`raccord audit verify | export`."""

import json
import sys

from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from starters.cli.common import out


async def verify(configuration: Configuration, keys: KeyRing, *, as_json: bool) -> int:
    """Walk the chain and say whether it is whole."""
    records = Records.open(configuration.settings.records_url, keys)
    try:
        await records.migrate()
        found = await records.audit.verify()
    finally:
        await records.close()
    if as_json:
        sys.stdout.write(json.dumps(found.model_dump(mode="json")) + "\n")
    elif found.ok:
        out.print(f"[green]OK[/]  {found.rows} rows, unbroken.")
    else:
        out.print(f"[bold red]BROKEN[/]  at row {found.broken_at}: {found.why}")
    return 0 if found.ok else 1


async def export(configuration: Configuration, keys: KeyRing) -> None:
    """Print each row as one JSON line."""
    records = Records.open(configuration.settings.records_url, keys)
    try:
        await records.migrate()
        async for row in records.audit.export():
            sys.stdout.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
    finally:
        await records.close()
