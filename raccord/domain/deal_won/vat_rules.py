"""How VAT applies to an invoice. 0 % always has a reason: an exemption at home, reverse charge, or export.

Raccord never chooses a rate: lines say it, and these rules say whether the rest of the deal bears it out.
"""

from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.rules.invoicing import InvoicePolicy, Operations
from raccord.domain.rules.vat import VatPolicy
from raccord.domain.values.deal import LineItem
from raccord.domain.values.identifiers import (
    EU_COUNTRIES,
    NORTHERN_IRELAND,
    clean,
    parse_vat_number,
    vat_prefix,
)
from raccord.domain.values.message import RecordName
from raccord.domain.values.names import THE_SETTINGS, company_name, line_name
from raccord.domain.values.parties import Company, TaxTreatment

FRENCH_VAT_TERRITORY = frozenset({"FR", "MC"})
_UNITED_KINGDOM, _BELFAST = "GB", "BT"

Place = tuple[RecordName, str]
"""Record and field to name in a question."""


def tax_treatment(
    company: Company, lines: tuple[LineItem, ...], rules: InvoicePolicy
) -> TaxTreatment | Problem:
    """Decide how VAT applies, or say why the rates of the lines cannot be right.

    The lines are the CRM's own: what else is wrong with one does not hide what is wrong with its rate.
    """
    rates = [(line, line.vat_rate) for line in lines if line.vat_rate is not None]
    zero = [line for line, rate in rates if rate == 0]
    if not zero or company.address.country is None:
        return TaxTreatment.TAXED
    on_line = rate_on(zero[0], lines)
    treatment = _reason_for_zero(company, on_line, rules)
    if isinstance(treatment, Problem):
        return treatment
    if len(zero) < len(rates) and treatment is not TaxTreatment.EXEMPT:
        return _question(on_line, "vat.mixed_with_zero")
    return _refused(treatment, company, on_line, rules) or treatment


def with_default_rates(
    lines: tuple[LineItem, ...], company: Company | None, vat: VatPolicy
) -> tuple[LineItem, ...]:
    """Fill in the rates that were left empty: the company's default is one for sales at home.

    Abroad and overseas the rate depends on the sale, so that one which nobody typed is asked for; a seller
    whose every rate is 0 has no other anywhere.
    """
    if vat.default_rate is None or (company and _elsewhere(company, vat) and not vat.exempt_seller):
        return lines
    rate = {"vat_rate": vat.default_rate}
    return tuple(line if line.vat_rate is not None else line.model_copy(update=rate) for line in lines)


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


def _reason_for_zero(company: Company, on_line: Place, rules: InvoicePolicy) -> TaxTreatment | Problem:
    if domestic(company, rules.vat.seller_country):
        return TaxTreatment.EXEMPT
    if company.address.outside_eu_vat:
        return _special_territory(company)
    if company.address.country in EU_COUNTRIES:
        return TaxTreatment.REVERSE_CHARGE
    match rules.operations:
        case Operations.GOODS if _northern_irish(company):
            return TaxTreatment.REVERSE_CHARGE
        case Operations.BOTH | Operations.UNSTATED if _northern_irish(company):
            return _goods_or_services()
        case _:
            return _outside_the_union(company, on_line, rules)


def _northern_irish(company: Company) -> bool:
    address = company.address
    numbered = clean(company.vat_number).startswith(NORTHERN_IRELAND)
    there = clean(address.postal_code).startswith(_BELFAST)
    return address.country == _UNITED_KINGDOM and (numbered or there)


def _special_territory(company: Company) -> Problem:
    place = (company_name(company), "zip")
    return _question(place, "vat.special_territory", place=company.address.postal_code)


def _goods_or_services() -> Problem:
    return _question((THE_SETTINGS, "invoice.operations"), "vat.goods_or_services")


def _outside_the_union(company: Company, on_line: Place, rules: InvoicePolicy) -> TaxTreatment | Problem:
    """Services to private persons are taxed where the seller is (directive 2006/112, article 45)."""
    if not company.individual or rules.operations is Operations.GOODS:
        return TaxTreatment.EXPORT
    return _question(on_line, "vat.individual_outside_union")


def _refused(
    treatment: TaxTreatment, company: Company, on_line: Place, rules: InvoicePolicy
) -> Problem | None:
    return (
        _switched_off(treatment, rules.vat)
        or _no_number(treatment, company, on_line, rules.vat)
        or _no_wording(treatment, on_line, rules)
    )


def _switched_off(treatment: TaxTreatment, vat: VatPolicy) -> Problem | None:
    field = f"vat.{treatment}"
    if treatment is TaxTreatment.REVERSE_CHARGE and not vat.reverse_charge:
        return _question((THE_SETTINGS, field), "vat.reverse_charge_off")
    if treatment is TaxTreatment.EXPORT and not vat.export:
        return _question((THE_SETTINGS, field), "vat.export_off")
    return None


def _no_number(treatment: TaxTreatment, company: Company, on_line: Place, vat: VatPolicy) -> Problem | None:
    if treatment is not TaxTreatment.REVERSE_CHARGE:
        return None
    if company.individual:
        return _question(on_line, "vat.individual_in_union")
    if member_state_number(company, vat.seller_country):
        return None
    place = (company_name(company), "vat_number")
    if company.address.country == _UNITED_KINGDOM:
        return _question(place, "vat.northern_irish_number_missing")
    return _question(place, "vat.number_missing")


def _no_wording(treatment: TaxTreatment, on_line: Place, rules: InvoicePolicy) -> Problem | None:
    if rules.vat.zero_rate_reason(treatment, rules.default_language):
        return None
    if treatment is TaxTreatment.EXEMPT:
        return _question(on_line, "vat.no_reason_at_home")
    place = (THE_SETTINGS, "vat.zero_rate_reasons")
    return _question(place, "vat.no_wording", treatment=treatment.value)


def _question(place: Place, code: str, /, **params: str) -> Problem:
    record, field = place
    return problem(Cause.VAT, record, field, code, **params)
