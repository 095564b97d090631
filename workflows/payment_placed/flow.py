"""A payment that names no invoice: it finds its invoice, or finance says what it is for."""

from datetime import timedelta

from temporalio import workflow

from activities.payment.placing import Allocation, AllocationWrites, PaymentBooks, PlacingReads
from activities.policies import Policies
from activities.service.flows import FlowActivities, Waking
from raccord.domain.desk.question import Ask, Choice, Question
from raccord.domain.payment.candidates import InvoiceCandidate, invoices_for
from raccord.domain.payment.outcome import PlacedEnd, PlacedEnding
from raccord.domain.payment.policy import PaymentPolicy
from raccord.domain.payment.questions import about_payment, what_for
from raccord.domain.rules.modes import Mode
from raccord.domain.values.message import RecordKind, RecordName
from raccord.domain.values.payment import ReceivedPayment
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.temporal import search
from raccord.temporal.flows import PAYMENT_RECEIVED
from raccord.texts.ends import money_markdown
from workflows.flow import Flow
from workflows.steps import Gone, LookAgain, Stopped, run_local, run_ours

SOON = timedelta(seconds=20)
"""An invoice is told of its payment by events of its own, which may come a moment later."""


@workflow.defn(name="PaymentPlaced")
class PaymentPlaced(Flow[PlacedEnd]):
    """Read a payment; wake the flows of its invoices, or ask what it is for."""

    _policy: PaymentPolicy

    @workflow.init
    def __init__(self, subject: Subject) -> None:
        super().__init__(subject)
        self._books: PaymentBooks | None = None
        self._waited = False

    @workflow.run
    async def run(self, subject: Subject) -> PlacedEnd:  # noqa: ARG002 - `__init__` took it
        return await self.until_nothing_changes()

    async def look(self) -> PlacedEnd:
        """One pass. Any line may end it: placed, not received, not ours, a question, look again."""
        books = await self._read()
        payment = books.payment
        if payment.invoices:
            await self._woken(payment)
            return self._end(PlacedEnding.PLACED, payment)
        if not payment.settled or payment.amount.amount <= 0:
            return self._end(PlacedEnding.NOT_RECEIVED, payment)
        if books.for_no_invoice:
            return self._end(PlacedEnding.FOR_NO_INVOICE, payment)
        candidates = invoices_for(payment, books.unpaid)
        if not candidates and not books.of_ours:
            return self._end(PlacedEnding.NOT_OURS, payment)
        if not self._waited:
            self._waited = True
            await workflow.sleep(SOON, summary="its invoice may be told of a moment later")
            raise LookAgain
        return await self._asked(payment, candidates)

    async def _asked(self, payment: ReceivedPayment, candidates: tuple[InvoiceCandidate, ...]) -> PlacedEnd:
        ask = what_for(payment, candidates)
        if not self.asks():
            raise Stopped(ask)
        answer = await self.ask(ask)
        if answer.choice is Choice.SKIP:
            return self._end(PlacedEnding.FOR_NO_INVOICE, payment)
        if answer.choice is Choice.CHOOSE:
            await self._allocated(payment, answer.option)
        raise LookAgain

    async def _allocated(self, payment: ReceivedPayment, invoice_id: str) -> None:
        if await self._policy_now() != self._policy:
            raise LookAgain
        await self.step(
            AllocationWrites.allocate,
            Allocation(payment_id=payment.id, invoice_id=invoice_id),
            queue=self._policy.billing,
            about=self.about(),
            summary="have the payment pay its invoice",
        )

    async def _woken(self, payment: ReceivedPayment) -> None:
        for invoice_id in payment.invoices:
            subject = Subject(kind=SubjectKind.INVOICE, connection=self.subject.connection, id=invoice_id)
            wanted = Waking(
                flow=PAYMENT_RECEIVED.name,
                subject=subject,
                key=f"payment {payment.id}",
                thorough=False,
                quiet=not self.loud,
            )
            await run_ours(FlowActivities.wake, wanted, summary="look at the invoice that it pays")

    async def _read(self) -> PaymentBooks:
        self._policy = await self._policy_now()
        self.held_up.timing, self.held_up.language = self._policy.timing, self._policy.language
        books = self._books = await self._payment()
        payment = books.payment
        name = payment.payer or payment.id
        self.page.name(money_markdown(name, payment.amount, self.held_up.language))
        workflow.upsert_search_attributes([search.STATE.value_set("running")])
        return books

    async def _payment(self) -> PaymentBooks:
        return await self.step(
            PlacingReads.read,
            self.subject.id,
            queue=self._policy.billing,
            about=self.about(),
            summary="read the payment",
        )

    async def _policy_now(self) -> PaymentPolicy:
        return await run_local(Policies.payment, summary="read mode and rules")

    def about(self) -> RecordName:
        return RecordName(kind=RecordKind.PAYMENT, id=self.subject.id)

    async def deleted(self) -> PlacedEnd:
        self._books = None
        return PlacedEnd(ending=PlacedEnding.NOT_RECEIVED, mode=self._policy.mode)

    async def still_so(self) -> bool:
        try:
            found = await self._payment()
        except Gone:
            return self._books is None
        return self._books is not None and found.payment == self._books.payment

    def asks(self) -> bool:
        return self._policy.mode is not Mode.SHADOW

    def question(self, ask: Ask) -> Question:
        return about_payment(self.subject, self._books.payment if self._books else None, ask)

    def stopped(self, ask: Ask) -> PlacedEnd:
        return PlacedEnd(ending=PlacedEnding.PROBLEMS, mode=self._policy.mode, problems=ask.problems)

    def given_up(self) -> PlacedEnd:
        return PlacedEnd(ending=PlacedEnding.CLOSED, mode=self._policy.mode)

    def _end(self, ending: PlacedEnding, payment: ReceivedPayment) -> PlacedEnd:
        return PlacedEnd(
            ending=ending, mode=self._policy.mode, invoices=payment.invoices, amount=payment.amount
        )
