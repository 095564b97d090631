"""Whether what a person says about a customer makes sense, and the word that it becomes."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from pydantic import ValidationError

from raccord.domain.dunning.silence import Silence
from raccord.domain.dunning.standing import Standing
from raccord.domain.dunning.words import Instalment, Word, WordKind
from raccord.domain.values.money import Money, known_currency
from starters.cli.dunning.books import Known

_AMOUNT = re.compile(r"(\d+(?:[.,]\d+)?) *([A-Za-z]{3}|€)?")
_HOLDS = (WordKind.COLLECTION, WordKind.INSOLVENCY, WordKind.STOP)
_PROMISES = (WordKind.PROMISE, WordKind.INSTALMENTS)


class Nonsense(Exception):
    """What was said cannot be meant; `str()` is a sentence."""


@dataclass(frozen=True)
class Said:
    """What was typed about a customer. Days are business dates; `parts` are `DAY=AMOUNT`."""

    kind: WordKind
    reason: str = ""
    until: date | None = None
    amount: str = ""
    parts: tuple[str, ...] = ()
    invoice_id: str = ""
    address: str = ""


def word_of(said: Said, known: Known, actor: str, now: datetime, today: date) -> Word:
    """Build the word. Raises `Nonsense` where it cannot be meant, or changes nothing.

    Its id derives from what is said and from the minute: a command repeated by mistake is one word.
    """
    standing = Standing(words=known.memory.words, today=today)
    _refuse_the_past(said, today)
    _refuse_what_is_so(said, known, standing)
    amount = amount_of(said.amount, known) if said.amount else None
    parts = tuple(_instalment(each, known, today) for each in said.parts)
    word = Word(
        id="",
        kind=said.kind,
        at=now,
        actor=actor,
        reason=said.reason,
        invoice_id=said.invoice_id,
        until=said.until,
        amount=amount,
        instalments=tuple(sorted(parts, key=lambda each: each.due_on)),
        address=_address(said, known),
        owed=known.plan.owed if said.kind in _PROMISES else (),
        invoices=_promised(known) if said.kind in _PROMISES else (),
    )
    said_so = word.model_dump_json(exclude={"id", "at", "owed", "invoices"})
    minute = f"{known.account.customer_id} {now:%Y-%m-%dT%H:%M} {said_so}"
    return word.model_copy(update={"id": f"cli/{hashlib.sha256(minute.encode()).hexdigest()[:16]}"})


def doubts(word: Word, known: Known) -> tuple[str, ...]:
    """Return what may be a slip of the keyboard, as sentences; the word counts all the same."""
    owed = {each.currency: each for each in known.plan.owed}
    amounts = [part.amount for part in word.instalments] or ([word.amount] if word.amount else [])
    sums: dict[str, Money] = {}
    for each in amounts:
        sums[each.currency] = sums.get(each.currency, Money.zero(each.currency)) + each
    found = []
    for currency, each in sums.items():
        late = owed.get(currency, Money.zero(currency))
        if each.amount > late.amount:
            found.append(f"{each} is more than the {late} that is late.")
        elif word.instalments and each.amount < late.amount:
            found.append(f"the instalments come to {each} and leave {late - each} of what is late.")
    return tuple(found)


def amount_of(typed: str, known: Known) -> Money:
    """Read an amount; without a currency it is in the only one in which the customer owes."""
    match = _AMOUNT.fullmatch(typed.strip())
    if match is None:
        raise Nonsense(f"{typed} is no amount: write 1234.50, with its currency if need be: 1234.50 EUR.")
    number, named = match.groups()
    currency = {"€": "EUR"}.get(named or "", named) or _only_currency(known)
    if not known_currency(currency):
        raise Nonsense(f"{currency} is no currency: write EUR, for example.")
    try:
        amount = Money(amount=Decimal(number.replace(",", ".")), currency=currency)
    except ValidationError:
        raise Nonsense(f"{typed} has more decimals than {currency.upper()} knows.") from None
    if not amount.amount:
        raise Nonsense("an amount is more than nothing.")
    return amount


def _promised(known: Known) -> tuple[str, ...]:
    return tuple(each.id for each in known.plan.claimed or known.account.invoices)


def _only_currency(known: Known) -> str:
    currencies = sorted({each.due.currency for each in known.account.invoices})
    if len(currencies) == 1:
        return currencies[0]
    raise Nonsense(
        f"name the currency of the amount: {known.name} owes in {', '.join(currencies) or 'none'}."
    )


def _instalment(typed: str, known: Known, today: date) -> Instalment:
    written, equals, amount = typed.partition("=")
    try:
        day = date.fromisoformat(written.strip())
    except ValueError:
        equals = ""
    if not equals:
        raise Nonsense(f"{typed} is no instalment: write its day and its amount, 2026-12-15=400.") from None
    if day < today:
        raise Nonsense(f"{day} is past: an instalment is due on a day to come.")
    return Instalment(due_on=day, amount=amount_of(amount, known))


def _refuse_the_past(said: Said, today: date) -> None:
    if said.until and said.until < today:
        what = "is for" if said.kind is WordKind.PROMISE else "lasts until"
        raise Nonsense(f"{said.until} is past: a {said.kind} {what} a day to come.")


def _refuse_what_is_so(said: Said, known: Known, standing: Standing) -> None:
    name, hold = known.name, standing.hold
    disputed = standing.dispute_of(said.invoice_id) if said.invoice_id else None
    match said.kind:
        case WordKind.RESUME if not (hold or _bounced(known, standing) or _seen_to(known, standing)):
            raise Nonsense(f"nothing that was said silences {name}: there is nothing to take back.")
        case WordKind.DISPUTE if disputed:
            raise Nonsense(f"this invoice is contested already, since {disputed.at:%Y-%m-%d}.")
        case WordKind.SETTLED if disputed is None:
            raise Nonsense("nobody said that this invoice is contested: there is nothing to settle.")
        case kind if kind in _HOLDS and hold and hold.kind is kind:
            raise Nonsense(f"that was said of {name} already, on {hold.at:%Y-%m-%d}.")
        case kind if kind in (*_PROMISES, WordKind.REMIND) and not known.account.invoices:
            raise Nonsense(f"{name} owes nothing.")
        case WordKind.APPROVED if not _late_before(known):
            raise Nonsense(f"{name} does not wait for an approval: it was not late before reminders began.")


def waits_for_approval(known: Known) -> bool:
    """Whether a customer was late before reminders began, and nobody said whether it may be reminded."""
    return known.plan.is_silent_for(Silence.BACKLOG)


def too_little(known: Known) -> bool:
    """Whether a customer owes less than a reminder is worth."""
    return any(each.why is Silence.TOO_LITTLE for each in known.plan.silent)


def _late_before(known: Known) -> bool:
    return waits_for_approval(known) or known.plan.is_silent_for(Silence.LEFT_ALONE)


def _bounced(known: Known, standing: Standing) -> bool:
    return standing.bounced_from(known.account.email) is not None


def _seen_to(known: Known, standing: Standing) -> bool:
    return any(standing.seen_to(each.id) for each in known.account.invoices)


def _address(said: Said, known: Known) -> str:
    """Return which address a mail did not arrive at: the last one written to, where none is named."""
    if said.kind is not WordKind.BOUNCED:
        return ""
    written_to = [address for each in known.memory.sent for address in each.to]
    if not said.address:
        address = (written_to or [known.account.email])[-1]
        if not address:
            raise Nonsense(f"{known.name} was never written to, and has no e-mail address.")
        return address
    theirs: Sequence[str] = sorted({*written_to, known.account.email} - {""})
    for each in theirs:
        if each.casefold() == said.address.strip().casefold():
            return each
    raise Nonsense(
        f"{said.address} is no address of {known.name}"
        + (f": what is known is {', '.join(theirs)}." if theirs else ", of whom none is known.")
    )
