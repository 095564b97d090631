"""Putting a message into the channel, once, and editing it there."""

import hashlib
from datetime import datetime, timedelta

from activities.effects import Effect, Effects, cause
from raccord.connectors.messenger import Messenger
from raccord.domain.desk.notice import Notice, Place

BEFORE = timedelta(minutes=5)
"""How long before a message is due it is looked for: two machines' clocks may differ."""


def digest(notice: Notice) -> str:
    """Return what tells one content of a message from another."""
    return hashlib.sha256(notice.model_dump_json().encode()).hexdigest()[:16]


class Announcer:
    """Posts and edits through the recipe of every write: a message is marked, and looked for first."""

    def __init__(self, messenger: Messenger, effects: Effects) -> None:
        self._messenger = messenger
        self._effects = effects

    async def post(
        self, notice: Notice, *, ref: str, about: str, since: datetime, reply_to: Place | None = None
    ) -> Place:
        """Post the message marked `ref`, once; `since` is a moment before it can have been posted."""

        async def look() -> Place | None:
            return await self._messenger.find(ref, since=since, reply_to=reply_to)

        async def write(_: str) -> Place:
            return await self._messenger.post(notice, ref=ref, reply_to=reply_to)

        return await self._effects.once(
            Effect(
                key=f"msg/{ref}",
                name="messaging.post",
                object=about,
                cause=cause(),
                request=notice.model_dump(mode="json"),
            ),
            look=look,
            write=write,
            # Its place is in the answer; the channel's history may show it only a moment later.
            read_back=False,
        )

    async def whisper(self, place: Place, user: str, text: str, *, ref: str) -> None:
        """Tell one person something once, as far as we can know; twice does no harm."""

        async def look() -> bool | None:
            return None

        async def write(_: str) -> bool:
            await self._messenger.whisper(place, user, text)
            return True

        await self._effects.once(
            Effect(
                key=f"msg/{ref}",
                name="messaging.whisper",
                object=ref,
                cause=cause(),
                request={"user": user, "text": text},
            ),
            look=look,
            write=write,
            read_back=False,
            final=True,
        )

    async def edit(self, place: Place, notice: Notice, *, ref: str, about: str) -> None:
        """Replace a message; doing so twice changes nothing. Raises `NotFound` when it is gone."""

        async def look() -> bool | None:
            return None

        async def write(_: str) -> bool:
            await self._messenger.update(place, notice)
            return True

        await self._effects.once(
            Effect(
                key=f"msg/{ref}/{digest(notice)}",
                name="messaging.edit",
                object=about,
                cause=cause(),
                request=notice.model_dump(mode="json"),
            ),
            look=look,
            write=write,
            read_back=False,
        )
