"""Why a deal was not invoiced, what it waits for, and why nobody was reminded: a few sentences."""

from collections.abc import Collection, Iterator
from datetime import datetime

from raccord.domain.deal_won.outcome import DealWonEnd, Ending, NotForUs, gate
from raccord.domain.desk.problems import Problem
from raccord.domain.desk.question import Choice
from raccord.domain.dunning.plan import Plan
from raccord.domain.rules.modes import Mode
from raccord.domain.service.findings import Finding, FindingKind
from raccord.domain.values.invoice import live_invoices
from raccord.domain.values.message import Day, Message, Moment, RecordKind, RecordName, message
from raccord.records.stuck import StuckFlow
from raccord.records.waiting import Waiting
from raccord.texts.owing import comes, silent, why_not
from raccord.texts.questions import answer_label
from starters.cli.story.known import Known, Source

Said = Message | Problem


def why(known: Known) -> tuple[Said, ...]:
    """Answer what people ask of a deal, the most pressing first."""
    return (*_invoiced_or_not(known), *awaited(known), *_reminded_or_not(known))


def awaited(known: Known) -> tuple[Said, ...]:
    """Say what is waited for now, by whom, and until when."""
    return (*_asked(known), *_held_up(known), *_money_awaited(known))


def _invoiced_or_not(known: Known) -> Iterator[Said]:
    if known.link.merged_into:
        into = RecordName(kind=RecordKind.DEAL, id=known.link.merged_into)
        yield message("story.why.merged", deal=into)
        return
    if live := live_invoices(known.issued):
        for each in live:
            number = each.number or each.id
            if each.issued_on:
                day = Day(day=each.issued_on)
                yield message("story.why.invoiced_on", number=number, day=day, gross=each.totals.gross)
            else:
                yield message("story.why.invoiced", number=number, gross=each.totals.gross)
        return
    numbers = tuple(filter(None, (known.link.deposit_number, known.link.number)))
    if numbers and not known.invoices:
        for linked in numbers:
            yield message("story.why.invoiced_unread", number=linked)
        return
    if Source.BILLING in known.unread:
        yield message("story.why.unknown")
        return
    yield from _not_invoiced(known)


def _not_invoiced(known: Known) -> Iterator[Said]:
    yield message("story.why.not_invoiced")
    if any(row.flow == known.flow for row in _open(known)):
        return
    if known.gone:
        yield message("story.why.gone")
    elif reason := _gate(known):
        yield DealWonEnd(ending=Ending.NOT_FOR_US, reason=reason).summary
    elif given_up := _given_up(known):
        yield given_up
    elif known.mode is Mode.SHADOW:
        yield message("story.why.on_a_rung") if _held_back(known) else message("story.why.shadow")
        yield from _in_shadow(known.verdict)
    elif any(each.workflow_id == known.flow and each.running for each in known.runs):
        yield message("story.why.at_work")
    elif known.unread:
        yield message("story.why.cannot_tell")
    elif not known.rows and not known.runs:
        yield message("story.why.never_looked", id=known.ref.id)
    else:
        yield message("story.why.look_again", id=known.ref.id)


def _held_back(known: Known) -> bool:
    """Whether the settings would let it go further than its rung."""
    deal, policy = known.deal, known.policy
    if deal is None or policy is None or policy.mode is Mode.SHADOW:
        return False
    return policy.for_deal(deal).mode is Mode.SHADOW


def _in_shadow(found: Finding | None) -> Iterator[Said]:
    """Say what would have come of the deal, as it was last looked at."""
    if found and found.kind is FindingKind.WOULD_INVOICE and found.net and found.gross:
        yield message("story.why.would_invoice", net=found.net, gross=found.gross)
    elif found and found.kind is FindingKind.WOULD_ASK:
        yield message("story.why.would_ask")
    yield from found.points if found else ()


def _gate(known: Known) -> NotForUs | None:
    return gate(known.deal, known.policy) if known.deal and known.policy else None


def _given_up(known: Known) -> Message | None:
    """Say who decided that the deal is not invoiced, where the last answer was that and still stands."""
    ours = [row for row in known.questions if row.flow == known.flow and row.answer]
    match ours[-1:]:
        case [Waiting(answer=answer, answered_at=at, question=asked, remembered=True)] if (
            answer and at and answer.choice is Choice.CANCEL and not _looked_past(known, at)
        ):
            local = Moment(moment=at.astimezone(known.zone))
            label = answer_label(asked, answer)
            return message("story.why.given_up", actor=answer.actor, moment=local, answer=label)
        case _:
            return None


def _looked_past(known: Known, answered_at: datetime) -> bool:
    """Whether a run that began after an answer did not end by it, or has not ended yet."""
    return any(
        each.workflow_id == known.flow and each.began_at > answered_at and each.state != Ending.CLOSED
        for each in known.runs
    )


def _open(known: Known) -> tuple[Waiting, ...]:
    return tuple(row for row in known.questions if row.closed_at is None)


def _asked(known: Known) -> Iterator[Said]:
    for row in _open(known):
        asked, since = row.question, Moment(moment=row.since.astimezone(known.zone))
        title, incident = asked.title, row.incident
        if owner := asked.owner and (asked.owner.name or asked.owner.email):
            yield message("story.awaits.answer_of", whom=owner, since=since, title=title, incident=incident)
        else:
            yield message("story.awaits.answer", since=since, title=title, incident=incident)
        yield from asked.problems


def _held_up(known: Known) -> Iterator[Message]:
    for each in known.stuck:
        yield _stuck(each, known)


def _stuck(each: StuckFlow, known: Known) -> Message:
    since = Moment(moment=each.since.astimezone(known.zone))
    return message("story.awaits.connection", connection=each.connection, since=since)


def _money_awaited(known: Known) -> Iterator[Message]:
    for each in known.invoices:
        if not each.invoice.live or each.due.amount <= 0:
            continue
        number = each.invoice.number or each.invoice.id
        if each.processing:
            yield message("story.awaits.processing", number=number)
        elif each.invoice.due_on is None:
            yield message("story.awaits.money", due=each.due, number=number)
        else:
            day = Day(day=each.invoice.due_on)
            late = (known.clock.date_of(known.now) - each.invoice.due_on).days
            code = "story.awaits.money_late" if late > 0 else "story.awaits.money_by"
            yield message(code, due=each.due, number=number, day=day, count=max(late, 0))


def _reminded_or_not(known: Known) -> Iterator[Message]:
    """Say which reminder comes next, or why none does."""
    customer = known.customer
    if not any(each.due.amount > 0 and each.invoice.live for each in known.invoices):
        return
    if known.dunning_mode is Mode.SHADOW:
        yield message("dunning.story.in_shadow")
        return
    if customer is None:
        return
    ours = set(known.invoice_ids)
    if customer.next and any(each.id in ours for each in customer.next.due.invoices):
        yield message("dunning.coming_next", what=comes(customer.next, known.now, known.zone))
        return
    for reason in _silences(customer.plan, ours):
        yield message("dunning.story.none", why=reason)


def _silences(plan: Plan, ours: Collection[str]) -> tuple[Message, ...]:
    """Say why none of these invoices is spoken of; what is said of others is theirs."""
    its = tuple(each for each in plan.silent if each.invoice_id in ours)
    silences = (*its, *(each for each in plan.silent if not each.invoice_id))
    undecided = tuple(each for each in plan.undecided if each.id in ours)
    mine = plan.model_copy(update={"due": None, "silent": silences, "undecided": undecided})
    return why_not(mine) or tuple(map(silent, silences[:1]))
