"""The quality gate: a won deal becomes a plan for one invoice, or all its problems at once."""

from datetime import date
from decimal import Decimal

from raccord.domain.deal_won.amounts import amounts
from raccord.domain.deal_won.cautions import balance_applied, cautions, terms_at
from raccord.domain.deal_won.deposit import Deposit, asked_share, deductions, deposit_on
from raccord.domain.deal_won.instalments import instalments
from raccord.domain.deal_won.line_rules import (
    charged_lines,
    examine_lines,
    invoiced_lines,
    line_cautions,
    net_of_line,
)
from raccord.domain.deal_won.mentions import footer_of, missing_mention
from raccord.domain.deal_won.party_rules import SEVERAL_CONTACTS, company_of, examine_company
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.deal_won.rated import rated
from raccord.domain.deal_won.recipients import rivals
from raccord.domain.deal_won.said import NOTHING_SAID, Said, contact_options, sold_options, ways_out
from raccord.domain.deal_won.vat_rules import FRENCH_VAT_TERRITORY, GOODS_OR_SERVICES, tax_treatment
from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.desk.question import Option
from raccord.domain.rules.invoicing import InvoicePolicy, Operations, selling
from raccord.domain.values.base import Value
from raccord.domain.values.deal import Deal, Unreadable
from raccord.domain.values.invoice import Invoice, InvoiceLine, InvoiceOrder, InvoiceReference, Part
from raccord.domain.values.message import RecordKind
from raccord.domain.values.money import Currency, Money, currency_in_use, exponent, round_half_up
from raccord.domain.values.names import THE_DEAL, record_named
from raccord.domain.values.parties import Company, Customer, CustomerProfile
from raccord.domain.values.payment_terms import PaymentTerms
from raccord.domain.values.totals import Totals, VatRounding, compute_totals

MAX_TERMS_DAYS = 365


class InvoicePlan(Value):
    """What a clean deal asks for: whom to invoice and what for."""

    profile: CustomerProfile
    lines: tuple[InvoiceLine, ...]
    currency: Currency
    service_date: date
    purchase_order: str
    memo: str = ""
    """What is printed of the deal for its customer."""
    terms: PaymentTerms | None
    language: str
    operations: Operations = Operations.UNSTATED
    """What is sold, as the invoice states it."""
    individual: bool = False
    """Made out to a private person."""
    warnings: tuple[Problem, ...] = ()
    """What a person should know; none of it keeps the invoice from being issued."""
    deposit: Deposit | None = None
    """What is to be paid ahead."""
    part: Part = Part.WHOLE
    """What `lines` are."""
    deducted: Invoice | None = None
    """Of a balance: the issued deposit."""

    def next_to(self, issued: Invoice | None) -> "InvoicePlan":
        """Return the plan of the invoice that is due now: after an `issued` deposit that of the balance."""
        if self.deposit is None:
            return self
        if issued is None:
            # Nothing was delivered yet, so nothing is said of when.
            told = tuple(each for each in self.warnings if each.field != "service_date")
            return self._of(Part.DEPOSIT, self.deposit.lines, warnings=told)
        lines = (*self.lines, *deductions(self.deposit, issued, self.language))
        return self._of(Part.BALANCE, lines, deducted=issued)

    def _of(self, part: Part, lines: tuple[InvoiceLine, ...], **changes: object) -> "InvoicePlan":
        return self.model_copy(update={"part": part, "lines": lines, **changes})

    def totals(self, rounding: VatRounding) -> Totals:
        return compute_totals((line.priced for line in self.lines), self.currency, rounding)

    def for_customer(self, customer: Customer, rounding: VatRounding) -> "InvoicePlan":
        """Return the plan with what a person should know of the billing system's customer beside."""
        balance = balance_applied(customer, self.totals(rounding).gross)
        return self.model_copy(update={"warnings": (*self.warnings, *_present(balance))})

    def order(
        self, reference: InvoiceReference, customer_id: str, issued_on: date, policy: DealWonPolicy
    ) -> InvoiceOrder:
        """Freeze the plan into what the billing system is asked for, issued on a business date."""
        rules, treatment = selling(policy.invoice, self.operations), self.profile.tax_treatment
        return InvoiceOrder(
            reference=reference,
            customer_id=customer_id,
            currency=self.currency,
            lines=self.lines,
            issued_on=issued_on,
            due_on=rules.due_on(issued_on, self.terms),
            service_date=None if self.part is Part.DEPOSIT else self.service_date,
            deducts=self.deducted.id if self.deducted else "",
            purchase_order=self.purchase_order,
            siret=self.profile.siret or "",
            memo=self.memo,
            footer=footer_of(
                rules, treatment, self.lines, language=self.language, individual=self.individual
            ),
            payment_methods=rules.payment_methods,
            language=self.language,
            tax_treatment=treatment,
        )


