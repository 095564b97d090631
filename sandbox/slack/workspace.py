"""Who is in the workspace, which conversations there are, and every message in order."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from sandbox.data import rows
from sandbox.slack.settings import BILLING, BOT, BOT_USER, OTHER, TEAM

Json = dict[str, Any]
_NAMES = {BILLING: "facturation", OTHER: "ventes"}


@dataclass(frozen=True)
class Person:
    """A member; the bot has no e-mail address."""

    id: str
    name: str
    real_name: str
    email: str | None


@dataclass(frozen=True)
class Channel:
    """A public channel, or a direct conversation with the one person in `members` beside the bot."""

    id: str
    name: str
    members: frozenset[str]

    @property
    def is_im(self) -> bool:
        return self.id.startswith("D")


@dataclass(frozen=True)
class Version:
    """What a message said from `ts` on."""

    ts: str
    text: str
    blocks: list[Json]
    metadata: Json | None


@dataclass
class Message:
    """One message with everything it ever said; `ephemeral_to` alone sees an ephemeral one."""

    channel: str
    ts: str
    user: str
    versions: list[Version]
    thread_ts: str | None = None
    broadcast: bool = False
    ephemeral_to: str | None = None
    deleted: bool = False
    posted: float = field(default_factory=time.time)

    @property
    def now(self) -> Version:
        return self.versions[-1]

    def change(self, ts: str, **changes: Any) -> None:
        self.versions.append(replace(self.now, ts=ts, **changes))

    def shown(self, *, metadata: bool, version: Version | None = None) -> Json:
        """The message object of the API. Slack docs: metadata only when it was asked for."""
        said = version or self.now
        found: Json = {"type": "message", "user": self.user, "ts": self.ts, "team": TEAM, "text": said.text}
        if self.user == BOT_USER:
            found |= {"bot_id": BOT}
        if said.blocks:
            found |= {"blocks": said.blocks}
        if self.thread_ts:
            found |= {"thread_ts": self.thread_ts}
        if said is not self.versions[0]:
            found |= {"edited": {"user": BOT if self.user == BOT_USER else self.user, "ts": said.ts}}
        if metadata and said.metadata:
            found |= {"metadata": said.metadata}
        return found

    def entry(self) -> Json:
        """The message for control: nothing is hidden, `edited` holds the texts of earlier versions."""
        return {
            "channel": self.channel,
            "ts": self.ts,
            "thread_ts": self.thread_ts,
            "user": self.user,
            "text": self.now.text,
            "blocks": self.now.blocks,
            "metadata": self.now.metadata,
            "edited": [version.text for version in self.versions[:-1]],
            "ephemeral_to": self.ephemeral_to,
            "deleted": self.deleted,
            "posted_at": datetime.fromtimestamp(self.posted, UTC).isoformat(timespec="milliseconds"),
        }


class Workspace:
    """The state. Conversations and messages are only ever added; a deleted message stays, marked."""

    def __init__(self) -> None:
        self.people = {person.id: person for person in _people()}
        humans = frozenset(self.people) - {BOT_USER}
        self.channels = {
            BILLING: Channel(BILLING, _NAMES[BILLING], humans | {BOT_USER}),
            OTHER: Channel(OTHER, _NAMES[OTHER], humans - {"U0ANNE", "U0STRANGER"}),
        }
        self.messages: list[Message] = []
        self._last = 0

    def person_by_email(self, email: str) -> Person | None:
        return next((one for one in self.people.values() if one.email == email.lower()), None)

    def direct(self, person: str) -> tuple[Channel, bool]:
        """The direct conversation with a person, and whether it was opened just now."""
        known = self.channels.get(number := "D" + person[1:])
        if known:
            return known, False
        self.channels[number] = Channel(number, "", frozenset({person, BOT_USER}))
        return self.channels[number], True

    def next_ts(self) -> str:
        """An identifier that looks like seconds and microseconds, later than every one before."""
        self._last = max(self._last + 1, time.time_ns() // 1000)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"

    def post(
        self,
        *,
        channel: str,
        user: str,
        text: str,
        blocks: list[Json],
        metadata: Json | None = None,
        thread_ts: str | None = None,
        broadcast: bool = False,
        ephemeral_to: str | None = None,
    ) -> Message:
        ts = self.next_ts()
        message = Message(
            channel=channel,
            ts=ts,
            user=user,
            versions=[Version(ts, text, blocks, metadata)],
            thread_ts=thread_ts,
            broadcast=broadcast,
            ephemeral_to=ephemeral_to,
        )
        self.messages.append(message)
        return message

    def find(self, channel: str, ts: str) -> Message | None:
        """A message that was neither deleted nor ephemeral."""
        return next((one for one in self.visible(channel) if one.ts == ts), None)

    def visible(self, channel: str) -> Iterator[Message]:
        """What everybody in the conversation sees, oldest first."""
        return (
            one
            for one in self.messages
            if one.channel == channel and not one.deleted and one.ephemeral_to is None
        )

    def replies(self, parent: Message) -> list[Message]:
        return [
            one for one in self.visible(parent.channel) if one.thread_ts == parent.ts and one.ts != parent.ts
        ]


def _people() -> Iterator[Person]:
    for owner in rows("owners"):
        name = owner["email"].partition("@")[0]
        person = "U0" + owner["email"].partition(".")[0].upper()
        yield Person(person, name, f"{owner['firstName']} {owner['lastName']}", owner["email"])
    yield Person("U0ANNE", "anne.durand", "Anne Durand", "anne.durand@hexalab.example")
    yield Person("U0STRANGER", "samuel.roche", "Samuel Roche", "samuel.roche@hexalab.example")
    yield Person(BOT_USER, "raccord", "Raccord", None)
