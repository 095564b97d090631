"""Flow 1: a won deal becomes exactly one proven invoice."""

from datetime import timedelta
from typing import Any

from temporalio import workflow

from activities.messaging.remarks import RemarkActivities
from activities.policies import Policies
from raccord.domain.deal_won.outcome import DealWonEnd, Ending, NotForUs, gate, parts_of, question_about
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.deal_won.quality import examine, net_amount
from raccord.domain.deal_won.questions import quality, vanished
from raccord.domain.deal_won.remarks import remark_on
from raccord.domain.desk.problems import Problem
from raccord.domain.desk.question import Ask, Question
from raccord.domain.rules.modes import Mode
from raccord.domain.values.deal import Deal, DealRef
from raccord.domain.values.subject import Subject
from raccord.records.links import DealLink
from raccord.temporal import search
from workflows.deal_won.case import Case
from workflows.deal_won.customer import Customers
from workflows.deal_won.draft import Drafts
from workflows.deal_won.ending import Finish, not_for_us, shadow
from workflows.deal_won.issued import Issued
from workflows.deal_won.steps import Reading, Writing
from workflows.flow import Flow
from workflows.steps import Gone, LookAgain, Stopped, run_local, run_ours

ECHO_WITHIN = timedelta(minutes=5)
"""How long after our last write an event that leaves the deal as it was is taken for its echo."""


@workflow.defn(name="DealWon")
class DealWon(Flow[DealWonEnd]):
    """Read the deal, judge it, and carry it to one issued, delivered invoice shown on the deal."""

    _policy: DealWonPolicy

    @workflow.init
    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self._ref = DealRef(connection=subject.connection, id=subject.id)
        self._deal: Deal | None = None
        self._vanished: set[str] = set()
        self._issued_here: dict[str, tuple[Problem, ...]] = {}

    @workflow.run
    async def run(self, subject: Subject) -> DealWonEnd:  # noqa: ARG002 - `__init__` took it
        return await self.until_nothing_changes()

    async def look(self) -> DealWonEnd:
        """One pass. Any line may end it: not ours, a question, given up, look again."""
        deal = await self._read()
        case, finish = self._case(), Finish(self._case(), self._issued_here)
        if reason := NotForUs.MERGED if deal.ref != self._ref else gate(deal, case.policy):
            return await not_for_us(case, reason, deal)
        link = await case.steps.recall(parts_of(deal) if self.asks() else None)
        if self._is_echo(deal, link):
            return self._end(
                Ending.ALREADY_INVOICED, echo=True, invoice_id=link.invoice_id, number=link.number
            )
        found, issued = examine(deal, case.policy, case.today), Issued(case)
        books = await case.steps.books(case.query(found.plan))
        issued.one_at_most(books)
        if invoice := books.issued:
            return await finish.already(invoice, books)
        if found.plan is None:
            raise Stopped(quality(found.problems))
        if not self.asks():
            return shadow(case, found.plan, books)
        writing = await self._may_write()
        chosen = await Customers(case, writing).ensured(books, books.profile or found.plan.profile)
        if not chosen.known:
            raise LookAgain  # to see what was invoiced to this customer before
        if theirs := await issued.by_hand(found.plan, books):
            return await finish.adopted(writing, theirs, books)
        drafts = Drafts(case, writing, found.plan)
        draft = await drafts.proven(chosen.customer, books)
        await drafts.released(draft)
        await self._unchanged()
        invoice = await drafts.issued(draft)
        self._issued_here[invoice.id] = found.plan.warnings
        return await finish.carried_through(invoice, delivered=False)

    async def _read(self) -> Deal:
        self._policy = await self._policy_now()
        self.timing, self.language = self._policy.timing, self._policy.language
        self._deal = await self._reading().deal()
        self._show(self._deal)
        return self._deal

    async def _policy_now(self) -> DealWonPolicy:
        return await run_local(Policies.deal_won, summary="read mode and rules")

    async def _may_write(self) -> Writing:
        """Give the steps that write. The reads may have waited for hours while somebody changed the rules."""
        if await self._policy_now() != self._policy:
            raise LookAgain
        return self._writing()

    async def _unchanged(self) -> None:
        """Read the deal once more right before it is invoiced: it may be lost by now."""
        if self._changed or not await self.still_so():
            raise LookAgain

    async def gone(self, gone: Gone) -> DealWonEnd:
        """The deal is gone: the end. Anything else that vanished is looked for again, once each."""
        record = gone.record
        if record == self._reading().about_deal:
            self._deal = None
            return await not_for_us(self._case(), NotForUs.DELETED, None)
        if record.identity in self._vanished:
            raise Stopped(vanished(record))
        self._vanished.add(record.identity)
        raise LookAgain

    async def still_so(self) -> bool:
        try:
            return await self._reading().deal() == self._deal
        except Gone:
            return self._deal is None

    def asks(self) -> bool:
        return self._policy.mode is not Mode.SHADOW

    def question(self, ask: Ask) -> Question:
        return question_about(self._ref, self._deal, ask, self._policy)

    def stopped(self, ask: Ask) -> DealWonEnd:
        return self._end(Ending.PROBLEMS, problems=ask.problems)

    def given_up(self) -> DealWonEnd:
        return self._end(Ending.CLOSED)

    async def afterwards(self, end: DealWonEnd) -> None:
        """Tell what the gate warned of, once the invoice is out; the end of this run shows it to few."""
        if self._deal and (remark := remark_on(self._deal, end, at=workflow.now())):
            await run_ours(RemarkActivities.tell, remark, summary="tell the warnings")

    def _reading(self) -> Reading:
        return Reading(self, self._ref, self._policy)

    def _writing(self) -> Writing:
        return Writing(self, self._ref, self._policy)

    def _case(self) -> Case:
        return Case(
            ref=self._ref,
            policy=self._policy,
            today=self._policy.clock.date_of(workflow.now()),
            steps=self._reading(),
            finishing=self._writing,
            ask=self.ask,
            question=self.question,
            read=self._deal,
        )

    def _is_echo(self, deal: Deal, link: DealLink) -> bool:
        """Whether the event may be what our own last write caused: nothing is different since."""
        at, plain = link.updated_at, self.asks() and not self.thorough
        recent = at is not None and workflow.now() - at < ECHO_WITHIN
        return plain and recent and link.number is not None and link.settled == deal.content_hash

    def _end(self, ending: Ending, **more: Any) -> DealWonEnd:
        return DealWonEnd(ending=ending, mode=self._policy.mode, **more)

    def _show(self, deal: Deal) -> None:
        net = net_amount(deal, self._policy)
        workflow.upsert_search_attributes(
            [
                search.STATE.value_set("running"),
                search.OWNER.value_set(deal.owner.id if deal.owner else ""),
                search.CURRENCY.value_set((deal.currency or "").upper()),
                *((search.AMOUNT_MINOR.value_set(net.minor),) if net else ()),
            ]
        )