class Examination(Value):
    """The gate's verdict: a plan, or the problems that forbid one."""

    plan: InvoicePlan | None = None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    """Beside either: what a person should know. The plan carries the same."""
    options: tuple[Option, ...] = ()
    """Answers that a person may give once for the company instead of correcting its record."""


def _unreadable(found: Unreadable, deal: Deal) -> Problem:
    shown = found.value if len(found.value) <= 40 else f"{found.value[:40]}…"
    record = record_named(found.record, deal)
    if found.setting:
        code = "value.unexplained"
        return problem(Cause.UNREADABLE, record, found.field, code, value=shown, setting=found.setting)
    return problem(Cause.UNREADABLE, record, found.field, "value.unreadable", value=shown)


def _currency(deal: Deal) -> Problem | None:
    if not deal.currency:
        return problem(Cause.CURRENCY, THE_DEAL, "currency", "deal.currency_missing")
    if not currency_in_use(deal.currency):
        return problem(
            Cause.CURRENCY, THE_DEAL, "currency", "deal.currency_not_in_use", currency=deal.currency
        )
    return None


def _vat_in_euros(deal: Deal, rules: InvoicePolicy) -> Problem | None:
    """A French invoice states its VAT in euros too (directive 2006/112, art. 230), which we cannot print."""
    currency = (deal.currency or "").strip().upper()
    taxed = any(line.vat_rate for line in charged_lines(deal, rules))
    if currency == "EUR" or rules.vat.seller_country not in FRENCH_VAT_TERRITORY or not taxed:
        return None
    return problem(Cause.CURRENCY, THE_DEAL, "currency", "deal.vat_in_euros", currency=currency)


def _terms(deal: Deal, company: Company | None) -> Problem | None:
    terms, (record, field) = _terms_of(deal, company), terms_at(deal, company)
    if terms is None or 0 <= terms.days <= MAX_TERMS_DAYS:
        return None
    return problem(Cause.TERMS, record, field, "terms.implausible", count=terms.days)


def _won_on(deal: Deal, policy: DealWonPolicy) -> Problem | None:
    if deal.won_on or not policy.invoice_deals_won_from:
        return None
    return problem(Cause.DATE, THE_DEAL, "won_on", "deal.no_close_date")


def _order_number(deal: Deal, company: Company) -> Problem | None:
    if not company.order_number_required or deal.purchase_order.strip():
        return None
    return problem(Cause.COMPANY, THE_DEAL, "purchase_order", "deal.no_order_number")


def _terms_of(deal: Deal, company: Company | None) -> PaymentTerms | None:
    return deal.payment_terms or (company.payment_terms if company else None)


def _customer(
    deal: Deal, company: Company | Problem, rules: InvoicePolicy
) -> tuple[CustomerProfile | None, tuple[Problem, ...]]:
    """Return who is invoiced, and everything that is wrong with them for an invoice of this deal."""
    language = _language(deal, rules)
    if isinstance(company, Problem):
        individual = bool(deal.companies) and all(c.individual for c in deal.companies)
        return None, _present(company, missing_mention(rules, language=language, individual=individual))
    treatment, vat = tax_treatment(company, deal, rules)
    profile, found = examine_company(deal, company, treatment, language, rules)
    mention = missing_mention(rules, language=language, individual=company.individual)
    return profile, _present(*vat, *found, _order_number(deal, company), mention)


def _language(deal: Deal, rules: InvoicePolicy) -> str:
    return deal.language or rules.default_language


def _memo(deal: Deal, rules: InvoicePolicy) -> str:
    parts = {"name": deal.name, "id": deal.ref.id, "reference": deal.reference}
    return rules.memo(_language(deal, rules), parts)


