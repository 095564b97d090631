"""How VAT applies to an invoice. 0 % always has a reason, which depends on what is sold, to whom and where.

Raccord never chooses a rate: lines say it, and these rules say whether the rest of the deal bears it out.
"""

from decimal import Decimal

from raccord.domain.deal_won.line_rules import charged_lines
from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.rules.invoicing import InvoicePolicy, Operations
from raccord.domain.rules.vat import VatPolicy
from raccord.domain.values.deal import Deal, LineItem
from raccord.domain.values.identifiers import (
    EU_COUNTRIES,
    NORTHERN_IRELAND,
    clean,
    parse_vat_number,
    vat_prefix,
)
from raccord.domain.values.message import Message, RecordName, message
from raccord.domain.values.names import THE_DEAL, THE_SETTINGS, company_name, line_name
from raccord.domain.values.parties import Company, TaxTreatment

FRENCH_VAT_TERRITORY = frozenset({"FR", "MC"})
GOODS_OR_SERVICES = "vat.goods_or_services"
"""The question that an answer about the deal settles."""
_UNITED_KINGDOM, _BELFAST = "GB", "BT"

Place = tuple[RecordName, str]
"""Record and field to name in a question."""


def tax_treatment(
    company: Company, deal: Deal, rules: InvoicePolicy
) -> tuple[TaxTreatment, tuple[Problem, ...]]:
    """Decide how VAT applies, and say why the rates of the lines cannot be right.

    The lines are the CRM's own: what else is wrong with one does not hide what is wrong with its rate. One
    that comes to nothing says nothing of it.
    """
    if company.address.overseas and not rules.vat.exempt_seller:
        return TaxTreatment.TAXED, (_overseas(company),)
    charged = charged_lines(deal, rules)
    rates = [(line, line.vat_rate) for line in charged if line.vat_rate is not None]
    zero = [line for line, rate in rates if rate == 0]
    if not zero or company.address.country is None:
        return TaxTreatment.TAXED, ()
    on_line = rate_on(zero[0], deal.lines)
    found = _reason_for_zero(company, on_line, rules)
    if isinstance(found, Problem):
        return TaxTreatment.TAXED, _present(found, _no_number(None, company, rules.vat))
    if len(zero) < len(rates) and found is not TaxTreatment.EXEMPT:
        return TaxTreatment.TAXED, (_question(on_line, "vat.mixed_with_zero"),)
    return found, _refused(found, company, on_line, rules) or _present(
        _untold(found, charged, deal.lines, rules.vat)
    )


def with_default_rates(
    lines: tuple[LineItem, ...], company: Company | None, vat: VatPolicy
) -> tuple[LineItem, ...]:
    """Fill in the rates that were left empty: the company's default is one for sales at home.

    Abroad and overseas the rate depends on the sale, so that one which nobody typed is asked for; a seller
    whose every rate is 0 has no other anywhere. Where the CRM says that no VAT is added, none is.
    """
    if vat.default_rate is None or (company and _elsewhere(company, vat) and not vat.exempt_seller):
        return lines
    rate = {"vat_rate": vat.default_rate}
    return tuple(
        line if _said(line, vat.default_rate) or line.reduction else line.model_copy(update=rate)
        for line in lines
    )


def _said(line: LineItem, default: Decimal) -> bool:
    return line.vat_rate is not None or (line.untaxed and default > 0)


def _elsewhere(company: Company, vat: VatPolicy) -> bool:
    address = company.address
    return address.country is not None and (address.overseas or not domestic(company, vat.seller_country))


def rate_on(line: LineItem, lines: tuple[LineItem, ...]) -> Place:
    """Return where the VAT rate of one of a deal's lines stands."""
    return line_name(line, lines), "vat_rate"


def member_state_number(company: Company, seller_country: str) -> str | None:
    """Return the company's VAT number of another member state; None without one.

    In the United Kingdom that is a number of Northern Ireland, and nowhere else is it.
    """
    number = parse_vat_number(company.vat_number)
    if number is None or number.startswith(vat_prefix(seller_country)):
        return None
    british = company.address.country == _UNITED_KINGDOM
    return number if number.startswith(NORTHERN_IRELAND) is british else None


def domestic(company: Company, seller_country: str) -> bool:
    """Whether seller and customer are in one VAT territory; Monaco is part of the French one."""
    home = FRENCH_VAT_TERRITORY if seller_country in FRENCH_VAT_TERRITORY else {seller_country}
    return company.address.country in home


def outside_union(company: Company, seller_country: str) -> bool:
    """Whether a customer is outside the VAT territory of the Union, but not on French soil overseas."""
    address = company.address
    elsewhere = address.country not in EU_COUNTRIES | {None} or address.outside_eu_vat
    return elsewhere and not address.overseas and not domestic(company, seller_country)


def _reason_for_zero(company: Company, on_line: Place, rules: InvoicePolicy) -> TaxTreatment | Problem:
    vat, sold = rules.vat, rules.operations
    if domestic(company, vat.seller_country):
        return _at_home(company, vat)
    if vat.exempt_seller and (sold is Operations.GOODS or not _business_in_union(company)):
        return TaxTreatment.EXEMPT
    if company.address.outside_eu_vat:
        return _special_territory(company)
    if company.individual:
        return _private_person(company, on_line, sold)
    return _business_abroad(company, sold)


def _business_abroad(company: Company, sold: Operations) -> TaxTreatment | Problem:
    inside = company.address.country in EU_COUNTRIES
    match sold:
        case Operations.GOODS:
            within = inside or _northern_irish(company)
            return TaxTreatment.INTRA_COMMUNITY if within else TaxTreatment.EXPORT
        case Operations.SERVICES:
            return TaxTreatment.REVERSE_CHARGE if inside else TaxTreatment.OUTSIDE_SCOPE
        case _:
            return _question((THE_DEAL, "sold"), GOODS_OR_SERVICES)


