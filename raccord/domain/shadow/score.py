"""How often shadow and people agree: which invoice is whose, and what follows from all of them."""

from collections import Counter
from datetime import date, datetime, timedelta
from enum import StrEnum

from raccord.domain.service.findings import Finding
from raccord.domain.shadow.comparing import Comparison, Difference
from raccord.domain.shadow.computed import Computed
from raccord.domain.values.base import Value
from raccord.domain.values.invoice import BY_HAND_WITHIN, Invoice, alike_and_not_ours
from raccord.domain.values.message import Message, RecordKind, RecordName, message
from raccord.domain.values.parties import Owner


class Standing(StrEnum):
    """What became of a deal that shadow would have invoiced."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNSURE = "unsure"
    """There may be an invoice; whose it is cannot be told for certain."""
    WAITING = "waiting"
    """Nobody has invoiced it yet."""
    BY_RACCORD = "by_raccord"
    """Raccord invoiced it meanwhile, so there is nothing to compare."""


class Seen(Value):
    """What the billing system and the records hold that may be a deal's."""

    finding: Finding
    computed: Computed
    said: tuple[Invoice, ...] = ()
    """Invoices with our reference of the deal, and those that a person said are its."""
    customer_id: str | None = None
    """The customer, where it is known for certain."""
    others: tuple[Invoice, ...] = ()
    """The other invoices of the customer, or of all that may be it, that are said to be no other deal's."""


class Match(Value):
    """The invoice of a deal, or what stands in its place: `standing` is of a deal without one."""

    standing: Standing = Standing.WAITING
    invoice: Invoice | None = None
    why: Message | None = None


class Scored(Value):
    """What became of one finding. `days`: since shadow would have invoiced it."""

    finding: Finding
    standing: Standing
    days: int
    invoice: Invoice | None = None
    comparison: Comparison = Comparison()
    why: Message | None = None


class Score(Value):
    """What became of all of them."""

    deals: tuple[Scored, ...]
    apart: int = 0
    """Findings without an invoice to compare: questions, deals left alone or with a deposit."""

    def of(self, standing: Standing) -> tuple[Scored, ...]:
        return tuple(each for each in self.deals if each.standing is standing)

    @property
    def by_salesperson(self) -> tuple[tuple[Owner | None, "Score"], ...]:
        """The same for each salesperson apart, by name; None of deals that are nobody's."""
        owners, deals = dict[str, Owner | None](), dict[str, list[Scored]]()
        for each in self.deals:
            owner = each.finding.owner
            id = owner.id if owner else ""
            owners[id] = owner
            deals.setdefault(id, []).append(each)
        ordered = sorted(owners.items(), key=lambda found: (not found[0], found[1].name if found[1] else ""))
        return tuple((owner, Score(deals=tuple(deals[id]))) for id, owner in ordered)

    @property
    def compared(self) -> int:
        return len(self.of(Standing.AGREES)) + len(self.of(Standing.DIFFERS))

    @property
    def differences(self) -> tuple[Difference, ...]:
        """What differs, the first of each deal."""
        return tuple(each.comparison.differences[0] for each in self.of(Standing.DIFFERS))


def between(computed: Computed, looked_on: date, today: date) -> tuple[date, date]:
    """Return the first and the last day of an invoice that people may have written of what was computed."""
    return min(computed.sold_on or looked_on, looked_on) - BY_HAND_WITHIN, today + timedelta(days=1)


def matched(all_seen: tuple[Seen, ...]) -> tuple[Match, ...]:
    """Say which invoice is which deal's, in the order of the deals.

    An invoice that is as well another deal's is nobody's for certain.
    """
    found = tuple(map(_match, all_seen))
    claims = Counter(match.invoice.id for match in found if match.invoice)
    return tuple(
        _of_nobody(match.invoice)
        if match.invoice and claims[match.invoice.id] > 1
        else _or_unsure(match, seen, claims)
        for match, seen in zip(found, all_seen, strict=True)
    )


def scored(seen: Seen, match: Match, comparison: Comparison | None, now: datetime) -> Scored:
    """Put together what became of one finding, as of an aware instant; compared where it has its invoice."""
    standing = match.standing
    if comparison is not None:
        standing = Standing.AGREES if comparison.agrees else Standing.DIFFERS
    return Scored(
        finding=seen.finding,
        standing=standing,
        days=max((now - seen.finding.at).days, 0),
        invoice=match.invoice,
        comparison=comparison or Comparison(),
        why=match.why,
    )


def _match(seen: Seen) -> Match:
    said = _counting(seen.said)
    if any(each.is_of(seen.finding.deal) for each in said):
        return Match(standing=Standing.BY_RACCORD)
    if len(said) > 1:
        return Match(standing=Standing.UNSURE, why=message("score.several", invoices=_named(said)))
    if said:
        return Match(invoice=said[0])
    alike = alike_and_not_ours(_counting(seen.others), seen.computed.totals)
    if len(alike) > 1:
        return Match(standing=Standing.UNSURE, why=message("score.several", invoices=_named(alike)))
    if alike and seen.customer_id is None:
        return Match(standing=Standing.UNSURE, why=message("score.customer_unsure", invoices=_named(alike)))
    return Match(invoice=alike[0] if alike else None)


def _of_nobody(invoice: Invoice) -> Match:
    return Match(standing=Standing.UNSURE, why=message("score.shared", invoices=_named((invoice,))))


def _or_unsure(match: Match, seen: Seen, claims: Counter[str]) -> Match:
    """Say of a deal without an invoice that one of another amount, since it was sold, may be its."""
    if match.invoice or match.standing is not Standing.WAITING or seen.customer_id is None:
        return match
    since = seen.computed.sold_on or seen.finding.at.date()
    free = tuple(
        each
        for each in _counting(seen.others)
        if not claims[each.id] and each.reference is None and each.issued_on and each.issued_on >= since
    )
    if not free:
        return match
    return Match(standing=Standing.UNSURE, why=message("score.other_amount", invoices=_named(free)))


def _counting(invoices: tuple[Invoice, ...]) -> tuple[Invoice, ...]:
    return tuple(each for each in invoices if each.finalised and each.live)


def _named(invoices: tuple[Invoice, ...]) -> tuple[RecordName, ...]:
    return tuple(
        RecordName(kind=RecordKind.INVOICE, id=i.id, name=i.number or "", url=i.page) for i in invoices
    )
