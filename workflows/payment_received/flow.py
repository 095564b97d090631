"""Flow 2: money comes in for an invoice, and its deal shows it."""

from temporalio import workflow

from activities.payment.books import LeftDeal, MoneyBooks
from activities.policies import Policies
from raccord.domain.deal_won.quality import net_of
from raccord.domain.desk.question import Ask, Question
from raccord.domain.payment.outcome import Ending, PaymentEnd
from raccord.domain.payment.policy import PaymentPolicy
from raccord.domain.payment.questions import about_invoice
from raccord.domain.payment.status import received, status_of_all
from raccord.domain.rules.modes import Mode
from raccord.domain.values.deal import Deal, DealRef
from raccord.domain.values.message import RecordName
from raccord.domain.values.subject import Subject
from raccord.temporal import search
from raccord.texts.ends import money_markdown
from workflows.flow import Flow
from workflows.payment_received.shown import Shown
from workflows.payment_received.steps import Reading, Writing
from workflows.payment_received.whose import Whose
from workflows.steps import Gone, LookAgain, run_local


@workflow.defn(name="PaymentReceived")
class PaymentReceived(Flow[PaymentEnd]):
    """Read what an invoice brought, find its deal, and have the deal show it."""

    _policy: PaymentPolicy

    @workflow.init
    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self._books: MoneyBooks | None = None
        self._onboarding = False
        self._shown_before = False

    @workflow.run
    async def run(self, subject: Subject) -> PaymentEnd:  # noqa: ARG002 - `__init__` took it
        return await self.until_nothing_changes()

    async def look(self) -> PaymentEnd:
        """One pass. Any line may end it: nothing to pay, nothing new, no deal, a question, look again."""
        books = await self._read()
        if end := self._nothing_to_do(books):
            return end
        writing = await self._may_write() if self.asks() else None
        ref = books.deal or await Whose(self._reading(), writing, self.ask).found(books)
        deal = await self._deal(ref) if ref else None
        if writing and deal and deal.ref != ref:
            # United into another deal, whose other invoices count with this one from now on.
            await writing.belongs(deal.ref, united=True)
            raise LookAgain
        if writing and books.left and books.left.deal != ref:
            await self._leave(books.left, writing)
        if deal is None:
            return await self._without_deal(ref, books, writing)
        if self._policy.rollout.excludes(deal, net_of(deal)):
            return self._end(Ending.OUTSIDE_ROLLOUT, books)
        if writing is None:
            return self._end(Ending.SHADOW, books, deal=deal)
        return await self._shown_on(deal, books, writing)

    async def afterwards(self, end: PaymentEnd) -> None:
        """Who paid is reminded no more; what is not paid any more is late again."""
        if self._policy.reminds and end.changed and end.customer_id:
            await self.remind(self._policy.billing, end.customer_id, "money")

    def _nothing_to_do(self, books: MoneyBooks) -> PaymentEnd | None:
        if not books.money.invoice.finalised:
            return self._end(Ending.NOT_ISSUED, books)
        if self.thorough or books.known.standing_on(books.deal) != books.standing:
            return None
        return self._end(Ending.SHOWN if books.deal else Ending.OF_NO_DEAL, books, changed=False)

    async def _deal(self, ref: DealRef) -> Deal | None:
        try:
            return await self._reading().deal(ref)
        except Gone:
            return None

    async def _shown_on(self, deal: Deal, books: MoneyBooks, writing: Writing) -> PaymentEnd:
        on_deal = await self._shown(writing).on(deal.ref, books.every)
        self._shown_before = self._shown_before or on_deal.before
        if (books.others or books.left) and (await self._reading().books()).seen != books.seen:
            # The flow of another invoice may have shown a newer state before this one did. This invoice's
            # own money may be known by now: only a thorough look shows the deal's again.
            self._thorough = True
            raise LookAgain
        # What was shown, and is remembered by nobody here, was told then.
        told = self._shown_before and books.known.standing is None
        shown = self._shown(writing, loud=not told)
        await shown.remembered(deal.ref, deal, books)
        self._onboarding = await shown.onboarded(deal, books) or self._onboarding
        return self._end(Ending.SHOWN, books, deal=deal, lacking=on_deal.lacking)

    async def _leave(self, left: LeftDeal, writing: Writing) -> None:
        """Show a deal without this invoice, which is not its any more, unless it is gone or united itself."""
        deal = await self._deal(left.deal)
        if deal and deal.ref == left.deal:
            await self._shown(writing).on(deal.ref, left.every)

    async def _without_deal(
        self, ref: DealRef | None, books: MoneyBooks, writing: Writing | None
    ) -> PaymentEnd:
        if writing:
            await self._shown(writing).remembered(ref, None, books)
        return self._end(Ending.DEAL_GONE if ref else Ending.OF_NO_DEAL, books)

    async def _read(self) -> MoneyBooks:
        self._policy = await self._policy_now()
        self.held_up.timing, self.held_up.language = self._policy.timing, self._policy.language
        books = self._books = await self._reading().books()
        invoice = books.money.invoice
        name = invoice.number or invoice.id
        self.page.name(money_markdown(name, invoice.totals.gross, self.held_up.language))
        workflow.upsert_search_attributes([search.STATE.value_set("running")])
        return books

    async def _policy_now(self) -> PaymentPolicy:
        return await run_local(Policies.payment, summary="read mode and rules")

    async def _may_write(self) -> Writing:
        """Give the steps that write. The reads may have waited for hours while somebody changed the rules."""
        if await self._policy_now() != self._policy:
            raise LookAgain
        return Writing(self, self.subject, self._policy)

    def _reading(self) -> Reading:
        return Reading(self, self.subject, self._policy)

    def _shown(self, writing: Writing, *, loud: bool = True) -> Shown:
        return Shown(policy=self._policy, steps=writing, ask=self.ask, loud=self.loud and loud)

    def about(self) -> RecordName:
        return self._reading().about_invoice

    async def deleted(self) -> PaymentEnd:
        self._books = None
        return PaymentEnd(ending=Ending.NOT_ISSUED, mode=self._policy.mode, number=self.subject.id)

    async def still_so(self) -> bool:
        try:
            found = await self._reading().books()
        except Gone:
            return self._books is None
        return self._books is not None and found.seen == self._books.seen

    def asks(self) -> bool:
        return self._policy.mode is not Mode.SHADOW

    def question(self, ask: Ask) -> Question:
        money = self._books.money if self._books else None
        return about_invoice(self.subject, money, ask, crm=self._policy.crm)

    def stopped(self, ask: Ask) -> PaymentEnd:
        number = self._number()
        return PaymentEnd(
            ending=Ending.PROBLEMS, mode=self._policy.mode, number=number, problems=ask.problems
        )

    def given_up(self) -> PaymentEnd:
        return PaymentEnd(ending=Ending.CLOSED, mode=self._policy.mode, number=self._number())

    def _number(self) -> str:
        return (self._books.money.invoice.number if self._books else None) or self.subject.id

    def _end(
        self,
        ending: Ending,
        books: MoneyBooks,
        *,
        deal: Deal | None = None,
        lacking: tuple[str, ...] = (),
        changed: bool = True,
    ) -> PaymentEnd:
        money = books.money
        return PaymentEnd(
            ending=ending,
            mode=self._policy.mode,
            number=self._number(),
            customer_id=money.invoice.customer_id,
            deal=deal.ref if deal else books.deal,
            status=status_of_all(books.every),
            received=received(money),
            due=money.due,
            not_shown=lacking,
            onboarding=self._onboarding,
            changed=changed,
        )
