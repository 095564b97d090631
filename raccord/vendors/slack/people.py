"""Who is who: e-mail addresses and Slack's member ids."""

import asyncio
import time
from collections.abc import Callable, Sequence

from raccord.connectors.errors import Auth, NotFound, Permanent
from raccord.connectors.http.errors import Operation
from raccord.connectors.memory import Memory
from raccord.vendors.slack.client import SlackClient
from raccord.vendors.slack.wire import Found

_KNOWN_SECONDS = 24 * 3600.0
_UNKNOWN_SECONDS = 3600.0


class People:
    """Finds members by e-mail address, and remembers them for a day, or for an hour that there is none."""

    def __init__(self, client: SlackClient, *, now: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._known: Memory[str | None] = Memory(now=now)

    async def find(self, email: str) -> str | None:
        """Return the member id of this address, or None: unknown, hidden or deactivated."""
        address = email.strip().lower()
        if "@" not in address:
            return None
        return await self._known.get(
            address,
            lambda: self._ask(address),
            seconds=lambda member: _KNOWN_SECONDS if member else _UNKNOWN_SECONDS,
        )

    async def mentions(self, emails: Sequence[str]) -> dict[str, str]:
        """Return the member id of each address that has one.

        A message matters more than whom it calls: without the permission to look people up they
        are named by address. Raises `Transient` and `RateLimited`: then it is called in a moment.
        """
        found = await asyncio.gather(*(self._mention(email) for email in emails))
        return {email: member for email, member in zip(emails, found, strict=True) if member}

    async def _mention(self, email: str) -> str | None:
        try:
            return await self.find(email)
        except (Auth, Permanent):
            return None

    async def _ask(self, address: str) -> str | None:
        # The address is personal data, so the operation does not name it.
        operation = Operation("find a person by e-mail address", "users:read.email")
        try:
            found = await self._client.call(
                operation, self._client.api.users_lookupByEmail, Found, email=address
            )
        except NotFound:
            return None
        return None if found.user.deleted else found.user.id
