"""Telling finance of an account whose last reminder left: its story by mail, in short in the channel."""

from datetime import datetime

from temporalio import activity

from activities.beating import beating
from activities.effects import Effects
from activities.mail.sending import Post
from activities.messaging.announcing import BEFORE, Announcer
from raccord.connectors.mailer import Mailer
from raccord.connectors.messenger import Messenger
from raccord.domain.dunning.formal_notice import claims_of, formal_notice_of
from raccord.domain.dunning.memory import Memory
from raccord.domain.dunning.plan import Plan
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.values.account import Account
from raccord.domain.values.base import Value
from raccord.domain.values.mail import Attachment, Mail
from raccord.records.audit import Audit
from raccord.texts.dunning import story, story_notice
from raccord.texts.formal_notice import formal_notice_pdf
from raccord.texts.mails import BadTemplate, Templates
from raccord.texts.voice import Voice


class Story(Value):
    """An account at its last level. `key` is that of the round; `at` is when it left."""

    key: str
    customer: str
    account: Account
    memory: Memory
    plan: Plan
    at: datetime


class FinanceMessages:
    """Calls those of finance in the channel, who read the story in their mail."""

    def __init__(self, messenger: Messenger, voice: Voice, effects: Effects, policy: DunningPolicy) -> None:
        self._announcer = Announcer(messenger, effects)
        self._voice = voice
        self._policy = policy

    @activity.defn(name="dunning.post_story")
    async def post(self, wanted: Story) -> None:
        """Post it, once."""
        notice = story_notice(wanted.account, wanted.memory, wanted.plan, self._policy, self._voice)
        ref = f"story.{wanted.key}"
        await self._announcer.post(notice, ref=ref, about=wanted.customer, since=wanted.at - BEFORE)


class FinanceMails:
    def __init__(self, mailer: Mailer, audit: Audit, templates: Templates, policy: DunningPolicy) -> None:
        self._templates = templates
        self._post = Post(mailer, audit)
        self._policy = policy

    @activity.defn(name="dunning.tell_finance")
    async def tell(self, wanted: Story) -> None:
        """E-mail the account's story to finance, once, with the formal notice that a person may send.

        What may have left already is not sent again.
        """
        worded = story(wanted.account, wanted.memory, wanted.plan, self._policy)
        mail = Mail(
            key=f"{wanted.key}/finance",
            to=self._policy.rules.finance,
            subject=worded.subject,
            text=worded.text,
            language=self._policy.language,
            declinable=False,
            attachments=self._formal_notice(wanted),
        )
        async with beating():
            await self._post.once(mail, about=wanted.customer, template="story")

    def _formal_notice(self, wanted: Story) -> tuple[Attachment, ...]:
        claimed = claims_of(wanted.account, wanted.memory, self._policy, wanted.at)
        if not claimed:
            return ()
        notice = formal_notice_of(claimed, wanted.account, wanted.memory, self._policy, wanted.at)
        try:
            content = formal_notice_pdf(notice, self._templates)
        except BadTemplate:
            # The doctor says what is wrong with it; the story is what cannot wait.
            return ()
        return (Attachment(name="mise-en-demeure.pdf", content=content),)
