"""The quality gate: a won deal becomes a plan for one invoice, or all its problems at once."""

from datetime import date
from decimal import Decimal

from raccord.domain.deal import Deal, Unreadable
from raccord.domain.invoice import InvoiceLine, InvoiceOrder, InvoiceReference
from raccord.domain.line_rules import examine_lines
from raccord.domain.money import Currency, exponent, known_currency, round_half_up
from raccord.domain.parties import CustomerProfile, TaxTreatment
from raccord.domain.party_rules import company_of, examine_company, tax_treatment
from raccord.domain.policy import AmountBasis, DealWonPolicy
from raccord.domain.problems import Cause, Problem, problem
from raccord.domain.totals import Totals, VatRounding, compute_totals
from raccord.domain.values import Value

MAX_TERMS_DAYS = 365
LARGEST_GROSS = Decimal(10) ** 12
"""In major units; more is a slip of the keyboard, and no vendor takes it."""


class InvoicePlan(Value):
    """What a clean deal asks for: whom to invoice and what for."""

    profile: CustomerProfile
    lines: tuple[InvoiceLine, ...]
    currency: Currency
    service_date: date
    purchase_order: str
    terms_days: int | None
    language: str

    def totals(self, rounding: VatRounding) -> Totals:
        return compute_totals((line.priced for line in self.lines), self.currency, rounding)

    def order(
        self, reference: InvoiceReference, customer_id: str, issued_on: date, policy: DealWonPolicy
    ) -> InvoiceOrder:
        """Freeze the plan into what the billing system is asked for, issued on a business date."""
        rules = policy.invoice
        wording = ""
        if self.profile.tax_treatment is not TaxTreatment.TAXED:
            wording = rules.vat.zero_rate_reason(self.profile.tax_treatment, self.language)
        footer = "\n".join(t for t in (wording, rules.footer(self.language)) if t)
        return InvoiceOrder(
            reference=reference,
            customer_id=customer_id,
            currency=self.currency,
            lines=self.lines,
            issued_on=issued_on,
            due_on=rules.due_on(issued_on, self.terms_days),
            service_date=self.service_date,
            purchase_order=self.purchase_order,
            siret=self.profile.siret or "",
            footer=footer,
            language=self.language,
            tax_treatment=self.profile.tax_treatment,
        )


class Examination(Value):
    """The gate's verdict: a plan, or the problems that forbid one."""

    plan: InvoicePlan | None = None
    problems: tuple[Problem, ...] = ()


def _unreadable(found: Unreadable) -> Problem:
    shown = found.value if len(found.value) <= 40 else f"{found.value[:40]}…"
    return problem(
        Cause.UNREADABLE,
        found.record,
        found.field,
        reason=(f"La valeur « {shown} » est illisible.", f"The value “{shown}” cannot be read."),
        remedy=("Corrigez-la dans le CRM.", "Correct it in the CRM."),
    )


def _currency(deal: Deal) -> Problem | None:
    if not known_currency(deal.currency or ""):
        return problem(
            Cause.CURRENCY,
            "deal",
            "currency",
            reason=(
                f"La devise « {deal.currency or ''} » est absente ou inconnue.",
                f"The currency “{deal.currency or ''}” is missing or unknown.",
            ),
            remedy=("Choisissez la devise de l'affaire.", "Choose the deal's currency."),
        )
    return None


def _amount(deal: Deal, totals: Totals, basis: AmountBasis) -> Problem | None:
    mine = totals.net if basis is AmountBasis.NET else totals.gross
    if deal.amount is None or round_half_up(deal.amount, exponent(mine.currency)) == mine.amount:
        return None
    kind_fr, kind_en = ("HT", "net") if basis is AmountBasis.NET else ("TTC", "gross")
    return problem(
        Cause.AMOUNT,
        "deal",
        "amount",
        reason=(
            f"L'affaire vaut {deal.amount:f} {mine.currency} {kind_fr}, ses lignes {mine}.",
            f"The deal says {deal.amount:f} {mine.currency} {kind_en}, its lines come to {mine}.",
        ),
        remedy=("Corrigez le montant ou les lignes de l'affaire.", "Correct the deal's amount or its lines."),
    )