def _present(*found: Problem | None) -> tuple[Problem, ...]:
    """Return what was found. Of a value that cannot be read that alone is said: not that it is missing, nor
    that amounts differ for want of it.
    """
    problems = [p for p in found if p]
    unreadable = [p for p in problems if p.cause is Cause.UNREADABLE]
    fields = {(p.record.identity, p.field) for p in unreadable}
    lines = any(p.record.kind is RecordKind.LINE for p in unreadable)
    others = (p for p in problems if p.cause is not Cause.UNREADABLE)
    return (
        *unreadable,
        *(
            p
            for p in others
            if (p.record.identity, p.field) not in fields and not (lines and p.cause is Cause.AMOUNT)
        ),
    )


def examine(deal: Deal, policy: DealWonPolicy, today: date, said: Said = NOTHING_SAID) -> Examination:
    """Judge a won deal: every problem at once, or the plan of its invoice; warnings beside either.

    `today` is the business date that stands in for a missing close date, `said` what people said of the
    company.
    """
    currency, found = _currency(deal), company_of(deal)
    rules = selling(policy.invoice, said.sold(deal.ref, policy.invoice.operations))
    company = found if isinstance(found, Company) else None
    deal = _delivered(rated(deal, rules.vat))
    lines, line_problems = examine_lines(deal, policy)
    profile, company_problems = _customer(deal, found, rules)
    odd_amounts, rounded = ((), ()) if currency or line_problems else amounts(deal, lines, policy)
    terms, odd_terms = _terms_of(deal, company), _terms(deal, company)
    found_wrong = _present(
        *(_unreadable(u, deal) for u in deal.unreadable),
        currency or _vat_in_euros(deal, rules),
        *line_problems,
        *instalments(deal, invoiced_lines(deal, rules), today),
        *company_problems,
        odd_terms,
        _won_on(deal, policy),
        *odd_amounts,
    )
    problems = tuple(each for each in found_wrong if not said.so(each))
    warnings: tuple[Problem, ...] = ()
    if company and not odd_terms:
        warnings = (
            *cautions(deal, company, rules, terms=terms, today=today),
            *line_cautions(deal, rules),
            *rounded,
        )
    if problems or profile is None or company is None or not deal.currency:
        options = _options(deal, company, problems) if company else ()
        return Examination(problems=problems, warnings=warnings, options=options)
    plan = InvoicePlan(
        profile=profile,
        lines=lines,
        currency=deal.currency.upper(),
        service_date=deal.service_date or deal.won_on or today,
        purchase_order=deal.purchase_order,
        memo=_memo(deal, rules),
        terms=terms,
        language=_language(deal, rules),
        operations=rules.operations,
        individual=company.individual,
        warnings=warnings,
        deposit=deposit_on(deal, lines, _language(deal, rules)),
    )
    return Examination(plan=plan, warnings=warnings)


def _delivered(deal: Deal) -> Deal:
    """Return the deal with the day on which it was delivered for the one that was planned."""
    known = asked_share(deal) is not None and deal.delivered_on
    return deal.model_copy(update={"service_date": deal.delivered_on}) if known else deal


def _options(deal: Deal, company: Company, problems: tuple[Problem, ...]) -> tuple[Option, ...]:
    asked = {each.message.code for each in problems}
    return (
        *contact_options(rivals(deal, company) if SEVERAL_CONTACTS in asked else ()),
        *(sold_options(deal.ref) if GOODS_OR_SERVICES in asked else ()),
        *ways_out(problems),
    )


def net_of(deal: Deal) -> Decimal:
    """Return the deal's net amount for the rollout limit: of all its lines, sound or not.

    Where a line tells none, the deal's own amount counts, if it is larger than what the others come to.
    """
    decimals = exponent(deal.currency.upper()) if deal.currency and _currency(deal) is None else 2
    nets = [net_of_line(line, decimals) for line in deal.lines]
    known = sum((net for net in nets if net is not None), Decimal(0))
    return known if nets and None not in nets else max(known, deal.amount or Decimal(0))


def net_amount(deal: Deal) -> Money | None:
    """Return the deal's net amount to show to a person; None when its currency is unknown."""
    if _currency(deal) is not None or not deal.currency:
        return None
    currency = deal.currency.upper()
    return Money(amount=round_half_up(net_of(deal), exponent(currency)), currency=currency)
