"""What an invoice would say of its buyer, held against what the gate proved of the company.

The gate judges the CRM's record, but the billing system prints its own: an older customer may lack
an address, a SIREN or the VAT number without which a reverse-charged invoice is not valid.
"""

import unicodedata
from collections.abc import Iterator

from raccord.domain.desk.problems import Cause, Problem, Text, problem
from raccord.domain.desk.question import Ask, Option
from raccord.domain.values.address import Address
from raccord.domain.values.base import OneLine, Value
from raccord.domain.values.identifiers import parse_siren, parse_vat_number, siren_of_vat_number
from raccord.domain.values.parties import CustomerProfile, TaxTreatment

AS_PRINTED = "as_printed"


class Buyer(Value):
    """The buyer as the billing system prints it on an invoice."""

    name: OneLine = ""
    address: Address = Address()
    identifiers: tuple[str, ...] = ()
    """SIREN, SIRET and VAT numbers, as they stand there."""


def printed_otherwise(
    buyer: Buyer, profile: CustomerProfile, *, customer_id: str, siret: str = ""
) -> Ask | None:
    """Ask about an invoice that would not say of its buyer what was proven; None when it does.

    `siret` is what the invoice itself prints beside its customer. What the law wants and the invoice
    would lack must be repaired; a name or an address that merely differs may be issued as it is.
    """
    record = f"customer {customer_id}"
    lacking = tuple(_lacking(record, buyer, profile, siret))
    differing = tuple(_differing(record, buyer, profile))
    if not lacking and not differing:
        return None
    as_it_is = Option(
        id=AS_PRINTED,
        label=Text(
            fr="Émettre avec ce que dit la facturation", en="Issue it with what the billing system says"
        ),
    )
    return Ask(
        step="buyer",
        cause=Cause.BUYER.value,
        title=Text(
            fr="La facture ne décrirait pas le client comme le CRM",
            en="The invoice would not describe the customer as the CRM does",
        ),
        problems=(*lacking, *differing),
        options=() if lacking else (as_it_is,),
        cancel=Text(fr="Abandonner : pas de facture", en="Give up: no invoice"),
    )


def _lacking(record: str, buyer: Buyer, profile: CustomerProfile, siret: str) -> Iterator[Problem]:
    if not buyer.name:
        yield _absent(record, "name", ("le nom du client", "the customer's name"), profile.name)
    if not (buyer.address.line1 and buyer.address.city):
        wanted = _shown(profile.address)
        yield _absent(record, "address", ("l'adresse du client", "the customer's address"), wanted)
    if profile.siren and profile.siren not in _sirens((*buyer.identifiers, siret)):
        yield _absent(record, "siren", ("le SIREN du client", "the customer's SIREN"), profile.siren)
    vat = parse_vat_number(profile.vat_number or "")
    needed = profile.tax_treatment is TaxTreatment.REVERSE_CHARGE
    if needed and vat and vat not in map(parse_vat_number, buyer.identifiers):
        words = ("le numéro de TVA du client (autoliquidation)", "the customer's VAT number (reverse charge)")
        yield _absent(record, "vat_number", words, vat)


def _differing(record: str, buyer: Buyer, profile: CustomerProfile) -> Iterator[Problem]:
    if buyer.name and _letters(buyer.name) != _letters(profile.name):
        yield _other(record, "name", ("le nom", "the name"), buyer.name, profile.name)
    there, here = buyer.address, profile.address
    if there.line1 and there.city and _place(there) != _place(here):
        yield _other(record, "address", ("l'adresse", "the address"), _shown(there), _shown(here))


def _absent(record: str, field: str, what: tuple[str, str], wanted: str) -> Problem:
    fr, en = what
    return problem(
        Cause.BUYER,
        record,
        field,
        reason=(
            f"La facture ne porterait pas {fr}, que le CRM connaît : {wanted}.",
            f"The invoice would lack {en}, which the CRM knows: {wanted}.",
        ),
        remedy=(
            "Complétez la fiche du client dans la facturation, puis relancez.",
            "Complete the customer in the billing system, then try again.",
        ),
    )


def _other(record: str, field: str, what: tuple[str, str], there: str, here: str) -> Problem:
    fr, en = what
    return problem(
        Cause.BUYER,
        record,
        field,
        reason=(
            f"La facture porterait {fr} « {there} » ; dans le CRM : « {here} ».",
            f"The invoice would carry {en} “{there}”; the CRM says “{here}”.",
        ),
        remedy=(
            "Corrigez la fiche du client dans la facturation ou l'entreprise dans le CRM, puis relancez ; "
            "ou émettez la facture telle quelle.",
            "Correct the customer in the billing system or the company in the CRM, then try again; "
            "or issue the invoice as it is.",
        ),
    )


def _sirens(identifiers: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    for text in identifiers:
        vat = parse_vat_number(text)
        found |= {siren for siren in (parse_siren(text), siren_of_vat_number(vat) if vat else None) if siren}
    return found


def _place(address: Address) -> tuple[str, ...]:
    lines = _letters(address.line1 + address.line2)
    return lines, _letters(address.postal_code), _letters(address.city), address.country or ""


def _letters(text: str) -> str:
    """Reduce to letters and digits: case, accents and punctuation make no other customer."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalnum())


def _shown(address: Address) -> str:
    town = f"{address.postal_code} {address.city}".strip()
    parts = (address.line1, address.line2, town, address.country or "")
    return ", ".join(part for part in parts if part)
