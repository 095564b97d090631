"""Flow 1: a won deal becomes exactly one proven invoice."""

from temporalio import workflow

from activities.messaging.remarks import RemarkActivities
from activities.policies import Policies
from activities.service.digest import DigestActivities, Verdict
from raccord.domain.deal_won.findings import computed_of, finding_on
from raccord.domain.deal_won.outcome import DealWonEnd, Ending, NotForUs, gate, parts_of, question_about
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.deal_won.quality import InvoicePlan, net_amount
from raccord.domain.deal_won.questions import delivered_before_deposit, quality
from raccord.domain.deal_won.remarks import remark_on
from raccord.domain.deal_won.said import Said
from raccord.domain.desk.problems import Problem
from raccord.domain.desk.question import Ask, Question
from raccord.domain.rules.modes import Mode
from raccord.domain.service.findings import Finding
from raccord.domain.values.deal import Deal, DealRef
from raccord.domain.values.invoice import Part
from raccord.domain.values.message import RecordName
from raccord.domain.values.subject import Subject
from raccord.texts.ends import subject_markdown
from workflows.deal_won.case import Case
from workflows.deal_won.corrected import Corrected
from workflows.deal_won.customer import Customers
from workflows.deal_won.draft import Drafts
from workflows.deal_won.ending import Finish, not_for_us, shadow
from workflows.deal_won.issued import Issued
from workflows.deal_won.judge import Judge
from workflows.deal_won.steps import Reading, Writing
from workflows.flow import Flow
from workflows.showing import show
from workflows.steps import Gone, LookAgain, Stopped, run_local, run_ours


@workflow.defn(name="DealWon")
class DealWon(Flow[DealWonEnd]):
    """Read the deal, judge it, and carry it to one issued, delivered invoice shown on the deal."""

    _policy: DealWonPolicy

    @workflow.init
    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self._ref = DealRef(connection=subject.connection, id=subject.id)
        self._deal: Deal | None = None
        self._plan: InvoicePlan | None = None
        self._issued_here: dict[str, tuple[Problem, ...]] = {}

    @workflow.run
    async def run(self, subject: Subject) -> DealWonEnd:  # noqa: ARG002 - `__init__` took it
        return await self.until_nothing_changes()

    async def look(self) -> DealWonEnd:
        """One pass. Any line may end it: not ours, a question, given up, look again."""
        deal = await self._read()
        case = self._case()
        finish = Finish(case, self._issued_here)
        if reason := NotForUs.MERGED if deal.ref != self._ref else gate(deal, case.policy):
            return await not_for_us(case, reason, deal)
        known = await case.steps.recall(deal, parts_of(deal) if self.asks() else None)
        if self.asks() and not self.thorough and case.is_echo(known.link):
            return finish.echoed(known.link)
        judge = Judge(case, self._writing() if self.asks() else None)
        found, issued = await judge.examined(Said(answers=known.answers)), Issued(case)
        self._plan = found.plan
        books = await case.steps.books(case.query(found.plan))
        issued.one_at_most(books)
        if invoice := books.issued or issued.waiting_deposit(books):
            return await finish.already(invoice, books)
        if books.deposit:
            await finish.deposit_sent(books.deposit, books)
        plan = found.plan.next_to(books.deposit) if found.plan else None
        await Corrected(case).settled(books, plan)
        if found.plan is None or plan is None:
            raise Stopped(quality(found.problems, found.options))
        if plan.part is Part.DEPOSIT and case.delivered:
            raise Stopped(delivered_before_deposit())
        if not self.asks():
            return shadow(case, plan, books)
        writing = await self._may_write()
        chosen = await Customers(case, writing).ensured(books, books.profile or plan.profile)
        if not chosen.known:
            raise LookAgain  # to see what was invoiced to this customer before
        issued.same_customer(plan, chosen.customer)
        if theirs := await issued.by_hand(found.plan, plan, books):
            return await finish.adopted(writing, theirs, books)
        plan = plan.for_customer(chosen.customer, case.policy.vat_rounding)
        drafts = Drafts(case, writing, plan)
        draft = await drafts.proven(chosen.customer, books)
        await drafts.released(draft)
        await self._unchanged()
        invoice = await drafts.issued(draft)
        self._issued_here[invoice.id] = plan.warnings
        return await finish.carried_through(invoice, delivered=False)

    async def _read(self) -> Deal:
        self._policy = await self._policy_now()
        self.held_up.timing, self.held_up.language = self._policy.timing, self._policy.language
        self._plan = None
        deal = self._deal = await self._reading().deal()
        self._policy = self._policy.for_deal(deal)
        net = net_amount(deal)
        self.page.name(subject_markdown(deal.name or deal.ref.id, net, self.held_up.language))
        show(deal, net)
        return deal

    async def _policy_now(self) -> DealWonPolicy:
        return await run_local(Policies.deal_won, summary="read mode and rules")

    async def _may_write(self) -> Writing:
        """Give the steps that write. The reads may have waited for hours while somebody changed the rules."""
        now = await self._policy_now()
        if self._deal is None or now.for_deal(self._deal) != self._policy:
            raise LookAgain
        return self._writing()

    async def _unchanged(self) -> None:
        """Read deal and rules once more right before the invoice: it may be lost by now, or held back.

        The rules come last: reading the deal may have waited for hours, too.
        """
        if self._changed or not await self.still_so():
            raise LookAgain
        await self._may_write()

    def about(self) -> RecordName:
        return self._reading().about_deal

    async def deleted(self) -> DealWonEnd:
        self._deal = None
        return await not_for_us(self._case(), NotForUs.DELETED, None)

    async def still_so(self) -> bool:
        try:
            return await self._reading().deal() == self._deal
        except Gone:
            return self._deal is None

    def asks(self) -> bool:
        return self._policy.mode is not Mode.SHADOW

    def question(self, ask: Ask) -> Question:
        return question_about(self._ref, self._deal, ask)

    def stopped(self, ask: Ask) -> DealWonEnd:
        return DealWonEnd(ending=Ending.PROBLEMS, mode=self._policy.mode, problems=ask.problems)

    def given_up(self) -> DealWonEnd:
        return DealWonEnd(ending=Ending.CLOSED, mode=self._policy.mode)

    async def afterwards(self, end: DealWonEnd) -> None:
        """Tell what the gate warned of, once the invoice is out; the end of this run shows it to few.

        What is told by the day goes into the digest.
        """
        if self._deal and (remark := remark_on(self._deal, end, at=workflow.now())):
            await run_ours(RemarkActivities.tell, remark, summary="tell the warnings")
        if self._policy.reminds and end.ending is Ending.INVOICED and end.customer_id:
            await self.remind(self._policy.billing, end.customer_id, "invoiced")
        found = self._found(end)
        # What a deal got in shadow is no news any more once it has climbed out of it.
        if found or not self.asks() or self._policy.climbing:
            verdict = Verdict(deal=self._ref, finding=found)
            await run_local(DigestActivities.note, verdict, summary="note it for the digest")

    def _found(self, end: DealWonEnd) -> Finding | None:
        if self._deal is None:
            return None
        now, policy = workflow.now(), self._policy
        computed = computed_of(self._deal, self._plan, policy) if self._plan else None
        today = policy.clock.date_of(now)
        return finding_on(self._deal, end, policy.invoice, at=now, today=today, computed=computed)

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
