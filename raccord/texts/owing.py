"""How customers who owe read in a list, and what people said about them."""

from datetime import datetime, tzinfo

from raccord.domain.dunning.foresight import Coming
from raccord.domain.dunning.memory import Fate, Memory, Round
from raccord.domain.dunning.outcome import silence
from raccord.domain.dunning.plan import Plan
from raccord.domain.dunning.silence import Silence, Silent
from raccord.domain.dunning.words import Word, WordKind
from raccord.domain.values.account import Account
from raccord.domain.values.message import Message, RecordKind, RecordName, message

_WAITS = (Silence.NOT_DUE, Silence.SENDING_HOURS)
"""What the time alone ends: the day of the next reminder says it."""
_FATES = {
    Fate.UNKNOWN: "dunning.fate.unknown",
    Fate.NOT_SENT: "dunning.fate.not_sent",
    Fate.SKIPPED: "dunning.fate.skipped",
    Fate.HELD: "dunning.fate.held",
}


def silent(each: Silent) -> Message:
    """Say why nobody is reminded, until when, and what was said of it."""
    why = silence(each.why)
    if each.until:
        why = message("dunning.until", why=why, day=each.until)
    note = each.note or (each.word.reason if each.word else "")
    return message("dunning.because", why=why, note=note) if note else why


def why_not(plan: Plan) -> tuple[Message, ...]:
    """Say why an account is silent, or else each reason of its invoices once, and what awaits a person."""
    account = [each for each in plan.silent if not each.invoice_id]
    goes_on = plan.due or (account and account[0].why in _WAITS)
    told = () if goes_on else tuple(account or plan.silent)
    found = [silent(each) for each in told]
    if plan.undecided and not any(each.why is Silence.LAST_SENT for each in told):
        found.append(message("dunning.awaits", count=len(plan.undecided)))
    return tuple({each.identity: each for each in found}.values())


def level(number: int) -> Message:
    return message("dunning.level", level=number) if number else message("dunning.level.notice")


def comes(coming: Coming, now: datetime, zone: tzinfo) -> Message:
    """Say which reminder comes next, and when."""
    if coming.at <= now:
        return message("dunning.comes.now", level=level(coming.due.level))
    return message("dunning.comes", level=level(coming.due.level), moment=coming.at.astimezone(zone))


def last_sent(memory: Memory) -> Round | None:
    """Return the last mail that left, or may have."""
    return memory.left[-1] if memory.left else None


def fate(sent: Round) -> Message | None:
    """Say what became of a mail; None where it simply left."""
    return message(_FATES[sent.fate]) if sent.fate in _FATES else None


def word(said: Word, account: Account) -> Message:  # noqa: PLR0911 - a line for each kind
    """Say what a person said about a customer."""
    invoice = RecordName(kind=RecordKind.INVOICE, id=said.invoice_id, name=_number(said, account))
    match said.kind:
        case WordKind.PAUSE if said.until:
            return message("dunning.word.pause_until", day=said.until)
        case WordKind.PROMISE if said.until and said.amount:
            return message("dunning.word.promise_of", amount=said.amount, day=said.until)
        case WordKind.PROMISE if said.until:
            return message("dunning.word.promise", day=said.until)
        case WordKind.INSTALMENTS:
            parts = tuple(
                message("dunning.word.part", amount=part.amount, day=part.due_on) for part in said.instalments
            )
            return message("dunning.word.instalments", parts=parts)
        case WordKind.DISPUTE:
            return message("dunning.word.dispute", invoice=invoice)
        case WordKind.SETTLED:
            return message("dunning.word.settled", invoice=invoice)
        case WordKind.SEEN_TO:
            return message("dunning.word.seen_to", invoice=invoice)
        case WordKind.BOUNCED:
            return message("dunning.word.bounced", address=said.address)
        case kind:
            return message(_PLAIN[kind])


def _number(said: Word, account: Account) -> str:
    return next((each.number for each in account.invoices if each.id == said.invoice_id), "")


_PLAIN = {
    WordKind.PAUSE: "dunning.word.pause",
    WordKind.RESUME: "dunning.word.resume",
    WordKind.COLLECTION: "dunning.word.collection",
    WordKind.INSOLVENCY: "dunning.word.insolvency",
    WordKind.STOP: "dunning.word.stop",
    WordKind.REMIND: "dunning.word.remind",
    WordKind.THANKED: "dunning.word.thanked",
    WordKind.UNTHANKED: "dunning.word.unthanked",
    WordKind.APPROVED: "dunning.word.approved",
    WordKind.LEFT_ALONE: "dunning.word.left_alone",
}
