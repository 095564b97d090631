"""`raccord audit verify | export`."""

import click

from raccord.domain.values.message import Message, message
from raccord.records.chain import Break
from raccord.records.ledger import Verification
from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.texts import say
from starters.cli.display import as_json as written
from starters.cli.language import spoken

_WHY = {
    Break.CHANGED: message("audit.changed"),
    Break.MISSING: message("audit.missing"),
    Break.MOVED: message("audit.moved"),
    Break.TRUNCATED: message("audit.truncated"),
    Break.ADDED: message("audit.added"),
    Break.HEAD_CHANGED: message("audit.head_changed"),
    Break.HEAD_MISSING: message("audit.head_missing"),
}


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
        whole = say(message("audit.whole", count=found.rows), spoken())
        click.echo(f"{click.style('OK', fg='green')}  {whole}")
    else:
        broken = click.style(say(message("audit.broken"), spoken()), fg="red", bold=True)
        click.echo(f"{broken}  {say(broken_at(found), spoken())}")
    return 0 if found.ok else 1


def broken_at(found: Verification) -> Message:
    """Say where a chain does not hold, and why."""
    why = _WHY[found.why] if found.why else ""
    # A row is named by its number: no reader looks for a row 1 234.
    return message("audit.broken_at", row=str(found.broken_at), why=why)


async def export(configuration: Configuration, keys: KeyRing) -> None:
    """Print each row as one JSON line."""
    records = Records.open(configuration.settings.records_url, keys)
    try:
        await records.migrate()
        async for row in records.audit.export():
            click.echo(written(row))
    finally:
        await records.close()
