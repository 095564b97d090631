"""The `Messenger` port on Slack."""

from datetime import datetime, timedelta

from raccord.connectors.capabilities import MessengerCapabilities, Uniqueness
from raccord.connectors.connection import Check, ConnectionSettings, of_vendor
from raccord.connectors.messenger import Messenger
from raccord.domain.desk.notice import Notice, Place
from raccord.domain.values.clock import BusinessClock
from raccord.vendors.slack.checks import WHO_AM_I, check
from raccord.vendors.slack.client import SlackClient
from raccord.vendors.slack.messages import Messages
from raccord.vendors.slack.people import People
from raccord.vendors.slack.settings import SlackSettings
from raccord.vendors.slack.wire import Identity

_RATE = 1.0
"""About one message a second in a channel (Slack docs: rate-limits)."""
_SETTLE = timedelta(seconds=5)
"""Slack documents no lag of a channel's history; this is on the safe side."""


def connect(name: str, settings: ConnectionSettings, _clock: BusinessClock) -> Messenger:
    """Build the port. Raises `TypeError` for the settings of another vendor."""
    return SlackMessenger(name, of_vendor(settings, SlackSettings))


class SlackMessenger:
    """One Slack app, one channel."""

    def __init__(self, name: str, settings: SlackSettings) -> None:
        self._settings = settings
        self._client = SlackClient(name, settings)
        self._people = People(self._client)
        self._messages = Messages(self._client, self._people, settings.channel)
        self._home = frozenset({settings.team} if settings.team else ())

    @property
    def capabilities(self) -> MessengerCapabilities:
        return MessengerCapabilities(
            # Slack knows no idempotency keys; a message is found by the mark in its metadata.
            uniqueness=Uniqueness.NONE,
            settle=_SETTLE,
            requests_per_second=_RATE,
            requests_per_activity=1.0,
        )

    async def post(self, notice: Notice, *, ref: str, reply_to: Place | None = None) -> Place:
        return await self._messages.post(notice, ref=ref, reply_to=reply_to)

    async def find(self, ref: str, *, since: datetime, reply_to: Place | None = None) -> Place | None:
        return await self._messages.find(ref, since=since, reply_to=reply_to)

    async def update(self, place: Place, notice: Notice) -> None:
        await self._messages.update(place, notice)

    async def whisper(self, place: Place, user: str, text: str) -> None:
        await self._messages.whisper(place, user, text)

    async def user_of(self, email: str) -> str | None:
        return await self._people.find(email)

    async def is_ours(self, workspaces: tuple[str, ...]) -> bool:
        # Slack names one in every press (Slack docs: block_actions-payload).
        return not workspaces or not (await self._known_home()).isdisjoint(workspaces)

    async def _known_home(self) -> frozenset[str]:
        """Return the workspace of the settings, else the token's own with the organisation that has it."""
        if not self._home:
            who = await self._client.call(WHO_AM_I, self._client.api.auth_test, Identity)
            organisation = who.enterprise_id if who.is_enterprise_install else None
            self._home = frozenset(id for id in (who.team_id, organisation) if id)
        return self._home

    async def may_decide(self, user: str) -> bool:
        if user in self._settings.member_ids:
            return True
        for address in self._settings.addresses:
            if await self._people.find(address) == user:
                return True
        return False

    async def check(self) -> tuple[Check, ...]:
        return await check(self._client, self._people, self._settings)

    async def probe(self) -> None:
        await self._client.call(WHO_AM_I, self._client.api.auth_test, Identity)

    async def close(self) -> None:
        await self._client.close()
