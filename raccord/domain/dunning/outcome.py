"""How flow 3 ends. It ends only where nobody owes anything, or where it may remind nobody."""

from collections.abc import Iterator
from enum import StrEnum

from raccord.domain.dunning.plan import Plan, Silence
from raccord.domain.rules.modes import Mode
from raccord.domain.values.account import Account
from raccord.domain.values.base import Value
from raccord.domain.values.end import End
from raccord.domain.values.message import Message, RecordKind, RecordName, message
from raccord.domain.values.money import Money
from raccord.domain.values.subject import Subject

FLOW = "Dunning"
"""The workflow's type, as questions name it."""


class Ending(StrEnum):
    """The named ends of flow 3."""

    SETTLED = "settled"
    """Nothing is open."""
    SHADOW = "shadow"
    NO_MAILER = "no_mailer"
    """Raccord sends no mail: nobody can be reminded."""
    CUSTOMER_GONE = "customer_gone"
    CLOSED = "closed"
    """A person reminds this customer without Raccord."""


class DunningEnd(Value):
    """What a run of flow 3 came to. `sent`: rounds of this customer that left, in all."""

    ending: Ending
    mode: Mode
    customer: RecordName
    owed: tuple[Money, ...] = ()
    """All that is overdue, one sum a currency."""
    invoices: tuple[str, ...] = ()
    would: int | None = None
    """In shadow: the level of the reminder that is due now; None where none is."""
    why: Silence | None = None
    sent: int = 0
    charges: tuple[Money, ...] = ()
    """Penalties and indemnities that mails named beside what is paid now, one sum a currency."""

    def told(self, subject: Subject) -> End:
        """Say how it ended, as every flow does."""
        return End(
            flow="dunning",
            subject=subject,
            state=self.ending.value,
            cause=self.why.value if self.why else "",
            customer=subject.id,
            invoices=self.invoices,
            amount=self.owed[0] if len(self.owed) == 1 else None,
            summary=self._summary,
            points=tuple(self._points),
            # Looked at each day, most customers owe nothing that is late: such an end is no news.
            record=self.model_dump(mode="json") if self.sent or self.owed else {},
        )

    @property
    def _points(self) -> Iterator[Message]:
        if self.why:
            yield silence(self.why)
        if self.charges:
            yield message("dunning.end.charges", charges=self.charges)

    @property
    def _summary(self) -> Message:
        if self.ending is Ending.SHADOW and self.would is not None:
            return message(
                "dunning.end.would_remind", customer=self.customer, level=self.would, owed=self.owed
            )
        return message(_SUMMARIES[self.ending], customer=self.customer, count=self.sent)


def silence(why: Silence) -> Message:
    """Say why nobody is reminded."""
    return message(_SILENCES[why])


def end_of(
    ending: Ending,
    mode: Mode,
    account: Account | None,
    plan: Plan | None,
    *,
    customer: str,
    sent: int,
    charges: tuple[Money, ...],
) -> DunningEnd:
    """Build the end from what was read last, if anything was."""
    return DunningEnd(
        ending=ending,
        mode=mode,
        customer=customer_record(account, customer),
        owed=plan.owed if plan else (),
        invoices=tuple(each.id for each in account.invoices) if account else (),
        would=plan.due.level if plan and plan.due and ending is Ending.SHADOW else None,
        why=plan.why.why if plan and plan.why and ending is Ending.SHADOW else None,
        sent=sent,
        charges=charges if ending is Ending.SETTLED else (),
    )


def customer_record(account: Account | None, customer: str) -> RecordName:
    """Name a customer as people see it."""
    return RecordName(
        kind=RecordKind.CUSTOMER,
        id=customer,
        name=account.name if account else "",
        url=account.page if account else "",
    )


_SUMMARIES = {
    Ending.SETTLED: "dunning.end.settled",
    Ending.SHADOW: "dunning.end.shadow",
    Ending.NO_MAILER: "dunning.end.no_mailer",
    Ending.CUSTOMER_GONE: "dunning.end.customer_gone",
    Ending.CLOSED: "dunning.end.closed",
}
_SILENCES = {
    Silence.NOTHING_OPEN: "dunning.silence.nothing_open",
    Silence.NOT_DUE: "dunning.silence.not_due",
    Silence.SENDING_HOURS: "dunning.silence.sending_hours",
    Silence.GAP: "dunning.silence.gap",
    Silence.PAUSED: "dunning.silence.paused",
    Silence.PROMISED: "dunning.silence.promised",
    Silence.INSTALMENTS: "dunning.silence.instalments",
    Silence.DISPUTED: "dunning.silence.disputed",
    Silence.PROCESSING: "dunning.silence.processing",
    Silence.COLLECTION: "dunning.silence.collection",
    Silence.INSOLVENCY: "dunning.silence.insolvency",
    Silence.STOPPED: "dunning.silence.stopped",
    Silence.EXCEPTED: "dunning.silence.excepted",
    Silence.TOO_LITTLE: "dunning.silence.too_little",
    Silence.NO_ADDRESS: "dunning.silence.no_address",
    Silence.BOUNCED: "dunning.silence.bounced",
    Silence.BACKLOG: "dunning.silence.backlog",
    Silence.LEFT_ALONE: "dunning.silence.left_alone",
    Silence.LAST_SENT: "dunning.silence.last_sent",
    Silence.UNKNOWN: "dunning.silence.unknown",
    Silence.CUSTOMER_GONE: "dunning.silence.customer_gone",
}
