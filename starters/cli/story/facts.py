"""What happened to a deal, fact by fact in the order of time, each with where it is written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from raccord.domain.desk.problems import Problem
from raccord.domain.desk.question import Answer, Choice
from raccord.domain.values.invoice import InvoiceState
from raccord.domain.values.message import Message, message
from raccord.domain.values.payment import DisputeState, InvoiceMoney
from raccord.records.audit import AuditRow, Kind, Verdict
from raccord.records.waiting import Waiting
from raccord.temporal.flows import DEAL_WON
from raccord.texts.owing import fate, level, word
from raccord.texts.payments import MEANS
from raccord.texts.questions import answer_label
from starters.cli.story.known import Known
from starters.cli.story.written import begun, unfinished, written


@dataclass(frozen=True)
class Fact:
    """One thing that happened. `source`: an audit row, or an id at a vendor, where anybody may look it up.

    `day_only`: its hour is not known.
    """

    at: datetime
    said: Message
    source: str
    day_only: bool = False
    points: tuple[Problem, ...] = ()


def facts_of(known: Known) -> tuple[Fact, ...]:
    """Tell everything that is known of a deal, the first thing first."""
    found = [
        *_won(known),
        *_looks(known),
        *_rows(known),
        *_questions(known),
        *_rounds(known),
        *_words(known),
        *_money(known),
    ]
    return tuple(sorted(found, key=lambda each: each.at))


def _won(known: Known) -> Iterator[Fact]:
    deal = known.deal
    if deal is None or not deal.won or deal.won_on is None:
        return
    said = message("story.won")
    if deal.owner and (name := deal.owner.name or deal.owner.email):
        said = message("story.won_by", owner=name)
    yield Fact(known.clock.start_of(deal.won_on), said, str(known.ref), day_only=True)


def _looks(known: Known) -> Iterator[Fact]:
    for run in known.runs:
        if run.workflow_id == DEAL_WON.id_of(known.ref.subject):
            yield Fact(run.began_at, message("story.looked"), run.workflow_id)


def _rows(known: Known) -> Iterator[Fact]:
    """Tell the audit: what was written outside, and how flows ended."""
    under_way: dict[str, AuditRow] = {}
    done: set[str] = set()
    told: Message | None = None
    for row in known.rows:
        if known.of_another(row.cause.partition(" ")[0]):
            continue
        if row.verdict == Verdict.FOUND and row.key in done:
            # It had happened already, and is told as that.
            under_way.pop(row.key, None)
            continue
        if row.verdict == Verdict.DONE:
            done.add(row.key)
        if row.kind is Kind.INTENT:
            under_way[row.key] = row
            said = begun(row)
        else:
            intent = under_way.pop(row.key, None) if row.kind is Kind.OUTCOME else None
            said = written(row, intent, known.billing)
        if row.effect == "billing.set_lines" and row.verdict == Verdict.FOUND and said == told:
            # Where a draft is made with its lines, nothing is left to be put on it.
            continue
        told = said or told
        if said:
            yield Fact(row.at, said, audit_source(row))
    for row in under_way.values():
        yield Fact(row.at, unfinished(row), audit_source(row))


def audit_source(row: AuditRow) -> str:
    return f"audit {row.sequence}"


def _questions(known: Known) -> Iterator[Fact]:
    for row in known.questions:
        asked, source = row.question, f"inbox {row.incident}"
        owner = asked.owner and (asked.owner.name or asked.owner.email)
        said = (
            message("story.asked_of", title=asked.title, owner=owner)
            if owner
            else message("story.asked", title=asked.title)
        )
        yield Fact(row.since, said, source, points=asked.problems)
        if settled := _settled(row):
            yield Fact(*settled, _decided(known, row) or source)


def _settled(row: Waiting) -> tuple[datetime, Message] | None:
    match row.answer, row.answered_at, row.closed_at:
        case Answer(choice=choice) as answer, datetime() as at, _ if choice is not Choice.RETRY:
            label = answer_label(row.question, answer)
            return at, message("story.answered", actor=answer.actor, answer=label)
        case _, _, datetime() as at:
            return at, message("story.settled_alone", title=row.question.title)
        case _:
            return None


def _decided(known: Known, row: Waiting) -> str | None:
    decisions = (each for each in known.rows if each.effect == "desk.decision")
    found = (each for each in decisions if each.detail.get("incident") == row.incident)
    return next(map(audit_source, found), None)


def _rounds(known: Known) -> Iterator[Fact]:
    """Tell the reminders that were about one of its invoices."""
    if known.customer is None:
        return
    for sent in known.customer.memory.rounds:
        if not any(each.invoice_id in known.invoice_ids for each in sent.reached):
            continue
        what = message("story.reminded", level=level(sent.level), to=sent.to)
        became = fate(sent)
        said = message("story.reminded_but", what=what, fate=became) if became else what
        row = next((each for each in known.rows if each.key == sent.key and each.verdict), None)
        yield Fact(sent.at, said, audit_source(row) if row else sent.key)


def _words(known: Known) -> Iterator[Fact]:
    """Tell what people said about its customer."""
    if known.customer is None:
        return
    customer = f"{known.billing}:{known.customer_id}"
    for said in known.customer.memory.words:
        if said.invoice_id and said.invoice_id not in known.invoice_ids:
            continue
        row = next((each for each in known.rows if each.key == f"{customer} {said.id}"), None)
        what = word(said, known.customer.account)
        told = message("story.said", actor=said.actor, what=what)
        yield Fact(said.at, told, audit_source(row) if row else said.id)


def _money(known: Known) -> Iterator[Fact]:
    for each in known.invoices:
        yield from _payments(each, known.billing)


def _payments(money: InvoiceMoney, billing: str) -> Iterator[Fact]:
    number = money.invoice.number or money.invoice.id
    for paid in money.payments:
        source = f"{billing}:{paid.id}"
        said = message("story.paid", amount=paid.amount, number=number, means=MEANS[paid.means])
        if paid.refunded.amount:
            said = message("story.paid_and_refunded", paid=said, refunded=paid.refunded)
        yield Fact(paid.paid_at, said, source)
        for dispute in paid.disputes:
            state = message(_DISPUTES[dispute.state])
            told = message("story.disputed", amount=dispute.amount, state=state)
            yield Fact(dispute.opened_at, told, f"{billing}:{dispute.id}")


def standing_facts(known: Known) -> Iterator[Message]:
    """Tell what the billing system shows without saying since when."""
    for each in known.invoices:
        invoice, number = each.invoice, each.invoice.number or each.invoice.id
        for note in invoice.credit_notes:
            yield message("story.credited", number=number, note=note.number, gross=note.gross)
        if invoice.state is InvoiceState.VOID:
            yield message("story.void", number=number)


_DISPUTES = {
    DisputeState.OPEN: "story.dispute_open",
    DisputeState.WON: "story.dispute_won",
    DisputeState.LOST: "story.dispute_lost",
}
