"""Why a customer, or one of its invoices, is not in a mail now."""

from datetime import date
from decimal import Decimal

from raccord.domain.dunning.calendar import may_send, next_sending
from raccord.domain.dunning.candidate import Candidate, candidate_of
from raccord.domain.dunning.silence import Silence, Silent
from raccord.domain.dunning.situation import Situation
from raccord.domain.dunning.words import WordKind
from raccord.domain.payment.status import sums
from raccord.domain.values.account import OwedInvoice
from raccord.domain.values.clock import DAY

_HELD = {
    WordKind.STOP: Silence.STOPPED,
    WordKind.INSOLVENCY: Silence.INSOLVENCY,
    WordKind.COLLECTION: Silence.COLLECTION,
    WordKind.PAUSE: Silence.PAUSED,
}
_PROMISED = {WordKind.PROMISE: Silence.PROMISED, WordKind.INSTALMENTS: Silence.INSTALMENTS}


def silenced(at: Situation, live_since: date | None) -> Silent | None:
    """Return what silences the whole account, whatever its levels are: the gravest first."""
    if at.account.gone or not at.account.invoices:
        return Silent(why=Silence.CUSTOMER_GONE if at.account.gone else Silence.NOTHING_OPEN)
    return _by_word(at) or _by_rule(at, live_since)


def _by_word(at: Situation) -> Silent | None:
    if hold := at.standing.hold:
        return Silent(why=_HELD[hold.kind], until=hold.until, word=hold)
    if at.past.unknown:
        return Silent(why=Silence.UNKNOWN)
    if at.promise and (until := at.promise.silent_until(at.today)):
        return Silent(why=_PROMISED[at.promise.word.kind], until=until, word=at.promise.word)
    return None


def _by_rule(at: Situation, live_since: date | None) -> Silent | None:
    if at.ladder.exception and at.ladder.exception.never:
        return Silent(why=Silence.EXCEPTED, note=at.ladder.exception.why)
    if _backlog(at, live_since):
        return Silent(why=Silence.BACKLOG)
    left = [each for each in at.overdue if at.left_out(each) is Silence.LEFT_ALONE]
    return Silent(why=Silence.LEFT_ALONE) if left and not at.late else None


def _backlog(at: Situation, live_since: date | None) -> bool:
    if live_since is None or at.past.every or at.standing.approved:
        return False
    return any(each.due_on + DAY < live_since for each in at.late)


def held_up(at: Situation) -> Silent | None:
    """Return what holds the next round up, or why there is none."""
    candidate = candidate_of(at)
    if candidate is None:
        return _no_round(at)
    if _too_little(at, candidate):
        return Silent(why=Silence.TOO_LITTLE)
    return _no_address(at) or _not_yet(at)


def _no_address(at: Situation) -> Silent | None:
    if not at.account.addresses:
        return Silent(why=Silence.NO_ADDRESS)
    word = at.standing.bounced_from(at.account.email)
    return Silent(why=Silence.BOUNCED, word=word) if word else None


def _not_yet(at: Situation) -> Silent | None:
    if at.opens_at and at.now < at.opens_at:
        return Silent(why=Silence.GAP, until=at.policy.clock.date_of(at.opens_at))
    if may_send(at.policy, at.now):
        return None
    until = at.policy.clock.date_of(next_sending(at.policy, at.now))
    return Silent(why=Silence.SENDING_HOURS, until=until)


def _no_round(at: Situation) -> Silent | None:
    if at.late and all(at.exhausted(each) for each in at.late):
        return Silent(why=Silence.LAST_SENT)
    if at.overdue and not at.late:
        return None
    next_at = at.levels_at()
    return Silent(why=Silence.NOT_DUE, until=at.policy.clock.date_of(next_at) if next_at else None)


def _too_little(at: Situation, candidate: Candidate) -> bool:
    if at.wanted:
        return False
    least = at.policy.rules.owed_at_least
    owed = sums(each.due for each in at.late or candidate.invoices)
    return all(each.amount < least.get(each.currency, Decimal(0)) for each in owed)


def of_invoices(at: Situation) -> tuple[Silent, ...]:
    """Return why overdue invoices are left out, or stay at their level, each by itself."""
    return tuple(silent for each in at.overdue if (silent := _of_invoice(at, each)))


def _of_invoice(at: Situation, invoice: OwedInvoice) -> Silent | None:
    if why := at.left_out(invoice):
        return Silent(why=why, invoice_id=invoice.id, word=at.standing.dispute_of(invoice.id))
    return Silent(why=Silence.LAST_SENT, invoice_id=invoice.id) if at.exhausted(invoice) else None
