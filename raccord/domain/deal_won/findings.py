"""What a deal's end adds to the digest of the day."""

from datetime import date, datetime

from raccord.domain.deal_won.outcome import DealWonEnd, Ending, NotForUs
from raccord.domain.deal_won.party_rules import company_of
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.deal_won.quality import InvoicePlan, net_amount
from raccord.domain.deal_won.remarks import worth_telling
from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.rules.invoicing import InvoicePolicy
from raccord.domain.rules.modes import Mode
from raccord.domain.service.findings import Finding, FindingKind
from raccord.domain.shadow.computed import Computed
from raccord.domain.values.deal import Deal
from raccord.domain.values.message import Message
from raccord.domain.values.names import THE_SETTINGS
from raccord.domain.values.parties import Company

_NOTHING_TO_SAY = (NotForUs.DELETED, NotForUs.MERGED, NotForUs.NOT_WON)


def finding_on(
    deal: Deal,
    end: DealWonEnd,
    rules: InvoicePolicy,
    *,
    at: datetime,
    today: date,
    computed: Computed | None = None,
) -> Finding | None:
    """Return what the day's digest tells of a deal; None when it does not. `today` is the business date."""
    if end.mode is Mode.SHADOW:
        return _verdict(deal, end, at, computed)
    if end.ending is not Ending.INVOICED or not (caution := not_transmitted(deal, rules, today)):
        return None
    totals = end.totals
    return Finding(
        kind=FindingKind.NOT_TRANSMITTED,
        deal=deal.ref,
        name=deal.name,
        url=deal.url,
        number=end.number or "",
        net=totals.net if totals else None,
        gross=totals.gross if totals else None,
        points=(caution,),
        at=at,
    )


def not_transmitted(deal: Deal, rules: InvoicePolicy, today: date) -> Problem | None:
    """Return the warning where the law wants an invoice on an approved platform and nobody brings it there.

    That is so between French businesses, from the day that the settings say.
    """
    company = company_of(deal)
    if not isinstance(company, Company) or not rules.einvoicing.missing(today):
        return None
    if rules.vat.seller_country != "FR" or company.individual or company.address.country != "FR":
        return None
    since = rules.einvoicing.starts_on
    return problem(Cause.DATE, THE_SETTINGS, "einvoicing.mode", "einvoicing.not_transmitted", since=since)


def computed_of(deal: Deal, plan: InvoicePlan, policy: DealWonPolicy) -> Computed | None:
    """Return what shadow would have invoiced; None with a deposit, which makes two of it."""
    if plan.deposit is not None:
        return None
    days = [day for day in (deal.won_on, deal.service_date) if day]
    return Computed(
        profile=plan.profile,
        lines=plan.lines,
        totals=plan.totals(policy.vat_rounding),
        terms=plan.terms,
        sold_on=min(days, default=None),
    )


def _verdict(deal: Deal, end: DealWonEnd, at: datetime, computed: Computed | None) -> Finding | None:
    if end.reason in _NOTHING_TO_SAY:
        return None
    points: tuple[Message | Problem, ...]
    match end.ending:
        case Ending.SHADOW if end.invoice_id:
            kind, points = FindingKind.NOT_FOR_US, end.findings
        case Ending.SHADOW:
            dated = deal.service_date is not None
            kind, points = FindingKind.WOULD_INVOICE, worth_telling(end.warnings, dated=dated)
        case Ending.PROBLEMS:
            kind, points = FindingKind.WOULD_ASK, end.problems
        case _:
            kind, points = FindingKind.NOT_FOR_US, (end.summary,)
    return Finding(
        kind=kind,
        deal=deal.ref,
        name=deal.name,
        url=deal.url,
        owner=deal.owner,
        number=end.number or "",
        net=end.totals.net if end.totals else net_amount(deal),
        gross=end.totals.gross if end.totals else None,
        points=points,
        # What would be asked about is not computed, whatever an earlier look made of it.
        computed=None if kind is FindingKind.WOULD_ASK else computed,
        at=at,
    )
