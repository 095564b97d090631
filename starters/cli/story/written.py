"""What one row of the audit says, in a sentence."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from raccord.domain.contact.outcome import ContactEnd
from raccord.domain.deal_won.outcome import DealWonEnd
from raccord.domain.deal_won.outcome import Ending as DealEnding
from raccord.domain.dunning.outcome import DunningEnd
from raccord.domain.onboarding.outcome import OnboardingEnd
from raccord.domain.payment.outcome import Ending as PaymentEnding
from raccord.domain.payment.outcome import PaymentEnd
from raccord.domain.payment.status import STATUS_NAMES, PaymentStatus
from raccord.domain.values.deal import InvoiceFields, PaymentFields
from raccord.domain.values.invoice import Invoice
from raccord.domain.values.message import Day, Message, Quote, message
from raccord.domain.values.parties import Customer
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.records.audit import AuditRow, Verdict

_UNTOLD = frozenset(
    {
        *("messaging.edit", "messaging.whisper", "billing.create_vat_rate", "desk.decision", "desk.withdraw"),
        *("contact.write", "documents.attach", "payment_placed.end"),
    }
)
"""What something else says already, or what nobody would miss."""


@dataclass(frozen=True)
class _Write:
    """A row that says what came of something; `wanted` is what its intent asked for."""

    row: AuditRow
    wanted: Mapping[str, Any]
    billing: str


def begun(intent: AuditRow) -> Message | None:
    """Say what is known by a write that is about to happen; None where only its outcome says anything."""
    return message("story.proven") if intent.effect == "billing.finalise" else None


def unfinished(intent: AuditRow) -> Message:
    """Say of a write that nobody knows its end."""
    return message("story.unfinished", what=_what(intent))


def written(row: AuditRow, intent: AuditRow | None, billing: str) -> Message | None:
    """Say what came of a write, or what a note notes; None where something else tells it."""
    if row.verdict == Verdict.SERVER_ERROR:
        return unfinished(row)
    if row.verdict == Verdict.REFUSED:
        error = str(row.detail.get("error", "")) or row.verdict
        return message("story.refused", what=_what(row), error=Quote(quote=error))
    tells = _TOLD.get(row.effect)
    if tells is None:
        return None if _untold(row) else message("story.other", effect=row.effect)
    try:
        return tells(_Write(row, intent.after if intent else {}, billing))
    except (ValidationError, KeyError, TypeError):
        # Sealed under a key that is gone, or by a version that wrote otherwise: that it happened is known.
        return message("story.other", effect=row.effect)


def _untold(row: AuditRow) -> bool:
    # People's words about a customer are told from what is remembered of it.
    return row.effect in _UNTOLD or row.effect.startswith("dunning.")


def _what(row: AuditRow) -> Message:
    if row.effect in _WHAT:
        return message(_WHAT[row.effect])
    return message("story.other", effect=row.effect)


def _customer(write: _Write) -> Message:
    name = Customer.model_validate(write.row.detail).name or str(write.wanted.get("name", ""))
    if write.row.effect == "billing.claim_customer":
        return message("story.customer_claimed", customer=name, billing=write.billing)
    if write.row.verdict == Verdict.FOUND:
        return message("story.customer_found", customer=name, billing=write.billing)
    return message("story.customer_created", customer=name, billing=write.billing)


def _draft(write: _Write) -> Message | None:
    invoice = Invoice.model_validate(write.row.detail)
    if not invoice.totals.gross.amount:
        # Its lines come with the next write.
        return None
    return message("story.draft", net=invoice.totals.net, gross=invoice.totals.gross, billing=write.billing)


def _issued(write: _Write) -> Message:
    invoice = Invoice.model_validate(write.row.detail)
    said = message(
        "story.issued",
        number=invoice.number or invoice.id,
        net=invoice.totals.net,
        gross=invoice.totals.gross,
    )
    return message("story.issued_due", what=said, day=Day(day=invoice.due_on)) if invoice.due_on else said


def _written_back(write: _Write) -> Message:
    return message("story.written_back", number=InvoiceFields.model_validate(write.wanted).number)


def _payment_shown(write: _Write) -> Message:
    fields = PaymentFields.model_validate(write.wanted)
    status = STATUS_NAMES[PaymentStatus(fields.status)]
    return message("story.payment_shown", status=status, paid=fields.paid, due=fields.due)


def _task(write: _Write) -> Message:
    return message("story.task", subject=Quote(quote=str(write.wanted["subject"])))


def _posted(write: _Write) -> Message:
    channel = str(write.row.detail.get("channel", ""))
    return message("story.posted", channel=channel, title=Quote(quote=str(write.wanted["title"])))


def _mailed(write: _Write) -> Message | None:
    if write.row.key.startswith("dun/"):
        return None  # The reminder itself is told, with its level.
    to = tuple(map(str, write.wanted["to"]))
    return message("story.mailed", to=to, subject=Quote(quote=str(write.wanted["subject"])))


def _kept(write: _Write) -> Message:
    number = str(write.row.detail["document"]["number"])
    if write.row.effect == "documents.kept":
        return message("story.document_kept", number=number)
    return message("story.document_missed", number=number)


def _deal_end(write: _Write) -> Message | None:
    end = DealWonEnd.model_validate(write.row.detail)
    # That an invoice was issued is told by the write that issued it.
    return None if end.ending in (DealEnding.INVOICED, DealEnding.ALREADY_INVOICED) else end.summary


def _payment_end(write: _Write) -> Message | None:
    end = PaymentEnd.model_validate(write.row.detail)
    return None if end.ending is PaymentEnding.SHOWN else end.summary


def _contact_end(write: _Write) -> Message:
    end = ContactEnd.model_validate(write.row.detail)
    summary = end.told(_subject(write.row)).summary
    return message("story.contact", summary=summary, what=end.carried) if end.carried else summary


def _end(kind: type[OnboardingEnd | DunningEnd]) -> Callable[[_Write], Message]:
    def told(write: _Write) -> Message:
        return kind.model_validate(write.row.detail).told(_subject(write.row)).summary

    return told


def _subject(row: AuditRow) -> Subject:
    connection, _, id_ = row.object.partition(":")
    return Subject(kind=SubjectKind.CUSTOMER, connection=connection, id=id_)


_TOLD: Mapping[str, Callable[[_Write], Message | None]] = {
    "billing.create_customer": _customer,
    "billing.claim_customer": _customer,
    "billing.create_draft": _draft,
    "billing.set_lines": _draft,
    "billing.discard_draft": lambda _: message("story.discarded"),
    "billing.finalise": _issued,
    "billing.deliver": lambda write: message("story.delivered", billing=write.billing),
    "billing.allocate_payment": lambda _: message("story.allocated"),
    "crm.write_invoice": _written_back,
    "crm.write_payment": _payment_shown,
    "crm.move_to_paid_stage": lambda _: message("story.moved"),
    "crm.create_task": _task,
    "crm.complete_task": lambda _: message("story.task_done"),
    "messaging.post": _posted,
    "mail.send": _mailed,
    "events.send": lambda _: message("story.event"),
    "documents.kept": _kept,
    "documents.missed": _kept,
    "deal_won.end": _deal_end,
    "payment.end": _payment_end,
    "onboarding.end": _end(OnboardingEnd),
    "dunning.end": _end(DunningEnd),
    "contact.end": _contact_end,
}
_WHAT = {
    "billing.create_customer": "story.what.customer",
    "billing.claim_customer": "story.what.customer",
    "billing.create_draft": "story.what.draft",
    "billing.set_lines": "story.what.draft",
    "billing.discard_draft": "story.what.discard",
    "billing.finalise": "story.what.issue",
    "billing.deliver": "story.what.deliver",
    "crm.write_invoice": "story.what.write_back",
    "crm.write_payment": "story.what.write_back",
    "crm.create_task": "story.what.task",
    "messaging.post": "story.what.post",
    "mail.send": "story.what.mail",
    "events.send": "story.what.event",
}
