"""What becomes of a doubt once a person has answered."""

from raccord.domain.contact.agreed import Agreement, Pair
from raccord.domain.contact.plan import Carrying, Doubt, Topic
from raccord.domain.desk.question import Answer, Choice
from raccord.domain.rules.contact import Standing
from raccord.domain.values.base import Value
from raccord.domain.values.details import Field, Side

ALWAYS = "always"
"""What an option begins with by which a side's word counts from now on; the side follows."""
NEVERTHELESS, SAME_CUSTOMER = "nevertheless", "same"


class Settled(Value):
    """What is done after an answer; nothing where a person only wants another look."""

    write: Carrying | None = None
    agreed: dict[str, dict[Field, Agreement]] = {}
    """What the sides agree to differ in, by company."""
    learnt: tuple[Field, Standing] | None = None
    """Whose word counts in this field from now on."""


def settled(doubt: Doubt, pairs: dict[str, Pair], answer: Answer) -> Settled | None:
    """Return what an answer comes to, by the pairs' companies; None where everything is to be read again."""
    match answer.choice:
        case Choice.SKIP:
            return Settled(agreed=_apart(doubt, pairs))
        case Choice.CHOOSE:
            return _chosen(doubt, pairs, answer.option)
        case _:
            return None


def _chosen(doubt: Doubt, pairs: dict[str, Pair], option: str) -> Settled:
    company, field = doubt.companies[0], doubt.fields[0]
    if doubt.topic is Topic.RIVALS:
        others = {its: {field: pairs[its].now(field)} for its in doubt.companies if its != option}
        return Settled(write=Carrying(company=option, origin=Side.CRM, fields=(field,)), agreed=others)
    if doubt.origin:
        return Settled(write=Carrying(company=company, origin=doubt.origin, fields=doubt.fields))
    kept, _, named = option.rpartition(" ")
    origin = Side(named)
    return Settled(
        write=Carrying(company=company, origin=origin, fields=doubt.fields),
        learnt=(field, Standing(origin.value)) if kept == ALWAYS else None,
    )


def _apart(doubt: Doubt, pairs: dict[str, Pair]) -> dict[str, dict[Field, Agreement]]:
    return {its: {field: pairs[its].now(field) for field in doubt.fields} for its in doubt.companies}
