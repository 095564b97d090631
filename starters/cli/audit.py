"""`raccord audit verify | export`."""

import click

from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from starters.cli.display import as_json as written


async def verify(configuration: Configuration, keys: KeyRing, *, as_json: bool) -> int:
    """Walk the chain and say whether it is whole."""
    records = Records.open(configuration.settings.records_url, keys)
    try:
        await records.migrate()
        found = await records.audit.verify()
    finally:
        await records.close()
    if as_json:
        click.echo(written(found.model_dump(mode="json")))
    elif found.ok:
        click.echo(f"{click.style('OK', fg='green')}  {found.rows} rows, unbroken.")
    else:
        broken = click.style("BROKEN", fg="red", bold=True)
        click.echo(f"{broken}  at row {found.broken_at}: {found.why}")
    return 0 if found.ok else 1


async def export(configuration: Configuration, keys: KeyRing) -> None:
    """Print each row as one JSON line."""
    records = Records.open(configuration.settings.records_url, keys)
    try:
        await records.migrate()
        async for row in records.audit.export():
            click.echo(written(row))
    finally:
        await records.close()
