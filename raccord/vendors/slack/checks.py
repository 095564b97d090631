"""Slack's lines of `raccord doctor`: workspace, permissions, channel, buttons and people."""

from raccord.connectors.connection import Check
from raccord.connectors.errors import ConnectorError
from raccord.connectors.http.errors import Operation
from raccord.vendors.slack.client import SlackClient
from raccord.vendors.slack.people import People
from raccord.vendors.slack.scopes import ALWAYS, history_scopes
from raccord.vendors.slack.settings import SlackSettings
from raccord.vendors.slack.wire import History, Identity

WHO_AM_I = Operation("tell whose token this is")
_SCOPES_HEADER = "x-oauth-scopes"
_REMEDY = "Check bot_token and the permissions of the app, then run doctor again."
_SCOPES_REMEDY = "under OAuth & Permissions of the app, then install it again and run doctor again."


async def check(client: SlackClient, people: People, settings: SlackSettings) -> tuple[Check, ...]:
    """Ask who the token is, read the channel and look up those who may decide; posts nothing."""
    try:
        identity, headers = await client.answer(WHO_AM_I, client.api.auth_test, Identity)
    except ConnectorError as error:
        return (Check.fail("workspace", str(error), remedy=_REMEDY),)
    return (
        _workspace(identity, settings.team),
        _permissions(headers.get(_SCOPES_HEADER), settings.channel),
        await _channel(client, settings.channel),
        _buttons(settings),
        await _people(people, settings),
    )


def _workspace(identity: Identity, team: str | None) -> Check:
    shown = f"{identity.team_id} ({identity.team or 'without a name'})"
    if team in (None, identity.team_id):
        return Check.ok("workspace", shown, expected=team or "")
    remedy = "The token is of another workspace: correct team or bot_token."
    return Check.fail("workspace", shown, expected=team, remedy=remedy)


def _permissions(header: str | None, channel: str) -> Check:
    name, history = "permissions", history_scopes(channel)
    expected = ", ".join((*ALWAYS, " or ".join(history)))
    if header is None:
        return Check.warn(
            name,
            "Slack does not say what the token may do.",
            expected=expected,
            remedy="Compare the app's scopes under OAuth & Permissions.",
        )
    granted = {scope for scope in (part.strip() for part in header.split(",")) if scope}
    missing = [scope for scope in ALWAYS if scope not in granted]
    if not granted & set(history):
        missing.append(" or ".join(history))
    found = ", ".join(sorted(granted)) or "none"
    if missing:
        remedy = f"Add {', '.join(missing)} {_SCOPES_REMEDY}"
        return Check.fail(name, found, expected=expected, remedy=remedy)
    if excess := sorted(granted - {*ALWAYS, *history}):
        remedy = f"Raccord does not use {', '.join(excess)}: remove what nobody else needs {_SCOPES_REMEDY}"
        return Check.warn(name, found, expected=expected, remedy=remedy)
    return Check.ok(name, found, expected=expected)


async def _channel(client: SlackClient, channel: str) -> Check:
    operation = Operation(f"read the channel {channel}", " or ".join(history_scopes(channel)))
    try:
        await client.call(operation, client.api.conversations_history, History, channel=channel, limit=1)
    except ConnectorError as error:
        remedy = "Invite the app into the channel, or correct channel of this connection."
        return Check.fail("channel", str(error), expected=channel, remedy=remedy)
    return Check.ok("channel", "readable", expected=channel)


def _buttons(settings: SlackSettings) -> Check:
    if settings.webhook_secret is None:
        return Check.warn(
            "buttons",
            "no webhook_secret: pressed buttons have no effect",
            remedy="Enter the app's signing secret as webhook_secret, and the receiver's /slack/actions as "
            "Request URL under Interactivity & Shortcuts.",
        )
    return Check.ok("buttons", "signing secret is set")


async def _people(people: People, settings: SlackSettings) -> Check:
    name = "people"
    if not settings.people:
        return Check.warn(
            name,
            "nobody may decide with a button",
            remedy="Name member ids or e-mail addresses as people of this connection.",
        )
    try:
        unknown = [address for address in settings.addresses if await people.find(address) is None]
    except ConnectorError as error:
        return Check.fail(name, str(error), remedy=_REMEDY)
    if unknown:
        remedy = "Correct people of this connection, or name the person's member id (U...)."
        return Check.warn(name, f"not in the workspace: {', '.join(unknown)}", remedy=remedy)
    return Check.ok(name, f"{len(settings.people)} may decide")
