"""Messages in the channel: posted with a mark, found by it, replaced as a whole."""

import secrets
from datetime import UTC, datetime, timedelta

from raccord.connectors.errors import NotFound, Permanent
from raccord.connectors.http.errors import Operation
from raccord.domain.desk.notice import Notice, Place
from raccord.vendors.slack.blocks import fallback, note, render
from raccord.vendors.slack.client import SlackClient
from raccord.vendors.slack.people import People
from raccord.vendors.slack.scopes import history_scopes
from raccord.vendors.slack.text import shown
from raccord.vendors.slack.wire import History, Message, Posted, Success

_EVENT_TYPE = "raccord"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MARGIN = timedelta(minutes=5)
"""Slack's clock names the messages, ours says since when."""
_PAGE = 200
_MOST_PAGES = 50
_WHISPER = 3000


class Messages:
    """Writes to one channel. A message that was answered stays where its `Place` says, also after
    the connection has got another channel."""

    def __init__(self, client: SlackClient, people: People, channel: str) -> None:
        self._client = client
        self._people = people
        self._channel = channel

    async def post(self, notice: Notice, *, ref: str, reply_to: Place | None) -> Place:
        mentions = await self._people.mentions(notice.people)
        channel = reply_to.channel if reply_to else self._channel
        posted = await self._client.call(
            Operation(f"post a message in the channel {channel}", "chat:write", write=True),
            self._client.api.chat_postMessage,
            Posted,
            channel=channel,
            thread_ts=reply_to.message if reply_to else None,
            text=fallback(notice),
            blocks=render(notice, mentions=mentions, mark=secrets.token_hex(4)),
            metadata={"event_type": _EVENT_TYPE, "event_payload": {"ref": ref}},
            unfurl_links=False,
            unfurl_media=False,
            parse="none",
        )
        return Place(channel=posted.channel, message=posted.ts)

    async def find(self, ref: str, *, since: datetime, reply_to: Place | None) -> Place | None:
        """Return the first message met that is marked so.

        Two exist only when an answer was lost and Slack showed the first too late; either serves.
        """
        channel, cursor = (reply_to.channel if reply_to else self._channel), ""
        for _ in range(_MOST_PAGES):
            page = await self._page(channel, reply_to, since, cursor)
            for message in page.messages:
                if _is_marked(message, ref):
                    return Place(channel=channel, message=message.ts)
            if not (cursor := page.cursor):
                return None
        raise Permanent(
            f"There are more than {_PAGE * _MOST_PAGES} messages in the channel {channel} since "
            f"{since:%Y-%m-%d %H:%M} UTC, too many to look for one of ours. Give Raccord a quieter channel."
        )

    async def _page(self, channel: str, reply_to: Place | None, since: datetime, cursor: str) -> History:
        operation = Operation(
            f"look for a message in the channel {channel}", " or ".join(history_scopes(channel))
        )
        params = {
            "channel": channel,
            "oldest": _ts(since - _MARGIN),
            "limit": _PAGE,
            "include_all_metadata": True,
            "cursor": cursor or None,
        }
        api = self._client.api
        if reply_to is None:
            return await self._client.call(operation, api.conversations_history, History, **params)
        try:
            return await self._client.call(
                operation, api.conversations_replies, History, ts=reply_to.message, **params
            )
        except NotFound:
            # The message above was deleted before anybody answered it.
            return History(ok=True, messages=())

    async def update(self, place: Place, notice: Notice) -> None:
        mentions = await self._people.mentions(notice.people)
        await self._client.edit(
            Operation(f"edit the message {_name(place)}", "chat:write", write=True),
            self._client.api.chat_update,
            Success,
            channel=place.channel,
            ts=place.message,
            text=fallback(notice),
            blocks=render(notice, mentions=mentions, mark=secrets.token_hex(4)),
            parse="none",
        )

    async def whisper(self, place: Place, user: str, text: str) -> None:
        await self._client.edit(
            Operation(f"tell {user} something below {_name(place)}", "chat:write", write=True),
            self._client.api.chat_postEphemeral,
            Success,
            channel=place.channel,
            user=user,
            text=shown(text, _WHISPER),
            blocks=note(text),
        )


def _is_marked(message: Message, ref: str) -> bool:
    match message.metadata:
        case {"event_type": event_type, "event_payload": {"ref": found}}:
            return bool(event_type == _EVENT_TYPE and found == ref)
        case _:
            return False


def _name(place: Place) -> str:
    return f"{place.message} in the channel {place.channel}"


def _ts(instant: datetime) -> str:
    """Write an aware instant as Slack does. Never through a float, which has no microseconds left."""
    since = instant - _EPOCH
    seconds, rest = divmod(since, timedelta(seconds=1))
    return f"{max(seconds, 0)}.{rest // timedelta(microseconds=1):06d}"
