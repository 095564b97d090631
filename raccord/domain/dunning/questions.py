"""What flow 3 asks: whether a mail arrived, where to write, what follows the last reminder, and in draft
mode whether a reminder may leave.
"""

from raccord.domain.desk.problems import Cause, problem
from raccord.domain.desk.question import Ask, Detail, Option, Question, watch_key
from raccord.domain.dunning.memory import Memory, Round
from raccord.domain.dunning.outcome import FLOW, customer_record
from raccord.domain.dunning.plan import Due, Plan
from raccord.domain.dunning.words import WordKind
from raccord.domain.payment.status import sums
from raccord.domain.values.account import Account, OwedInvoice
from raccord.domain.values.message import RecordKind, RecordName, message
from raccord.domain.values.subject import Subject

ARRIVED, LOST = "arrived", "lost"
SEND = "send"
PAUSES = {"pause_7": 7, "pause_30": 30}
"""Options that pause for so many days."""
SAYS = {
    "collection": WordKind.COLLECTION,
    "insolvency": WordKind.INSOLVENCY,
    "stop": WordKind.STOP,
}
"""Options that say a word without a date."""
DISPUTE = "dispute"
"""What an option begins with by which an invoice is contested; the invoice's id follows."""


def invoice_record(invoice: OwedInvoice) -> RecordName:
    return RecordName(kind=RecordKind.INVOICE, id=invoice.id, name=invoice.number, url=invoice.url)


def _listed(invoices: tuple[OwedInvoice, ...], *, moving: bool = False) -> tuple[Detail, ...]:
    """List invoices; `moving` where a payment of a part leaves the question what it was."""
    return tuple(
        Detail(
            label=message("label.invoice"),
            value=message(
                "dunning.owed",
                invoice=invoice_record(each),
                due=each.due,
                day=each.due_on,
            ),
            listed=True,
            moving=moving,
        )
        for each in invoices
    )


def did_it_arrive(account: Account, sent: Round) -> Ask:
    """A mail was handed over, and the server never said that it took it."""
    return Ask(
        step="reminder",
        cause=Cause.UNKNOWN_MAIL,
        title=message("dunning.unknown.title", customer=customer_record(account, account.customer_id)),
        problems=(
            problem(
                Cause.UNKNOWN_MAIL,
                customer_record(account, account.customer_id),
                "billing_email",
                "dunning.unknown",
                addresses=", ".join(sent.to),
                level=sent.level,
            ),
        ),
        content=sent.key,
        options=(
            Option(id=ARRIVED, label=message("dunning.arrived")),
            Option(id=LOST, label=message("dunning.lost")),
        ),
    )


def where_to_write(account: Account, memory: Memory, plan: Plan, address: str) -> Ask:
    """Nobody knows where the customer reads mail, or a mail did not arrive there."""
    record = customer_record(account, account.customer_id)
    if address:
        found = problem(Cause.EMAIL, record, "billing_email", "dunning.bounced", address=address)
    elif account.email.strip():
        found = problem(Cause.EMAIL, record, "billing_email", "dunning.unfit_address", address=account.email)
    else:
        found = problem(Cause.EMAIL, record, "billing_email", "dunning.no_address")
    return Ask(
        step="address",
        cause=Cause.EMAIL,
        title=message("dunning.address.title", customer=record, owed=plan.asked_for),
        problems=(found,),
        details=_listed(plan.claimed, moving=True),
        # A stop that was taken back is no answer any more.
        content=f"words {len(memory.words)}",
        options=(Option(id="stop", label=message("dunning.say.stop")),),
        cancel=None,
    )


def what_now(account: Account, memory: Memory, plan: Plan) -> Ask:
    """Every level of some invoices was sent: what follows of them is a person's to decide."""
    record, about = customer_record(account, account.customer_id), {each.id for each in plan.undecided}
    mails = [each for each in memory.left if about & {reached.invoice_id for reached in each.reached}]
    story = tuple(
        Detail(
            label=message("dunning.reminded", level=each.level),
            value=message("dunning.reminded_on", moment=each.at, addresses=", ".join(each.to)),
            moving=True,
        )
        for each in mails[-5:]
    )
    options = [Option(id=id_, label=message("dunning.say.pause", count=days)) for id_, days in PAUSES.items()]
    options += [Option(id=id_, label=message(_LABELS[kind])) for id_, kind in SAYS.items()]
    options += [
        Option(id=f"{DISPUTE} {each.id}", label=message("dunning.say.dispute", invoice=invoice_record(each)))
        for each in plan.undecided[:3]
    ]
    return Ask(
        step="after_the_last",
        cause=Cause.LAST_REMINDER,
        title=message("dunning.last.title", customer=record, owed=sums(each.due for each in plan.undecided)),
        problems=(problem(Cause.LAST_REMINDER, record, "", "dunning.last", count=len(mails)),),
        details=(*_listed(plan.undecided, moving=True), *story),
        # After a word that a person said, what follows is another question.
        content=" ".join(("words", str(len(memory.words)), *(each.id for each in plan.undecided))),
        options=tuple(options),
        skip=message("dunning.say.mine"),
    )


def may_it_leave(account: Account, due: Due) -> Ask:
    """In draft mode a person says of each reminder whether it leaves."""
    record = customer_record(account, account.customer_id)
    return Ask(
        step="reminder",
        cause=Cause.APPROVAL,
        title=message(
            "dunning.approve.title",
            customer=record,
            level=due.level,
            owed=sums(each.due for each in due.invoices),
        ),
        problems=(problem(Cause.APPROVAL, record, "", "dunning.approve", address=account.email),),
        details=_listed(due.invoices),
        content=due.key,
        options=(Option(id=SEND, label=message("dunning.send")),),
        skip=message("dunning.skip"),
    )


_LABELS = {
    WordKind.COLLECTION: "dunning.say.collection",
    WordKind.INSOLVENCY: "dunning.say.insolvency",
    WordKind.STOP: "dunning.say.stop",
}


def about_customer(
    subject: Subject, crm: str, account: Account | None, plan: Plan | None, ask: Ask
) -> Question:
    """Put an ask into the context of its customer. Its task is on the deal of the oldest late invoice."""
    late = plan.overdue if plan else ()
    deal = next((each.deal for each in late if each.deal), None)
    owed = plan.owed if plan else ()
    return Question(
        **dict(ask),
        flow=FLOW,
        subject=subject,
        watched=(watch_key(subject.connection, "customer", subject.id),),
        name=account.name if account else "",
        url=account.page if account else "",
        amount=owed[0] if len(owed) == 1 else None,
        task_on=deal.id if deal and deal.connection == crm else "",
    )
