"""Telling the channel that a week was not made, or does not stand where it should."""

import hashlib
from datetime import datetime

from temporalio import activity

from activities.effects import Effects
from activities.messaging.announcing import BEFORE, Announcer
from raccord.connectors.messenger import Messenger
from raccord.domain.desk.notice import Notice
from raccord.domain.report.week import Week
from raccord.domain.values.base import Value
from raccord.domain.values.message import Message
from raccord.texts.voice import Voice


class Trouble(Value):
    """What went wrong with a week; the same is told once. `since`: an aware instant before it did."""

    week: Week
    points: tuple[Message, ...]
    since: datetime

    @property
    def ref(self) -> str:
        said = "\n".join(point.identity for point in self.points)
        return f"report/{self.week}/{hashlib.sha256(said.encode()).hexdigest()[:12]}"


class ReportMessages:
    def __init__(self, messenger: Messenger, voice: Voice, effects: Effects) -> None:
        self._announcer = Announcer(messenger, effects)
        self._voice = voice

    @activity.defn(name="report.tell")
    async def tell(self, trouble: Trouble) -> None:
        """Post it, once."""
        voice = self._voice
        notice = Notice(
            title=f"⚠️ {voice.test_mark}{voice.say('week.trouble', week=str(trouble.week))}",
            points=tuple(voice.write(point) for point in trouble.points),
            footer=voice.signature,
        )
        since = trouble.since - BEFORE
        await self._announcer.post(notice, ref=trouble.ref, about=f"report/{trouble.week}", since=since)
