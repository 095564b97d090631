"""Slack's lines of `raccord doctor`: workspace, permissions, channel, buttons and people."""

from raccord.connectors.connection import Check, in_its_words
from raccord.connectors.errors import ConnectorError
from raccord.connectors.http.errors import Operation
from raccord.domain.values.message import message
from raccord.vendors.slack.client import SlackClient
from raccord.vendors.slack.people import People
from raccord.vendors.slack.scopes import ALWAYS, history_scopes
from raccord.vendors.slack.settings import SlackSettings
from raccord.vendors.slack.wire import History, Identity

WHO_AM_I = Operation("tell whose token this is")
_SCOPES_HEADER = "x-oauth-scopes"
_REMEDY = message("slack.reach")


async def check(client: SlackClient, people: People, settings: SlackSettings) -> tuple[Check, ...]:
    """Ask who the token is, read the channel and look up those who may decide; posts nothing."""
    try:
        identity, headers = await client.answer(WHO_AM_I, client.api.auth_test, Identity)
    except ConnectorError as error:
        return (Check.fail(message("check.workspace"), in_its_words(error), remedy=_REMEDY),)
    return (
        _workspace(identity, settings.team),
        _permissions(headers.get(_SCOPES_HEADER), settings.channel),
        await _channel(client, settings.channel),
        _buttons(settings),
        await _people(people, settings),
    )


def _workspace(identity: Identity, team: str | None) -> Check:
    called = identity.team or message("check.without_name")
    shown = message("check.id_and_name", id=identity.team_id, name=called)
    if team in (None, identity.team_id):
        return Check.ok(message("check.workspace"), shown, expected=team or "")
    remedy = message("slack.other_workspace")
    return Check.fail(message("check.workspace"), shown, expected=team, remedy=remedy)


def _permissions(header: str | None, channel: str) -> Check:
    name, history = "permissions", history_scopes(channel)
    either = history[0] if len(history) == 1 else message("check.either", one=history[0], other=history[1])
    expected = message("check.all_of", each=(*ALWAYS, either))
    if header is None:
        return Check.warn(
            name,
            message("slack.rights_untold"),
            expected=expected,
            remedy=message("slack.compare_scopes"),
        )
    granted = {scope for scope in (part.strip() for part in header.split(",")) if scope}
    missing = [
        *(scope for scope in ALWAYS if scope not in granted),
        *(() if granted & set(history) else (either,)),
    ]
    found = ", ".join(sorted(granted)) or message("check.none")
    if missing:
        remedy = message("slack.add_scopes", scopes=tuple(missing))
        return Check.fail(name, found, expected=expected, remedy=remedy)
    if excess := sorted(granted - {*ALWAYS, *history}):
        remedy = message("slack.drop_scopes", scopes=tuple(excess))
        return Check.warn(name, found, expected=expected, remedy=remedy)
    return Check.ok(name, found, expected=expected)


async def _channel(client: SlackClient, channel: str) -> Check:
    operation = Operation(f"read the channel {channel}", " or ".join(history_scopes(channel)))
    try:
        await client.call(operation, client.api.conversations_history, History, channel=channel, limit=1)
    except ConnectorError as error:
        remedy = message("slack.invite")
        return Check.fail(message("check.channel"), in_its_words(error), expected=channel, remedy=remedy)
    return Check.ok(message("check.channel"), message("check.readable"), expected=channel)


def _buttons(settings: SlackSettings) -> Check:
    if settings.webhook_secret is None:
        return Check.warn(
            message("check.buttons"),
            message("slack.no_secret"),
            remedy=message("slack.enter_secret"),
        )
    return Check.ok(message("check.buttons"), message("slack.secret_set"))


async def _people(people: People, settings: SlackSettings) -> Check:
    name = message("check.people")
    if not settings.people:
        return Check.warn(
            name,
            message("slack.nobody"),
            remedy=message("slack.name_people"),
        )
    try:
        unknown = [address for address in settings.addresses if await people.find(address) is None]
    except ConnectorError as error:
        return Check.fail(name, in_its_words(error), remedy=_REMEDY)
    if unknown:
        remedy = message("slack.correct_people")
        return Check.warn(name, message("slack.not_there", people=tuple(unknown)), remedy=remedy)
    return Check.ok(name, message("slack.people", count=len(settings.people)))
