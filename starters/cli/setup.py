"""`raccord setup`: the CRM gets the fields that the mapping names, and webhooks are registered for."""

from pathlib import Path
from typing import Any

import click

from raccord.connectors.billing import Billing
from raccord.connectors.connection import Check, CheckState, Kind, Registration
from raccord.connectors.crm import Crm
from raccord.connectors.errors import ConnectorError
from raccord.settings.configuration import Configuration
from raccord.settings.environment import variable
from starters.cli.common import bold, command, fail
from starters.cli.display import print_json, shown
from workers.connections import opened

_COLOURS = {CheckState.OK: "green", CheckState.WARN: "yellow", CheckState.FAIL: "red"}


async def set_up(configuration: Configuration, path: Path | None, *, as_json: bool) -> int:
    """Make what is missing, and say so line by line; exit status 1 when a field was refused.

    Without webhooks of the billing system, the sweep finds what they would tell: they are only warned about.
    """
    billing = configuration.billing
    async with opened(configuration) as connections:
        crm: Crm = connections.of(Kind.CRM)
        port: Billing = connections.of(Kind.BILLING)
        try:
            await crm.probe()
            fields = await crm.set_up()
            registered = Registration()
            if billing.vendor.webhooks:
                registered = await port.register_webhooks(
                    configuration.webhook_url(billing), flows=configuration.settings.acting
                )
        except ConnectorError as error:
            fail(str(error), status=1)
    failed = any(check.state is CheckState.FAIL for check in (*fields, *registered.checks))
    place = variable(billing.name, "webhook_secret")
    if as_json:
        print_json({"ok": not failed, "fields": _rows(fields), "webhooks": _told(registered, place)})
        return int(failed)
    for check in (*fields, *registered.checks):
        _print(check)
    if registered.secret:
        click.echo(_once(registered.secret.get_secret_value(), place, path))
    doctor, again = (bold(command(name, path)) for name in ("doctor", "setup"))
    if failed:
        click.echo(f"\nDo what stands behind the arrows, then {again} again.")
    else:
        click.echo(f"\nNext: fill them where you sell, and {doctor}, which shows a value of each.")
    return int(failed)


def _rows(checks: tuple[Check, ...]) -> list[dict[str, Any]]:
    return [check.model_dump(mode="json") for check in checks]


def _told(registered: Registration, place: str) -> dict[str, Any]:
    secret = {place: registered.secret.get_secret_value()} if registered.secret else {}
    return {"checks": _rows(registered.checks), "secret": secret}


def _once(secret: str, place: str, path: Path | None) -> str:
    return (
        "\nThis signs its events and is never shown again. Keep it with your other secrets, and start "
        f"{bold(command('up', path))} or {bold(command('starter', path))} anew with it:\n\n"
        f"  export {place}={shown(secret)}"
    )


def _print(check: Check) -> None:
    state = click.style(f"{check.state.value:<4}", fg=_COLOURS.get(check.state))
    click.echo(f"{state}  {shown(check.name)}: {shown(check.found)}")
    if check.state is not CheckState.OK:
        click.echo(f"      → {shown(check.remedy)}")
