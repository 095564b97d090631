"""Sending one reminder, at most once, and only if it is still due when the server is about to take it."""

from datetime import datetime
from enum import StrEnum

from temporalio import activity

from activities.beating import beating
from activities.dunning.books import AccountReads
from activities.dunning.memory import BEGAN
from activities.dunning.stops import Stops
from activities.mail.sending import BAD_TEMPLATE, Post
from raccord.connectors.billing import BillingReader
from raccord.connectors.errors import (
    MAIL_TOO_LARGE,
    RECIPIENT,
    ConnectorError,
    NotFound,
    Permanent,
    Transient,
)
from raccord.connectors.mailer import Mailer
from raccord.domain.dunning.exceptions import ladder_of
from raccord.domain.dunning.foresight import round_of
from raccord.domain.dunning.letter import language_of, letter_of, thanks_for
from raccord.domain.dunning.memory import Fate, Memory, Round
from raccord.domain.dunning.plan import Due, Plan, Silence, planned
from raccord.domain.dunning.policy import DunningPolicy
from raccord.domain.dunning.stopped import Stop, stopped_by
from raccord.domain.dunning.thanks import Thanks, thanks_due
from raccord.domain.dunning.words import Word, WordKind
from raccord.domain.rules.modes import Mode
from raccord.domain.values.account import Account
from raccord.domain.values.base import Value
from raccord.domain.values.mail import Attachment, Mail
from raccord.records.records import Records
from raccord.texts.mails import BadTemplate, Templates, Worded
from raccord.texts.reminders import reminder, thanks

_MEGABYTE = 1024 * 1024
ATTEMPTS_FOR_DOCUMENTS = 3
"""From this one on, a mail whose PDFs cannot be fetched leaves with links alone."""
MOST_FOLLOWED = 5
"""Earlier mails that a mail names as its thread."""


class Outcome(StrEnum):
    """What became of a reminder."""

    SENT = "sent"
    UNKNOWN = "unknown"
    NOT_DUE = "not_due"
    """Something changed: the money came, somebody said something, the rules are others now."""
    NOT_TAKEN = "not_taken"
    """The customer's mail server refuses the address."""
    TOMORROW = "tomorrow"
    """Enough customers were reminded for the first time today."""


class Order(Value):
    """A reminder as the flow planned it, of a customer (`<connection>:<id>`).

    `approved`: a person said in draft mode that it may leave.
    """

    customer: str
    customer_id: str
    due: Due
    approved: bool = False


class Sent(Value):
    """What became of it. `round` is what is remembered where anything left, or may have left."""

    outcome: Outcome
    round: Round | None = None
    why: Silence | None = None


class Gratitude(Value):
    """A promise that was kept: the customer is thanked, once."""

    customer: str
    customer_id: str
    word: Word


class _Now(Value):
    """Everything a reminder depends on, read in one moment."""

    account: Account
    memory: Memory
    plan: Plan
    at: datetime


