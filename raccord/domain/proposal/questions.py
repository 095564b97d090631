"""What a person is asked before settings are proposed: at most ten questions, each with a default."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from raccord.domain.proposal.candidates import Candidate, candidates
from raccord.domain.values.described import BillingAccount, CrmAccount, Purpose, SeenPipeline, Slot
from raccord.domain.values.message import Message, message

MOST_QUESTIONS = 10
ALL, MAKE, NONE, NET, GROSS = "all", "make", "none", "net", "gross"
_ALWAYS_RATE = "20"
"""The percentage that is offered for lines without a rate: what most of French sales carry."""
WHY = {
    Purpose.SIRET: message("init.why.siret"),
    Purpose.SIREN: message("init.why.siren"),
    Purpose.VAT_NUMBER: message("init.why.vat_number"),
    Purpose.VAT_RATE: message("init.why.vat_rate"),
    Purpose.BILLING_EMAIL: message("init.why.billing_email"),
    Purpose.PAYMENT_TERMS: message("init.why.payment_terms"),
    Purpose.LANGUAGE: message("init.why.language"),
}
_ASKS = {
    Purpose.SIRET: message("init.asks.siret"),
    Purpose.VAT_NUMBER: message("init.asks.vat_number"),
    Purpose.VAT_RATE: message("init.asks.vat_rate"),
    Purpose.BILLING_EMAIL: message("init.asks.billing_email"),
    Purpose.PAYMENT_TERMS: message("init.asks.payment_terms"),
    Purpose.LANGUAGE: message("init.asks.language"),
}
"""SIREN is not asked about: a SIRET contains it, and where both have a field, both are read."""
_WITHOUT = {
    Purpose.SIRET: message("init.without.siret"),
    Purpose.VAT_NUMBER: message("init.without.vat_number"),
    Purpose.BILLING_EMAIL: message("init.without.billing_email"),
    Purpose.PAYMENT_TERMS: message("init.without.payment_terms"),
    Purpose.LANGUAGE: message("init.without.language"),
}
"""What not using any field means."""
_MADE = frozenset((Purpose.SIRET, Purpose.VAT_NUMBER, Purpose.VAT_RATE))
"""Where an account without a field gets one: without it deals would stop."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer. `key` is how the answers file has it; `candidate` what it stands for, if a field."""

    key: str
    text: Message | None = None
    candidate: Candidate | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """`choices` is empty where anything may be typed."""

    name: str
    text: Message
    why: Message
    default: str
    choices: tuple[Choice, ...] = ()
    slot: Slot | None = None
    day: bool = False
    """Whether a date is typed."""

    @property
    def asked(self) -> bool:
        """Whether a person has something to decide."""
        return not self.choices or len(self.choices) > 1

    def choice(self, key: str) -> Choice | None:
        return next((each for each in self.choices if each.key == key), None)

    def refuses(self, answer: str) -> bool:
        """Whether this is no answer to it."""
        if self.day:
            try:
                date.fromisoformat(answer)
            except ValueError:
                return True
            return False
        return not answer if not self.choices else self.choice(answer) is None


def questions(crm: CrmAccount, billing: BillingAccount, today: date) -> tuple[Question, ...]:
    """Return the questions in their order, also those with one choice. `today` is a business date."""
    found = (
        Question(
            "company",
            message("init.asks.company"),
            message("init.why.company"),
            billing.name or "Ma Société SAS",
        ),
        *_pipelines(crm),
        *(_field(slot, crm, billing) for slot in crm.slots if slot.purpose in _ASKS and _read(slot, crm)),
        Question(
            "amounts",
            message("init.asks.amounts"),
            message("init.why.amounts"),
            NET,
            (Choice(NET, message("init.choice.net")), Choice(GROSS, message("init.choice.gross"))),
        ),
        Question(
            "won_from",
            message("init.asks.won_from"),
            message("init.why.won_from"),
            today.isoformat(),
            day=True,
        ),
    )
    return found


def _read(slot: Slot, crm: CrmAccount) -> bool:
    """Whether fields are known among which to choose, or that there is none."""
    return any(place.kind in crm.fields for place in slot.places)


def selling(crm: CrmAccount) -> tuple[SeenPipeline, ...]:
    """Return the pipelines in which a deal can be won."""
    return tuple(each for each in crm.pipelines if each.sells)


def _pipelines(crm: CrmAccount) -> Iterator[Question]:
    selling_in = selling(crm)
    if not selling_in:
        return
    each = tuple(Choice(line.id, _said(line)) for line in selling_in)
    # With one pipeline there is nothing to choose: all of them is that one.
    choices = (Choice(ALL, message("init.choice.all_pipelines")), *(each if len(each) > 1 else ()))
    yield Question("pipelines", message("init.asks.pipelines"), message("init.why.pipelines"), ALL, choices)


def _said(line: SeenPipeline) -> Message:
    if line.won_at_any:
        return message("init.choice.pipeline_any", name=line.name)
    stages = tuple(stage.name for stage in line.won)
    return message("init.choice.pipeline", name=line.name, stages=stages)


def _field(slot: Slot, crm: CrmAccount, billing: BillingAccount) -> Question:
    purpose = slot.purpose
    found = candidates(slot, crm.fields, rates=billing.vat_rates)
    choices = [Choice(each.key, candidate=each) for each in found]
    if purpose in _MADE and not any(each.field.name == slot.made for each in found):
        choices.append(Choice(MAKE, message("init.choice.make", name=slot.made)))
    if purpose is Purpose.VAT_RATE:
        choices.append(Choice(_ALWAYS_RATE, message("init.choice.rate", rate=_ALWAYS_RATE)))
    if without := _WITHOUT.get(purpose):
        choices.append(Choice(NONE, without))
    usable = bool(found) and found[0].well
    fallback = MAKE if purpose in _MADE else NONE
    default = found[0].key if usable or not any(c.key == fallback for c in choices) else fallback
    if not found and purpose is not Purpose.VAT_RATE:
        choices = [choice for choice in choices if choice.key == default]
    return Question(purpose.value, _ASKS[purpose], WHY[purpose], default, tuple(choices), slot)