def _absurd(totals: Totals) -> Problem | None:
    if totals.gross.amount < LARGEST_GROSS:
        return None
    return problem(
        Cause.AMOUNT,
        "deal",
        "amount",
        reason=("Le montant dépasse mille milliards.", "The amount is above a million million."),
        remedy=("Corrigez les prix ou les quantités.", "Correct the prices or quantities."),
    )


def _nothing_to_pay(totals: Totals) -> Problem | None:
    if totals.gross.amount > 0:
        return None
    return problem(
        Cause.AMOUNT,
        "deal",
        "amount",
        reason=("L'affaire ne comporte rien à payer.", "There is nothing to pay on this deal."),
        remedy=(
            "Corrigez les prix, ou laissez cette affaire sans facture.",
            "Correct the prices, or leave this deal without an invoice.",
        ),
    )


def _terms(days: int | None) -> Problem | None:
    if days is None or 0 <= days <= MAX_TERMS_DAYS:
        return None
    return problem(
        Cause.TERMS,
        "deal",
        "payment_terms_days",
        reason=(f"Le délai de paiement est de {days} jours.", f"The payment term is {days} days."),
        remedy=("Saisissez un délai de 0 à 365 jours.", "Enter a term of 0 to 365 days."),
    )


def _won_on(deal: Deal, policy: DealWonPolicy) -> Problem | None:
    if deal.won_on or not policy.invoice_deals_won_from:
        return None
    return problem(
        Cause.DATE,
        "deal",
        "won_on",
        reason=(
            "L'affaire n'a pas de date de clôture : on ne sait pas si elle précède la mise en service.",
            "The deal has no close date, so it may have been won before the cut-over.",
        ),
        remedy=("Saisissez la date de clôture.", "Enter the close date."),
    )


def examine(deal: Deal, policy: DealWonPolicy, today: date) -> Examination:
    """Judge a won deal: every problem at once, or the plan of its invoice.

    `today` is the business date that stands in for a missing close date.
    """
    problems: list[Problem] = [_unreadable(u) for u in deal.unreadable]
    currency_problem = _currency(deal)
    lines, line_problems = examine_lines(deal, policy)
    problems += [currency_problem] if currency_problem else []
    problems += line_problems
    language = deal.language or policy.invoice.default_language
    company = company_of(deal)
    profile: CustomerProfile | None = None
    terms = deal.payment_terms_days
    if isinstance(company, Problem):
        problems.append(company)
    else:
        terms = company.payment_terms_days if terms is None else terms
        treatment = tax_treatment(company, lines, policy)
        if isinstance(treatment, Problem):
            problems.append(treatment)
            treatment = TaxTreatment.TAXED
        profile, company_problems = examine_company(deal, company, treatment, language)
        problems += company_problems
    problems += [p for p in (_terms(terms), _won_on(deal, policy)) if p]
    if not currency_problem and not line_problems and lines and deal.currency:
        totals = compute_totals((line.priced for line in lines), deal.currency.upper(), policy.vat_rounding)
        basis = policy.invoice.amount_basis
        problems += [p for p in (_nothing_to_pay(totals), _absurd(totals), _amount(deal, totals, basis)) if p]
    if problems or profile is None or not deal.currency:
        return Examination(problems=tuple(problems))
    return Examination(
        plan=InvoicePlan(
            profile=profile,
            lines=lines,
            currency=deal.currency.upper(),
            service_date=deal.service_date or deal.won_on or today,
            purchase_order=deal.purchase_order,
            terms_days=terms,
            language=language,
        )
    )


def net_of(deal: Deal, policy: DealWonPolicy) -> Decimal:
    """Return the deal's net amount for the rollout limit, from its lines, else as typed."""
    lines, _ = examine_lines(deal, policy)
    if lines and deal.currency and _currency(deal) is None:
        return sum((line.priced.net(deal.currency.upper()) for line in lines), Decimal(0))
    return deal.amount or Decimal(0)
