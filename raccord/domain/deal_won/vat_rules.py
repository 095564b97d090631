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
from raccord.domain.values.parties import Company, TaxTreatment

FRENCH_VAT_TERRITORY = frozenset({"FR", "MC"})
_UNITED_KINGDOM, _BELFAST = "GB", "BT"

Place = tuple[str, str]
"""Record and field to name in a question."""


def tax_treatment(
    company: Company, lines: tuple[LineItem, ...], rules: InvoicePolicy
) -> TaxTreatment | Problem:
    """Decide how VAT applies, or say why the rates of the lines cannot be right.

    The lines are the CRM's own: what else is wrong with one does not hide what is wrong with its rate.
    """
    rates = [(line, rate) for line in lines if (rate := rules.vat.rate_of(line.vat_rate)) is not None]
    zero = [line for line, rate in rates if rate == 0]
    if not zero or company.address.country is None:
        return TaxTreatment.TAXED
    on_line = rate_on(zero[0])
    treatment = _reason_for_zero(company, on_line, rules)
    if isinstance(treatment, Problem):
        return treatment
    if len(zero) < len(rates) and treatment is not TaxTreatment.EXEMPT:
        return _question(
            on_line,
            (
                "Des lignes à 0 % et d'autres avec TVA sont mélangées.",
                "Lines at 0 % are mixed with lines that carry VAT.",
            ),
            ("Donnez à toutes les lignes le bon taux.", "Give every line its right rate."),
        )
    return _refused(treatment, company, on_line, rules) or treatment


def rate_on(line: LineItem) -> Place:
    """Return where a line's VAT rate stands."""
    return f"line item {line.id}", "vat_rate"


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
    return _question(
        (f"company {company.id}", "zip"),
        (
            f"L'adresse ({company.address.postal_code}) est dans un État membre mais hors du territoire "
            "de la TVA de l'Union : ni autoliquidation ni livraison intracommunautaire de biens.",
            f"The address ({company.address.postal_code}) is in a member state but outside the VAT territory "
            "of the European Union: neither reverse charge nor an intra-Community supply of goods.",
        ),
        (
            "Établissez cette facture à la main, ou corrigez le code postal.",
            "Make out this invoice by hand, or correct the postal code.",
        ),
    )


def _goods_or_services() -> Problem:
    return _question(
        ("settings", "invoice.operations"),
        (
            "Client d'Irlande du Nord : intracommunautaire pour des biens, hors Union pour des services.",
            "A customer in Northern Ireland is inside the European Union for goods and outside for services.",
        ),
        (
            "Facturez à la main, ou écrivez operations dans [invoice] si vous ne vendez que l'un des deux.",
            "Invoice by hand, or set operations in [invoice] if you sell only one of the two.",
        ),
    )


def _outside_the_union(company: Company, on_line: Place, rules: InvoicePolicy) -> TaxTreatment | Problem:
    """Services to private persons are taxed where the seller is (directive 2006/112, article 45)."""
    if not company.individual or rules.operations is Operations.GOODS:
        return TaxTreatment.EXPORT
    return _question(
        on_line,
        (
            "0 % pour un particulier hors de l'Union européenne : une prestation de services à un "
            "particulier est en principe soumise à la TVA du vendeur ; seuls des biens s'exportent.",
            "0 % for a private person outside the European Union: services to private persons are normally "
            "taxed where the seller is, only a supply of goods is an export.",
        ),
        (
            "Donnez aux lignes le bon taux, ou facturez à la main ; "
            'si vous ne vendez que des biens, écrivez operations = "goods" dans [invoice].',
            "Give the lines their right rate, or invoice by hand; "
            'if you sell only goods, write operations = "goods" into [invoice].',
        ),
    )


def _refused(
    treatment: TaxTreatment, company: Company, on_line: Place, rules: InvoicePolicy
) -> Problem | None:
    return (
        _switched_off(treatment, rules.vat)
        or _no_number(treatment, company, on_line, rules.vat)
        or _no_wording(treatment, on_line, rules)
    )


def _switched_off(treatment: TaxTreatment, vat: VatPolicy) -> Problem | None:
    allowed = {TaxTreatment.REVERSE_CHARGE: vat.reverse_charge, TaxTreatment.EXPORT: vat.export}
    if allowed.get(treatment, True):
        return None
    where_fr, where_en = {
        TaxTreatment.REVERSE_CHARGE: ("intracommunautaires", "Invoices at 0 % inside the European Union"),
        TaxTreatment.EXPORT: ("à l'export", "Export invoices at 0 %"),
    }[treatment]
    return _question(
        ("settings", f"vat.{treatment}"),
        (
            f"Les factures {where_fr} à 0 % ne sont pas émises automatiquement ici.",
            f"{where_en} are not issued automatically here.",
        ),
        (
            f"Établissez-la à la main, ou écrivez {treatment} = true dans [vat] de raccord.toml.",
            f"Make it out by hand, or write {treatment} = true into [vat] of raccord.toml.",
        ),
    )


def _no_number(treatment: TaxTreatment, company: Company, on_line: Place, vat: VatPolicy) -> Problem | None:
    if treatment is not TaxTreatment.REVERSE_CHARGE:
        return None
    if company.individual:
        return _question(
            on_line,
            (
                "0 % dans l'Union européenne est réservé aux entreprises ; ce client est un particulier.",
                "0 % inside the European Union is for businesses; this customer is a private person.",
            ),
            ("Donnez aux lignes le bon taux de TVA.", "Give the lines their right VAT rate."),
        )
    if member_state_number(company, vat.seller_country):
        return None
    reason = (
        "0 % dans l'Union européenne exige le numéro de TVA du client dans un autre État membre.",
        "0 % inside the European Union needs the customer's VAT number of another member state.",
    )
    if company.address.country == _UNITED_KINGDOM:
        reason = (
            "0 % sur des biens livrés en Irlande du Nord exige le numéro de TVA du client commençant par XI.",
            "0 % on goods to Northern Ireland needs the customer's VAT number that begins with XI.",
        )
    return _question(
        (f"company {company.id}", "vat_number"),
        reason,
        ("Saisissez le numéro de TVA intracommunautaire.", "Enter the customer's VAT number."),
    )


def _no_wording(treatment: TaxTreatment, on_line: Place, rules: InvoicePolicy) -> Problem | None:
    if rules.vat.zero_rate_reason(treatment, rules.default_language):
        return None
    remedy = (
        f"Ajoutez {treatment}_fr dans [vat.zero_rate_reasons] de raccord.toml.",
        f"Add {treatment}_fr to [vat.zero_rate_reasons] in raccord.toml.",
    )
    if treatment is not TaxTreatment.EXEMPT:
        return _question(
            ("settings", "vat.zero_rate_reasons"),
            (
                "Aucune mention légale n'est configurée pour le taux 0 %.",
                "No legal wording is configured for the 0 % rate.",
            ),
            remedy,
        )
    return _question(
        on_line,
        (
            "0 % de TVA pour un client du même pays, sans motif.",
            "0 % VAT for a customer in the same country, without a reason.",
        ),
        (
            f"Saisissez le taux de TVA des lignes ; si vous êtes exonéré : {remedy[0]}",
            f"Enter the VAT rate of the lines; if you are exempt: {remedy[1]}",
        ),
    )


def _question(place: Place, reason: tuple[str, str], remedy: tuple[str, str]) -> Problem:
    record, field = place
    return problem(Cause.VAT, record, field, reason=reason, remedy=remedy)
