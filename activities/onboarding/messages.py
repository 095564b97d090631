"""A message of onboarding in the channel, once."""

from datetime import datetime

from temporalio import activity

from activities.effects import Effects
from activities.messaging.announcing import BEFORE, Announcer
from raccord.connectors.messenger import Messenger
from raccord.domain.desk.notice import Fact, Link, Notice
from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef
from raccord.domain.values.money import Money
from raccord.texts.speech import called
from raccord.texts.voice import Voice


class ChannelMessage(Value):
    """What a step tells the channel. `since`: a moment before it can have been posted."""

    key: str
    deal: DealRef
    deal_name: str
    deal_url: str
    amounts: tuple[Money, ...]
    title: str
    text: str
    people: tuple[str, ...]
    """E-mail addresses of those whom it calls."""
    since: datetime


class OnboardingMessages:
    def __init__(self, messenger: Messenger, voice: Voice, effects: Effects) -> None:
        self._announcer = Announcer(messenger, effects)
        self._voice = voice

    @activity.defn(name="onboarding.tell")
    async def tell(self, said: ChannelMessage) -> None:
        """Post the step's message."""
        await self._announcer.post(
            self._notice(said), ref=said.key, about=str(said.deal), since=said.since - BEFORE
        )

    def _notice(self, said: ChannelMessage) -> Notice:
        voice = self._voice
        deal = Link(label=voice.say("link.deal"), url=said.deal_url)
        name = called(said.deal_name, said.deal.id, said.deal_url)
        return Notice(
            title=f"🎉 {voice.test_mark}{said.title}",
            facts=(
                Fact(label=voice.say("label.deal"), value=name),
                Fact(label=voice.say("label.gross_amount"), value=voice.write(said.amounts)),
            ),
            points=(said.text,) if said.text.strip() else (),
            links=(deal,) if said.deal_url else (),
            people=said.people,
            footer=voice.signature,
        )
