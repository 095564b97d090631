"""Deals with one fact changed, and what the gate makes of them."""

from datetime import date
from decimal import Decimal
from typing import Any

from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.deal_won.quality import InvoicePlan, examine
from raccord.domain.desk.problems import Problem
from raccord.domain.rules.invoicing import IndividualRule, Operations
from raccord.domain.values.deal import Deal, Discount
from tests.domain.samples import (
    TODAY,
    abroad,
    address,
    company,
    deal,
    line,
    policy,
    rules,
)

CUT_OVER = policy(invoice_deals_won_from=date(2026, 11, 1))
NO_CONTACT: dict[str, Any] = {"contacts": ()}


def of(**changes: Any) -> Deal:
    """A deal whose company has these facts."""
    return deal(companies=(company(**changes),))


def lined(**changes: Any) -> Deal:
    """A deal whose only line has these facts."""
    return deal(lines=(line(**changes),))


def at(**changes: Any) -> Deal:
    return of(address=address(**changes))


def zero(found: Any) -> Deal:
    """A deal of this company whose only line is at 0 %."""
    return deal(companies=(found,), lines=(line(vat_rate=Decimal(0)),))


def exported(*, currency: str, **changes: Any) -> Deal:
    """A deal in this currency of a company in Japan whose only line has these facts, at 0 %."""
    return deal(currency=currency, companies=(abroad("JP"),), lines=(line(vat_rate=Decimal(0), **changes),))


def problems_of(found: Deal, under: DealWonPolicy | None = None) -> tuple[Problem, ...]:
    return examine(found, under or policy(), TODAY).problems


def plan_of(found: Deal, under: DealWonPolicy | None = None) -> InvoicePlan:
    examination = examine(found, under or policy(), TODAY)
    assert examination.problems == ()
    assert examination.plan is not None
    return examination.plan


ONE_STOP_SHOP = "EU372022452"


def percent(value: str) -> Discount:
    return Discount(percent=Decimal(value))


def per_unit(value: str) -> Discount:
    return Discount(per_unit=Decimal(value))


SERVICES = policy(invoice=rules(operations=Operations.SERVICES))
LINE, COMPANY = "line item 41", "company 12"

PRIVATE = policy(invoice=rules(individuals=IndividualRule.INVOICE))
