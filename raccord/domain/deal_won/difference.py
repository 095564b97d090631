"""What a deal says now, against what was invoiced: lines compared by what they come to."""

from collections import Counter
from decimal import Decimal

from raccord.domain.deal_won.line_rules import examine_lines
from raccord.domain.deal_won.party_rules import company_of
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.values.deal import Deal
from raccord.domain.values.identifiers import parse_siret
from raccord.domain.values.invoice import Invoice, InvoicedLine, InvoiceLine
from raccord.domain.values.parties import CustomerIdentity, IdentityKind
from raccord.domain.values.totals import compute_totals

Weight = tuple[Decimal, Decimal | None]


def comes_to_the_same(deal: Deal, invoice: Invoice, policy: DealWonPolicy) -> bool:
    """Whether the deal's lines still come to the invoice's currency and totals, VAT per rate included."""
    lines, problems = examine_lines(deal, policy)
    if problems or not deal.currency or deal.currency.upper() != invoice.currency:
        return False
    totals = compute_totals((line.priced for line in lines), invoice.currency, policy.vat_rounding)
    return not totals.differences(invoice.totals)


def differences(
    deal: Deal, invoice: Invoice, invoiced: tuple[InvoicedLine, ...], policy: DealWonPolicy
) -> tuple[Problem, ...]:
    """Say line by line what is on the invoice and not on the deal any more, and the other way round."""
    lines, unreadable = examine_lines(deal, policy)
    now = Counter(_weight_now(line, invoice.currency) for line in lines)
    before = Counter(_weight_before(line) for line in invoiced)
    only_before, only_now = before - now, now - before
    found = []
    for each in invoiced:
        weight = _weight_before(each)
        if only_before[weight] > 0:
            only_before[weight] -= 1
            found.append(_only_invoiced(each))
    for line in lines:
        weight = _weight_now(line, invoice.currency)
        if only_now[weight] > 0:
            only_now[weight] -= 1
            found.append(_only_on_the_deal(line, invoice.currency))
    return (*_currency(deal, invoice), *found, *unreadable)


def other_customer(deal: Deal, invoice: Invoice, identities: tuple[str, ...]) -> tuple[Problem, ...]:
    """Say that the deal belongs to another company than the invoice, by our `identities` of its customer.

    Nothing without an identity: the invoice is older than our records.
    """
    company = company_of(deal)
    if isinstance(company, Problem) or not identities:
        return ()
    crm = deal.ref.connection
    also = [CustomerIdentity(kind=IdentityKind.CRM, value=f"{crm}:{id}") for id in company.merged]
    if siret := parse_siret(company.siret):
        also.append(CustomerIdentity(kind=IdentityKind.SIRET, value=siret))
    mine = {CustomerIdentity.of(company, crm).reference, *(one.reference for one in also)}
    if mine & set(identities):
        return ()
    return (
        problem(
            Cause.COMPANY,
            f"company {company.id}",
            "customer",
            reason=(
                f"L'affaire est à « {company.name} », la facture est au nom du client {invoice.customer_id}.",
                f"The deal belongs to “{company.name}”, the invoice is made out to {invoice.customer_id}.",
            ),
            remedy=_REMEDY,
        ),
    )


def _weight_now(line: InvoiceLine, currency: str) -> Weight:
    return line.priced.net(currency).normalize(), line.vat_rate.normalize()


def _weight_before(line: InvoicedLine) -> Weight:
    return line.net.amount.normalize(), None if line.vat_rate is None else line.vat_rate.normalize()


def _currency(deal: Deal, invoice: Invoice) -> tuple[Problem, ...]:
    if deal.currency and deal.currency.upper() == invoice.currency:
        return ()
    return (
        problem(
            Cause.CURRENCY,
            "deal",
            "currency",
            reason=(
                f"Facturé en {invoice.currency}, l'affaire est en {deal.currency or '?'}.",
                f"Invoiced in {invoice.currency}, the deal is in {deal.currency or '?'}.",
            ),
            remedy=_REMEDY,
        ),
    )


def _only_invoiced(line: InvoicedLine) -> Problem:
    rate = "?" if line.vat_rate is None else f"{line.vat_rate.normalize():f}"
    net = line.net
    return problem(
        Cause.AMOUNT,
        "invoice",
        "line",
        reason=(
            f"Facturé, et plus dans l'affaire : {line.name}, {net.text('fr')} HT à {rate} %.",
            f"Invoiced, and no longer on the deal: {line.name}, {net.text('en')} net at {rate} %.",
        ),
        remedy=_REMEDY,
    )


def _only_on_the_deal(line: InvoiceLine, currency: str) -> Problem:
    rate, net = f"{line.vat_rate.normalize():f}", line.priced.net(currency)
    return problem(
        Cause.AMOUNT,
        "deal",
        "line",
        reason=(
            f"Dans l'affaire, et pas facturé : {line.name}, {net:f} {currency} HT à {rate} %.",
            f"On the deal, and not invoiced: {line.name}, {net:f} {currency} net at {rate} %.",
        ),
        remedy=_REMEDY,
    )


_REMEDY = (
    "Remettez l'affaire comme elle a été facturée, ou faites un avoir et une nouvelle facture.",
    "Put the deal back as it was invoiced, or make a credit note and a new invoice.",
)
