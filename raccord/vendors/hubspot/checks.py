"""HubSpot's lines of `raccord doctor`: the account, the permissions, and the mapped properties."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

from raccord.connectors.connection import Check, CheckState
from raccord.connectors.errors import Auth, ConnectorError, NotFound
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.errors import Operation
from raccord.vendors.hubspot.properties import check_properties
from raccord.vendors.hubspot.records import ACCOUNT_SCOPE, scope
from raccord.vendors.hubspot.settings import HubSpotSettings
from raccord.vendors.hubspot.tasks import TASK_SCOPE
from raccord.vendors.hubspot.wire import Account, Anything

_TO_WRITE = {"deals": ("crm.objects.deals.write",), "tasks": (TASK_SCOPE,)}
_REACH = "Check base_url and the network, then run doctor again."


async def check(client: HubSpotClient, settings: HubSpotSettings) -> tuple[Check, ...]:
    """Read one object of each kind and every mapped property. The right to write shows only on writing."""
    reads: tuple[tuple[str, Callable[..., Any]], ...] = (
        ("deals", client.deals.get_page),
        ("companies", client.companies.get_page),
        ("contacts", client.contacts.get_page),
        ("line_items", client.line_items.get_page),
        ("owners", client.owners.get_page),
        ("tasks", client.tasks.get_page),
    )
    account, *rights = await asyncio.gather(
        _account(client, settings), *(_right(client, kind, read) for kind, read in reads)
    )
    return (account, *_webhooks(settings), *rights, *await check_properties(client, settings.mapping))


async def _account(client: HubSpotClient, settings: HubSpotSettings) -> Check:
    name, expected = "account", str(settings.account_id or "")
    try:
        found = await client.call(
            Operation("read the account's details", ACCOUNT_SCOPE), client.account, into=Account
        )
    except (Auth, NotFound):
        return Check(
            name=name,
            state=CheckState.WARN,
            found="HubSpot does not tell this token which account it belongs to.",
            expected=expected,
            remedy="Compare the Hub ID in HubSpot with account_id, and set the currency on every deal.",
        )
    except ConnectorError as error:
        return Check(name=name, state=CheckState.FAIL, found=str(error), expected=expected, remedy=_REACH)
    shown = f"{found.portal_id}" + (f", {found.account_type}" if found.account_type else "")
    if settings.account_id is None:
        return Check(
            name=name,
            state=CheckState.WARN,
            found=shown,
            remedy=f"Set account_id = {found.portal_id}, so that events of other accounts are ignored "
            "and deals get links.",
        )
    same = found.portal_id == settings.account_id
    return Check(
        name=name,
        state=CheckState.OK if same else CheckState.FAIL,
        found=shown,
        expected=expected,
        remedy="" if same else "The token is of another account: correct account_id or access_token.",
    )


def _webhooks(settings: HubSpotSettings) -> Iterator[Check]:
    if settings.webhook_secret is None:
        yield Check(
            name="webhooks",
            state=CheckState.WARN,
            found="no webhook_secret",
            expected="the app's client secret",
            remedy="Enter the client secret of the project app or private app as webhook_secret; "
            "a service key has none, as it cannot send webhooks.",
        )


async def _right(client: HubSpotClient, kind: str, read: Callable[..., Any]) -> Check:
    name, expected = kind.replace("_", " "), " and ".join((scope(kind), *_TO_WRITE.get(kind, ())))
    try:
        await client.call(Operation(f"list {kind}", scope(kind)), read, limit=1, into=Anything)
    except Auth as error:
        remedy = f"Give the app the scope {expected} in its settings in HubSpot."
        return Check(name=name, state=CheckState.FAIL, found=str(error), expected=expected, remedy=remedy)
    except ConnectorError as error:
        return Check(name=name, state=CheckState.FAIL, found=str(error), expected=expected, remedy=_REACH)
    return Check(name=name, state=CheckState.OK, found="readable", expected=expected)
