"""What is remembered of invoices' money, and having its news told."""

from datetime import timedelta

from temporalio import activity
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from activities.payment.books import NO_DEALS, customer_of
from raccord.domain.payment.news import News
from raccord.domain.payment.standing import Standing
from raccord.domain.rules.timing import Timing
from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef
from raccord.records.records import Records
from raccord.records.work import together

TELLER = "payment-news"
"""The id of the one flow that tells news."""


class Telling(Value):
    """How news are told: the messenger's connection, which is its queue, and when many become one message."""

    messenger: str
    timing: Timing
    gather: timedelta
    longest: timedelta
    digest_above: int


class Teller:
    """Has the one flow that tells news look for some."""

    def __init__(self, telling: Telling, task_queue: str) -> None:
        self._telling = telling
        self._task_queue = task_queue

    async def begin(self) -> None:
        await activity.client().start_workflow(
            "PaymentNews",
            self._telling,
            id=TELLER,
            task_queue=self._task_queue,
            start_signal="more",
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            static_summary="News of payments, told one by one or together",
        )


class Belonging(Value):
    """Whose an invoice is; without a deal, of none. `never`: nor is any other of its customer's.

    `united`: its deal went over into this one.
    """

    billing: str
    invoice_id: str
    deal: DealRef | None = None
    customer_id: str = ""
    never: bool = False
    united: bool = False


class Settled(Value):
    """An invoice's money as its deal shows it now, and what is to be told of how it came to that."""

    billing: str
    invoice_id: str
    standing: Standing
    deal: DealRef | None = None
    news: News | None = None


class PaymentRecords:
    """`teller`: None where there is no messenger; then nothing is kept to be told."""

    def __init__(self, records: Records, teller: Teller | None) -> None:
        self._records = records
        self._teller = teller

    @activity.defn(name="payment.belongs")
    async def belongs(self, wanted: Belonging) -> None:
        """Remember whose an invoice is, because a person or its number said so."""
        payments, answers = self._records.payments, self._records.answers
        if wanted.never:
            customer = customer_of(wanted.billing, wanted.customer_id)
            flow = activity.info().workflow_id or ""
            await answers.give(customer, NO_DEALS, "of no deal", flow)
        if wanted.united and wanted.deal:
            await payments.united(wanted.invoice_id, wanted.billing, wanted.deal)
        else:
            await payments.belongs(wanted.invoice_id, wanted.billing, wanted.deal)

    @activity.defn(name="payment.settle")
    async def settle(self, done: Settled) -> None:
        """Remember what is shown, together with its news, and have those told by the flow that tells them."""
        payments = self._records.payments
        settling = payments.settle(done.invoice_id, done.billing, done.standing, done.deal)
        if done.news is None or self._teller is None:
            await settling
            return
        await together(settling, payments.note(done.news))
        await self._teller.begin()
