"""What a deal says now, against what was invoiced: lines compared by what they come to."""

from collections import Counter
from decimal import Decimal

from raccord.domain.deal_won.amounts import other_than_lines
from raccord.domain.deal_won.deposit import deductions, deposit_on
from raccord.domain.deal_won.line_rules import examine_lines
from raccord.domain.deal_won.party_rules import company_of
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.deal_won.rated import rated
from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.values.deal import Deal
from raccord.domain.values.identifiers import parse_siret
from raccord.domain.values.invoice import Invoice, InvoicedLine, InvoiceLine
from raccord.domain.values.message import Percent, RecordKind, RecordName, message
from raccord.domain.values.money import Money
from raccord.domain.values.names import THE_DEAL, company_name
from raccord.domain.values.parties import CustomerIdentity, IdentityKind
from raccord.domain.values.totals import Totals, compute_totals

Weight = tuple[Decimal, Decimal | None]


def other_amount(deal: Deal, invoice: Invoice, policy: DealWonPolicy) -> tuple[Problem, ...] | None:
    """Say of a deal whose lines come to its invoice that its own amount does not; None where they do not.

    They do where currency and totals are the invoice's, VAT per rate included, or what a credit note left of
    it, which is how a person brings an invoice after its deal. Nothing is said of the amount then: whether it
    stands for what was sold or for what is left is not said anywhere.
    """
    lines, unreadable = examine_lines(rated(deal, policy.invoice.vat), policy)
    if unreadable or not deal.currency or deal.currency.upper() != invoice.currency:
        return None
    totals = _totals(lines, invoice, policy)
    # A credit note does not always say to which rate it belongs: its gross amount has to do.
    settled = invoice.corrected and totals.gross == invoice.outstanding
    if totals.differences(invoice.totals) and not settled:
        return None
    found = None if invoice.corrected else other_than_lines(deal, lines, policy)
    return (found,) if found else ()


def deposit_differences(deal: Deal, deposit: Invoice, policy: DealWonPolicy) -> tuple[Problem, ...]:
    """Say that the deal asks for another deposit than the issued one, or that some of it was credited."""
    lines, unreadable = examine_lines(rated(deal, policy.invoice.vat), policy)
    if unreadable:
        return unreadable
    if deal.currency and deal.currency.upper() == deposit.currency and not deposit.corrected:
        now = deposit_on(deal, lines, "")
        if now and not _totals(now.lines, deposit, policy).differences(deposit.totals):
            return ()
    number = RecordName(kind=RecordKind.INVOICE, id=deposit.id, name=deposit.number or "")
    gross = deposit.totals.gross
    return (
        problem(Cause.AMOUNT, THE_DEAL, "deposit_percent", "deposit.changed", number=number, gross=gross),
    )


def balance_differs(deal: Deal, balance: Invoice, deposit: Invoice, policy: DealWonPolicy) -> bool:
    """Whether the deal, less its fitting deposit, comes to anything else than the balance that was issued."""
    lines, unreadable = examine_lines(rated(deal, policy.invoice.vat), policy)
    asked = deposit_on(deal, lines, "")
    if unreadable or asked is None:
        return True
    totals = _totals((*lines, *deductions(asked, deposit, "")), balance, policy)
    settled = balance.corrected and totals.gross == balance.outstanding
    return bool(totals.differences(balance.totals)) and not settled


def differences(
    deal: Deal, invoice: Invoice, invoiced: tuple[InvoicedLine, ...], policy: DealWonPolicy
) -> tuple[Problem, ...]:
    """Say line by line what is on the invoice and not on the deal any more, and the other way round."""
    lines, unreadable = examine_lines(rated(deal, policy.invoice.vat), policy)
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


def other_customer(
    deal: Deal, invoice: Invoice, identities: tuple[str, ...], companies: tuple[str, ...]
) -> tuple[Problem, ...]:
    """Say that the deal belongs to another company than the invoice, by our `identities` of its customer.

    `companies` (`<connection>:<id>`) are those of the CRM that are the customer. Nothing without an identity:
    the invoice is older than our records.
    """
    company = company_of(deal)
    if isinstance(company, Problem) or not identities:
        return ()
    crm = deal.ref.connection
    records = {f"{crm}:{id}" for id in (company.id, *company.merged)}
    # A SIREN says which legal entity it is; a number of another country may only have been corrected.
    if company.legal_siren is None and records & set(companies):
        return ()
    # The record itself too: a number that it got since makes no other company of it.
    also = [CustomerIdentity(kind=IdentityKind.CRM, value=record) for record in records]
    if siret := parse_siret(company.siret):
        also.append(CustomerIdentity(kind=IdentityKind.SIRET, value=siret))
    mine = {CustomerIdentity.of(company, crm).reference, *(one.reference for one in also)}
    if mine & set(identities):
        return ()
    printed = invoice.buyer.name if invoice.buyer else ""
    customer = RecordName(kind=RecordKind.CUSTOMER, id=invoice.customer_id, name=printed)
    record = company_name(company)
    return (
        problem(
            Cause.COMPANY,
            record,
            "customer",
            "edited.other_company",
            company=record,
            customer=customer,
        ),
    )


def _totals(lines: tuple[InvoiceLine, ...], invoice: Invoice, policy: DealWonPolicy) -> Totals:
    return compute_totals((line.priced for line in lines), invoice.currency, policy.vat_rounding)


def _weight_now(line: InvoiceLine, currency: str) -> Weight:
    return line.priced.net(currency).normalize(), line.vat_rate.normalize()


def _weight_before(line: InvoicedLine) -> Weight:
    return line.net.amount.normalize(), None if line.vat_rate is None else line.vat_rate.normalize()


def _currency(deal: Deal, invoice: Invoice) -> tuple[Problem, ...]:
    if deal.currency and deal.currency.upper() == invoice.currency:
        return ()
    if not deal.currency:
        found = problem(Cause.CURRENCY, THE_DEAL, "currency", "edited.no_currency", invoiced=invoice.currency)
    else:
        found = problem(
            Cause.CURRENCY,
            THE_DEAL,
            "currency",
            "edited.other_currency",
            invoiced=invoice.currency,
            currency=deal.currency,
        )
    return (found,)


def _only_invoiced(line: InvoicedLine) -> Problem:
    rate = message("edited.unknown_rate") if line.vat_rate is None else Percent(percent=line.vat_rate)
    record = RecordName(kind=RecordKind.INVOICE)
    return problem(
        Cause.AMOUNT, record, "line", "edited.only_invoiced", name=line.name, net=line.net, rate=rate
    )


def _only_on_the_deal(line: InvoiceLine, currency: str) -> Problem:
    net = Money(amount=line.priced.net(currency), currency=currency)
    rate = Percent(percent=line.vat_rate)
    return problem(Cause.AMOUNT, THE_DEAL, "line", "edited.only_on_deal", name=line.name, net=net, rate=rate)
