"""HubSpot's lines of `raccord doctor`: the account, the permissions, and the mapped properties."""

import asyncio
from collections.abc import Iterator

from raccord.connectors.connection import Check, CheckState, in_its_words
from raccord.connectors.errors import Auth, ConnectorError, Permanent
from raccord.connectors.http.errors import Operation
from raccord.domain.rules.modes import CONTACT
from raccord.domain.values.message import message
from raccord.vendors.hubspot import paths
from raccord.vendors.hubspot.attachments import FILES
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.details import COMPANY_WRITE
from raccord.vendors.hubspot.invoice_fields import DEAL_WRITE
from raccord.vendors.hubspot.properties import NAMES, check_properties
from raccord.vendors.hubspot.records import ACCOUNT_SCOPE, scope, unless_gone
from raccord.vendors.hubspot.settings import HubSpotSettings
from raccord.vendors.hubspot.stages import check_stages
from raccord.vendors.hubspot.tasks import TASK_WRITE
from raccord.vendors.hubspot.wire import Account, Anything, Token

_KINDS = ("deals", "companies", "contacts", "line_items", "owners", "tasks")
_TO_WRITE = {"deals": DEAL_WRITE, "tasks": TASK_WRITE}
_NOBODY = "0"
"""No record has this id: changing it tells whether we may, and changes nothing."""
_AS_IT_SAYS = message("check.as_it_says")
_REACH = message("check.reach")


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
    name, expected = message("check.account"), str(settings.account_id or "")
    try:
        found = await client.get(
            Operation("read the account's details", ACCOUNT_SCOPE), paths.ACCOUNT, Account
        )
    except (Auth, Permanent):
        return Check.warn(
            name,
            message("hubspot.account_untold"),
            expected=expected,
            remedy=message("hubspot.compare_account"),
        )
    except ConnectorError as error:
        return Check.fail(name, in_its_words(error), expected=expected, remedy=_REACH)
    return Check.same(
        name,
        str(found.portal_id),
        expected=expected,
        shown=f"{found.portal_id}" + (f", {found.account_type}" if found.account_type else ""),
        unset=message("hubspot.set_account", id=str(found.portal_id)),
        other=message("hubspot.other_account"),
    )


def _webhooks(settings: HubSpotSettings) -> Iterator[Check]:
    if settings.webhook_secret is None:
        yield Check.warn(
            "webhooks",
            message("check.no_webhook_secret"),
            expected=message("hubspot.client_secret"),
            remedy=message("hubspot.enter_secret"),
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
    name, write = NAMES[kind], _TO_WRITE.get(kind)
    scopes = tuple(filter(None, (scope(kind), write)))
    expected = scopes[0] if len(scopes) == 1 else message("check.both", one=scopes[0], other=scopes[1])
    path = paths.OWNERS if kind == "owners" else paths.records(kind)
    try:
        await client.get(Operation(f"list {kind}", scope(kind)), path, Anything, ("limit", "1"))
        if write is None:
            found = message("check.readable")
        else:
            await _write(client, kind, write, granted)
            found = message("check.readable_writable")
    except Auth as error:
        ours = any(each in str(error) for each in scopes)
        remedy = message("hubspot.give_scope", scope=expected) if ours else _AS_IT_SAYS
        return Check.fail(name, in_its_words(error), expected=expected, remedy=remedy)
    except ConnectorError as error:
        return Check.fail(name, in_its_words(error), expected=expected, remedy=_REACH)
    return Check.ok(name, found, expected=expected)


async def _in_step(client: HubSpotClient, granted: frozenset[str] | None) -> Check:
    """Whether companies may be changed, which nothing but keeping customers in step does."""
    name = message("check.company_details")
    try:
        await _write(client, "companies", COMPANY_WRITE, granted)
        found = Check.ok(name, message("check.writable"), expected=COMPANY_WRITE)
    except Auth as error:
        remedy = message("hubspot.give_scope", scope=COMPANY_WRITE)
        found = Check.fail(name, in_its_words(error), expected=COMPANY_WRITE, remedy=remedy)
    except ConnectorError as error:
        found = Check.fail(name, in_its_words(error), expected=COMPANY_WRITE, remedy=_REACH)
    return found.model_copy(update={"flow": CONTACT})


async def _files(client: HubSpotClient, granted: frozenset[str] | None) -> Check:
    """Whether PDFs can be attached; without that right nothing stops."""
    remedy = message("hubspot.give_files", scope=FILES)
    name, expected = message("check.files"), FILES
    if granted is not None:
        if FILES in granted:
            return Check.ok(name, message("hubspot.files_attached"), expected=expected)
        return Check.warn(name, message("hubspot.lacks_files"), expected=expected, remedy=remedy)
    try:
        await client.get(Operation("list files", FILES), paths.FILES_FOUND, Anything, ("limit", "1"))
    except ConnectorError as error:
        return Check.warn(name, in_its_words(error), expected=expected, remedy=remedy)
    return Check.ok(name, message("check.readable"), expected=expected)


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