def _at_home(company: Company, vat: VatPolicy) -> TaxTreatment:
    reversed_here = vat.domestic_reverse_charge and not vat.exempt_seller and not company.individual
    return TaxTreatment.DOMESTIC_REVERSE_CHARGE if reversed_here else TaxTreatment.EXEMPT


def _business_in_union(company: Company) -> bool:
    address = company.address
    return address.country in EU_COUNTRIES and not address.outside_eu_vat and not company.individual


def _private_person(company: Company, on_line: Place, sold: Operations) -> TaxTreatment | Problem:
    """Services to private persons are taxed where the seller is (directive 2006/112, article 45)."""
    goods = sold is Operations.GOODS
    if company.address.country in EU_COUNTRIES or (goods and _northern_irish(company)):
        return _question(on_line, "vat.individual_in_union")
    return TaxTreatment.EXPORT if goods else _question(on_line, "vat.individual_outside_union")


def _northern_irish(company: Company) -> bool:
    address = company.address
    numbered = clean(company.vat_number).startswith(NORTHERN_IRELAND)
    there = clean(address.postal_code).startswith(_BELFAST)
    return address.country == _UNITED_KINGDOM and (numbered or there)


def _overseas(company: Company) -> Problem:
    place = company.address.postal_code or company.address.country or ""
    return _question((company_name(company), "zip"), "company.overseas", place=place)


def _special_territory(company: Company) -> Problem:
    place = (company_name(company), "zip")
    return _question(place, "vat.special_territory", place=company.address.postal_code)


def _refused(
    treatment: TaxTreatment, company: Company, on_line: Place, rules: InvoicePolicy
) -> tuple[Problem, ...]:
    return _present(
        _switched_off(treatment, rules.vat),
        _no_number(treatment, company, rules.vat),
        _no_wording(treatment, on_line, rules),
    )


def _switched_off(treatment: TaxTreatment, vat: VatPolicy) -> Problem | None:
    match treatment:
        case TaxTreatment.REVERSE_CHARGE | TaxTreatment.INTRA_COMMUNITY if not vat.reverse_charge:
            return _question((THE_SETTINGS, "vat.reverse_charge"), "vat.reverse_charge_off")
        case TaxTreatment.EXPORT | TaxTreatment.OUTSIDE_SCOPE if not vat.export:
            return _question((THE_SETTINGS, "vat.export"), "vat.export_off")
        case _:
            return None


def _no_number(treatment: TaxTreatment | None, company: Company, vat: VatPolicy) -> Problem | None:
    """Ask for the VAT number without which 0 % is not lawful; inside the Union it takes one in any case."""
    place = (company_name(company), "vat_number")
    if treatment is TaxTreatment.DOMESTIC_REVERSE_CHARGE:
        at_home = (parse_vat_number(company.vat_number) or "").startswith(vat_prefix(vat.seller_country))
        return None if at_home else _question(place, "vat.domestic_number_missing")
    needed = treatment.needs_number if treatment else _business_in_union(company)
    if not needed or member_state_number(company, vat.seller_country):
        return None
    if company.address.country == _UNITED_KINGDOM:
        return _question(place, "vat.northern_irish_number_missing")
    return _question(place, "vat.number_missing")


def _no_wording(treatment: TaxTreatment, on_line: Place, rules: InvoicePolicy) -> Problem | None:
    if rules.vat.zero_rate_reason(treatment, rules.default_language):
        return None
    if treatment is TaxTreatment.EXEMPT and not rules.vat.exempt_seller:
        return _question(on_line, "vat.no_reason_at_home")
    place = (THE_SETTINGS, "vat.zero_rate_reasons")
    return _question(place, "vat.no_wording", what=_CALLED[treatment], treatment=treatment.value)


def _untold(
    treatment: TaxTreatment, charged: tuple[LineItem, ...], lines: tuple[LineItem, ...], vat: VatPolicy
) -> Problem | None:
    """Ask whether 0 % was meant where the CRM shows it also of a line whose rate nobody entered.

    Only where the seller charges VAT as a rule, or on another line: else 0 % is what it sells at.
    """
    taxed = any(line.vat_rate for line in charged) or bool(vat.default_rate)
    untold = [line for line in charged if line.vat_rate == 0 and line.zero_untold]
    if treatment is not TaxTreatment.EXEMPT or vat.exempt_seller or not (taxed and untold):
        return None
    names = tuple(line_name(line, lines) for line in untold)
    return problem(Cause.VAT, names[0], "vat_rate", "vat.zero_untold", lines=names)


def _present(*found: Problem | None) -> tuple[Problem, ...]:
    return tuple(p for p in found if p)


def _question(place: Place, code: str, /, **params: str | Message) -> Problem:
    record, field = place
    return problem(Cause.VAT, record, field, code, **params)


_CALLED = {
    TaxTreatment.EXEMPT: message("treatment.exempt"),
    TaxTreatment.DOMESTIC_REVERSE_CHARGE: message("treatment.domestic_reverse_charge"),
    TaxTreatment.INTRA_COMMUNITY: message("treatment.intra_community"),
    TaxTreatment.REVERSE_CHARGE: message("treatment.reverse_charge"),
    TaxTreatment.EXPORT: message("treatment.export"),
    TaxTreatment.OUTSIDE_SCOPE: message("treatment.outside_scope"),
}
"""What each case of 0 % is called."""
