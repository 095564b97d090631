"""How VAT applies to an invoice. 0 % always has a reason: an exemption at home, reverse charge, or export.

Raccord never chooses a rate: lines say it, and these rules say whether the rest of the deal bears it out.
"""

from typing import assert_never

from raccord.domain.identifiers import EU_COUNTRIES, NORTHERN_IRELAND, parse_vat_number, vat_prefix
from raccord.domain.invoice import InvoiceLine
from raccord.domain.parties import Company, TaxTreatment
from raccord.domain.policy import InvoicePolicy, Operations, VatPolicy
from raccord.domain.problems import Cause, Problem, problem

FRENCH_VAT_TERRITORY = frozenset({"FR", "MC"})


def tax_treatment(
    company: Company, lines: tuple[InvoiceLine, ...], rules: InvoicePolicy
) -> TaxTreatment | Problem:
    """Decide how VAT applies, or say why the rates of the lines cannot be right."""
    zero = [line.vat_rate == 0 for line in lines]
    if not any(zero) or company.address.country is None:
        return TaxTreatment.TAXED
    treatment = _reason_for_zero(company, rules)
    if isinstance(treatment, Problem):
        return treatment
    if not all(zero) and treatment is not TaxTreatment.EXEMPT:
        return _question(
            company,
            (
                "Des lignes à 0 % et d'autres avec TVA sont mélangées.",
                "Lines at 0 % are mixed with lines that carry VAT.",
            ),
            ("Donnez à toutes les lignes le bon taux.", "Give every line its right rate."),
        )
    return _refused(treatment, company, rules) or treatment


def member_state_number(company: Company, seller_country: str) -> str | None:
    """Return the company's VAT number of another member state, or of Northern Ireland; None without one."""
    number = parse_vat_number(company.vat_number)
    return number if number and not number.startswith(vat_prefix(seller_country)) else None


def domestic(company: Company, seller_country: str) -> bool:
    """Whether seller and customer are in one VAT territory; Monaco is part of the French one."""
    home = FRENCH_VAT_TERRITORY if seller_country in FRENCH_VAT_TERRITORY else {seller_country}
    return company.address.country in home


def _reason_for_zero(company: Company, rules: InvoicePolicy) -> TaxTreatment | Problem:
    if domestic(company, rules.vat.seller_country):
        return TaxTreatment.EXEMPT
    if company.address.country in EU_COUNTRIES:
        return TaxTreatment.REVERSE_CHARGE
    number = member_state_number(company, rules.vat.seller_country)
    if number and number.startswith(NORTHERN_IRELAND):
        return _northern_ireland(company, rules.operations)
    return TaxTreatment.EXPORT


def _northern_ireland(company: Company, operations: Operations) -> TaxTreatment | Problem:
    match operations:
        case Operations.GOODS:
            return TaxTreatment.REVERSE_CHARGE
        case Operations.SERVICES:
            return TaxTreatment.EXPORT
        case Operations.BOTH | Operations.UNSTATED:
            return _question(
                company,
                (
                    "Client d'Irlande du Nord (XI) : intracommunautaire pour des biens, "
                    "hors Union pour des services.",
                    "A customer in Northern Ireland (XI) is inside the European Union for goods "
                    "and outside for services.",
                ),
                (
                    "Facturez à la main, ou écrivez operations dans [invoice] "
                    "si vous ne vendez que l'un des deux.",
                    "Invoice by hand, or set operations in [invoice] if you sell only one of the two.",
                ),
            )
    assert_never(operations)


def _refused(treatment: TaxTreatment, company: Company, rules: InvoicePolicy) -> Problem | None:
    return (
        _switched_off(treatment, company, rules.vat)
        or _no_number(treatment, company, rules.vat)
        or _no_wording(treatment, company, rules)
    )


def _switched_off(treatment: TaxTreatment, company: Company, vat: VatPolicy) -> Problem | None:
    allowed = {TaxTreatment.REVERSE_CHARGE: vat.reverse_charge, TaxTreatment.EXPORT: vat.export}
    if allowed.get(treatment, True):
        return None
    where_fr, where_en = {
        TaxTreatment.REVERSE_CHARGE: ("intracommunautaires", "Invoices at 0 % inside the European Union"),
        TaxTreatment.EXPORT: ("à l'export", "Export invoices at 0 %"),
    }[treatment]
    return _question(
        company,
        (
            f"Les factures {where_fr} à 0 % ne sont pas émises automatiquement ici.",
            f"{where_en} are not issued automatically here.",
        ),
        (
            f"Établissez-la à la main, ou écrivez {treatment} = true dans [vat] de raccord.toml.",
            f"Make it out by hand, or write {treatment} = true into [vat] of raccord.toml.",
        ),
    )


def _no_number(treatment: TaxTreatment, company: Company, vat: VatPolicy) -> Problem | None:
    if treatment is not TaxTreatment.REVERSE_CHARGE:
        return None
    if company.individual:
        return _question(
            company,
            (
                "0 % dans l'Union européenne est réservé aux entreprises ; ce client est un particulier.",
                "0 % inside the European Union is for businesses; this customer is a private person.",
            ),
            ("Donnez aux lignes le bon taux de TVA.", "Give the lines their right VAT rate."),
        )
    if member_state_number(company, vat.seller_country):
        return None
    return _question(
        company,
        (
            "0 % dans l'Union européenne exige le numéro de TVA du client dans un autre État membre.",
            "0 % inside the European Union needs the customer's VAT number of another member state.",
        ),
        ("Saisissez le numéro de TVA intracommunautaire.", "Enter the customer's VAT number."),
    )


def _no_wording(treatment: TaxTreatment, company: Company, rules: InvoicePolicy) -> Problem | None:
    if rules.vat.zero_rate_reason(treatment, rules.default_language):
        return None
    remedy = (
        f"Ajoutez {treatment}_fr dans [vat.zero_rate_reasons] de raccord.toml.",
        f"Add {treatment}_fr to [vat.zero_rate_reasons] in raccord.toml.",
    )
    if treatment is not TaxTreatment.EXEMPT:
        return _question(
            company,
            (
                "Aucune mention légale n'est configurée pour le taux 0 %.",
                "No legal wording is configured for the 0 % rate.",
            ),
            remedy,
        )
    return _question(
        company,
        (
            "0 % de TVA pour un client du même pays, sans motif.",
            "0 % VAT for a customer in the same country, without a reason.",
        ),
        (
            f"Saisissez le taux de TVA des lignes ; si vous êtes exonéré : {remedy[0]}",
            f"Enter the VAT rate of the lines; if you are exempt: {remedy[1]}",
        ),
    )


def _question(company: Company, reason: tuple[str, str], remedy: tuple[str, str]) -> Problem:
    return problem(Cause.VAT, f"company {company.id}", "vat_rate", reason=reason, remedy=remedy)
