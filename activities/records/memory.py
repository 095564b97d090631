"""Our own memory: quick, local, and never a vendor's business."""

from prometheus_client import Counter
from temporalio import activity

from activities.effects import cause, step_key
from raccord.domain.desk.question import Answer, Question
from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef
from raccord.domain.values.end import End
from raccord.domain.values.invoice import Invoice
from raccord.records.links import DealLink
from raccord.records.records import Records
from raccord.records.work import together

ACTOR = "raccord"
ENDED = Counter("raccord_flows_ended", "Runs of flows by how they ended", ["flow", "state"])


class Recall(Value):
    """What is remembered about a deal.

    With `parts`, records as `watch_key` writes them, their changes are told to the asking flow from now on.
    `open_again`: the next event is no echo of ours, whatever it leaves unchanged.
    """

    billing: str
    deal: DealRef
    parts: tuple[str, ...] | None = None
    companies: tuple[str, ...] = ()
    """The deal's company, as `<connection>:<id>`, under every id that it has had."""
    open_again: bool = False
    merged_into: str | None = None
    """The deal that this one was found united into; to be remembered."""


class Remembered(Value):
    """What is known of a deal: its invoice, and what people said of its company, by topic."""

    link: DealLink
    answers: dict[str, str] = {}


class Saying(Value):
    """A person's answer about a company, `<connection>:<id>`, that stands for all its deals."""

    company: str
    topic: str
    answer: str


class Adoption(Value):
    """A person said that this invoice, which is not ours, is the deal's."""

    billing: str
    deal: DealRef
    invoice: Invoice


class Sent(Value):
    """A person said that the deal's invoice goes out some other way."""

    billing: str
    deal: DealRef


class Confirmation(Value):
    """A person's word about a company that stands for its later deals.

    `identity`: whose customer it is, of another company's legal identity or of its own site's, or which
    question was answered for good.
    """

    identity: str
    company: str


def confirmation_key(identity: str, company: str) -> str:
    """Return under which key a person's word about a company is kept."""
    return f"same-customer/{identity}/{company}"


class RecordsActivities:
    def __init__(self, records: Records) -> None:
        self._records = records

    @activity.defn(name="records.recall")
    async def recall(self, wanted: Recall) -> Remembered:
        """Follow the deal's parts and return what is remembered about its invoice and its company."""
        linked = self._records.links.deal(wanted.deal, wanted.billing)
        known = together(linked, self._records.answers.of(wanted.companies))
        if wanted.parts is None:
            link, answers = await known
        else:
            following = self._records.followed.follow(activity.info().workflow_id or "", wanted.parts)
            _, (link, answers) = await together(following, known)
        if wanted.open_again and link.settled:
            await self._records.links.update_deal(wanted.deal, wanted.billing, settled=None)
        if wanted.merged_into and link.merged_into != wanted.merged_into:
            into = wanted.merged_into
            await self._records.links.update_deal(wanted.deal, wanted.billing, merged_into=into)
        return Remembered(link=link, answers=answers)

    @activity.defn(name="records.remember")
    async def remember(self, saying: Saying) -> None:
        """Remember what a person said of a company, in place of what was said before."""
        flow = activity.info().workflow_id or ""
        await self._records.answers.give(saying.company, saying.topic, saying.answer, flow)

    @activity.defn(name="records.adopt")
    async def adopt(self, adoption: Adoption) -> None:
        """Remember that an invoice which is not ours is a deal's; it was sent by whoever made it."""
        await self._records.links.update_deal(
            adoption.deal,
            adoption.billing,
            customer_id=adoption.invoice.customer_id,
            invoice_id=adoption.invoice.id,
            number=adoption.invoice.number,
            delivered=True,
            adopted=True,
        )

    @activity.defn(name="records.confirmed")
    async def confirmed(self, wanted: Confirmation) -> bool:
        """Whether a person has said that this company is the customer of that identity too."""
        key = confirmation_key(wanted.identity, wanted.company)
        return await self._records.claims.holder(key) is not None

    @activity.defn(name="records.confirm")
    async def confirm(self, wanted: Confirmation) -> None:
        """Remember that a person said so."""
        key = confirmation_key(wanted.identity, wanted.company)
        await self._records.claims.claim(key, activity.info().workflow_id or "")

    @activity.defn(name="records.answered")
    async def answered(self, question: Question) -> Answer | None:
        """Return the answer that stands for this question of the flow's."""
        return await self._records.waiting.answered(activity.info().workflow_id or "", question)

    @activity.defn(name="records.went_without_mail")
    async def went_without_mail(self, sent: Sent) -> None:
        """Take an invoice for delivered: a person said that it goes out some other way."""
        await self._records.links.update_deal(sent.deal, sent.billing, delivered=True)

    @activity.defn(name="records.got_past")
    async def got_past(self) -> str | None:
        """Close the question that a flow still lists, as it goes on by itself; return its incident."""
        return await self._records.waiting.close(activity.info().workflow_id or "")

    @activity.defn(name="records.conclude")
    async def conclude(self, end: End) -> str | None:
        """Write a flow's end to the audit, once however often it is tried; one without record leaves no row.

        A question that was still listed solved itself: it is closed, and its incident returned.
        """
        closing = self._records.waiting.close(activity.info().workflow_id or "")
        if not end.record:
            settled = await closing
            ENDED.labels(end.flow, end.state).inc()
            return settled
        noting = self._records.audit.note(
            effect=f"{end.flow}.end",
            object=str(end.subject),
            actor=ACTOR,
            cause=cause(),
            detail=end.record,
            key=step_key(),
        )
        settled, _ = await together(closing, noting)
        ENDED.labels(end.flow, end.state).inc()
        return settled
