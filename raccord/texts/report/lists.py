"""The tables of a report that name one thing a row: deals, gaps, questions, promises, reminders."""

from raccord.domain.dunning.outcome import silence
from raccord.domain.dunning.stopped import Stop
from raccord.domain.proof.gap import Gap
from raccord.domain.report.publication import Cell, Linked, Table
from raccord.domain.report.report import Adjustment, AdjustmentKind, DealLine, Report, Stopped, Waits
from raccord.domain.values.message import Message, message
from raccord.domain.values.money import Money
from raccord.texts import proofs
from raccord.texts.owing import level
from raccord.texts.report.columns import DATE, MONEY, NUMBER, amounts, column, currencies_of, rows, spread
from raccord.texts.report.sums import fact
from raccord.texts.voice import Voice

_STOPS = {Stop.PAID: message("week.stop.paid"), Stop.OFF: message("week.stop.off")}
_ADJUSTMENTS = {
    AdjustmentKind.LATE: message("week.adjustment.late"),
    AdjustmentKind.CHANGED: message("week.adjustment.changed"),
    AdjustmentKind.GONE: message("week.adjustment.gone"),
}


def deals(report: Report, voice: Voice) -> Table:
    note = voice.say("week.more_lines", count=report.more_lines) if report.more_lines else ""
    return _deals("deals", voice.say("week.table.deals"), report.lines, note, voice)


def by_hand(report: Report, voice: Voice) -> Table:
    return _deals("by_hand", voice.say("week.table.by_hand"), report.by_hand, "", voice)


def _deals(key: str, title: str, lines: tuple[DealLine, ...], note: str, voice: Voice) -> Table:
    return Table(
        key=key,
        title=title,
        columns=(
            column("deal", voice.say("week.column.deal")),
            column("customer", voice.say("week.column.customer")),
            column("owner", voice.say("week.column.owner")),
            column("invoices", voice.say("week.column.invoices")),
            column("won", voice.say("week.fact.won"), MONEY),
            column("issued", voice.say("week.fact.issued"), MONEY),
            column("received", voice.say("week.fact.received"), MONEY),
        ),
        rows=rows((each.key, _deal(each), each.url) for each in lines),
        note=note if lines else voice.say("week.nothing"),
    )


def _deal(line: DealLine) -> tuple[Cell, ...]:
    # An invoice of no deal has its number for a name.
    name = line.name or ", ".join(line.numbers) or line.key
    numbers = ", ".join(line.numbers)
    return (
        _linked(name, line.url),
        line.customer,
        line.owner,
        numbers,
        line.won,
        line.issued,
        line.received,
    )


def gaps(report: Report, voice: Voice) -> Table:
    """Name what both sides do not say alike, as a proof does."""
    columns = (
        column("kind", voice.say("proof.heading.gap")),
        column("name", voice.say("proof.heading.what")),
        column("invoice", voice.say("proof.heading.invoice")),
        column("here", voice.say("proof.heading.here"), MONEY),
        column("there", voice.say("proof.heading.there"), MONEY),
        column("age", voice.say("week.column.days"), NUMBER),
        column("follows", voice.say("proof.heading.next")),
    )
    return Table(
        key="gaps",
        title=voice.say("week.table.gaps"),
        columns=columns,
        rows=rows((_gap_key(each), _gap(each, report, voice), each.url) for each in report.gaps),
        note=_gaps_note(report, voice),
    )


def _gap_key(gap: Gap) -> str:
    return "/".join((gap.kind.value, gap.deal_id, gap.invoice_id, *gap.customer_ids))


def _gap(gap: Gap, report: Report, voice: Voice) -> tuple[Cell, ...]:
    return (
        voice.write(proofs.kind(gap)),
        _linked(proofs.named(gap), gap.url),
        gap.number or gap.invoice_id,
        gap.here,
        gap.there,
        (report.day - gap.since).days if gap.since else None,
        voice.write(proofs.follows(gap)),
    )


def _gaps_note(report: Report, voice: Voice) -> str:
    if report.proved_at is None:
        return voice.say("week.note.unproved")
    compared = message("week.note.proved", at=report.proved_at.astimezone(report.computed_at.tzinfo))
    if left := sum(report.gap_counts.values()) - len(report.gaps):
        return f"{voice.say('proof.more', count=left)} {voice.write(compared)}"
    return voice.write(compared) if report.gaps else f"{voice.say('proof.clean')} {voice.write(compared)}"


