"""What changed since the Monday before, in five plain sentences: won, invoiced, received, late, unsettled."""

from collections.abc import Iterable, Sequence

from raccord.domain.payment.status import sums
from raccord.domain.report.report import Bucket, Counted, Point, Report
from raccord.domain.values.message import Message, Param, Single, message
from raccord.domain.values.money import Money


def changes(report: Report, before: Report | None) -> tuple[Message, ...]:
    """Say a week in five sentences; `before` is the report of the week before, where there is one."""
    now, then = report.figures, report.before
    return (
        _ended(_won(now.won, then.won)),
        _ended(_issued(now.issued, then.issued), _beside("week.changes.credited", now.credited)),
        _ended(_received(now.received, then.received), _beside("week.changes.refunded", now.refunded)),
        _ended(_late(report, before), *_dso(report)),
        _ended(_gaps(report, before), _waiting(report)),
    )


def overdue(report: Report) -> tuple[Money, ...]:
    """Return what is late, a sum a currency."""
    late = (each.open for each in report.aging if each.bucket is not Bucket.NOT_DUE)
    return _owed(late)


def receivable(report: Report) -> tuple[Money, ...]:
    """Return all that customers owe, a sum a currency."""
    return _owed(each.open for each in report.aging)


def latest(report: Report) -> tuple[Point, ...]:
    """Return the week itself in the trend, a point a currency."""
    return tuple(point for point in report.trend if point.week == report.week)


def asked(report: Report) -> int:
    """Return how many questions wait at the desk."""
    return sum(each.waiting.count for each in report.waiting)


def _won(now: Counted, before: Counted) -> Message:
    if now.count:
        return _compared(_worth(message("proof.count.deals", count=now.count), now), now, before)
    then = _worth(message("proof.count.deals", count=before.count), before)
    return message("week.changes.none_won", before=then) if before.count else message("week.changes.no_win")


def _issued(now: Counted, before: Counted) -> Message:
    if now.count:
        return _compared(_worth(message("week.issued", count=now.count), now), now, before)
    then = _worth(message("week.issued", count=before.count), before)
    return (
        message("week.changes.none_issued", before=then)
        if before.count
        else message("week.changes.no_invoice")
    )


def _received(now: Counted, before: Counted) -> Message:
    if now.count:
        return _compared(_worth(message("week.received", count=now.count), now), now, before)
    then = _worth(message("week.received", count=before.count), before)
    return (
        message("week.changes.none_received", before=then)
        if before.count
        else message("week.changes.no_payment")
    )


def _worth(many: Message, counted: Counted) -> Message:
    return message("week.worth", many=many, amounts=_listed(counted.sums)) if counted.sums else many


def _compared(said: Message, now: Counted, before: Counted) -> Message:
    if not before.count:
        return message("week.changes.first", now=said)
    if differences := _differences(now.sums, before.sums):
        return message("week.changes.compared", now=said, differences=_listed(differences))
    return message("week.changes.same", now=said)


def _late(report: Report, before: Report | None) -> Message:
    late = overdue(report)
    said = message("week.changes.late", amounts=_listed(late)) if late else message("week.changes.none_late")
    if before is None:
        return said
    if differences := _differences(late, overdue(before)):
        return message("week.changes.since", now=said, differences=_listed(differences))
    return message("week.changes.unmoved", now=said)


def _dso(report: Report) -> tuple[Message, ...]:
    before = {point.won.currency: point.dso for point in report.trend if point.week == report.week.back(1)}
    said = []
    for point in latest(report):
        currency = point.won.currency
        if point.dso is None:
            continue
        if (then := before.get(currency)) is not None:
            said.append(message("week.changes.dso", currency=currency, days=point.dso, before=then))
        else:
            said.append(message("week.changes.dso_first", currency=currency, days=point.dso))
    return tuple(said)


def _gaps(report: Report, before: Report | None) -> Message:
    if report.proved_at is None:
        return message("week.changes.unproved")
    count = sum(report.gap_counts.values())
    if before is None or before.proved_at is None:
        return message("week.changes.gaps", count=count) if count else message("week.changes.no_gap")
    then = sum(before.gap_counts.values())
    if not count:
        return message("week.changes.no_gap_before", before=then) if then else message("week.changes.no_gap")
    return message("week.changes.gaps_before", count=count, before=then)


def _waiting(report: Report) -> Message:
    count = asked(report)
    if not count:
        return message("week.changes.none_asked")
    if worth := _owed(each.waiting for each in report.waiting):
        return message("week.changes.asked_for", count=count, amounts=_listed(worth))
    return message("week.changes.asked", count=count)


def _beside(code: str, counted: Counted) -> Message | None:
    return message(code, count=counted.count, amounts=_listed(counted.sums)) if counted.count else None


def _ended(*parts: Message | None) -> Message:
    """Put the parts of a sentence together."""
    said = [part for part in parts if part]
    whole = said[0]
    for more in said[1:]:
        whole = message("week.changes.and", said=whole, more=more)
    return message("week.changes.ended", said=whole)


def _differences(now: tuple[Money, ...], before: tuple[Money, ...]) -> tuple[Message, ...]:
    moved = sums((*now, *(_less(each) for each in before)))
    return tuple(
        message("week.more", amount=each) if each.amount > 0 else message("week.less", amount=_less(each))
        for each in moved
        if each.amount
    )


def _listed(parts: Sequence[Single]) -> Param:
    """Put several side by side, as people say them."""
    if len(parts) < 2:
        return tuple(parts)
    return message("reminder.and", first=tuple(parts[:-1]), last=parts[-1])


def _owed(counted: Iterable[Counted]) -> tuple[Money, ...]:
    """Add up; what comes to nothing is left out."""
    return tuple(each for each in sums(one for some in counted for one in some.sums) if each.amount)


def _less(amount: Money) -> Money:
    return Money.zero(amount.currency) - amount
