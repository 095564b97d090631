"""`raccord setup`: the CRM gets the fields that the mapping names, and webhooks are registered for."""

from pathlib import Path
from typing import Any

import click

from raccord.connectors.billing import Billing
from raccord.connectors.connection import Check, CheckState, Kind, Registration
from raccord.connectors.crm import Crm
from raccord.connectors.errors import ConnectorError
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.settings.environment import variable
from starters.cli.common import bold, command, fail
from starters.cli.display import print_check, print_json, shown
from starters.cli.setup_temporal import set_up_temporal
from workers.connections import opened


async def set_up(
    configuration: Configuration, path: Path | None, keys: KeyRing | None = None, *, as_json: bool
) -> int:
    """Make what is missing, and say so line by line; exit status 1 when a field was refused.

    `keys`: for a Temporal of one's own, which is set up last; None where `raccord up` starts one.
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
    temporal = await set_up_temporal(configuration, keys) if keys else ()
    done = (*fields, *registered.checks, *temporal)
    failed = any(check.state is CheckState.FAIL for check in done)
    place = variable(billing.name, "webhook_secret")
    if as_json:
        told = {"fields": _rows(fields), "webhooks": _told(registered, place), "temporal": _rows(temporal)}
        print_json({"ok": not failed, **told})
        return int(failed)
    for check in done:
        print_check(check)
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
