"""HubSpot's lines of `raccord doctor`: the account, the permissions, and the mapped properties."""

import asyncio
from collections.abc import Iterator

from raccord.connectors.connection import Check, CheckState
from raccord.connectors.errors import Auth, ConnectorError, Permanent
from raccord.connectors.http.errors import Operation
from raccord.domain.rules.modes import CONTACT
from raccord.vendors.hubspot import paths
from raccord.vendors.hubspot.attachments import FILES
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.details import COMPANY_WRITE
from raccord.vendors.hubspot.invoice_fields import DEAL_WRITE
from raccord.vendors.hubspot.properties import check_properties
from raccord.vendors.hubspot.records import ACCOUNT_SCOPE, scope, unless_gone
from raccord.vendors.hubspot.settings import HubSpotSettings
from raccord.vendors.hubspot.stages import check_stages
from raccord.vendors.hubspot.tasks import TASK_WRITE
from raccord.vendors.hubspot.wire import Account, Anything, Token

_KINDS = ("deals", "companies", "contacts", "line_items", "owners", "tasks")
_TO_WRITE = {"deals": DEAL_WRITE, "tasks": TASK_WRITE}
_NOBODY = "0"
"""No record has this id: changing it tells whether we may, and changes nothing."""
_AS_IT_SAYS = "Do what it says, then run doctor again."
_REACH = "Check base_url and the network, then run doctor again."


async def check(client: HubSpotClient, settings: HubSpotSettings) -> tuple[Check, ...]:
    """Read one object of each kind and every mapped property; prove the right to write; change nothing."""
    account, granted = await asyncio.gather(_account(client, settings), _granted(client, settings))
    rights = await asyncio.gather(*(_right(client, kind, granted) for kind in _KINDS))
    unread = [kind for kind, right in zip(_KINDS, rights, strict=True) if right.state is CheckState.FAIL]
    fields = await check_properties(client, settings.mapping, unread=unread)
    kept = [] if "companies" in unread else [await _in_step(client, granted)]
    files = [await _files(client, granted)] if settings.files_folder else []
    stages = () if "deals" in unread else await check_stages(client, settings.paid_stages)
    return (account, *_webhooks(settings), *rights, *kept, *files, *fields, *stages)


async def _account(client: HubSpotClient, settings: HubSpotSettings) -> Check:
    name, expected = "account", str(settings.account_id or "")
    try:
        found = await client.get(
            Operation("read the account's details", ACCOUNT_SCOPE), paths.ACCOUNT, Account
        )
    except (Auth, Permanent):
        return Check.warn(
            name,
            "HubSpot does not tell this token which account it belongs to.",
            expected=expected,
            remedy="Compare the Hub ID in HubSpot with account_id, and set the currency on every deal.",
        )
    except ConnectorError as error:
        return Check.fail(name, str(error), expected=expected, remedy=_REACH)
    return Check.same(
        name,
        str(found.portal_id),
        expected=expected,
        shown=f"{found.portal_id}" + (f", {found.account_type}" if found.account_type else ""),
        unset=f"Set account_id = {found.portal_id}, so that events of other accounts are ignored "
        "and deals get links.",
        other="The token is of another account: correct account_id or access_token.",
    )


def _webhooks(settings: HubSpotSettings) -> Iterator[Check]:
    if settings.webhook_secret is None:
        yield Check.warn(
            "webhooks",
            "no webhook_secret",
            expected="the app's client secret",
            remedy="Enter the client secret of the project app or private app as webhook_secret; "
            "a service key has none, as it cannot send webhooks.",
        )


async def _granted(client: HubSpotClient, settings: HubSpotSettings) -> frozenset[str] | None:
    """Return the scopes of the token; None where HubSpot does not tell them of this kind of token."""
    content = {"tokenKey": settings.access_token.get_secret_value()}
    try:
        found = await client.post(Operation("tell the token's scopes"), paths.TOKEN, content, Token)
    except ConnectorError:
        return None
    return frozenset(found.scopes)


async def _right(client: HubSpotClient, kind: str, granted: frozenset[str] | None) -> Check:
    name, write = kind.replace("_", " "), _TO_WRITE.get(kind)
    expected = " and ".join(filter(None, (scope(kind), write)))
    path = paths.OWNERS if kind == "owners" else paths.records(kind)
    try:
        await client.get(Operation(f"list {kind}", scope(kind)), path, Anything, ("limit", "1"))
        if write is None:
            found = "readable"
        else:
            await _write(client, kind, write, granted)
            found = "readable and writable"
    except Auth as error:
        ours = any(each in str(error) for each in expected.split(" and "))
        remedy = f"Give the app the scope {expected} in its settings in HubSpot." if ours else _AS_IT_SAYS
        return Check.fail(name, str(error), expected=expected, remedy=remedy)
    except ConnectorError as error:
        return Check.fail(name, str(error), expected=expected, remedy=_REACH)
    return Check.ok(name, found, expected=expected)


async def _in_step(client: HubSpotClient, granted: frozenset[str] | None) -> Check:
    """Whether companies may be changed, which nothing but keeping customers in step does."""
    name = "details of companies"
    try:
        await _write(client, "companies", COMPANY_WRITE, granted)
        found = Check.ok(name, "writable", expected=COMPANY_WRITE)
    except Auth as error:
        remedy = f"Give the app the scope {COMPANY_WRITE} in its settings in HubSpot."
        found = Check.fail(name, str(error), expected=COMPANY_WRITE, remedy=remedy)
    except ConnectorError as error:
        found = Check.fail(name, str(error), expected=COMPANY_WRITE, remedy=_REACH)
    return found.model_copy(update={"flow": CONTACT})


async def _files(client: HubSpotClient, granted: frozenset[str] | None) -> Check:
    """Whether PDFs can be attached; without that right nothing stops."""
    remedy = (
        f"Give the app the scope {FILES} in its settings in HubSpot; or attach no PDFs to deals: "
        'files_folder = "".'
    )
    name, expected = "files", FILES
    if granted is not None:
        if FILES in granted:
            return Check.ok(name, "PDFs of invoices can be attached to deals", expected=expected)
        return Check.warn(name, "the token lacks the scope files", expected=expected, remedy=remedy)
    try:
        await client.get(Operation("list files", FILES), paths.FILES_FOUND, Anything, ("limit", "1"))
    except ConnectorError as error:
        return Check.warn(name, str(error), expected=expected, remedy=remedy)
    return Check.ok(name, "readable", expected=expected)


async def _write(client: HubSpotClient, kind: str, write: str, granted: frozenset[str] | None) -> None:
    """Prove the right to change records of one kind. Raises `Auth` naming the scope that is missing."""
    if granted is not None:
        if write not in granted:
            raise Auth(f"The HubSpot token may not change {kind}: it lacks the scope {write}.")
        return
    operation = Operation(f"change {kind}", write, write=True)
    try:
        await unless_gone(client.patch(operation, paths.record(kind, _NOBODY), {"properties": {}}, Anything))
    except Permanent:
        # Understood and refused, as it names no record: the right to write comes before that.
        return
