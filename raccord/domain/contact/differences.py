"""Where both sides say different things of a customer now, and what a look would do about each."""

from collections.abc import Iterator
from enum import StrEnum

from raccord.domain.contact.agreed import Pair
from raccord.domain.contact.plan import Plan
from raccord.domain.contact.said import shown
from raccord.domain.values.base import Value
from raccord.domain.values.details import Field, Side


class Fate(StrEnum):
    """What becomes of a difference."""

    TO_BILLING = "to_billing"
    TO_CRM = "to_crm"
    ASKED = "asked"
    """A person says whose value stands, or whether it is meant."""
    APART = "apart"
    """Both were left as they are, or it was so before they were linked."""


class Difference(Value):
    """One field of one pair; the values as people read them."""

    customer_id: str
    customer: str
    company: str
    """`<connection>:<id>`."""
    field: Field
    crm: str
    billing: str
    fate: Fate


def differences(pairs: tuple[Pair, ...], plan: Plan) -> tuple[Difference, ...]:
    """Return what the sides of a customer's pairs say differently."""
    return tuple(found for pair in pairs for found in _of(pair, plan))


def _of(pair: Pair, plan: Plan) -> Iterator[Difference]:
    for field in Field:
        if field not in pair.kept or pair.now(field).alike:
            continue
        yield Difference(
            customer_id=pair.billing.record.id,
            customer=pair.billing.details.name,
            company=pair.company,
            field=field,
            crm=shown(pair.crm.details, field),
            billing=shown(pair.billing.details, field),
            fate=_fate(pair.company, field, plan),
        )


def _fate(company: str, field: Field, plan: Plan) -> Fate:
    for each in plan.writes:
        if each.company == company and field in each.fields:
            return Fate.TO_BILLING if each.origin is Side.CRM else Fate.TO_CRM
    asked = any(company in each.companies and field in each.fields for each in plan.doubts)
    return Fate.ASKED if asked else Fate.APART
