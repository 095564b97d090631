"""A messenger in memory, as `raccord.connectors.messenger` describes one."""

from dataclasses import dataclass
from datetime import UTC, datetime

from raccord.connectors.capabilities import MessengerCapabilities, Uniqueness
from raccord.connectors.errors import NotFound
from raccord.domain.desk.notice import Notice, Place
from tests.fakes.switches import Switches

CHANNEL = "billing"


@dataclass
class Posted:
    """A message as it is now; `edits` is how often it was replaced."""

    ref: str
    notice: Notice
    at: datetime
    below: Place | None = None
    edits: int = 0


class FakeMessenger(Switches):
    """One channel, in which everybody may decide. Messages by their place, oldest first."""

    capabilities = MessengerCapabilities(
        uniqueness=Uniqueness.UNIQUE_REFERENCE, requests_per_second=1000, requests_per_activity=1
    )

    def __init__(self) -> None:
        super().__init__()
        self.messages: dict[str, Posted] = {}
        self.whispers: list[tuple[str, str]] = []

    async def post(self, notice: Notice, *, ref: str, reply_to: Place | None = None) -> Place:
        await self._call("post")
        place = Place(channel=CHANNEL, message=f"m{len(self.messages) + 1}")
        self.messages[place.message] = Posted(ref, notice, datetime.now(UTC), below=reply_to)
        return place

    async def find(self, ref: str, *, since: datetime, reply_to: Place | None = None) -> Place | None:
        await self._call("find")
        found = (m for m, posted in self.messages.items() if (posted.ref, posted.below) == (ref, reply_to))
        message = next(found, None)
        return Place(channel=CHANNEL, message=message) if message else None

    async def update(self, place: Place, notice: Notice) -> None:
        await self._call("update")
        if place.message not in self.messages:
            raise NotFound(f"Message {place.message} does not exist.")
        posted = self.messages[place.message]
        posted.notice, posted.edits = notice, posted.edits + 1

    async def whisper(self, place: Place, user: str, text: str) -> None:
        await self._call("whisper")
        self.whispers.append((user, text))

    async def user_of(self, email: str) -> str | None:
        await self._call("user_of")
        return email.partition("@")[0]

    async def is_ours(self, workspaces: tuple[str, ...]) -> bool:
        await self._call("is_ours")
        return True

    async def may_decide(self, user: str) -> bool:
        await self._call("may_decide")
        return True