class ReminderMails:
    """`policy`: what is in force in this process, so that demotion counts before the next mail leaves."""

    def __init__(
        self,
        mailer: Mailer,
        templates: Templates,
        billing: BillingReader,
        records: Records,
        policy: DunningPolicy,
    ) -> None:
        self._mailer = mailer
        self._post = Post(mailer, records.audit)
        self._templates = templates
        self._billing = billing
        self._accounts = AccountReads(billing, records, policy.billing, policy.crm)
        self._stops = Stops(billing, records)
        self._records = records
        self._policy = policy

    @activity.defn(name="dunning.send")
    async def send(self, order: Order) -> Sent:
        """Send the reminder that is due, once. Fails with `Permanent` where an address is refused."""
        async with beating():
            return await self._sent(order)

    async def _sent(self, order: Order) -> Sent:
        now = await self._now(order)
        if now.plan.due != order.due or not self._may(order):
            return await self._stopped(order, now)
        if not await self._has_place(order, now):
            return Sent(outcome=Outcome.TOMORROW)
        letter = letter_of(order.due, now.account, now.memory, self._policy, now.at)
        sent = round_of(order.due, now.account, now.plan, self._policy, now.at)
        sent = sent.model_copy(update={"charges": letter.charged})
        if not self._policy.mails_leave:
            held = sent.model_copy(update={"fate": Fate.HELD})
            await self._records.dunning.note(order.customer, held)
            return Sent(outcome=Outcome.SENT, round=held)
        documents = await self._documents(order.due)
        try:
            return await self._posted(order, now, sent, documents)
        except Permanent as error:
            if error.code == RECIPIENT:
                return Sent(outcome=Outcome.NOT_TAKEN)
            if error.code != MAIL_TOO_LARGE or not documents:
                raise
        return await self._posted(order, now, sent, ())

    async def _posted(self, order: Order, now: _Now, sent: Round, documents: tuple[Attachment, ...]) -> Sent:
        mail = self._written(order.due, now, documents)
        sent = sent.model_copy(update={"message_id": self._mailer.message_id(mail), "subject": mail.subject})
        unknown = sent.model_copy(update={"fate": Fate.UNKNOWN})
        try:
            found = await self._post.once(
                mail,
                about=order.customer,
                template=order.due.tone,
                still=lambda: self._leaves(order, unknown),
                remember=lambda: self._records.dunning.note(order.customer, sent),
            )
        except ConnectorError:
            await self._records.dunning.forget(order.customer, sent.key)
            raise
        if found.not_due:
            return await self._stopped(order, await self._now(order))
        if found.unknown:
            await self._records.dunning.note(order.customer, unknown)
            return Sent(outcome=Outcome.UNKNOWN, round=unknown)
        return Sent(outcome=Outcome.SENT, round=sent)

    async def _leaves(self, order: Order, unknown: Round) -> bool:
        """Whether it is still due; then it counts as one that may have left, whoever dies before its outcome.

        What is due may be another mail by the time that somebody looks again.
        """
        if not await self._still(order):
            return False
        await self._records.dunning.note(order.customer, unknown)
        return True

    @activity.defn(name="dunning.thank")
    async def thank(self, wanted: Gratitude) -> Thanks:
        """Thank for a promise that was kept, once; where nobody knows whether it left, that is all.

        Returns `NOW` where it left, or may have, and `NONE` where nobody is thanked.

        Whom a credit note relieved of what they promised has paid nothing, and is not thanked for it.
        """
        account = await self._accounts.read(wanted.customer_id)
        if (due := await self._thanks_due(wanted)) is not Thanks.NOW:
            return due
        if not account.addresses or not self._policy.mails_leave or not await self._brought_money(wanted):
            return Thanks.NONE
        kept = thanks_for(wanted.word, account, self._policy)
        worded = thanks(kept, self._templates)
        mail = self._mail(worded, account, key=f"dun/{wanted.customer}/thanks/{wanted.word.id}")
        async with beating():
            found = await self._post.once(
                mail, about=wanted.customer, template="thanks", still=lambda: self._thanks_now(wanted)
            )
        return await self._thanks_due(wanted) if found.not_due else Thanks.NOW

    async def _thanks_due(self, wanted: Gratitude) -> Thanks:
        memory = await self._records.dunning.memory(wanted.customer)
        return thanks_due(memory, self._policy, activity.info().started_time)

    async def _thanks_now(self, wanted: Gratitude) -> bool:
        return await self._thanks_due(wanted) is Thanks.NOW

    async def _brought_money(self, wanted: Gratitude) -> bool:
        """Whether money came since the promise for what it is about; so where it names nothing."""
        said_on = self._policy.clock.date_of(wanted.word.at)
        for invoice_id in wanted.word.invoices:
            try:
                money = await self._billing.read_money(invoice_id)
            except NotFound:
                continue
            if any(self._policy.clock.date_of(each.paid_at) >= said_on for each in money.payments):
                return True
        return not wanted.word.invoices

    async def _now(self, order: Order) -> _Now:
        account = await self._accounts.read(order.customer_id)
        memory = await self._records.dunning.memory(order.customer)
        began = await self._records.watermarks.get(BEGAN)
        # The server's own time, by which the flow waits too.
        at = activity.info().started_time
        since = self._policy.clock.date_of(began) if began else None
        plan = planned(account, memory, self._policy, at, live_since=since)
        return _Now(account=account, memory=memory, plan=plan, at=at)

    def _may(self, order: Order) -> bool:
        mode = self._policy.mode
        return mode is Mode.LIVE or (mode is Mode.DRAFT and order.approved)

    async def _still(self, order: Order) -> bool:
        return self._may(order) and (await self._now(order)).plan.due == order.due

    async def _stopped(self, order: Order, now: _Now) -> Sent:
        """Count it where it is not put off only, and say what silences the customer now.

        One that left by an attempt of which nobody heard is due no more, and what goes with it is.
        """
        if left := next(
            (each for each in now.memory.rounds if each.key == order.due.key and each.left), None
        ):
            return Sent(outcome=Outcome.SENT, round=left)
        off = Stop.OFF if self._policy.mode is Mode.SHADOW else None
        if why := off or stopped_by(order.due, now.account, now.memory, now.plan):
            await self._stops.count(order.customer, order.due, now.at, why)
        return Sent(outcome=Outcome.NOT_DUE, why=now.plan.why.why if now.plan.why else None)

    async def _has_place(self, order: Order, now: _Now) -> bool:
        """Whether one more customer that was late before dunning began may be reminded today."""
        approved = any(each.kind is WordKind.APPROVED for each in now.memory.words)
        if not (order.due.first and approved):
            return True
        today = self._policy.clock.date_of(now.at)
        for number in range(self._policy.rules.first_contacts_per_day):
            if await self._records.claims.claim(f"dunning-first/{today}/{number}", order.customer):
                return True
        return False

    def _written(self, due: Due, now: _Now, documents: tuple[Attachment, ...]) -> Mail:
        letter = letter_of(due, now.account, now.memory, self._policy, now.at)
        try:
            worded = reminder(letter, self._templates, attached=len(documents))
        except BadTemplate as error:
            raise Permanent(str(error), code=BAD_TEMPLATE) from error
        level = ladder_of(now.account, self._policy.rules).step(due.level).level
        earlier = tuple(each.message_id for each in now.memory.sent if each.message_id)
        mail = self._mail(worded, now.account, key=due.key)
        return mail.model_copy(
            update={
                "attachments": documents,
                "sender": level.sender,
                "cc": self._policy.rules.copy_to,
                "follows": earlier[-MOST_FOLLOWED:],
            }
        )

    def _mail(self, worded: Worded, account: Account, *, key: str) -> Mail:
        return Mail(
            key=key,
            to=account.addresses,
            subject=f"[TEST] {worded.subject}" if self._policy.test else worded.subject,
            text=worded.text,
            html=worded.html,
            language=language_of(account, self._policy),
            reply_to=self._policy.rules.reply_to,
            declinable=False,
        )

    async def _documents(self, due: Due) -> tuple[Attachment, ...]:
        """Fetch the PDFs, all of them or, where they are too large or one cannot be had, none.

        Where their host alone is out of order, the reminder does not wait for it beyond a few attempts.
        """
        left = self._policy.rules.attach_up_to_mb * _MEGABYTE
        found: list[Attachment] = []
        for invoice in due.invoices:
            if left <= 0:
                return ()
            try:
                content = await self._billing.read_document(invoice.id)
            except Permanent:
                return ()
            except Transient:
                if activity.info().attempt < ATTEMPTS_FOR_DOCUMENTS:
                    raise
                return ()
            left -= len(content)
            found.append(Attachment(name=f"{invoice.number}.pdf", content=content))
        return tuple(found) if left >= 0 else ()
