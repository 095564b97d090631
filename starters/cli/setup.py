"""`raccord setup`: the CRM gets the fields that the mapping names."""

from pathlib import Path

import click

from raccord.connectors.connection import Check, CheckState, Kind
from raccord.connectors.crm import Crm
from raccord.connectors.errors import ConnectorError
from raccord.settings.configuration import Configuration
from starters.cli.common import bold, command, fail
from starters.cli.display import print_json, shown
from workers.connections import opened


async def set_up(configuration: Configuration, path: Path | None, *, as_json: bool) -> int:
    """Make what is missing, and say so field by field; exit status 1 when one was refused."""
    async with opened(configuration) as connections:
        crm: Crm = connections.of(Kind.CRM)
        try:
            await crm.probe()
            checks = await crm.set_up()
        except ConnectorError as error:
            fail(str(error), status=1)
    failed = any(check.state is CheckState.FAIL for check in checks)
    if as_json:
        print_json({"ok": not failed, "fields": [check.model_dump(mode="json") for check in checks]})
        return int(failed)
    for check in checks:
        _print(check)
    doctor, again = (bold(command(name, path)) for name in ("doctor", "setup"))
    if failed:
        click.echo(f"\nDo what stands behind the arrows, then {again} again.")
    else:
        click.echo(f"\nNext: fill them where you sell, and {doctor}, which shows a value of each.")
    return int(failed)


def _print(check: Check) -> None:
    if check.state is CheckState.OK:
        click.echo(f"{click.style('OK', fg='green')}    {shown(check.name)}: {shown(check.found)}")
        return
    click.echo(f"{click.style('FAIL', fg='red')}  {shown(check.name)}: {shown(check.found)}")
    click.echo(f"      → {shown(check.remedy)}")