def waiting(report: Report, voice: Voice) -> Table:
    currencies = currencies_of(one for each in report.waiting for one in each.waiting.sums)
    return Table(
        key="waiting",
        title=voice.say("week.table.waiting"),
        columns=(
            column("cause", voice.say("week.column.cause")),
            column("owner", voice.say("week.column.owner")),
            column("count", voice.say("week.column.count"), NUMBER),
            *amounts("amount", voice.say("week.column.amount"), currencies),
            column("since", voice.say("week.column.since"), DATE),
        ),
        rows=rows(
            (f"{each.cause.identity}/{each.owner}", _waits(each, currencies, report, voice), "")
            for each in report.waiting
        ),
        note="" if report.waiting else voice.say("week.nobody_waits"),
    )


def _waits(waits: Waits, currencies: tuple[str, ...], report: Report, voice: Voice) -> tuple[Cell, ...]:
    return (
        voice.write(waits.cause),
        waits.owner or voice.say("week.nobody"),
        waits.waiting.count,
        *spread(waits.waiting.sums, currencies),
        waits.since.astimezone(report.computed_at.tzinfo).date(),
    )


def promises(report: Report, voice: Voice) -> Table:
    currencies = currencies_of(one for each in report.promises for one in each.amounts)
    return Table(
        key="promises",
        title=voice.say("week.table.promises"),
        columns=(
            column("customer", voice.say("week.column.customer")),
            column("until", voice.say("week.column.until"), DATE),
            *amounts("amount", voice.say("week.column.amount"), currencies),
        ),
        rows=rows(
            (
                f"{each.customer_id}/{each.until}",
                (each.customer or each.customer_id, each.until, *spread(each.amounts, currencies)),
                "",
            )
            for each in report.promises
        ),
        note="" if report.promises else voice.say("week.no_promise"),
    )


def reminders(report: Report, voice: Voice) -> Table:
    """Count what left by level, and what did not by its reason."""
    found = [
        (f"sent/{each.level}", message("week.sent", level=level(each.level)), each.count)
        for each in report.reminded
    ]
    found += [(f"stopped/{each.reason}", _stopped(each), each.count) for each in report.stopped]
    return Table(
        key="reminders",
        title=voice.say("week.table.reminders"),
        columns=(
            column("reminder", voice.say("week.column.reminder")),
            column("count", voice.say("week.column.count"), NUMBER),
        ),
        rows=rows((key, (voice.write(said), count), "") for key, said, count in found),
        note="" if found else voice.say("week.no_reminder"),
    )


def _stopped(stopped: Stopped) -> Message:
    why = _STOPS[stopped.reason] if isinstance(stopped.reason, Stop) else silence(stopped.reason)
    return message("week.stopped", why=why)


def adjustments(report: Report, voice: Voice) -> Table:
    """Name what is otherwise than earlier weeks told."""
    more = report.more_adjustments
    left = voice.say("week.more_adjustments", count=more) if more else ""
    return Table(
        key="adjustments",
        title=voice.say("week.table.adjustments"),
        columns=(
            column("week", voice.say("week.column.week")),
            column("name", voice.say("week.column.deal")),
            column("fact", voice.say("week.column.figure")),
            column("kind", voice.say("week.column.what")),
            column("told", voice.say("week.column.told"), MONEY),
            column("now", voice.say("week.column.now"), MONEY),
            column("difference", voice.say("week.column.difference"), MONEY),
        ),
        rows=rows(
            (f"{each.week}/{each.fact}/{each.key}", _adjustment(each, voice), each.url)
            for each in report.adjustments
        ),
        note=left if report.adjustments else voice.say("week.no_adjustment"),
    )


def _adjustment(each: Adjustment, voice: Voice) -> tuple[Cell, ...]:
    return (
        str(each.week),
        _linked(each.name or each.key, each.url),
        fact(each.fact, voice),
        voice.write(_ADJUSTMENTS[each.kind]),
        each.told,
        each.now,
        _difference(each.told, each.now),
    )


def _difference(told: Money | None, now: Money | None) -> Money | None:
    if told is None or now is None:
        return now if told is None else Money.zero(told.currency) - told
    return now - told if told.currency == now.currency else None


def _linked(text: str, url: str) -> Cell:
    return Linked(text, url) if url else text
