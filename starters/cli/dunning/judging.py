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
from raccord.domain.values.message import Message, message
from raccord.domain.values.money import Money, known_currency
from raccord.texts.told import Told
from starters.cli.dunning.books import Known

_AMOUNT = re.compile(r"(\d+(?:[.,]\d+)?) *([A-Za-z]{3}|€)?")
_HOLDS = (WordKind.COLLECTION, WordKind.INSOLVENCY, WordKind.STOP)
_PROMISES = (WordKind.PROMISE, WordKind.INSTALMENTS)


class Nonsense(Told):
    """What was said cannot be meant."""


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
        owed=known.plan.asked_for if said.kind in _PROMISES else (),
        invoices=_promised(known) if said.kind in _PROMISES else (),
    )
    said_so = word.model_dump_json(exclude={"id", "at", "owed", "invoices"})
    minute = f"{known.account.customer_id} {now:%Y-%m-%dT%H:%M} {said_so}"
    return word.model_copy(update={"id": f"cli/{hashlib.sha256(minute.encode()).hexdigest()[:16]}"})


def doubts(word: Word, known: Known) -> tuple[Message, ...]:
    """Return what may be a slip of the keyboard; the word counts all the same."""
    owed = {each.currency: each for each in known.plan.owed}
    amounts = [part.amount for part in word.instalments] or ([word.amount] if word.amount else [])
    sums: dict[str, Money] = {}
    for each in amounts:
        sums[each.currency] = sums.get(each.currency, Money.zero(each.currency)) + each
    found = []
    for currency, each in sums.items():
        late = owed.get(currency, Money.zero(currency))
        if each.amount > late.amount:
            found.append(message("dunning.typed.more", amount=each, late=late))
        elif word.instalments and each.amount < late.amount:
            found.append(message("dunning.typed.less", amount=each, left=late - each))
    return tuple(found)


def amount_of(typed: str, known: Known) -> Money:
    """Read an amount; without a currency it is in the only one in which the customer owes."""
    match = _AMOUNT.fullmatch(typed.strip())
    if match is None:
        raise Nonsense(message("dunning.typed.no_amount", typed=typed))
    number, named = match.groups()
    currency = {"€": "EUR"}.get(named or "", named) or _only_currency(known)
    if not known_currency(currency):
        raise Nonsense(message("dunning.typed.no_currency", typed=currency))
    try:
        amount = Money(amount=Decimal(number.replace(",", ".")), currency=currency)
    except ValidationError:
        said = message("dunning.typed.decimals", typed=typed, currency=currency.upper())
        raise Nonsense(said) from None
    if not amount.amount:
        raise Nonsense(message("dunning.typed.nothing"))
    return amount


def _promised(known: Known) -> tuple[str, ...]:
    return tuple(each.id for each in known.plan.claimed or known.account.invoices)


def _only_currency(known: Known) -> str:
    currencies = sorted({each.due.currency for each in known.account.invoices})
    if len(currencies) == 1:
        return currencies[0]
    raise Nonsense(message("dunning.typed.which_currency", name=known.name, currencies=tuple(currencies)))


def _instalment(typed: str, known: Known, today: date) -> Instalment:
    written, equals, amount = typed.partition("=")
    try:
        day = date.fromisoformat(written.strip())
    except ValueError:
        equals = ""
    if not equals:
        raise Nonsense(message("dunning.typed.no_instalment", typed=typed)) from None
    if day < today:
        raise Nonsense(message("dunning.typed.instalment_past", day=day))
    return Instalment(due_on=day, amount=amount_of(amount, known))


def _refuse_the_past(said: Said, today: date) -> None:
    if said.until and said.until < today:
        promised = said.kind is WordKind.PROMISE
        code = "dunning.typed.promise_past" if promised else "dunning.typed.pause_past"
        raise Nonsense(message(code, day=said.until))


def _refuse_what_is_so(said: Said, known: Known, standing: Standing) -> None:
    name, hold = known.name, standing.hold
    disputed = standing.dispute_of(said.invoice_id) if said.invoice_id else None
    match said.kind:
        case WordKind.RESUME if not (hold or _bounced(known, standing) or _seen_to(known, standing)):
            raise Nonsense(message("dunning.typed.nothing_to_resume", name=name))
        case WordKind.DISPUTE if disputed:
            raise Nonsense(message("dunning.typed.contested", day=disputed.at.date()))
        case WordKind.SETTLED if disputed is None:
            raise Nonsense(message("dunning.typed.not_contested"))
        case kind if kind in _HOLDS and hold and hold.kind is kind:
            raise Nonsense(message("dunning.typed.said_already", name=name, day=hold.at.date()))
        case kind if kind in (*_PROMISES, WordKind.REMIND) and not known.account.invoices:
            raise Nonsense(message("dunning.typed.owes_nothing", name=name))
        case WordKind.APPROVED if not _late_before(known):
            raise Nonsense(message("dunning.typed.no_approval", name=name))


def waits_for_approval(known: Known) -> bool:
    """Whether a customer was late before reminders began, and nobody said whether it may be reminded."""
    return known.plan.is_silent_for(Silence.BACKLOG)


def too_little(known: Known) -> bool:
    """Whether a customer owes less than a reminder is worth."""
    return any(each.why is Silence.TOO_LITTLE for each in known.plan.silent)


def _late_before(known: Known) -> bool:
    left_alone = any(each.why is Silence.LEFT_ALONE for each in known.plan.silent)
    return left_alone or waits_for_approval(known)


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
            raise Nonsense(message("dunning.typed.never_written", name=known.name))
        return address
    theirs: Sequence[str] = sorted({*written_to, known.account.email} - {""})
    for each in theirs:
        if each.casefold() == said.address.strip().casefold():
            return each
    if not theirs:
        raise Nonsense(message("dunning.typed.no_address", address=said.address, name=known.name))
    raise Nonsense(
        message("dunning.typed.other_address", address=said.address, name=known.name, known=tuple(theirs))
    )
