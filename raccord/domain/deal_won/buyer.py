"""What an invoice would say of its buyer, and where it would go, held against what was proven of it.

The gate judges the CRM's record, but the billing system prints its own: an older customer may lack
an address, a SIREN or the VAT number without which an invoice at 0 % may not be valid.
"""

from collections.abc import Iterator

from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.desk.question import Ask, Option
from raccord.domain.values.address import Address
from raccord.domain.values.base import fold, letters
from raccord.domain.values.identifiers import parse_siren, parse_vat_number, siren_of_vat_number
from raccord.domain.values.invoice import Buyer
from raccord.domain.values.message import Message, RecordKind, RecordName, message
from raccord.domain.values.parties import CustomerProfile

AS_PRINTED = "as_printed"


def printed_otherwise(
    buyer: Buyer, profile: CustomerProfile, *, customer_id: str, siret: str = "", mailed: bool = True
) -> Ask | None:
    """Ask about an invoice that would not say of its buyer what was proven; None when it does.

    `siret` is what the invoice itself prints beside its customer; `mailed`, whether the billing system sends
    it. What the law wants and the invoice
    would lack must be repaired; a name or an address that merely differs may be issued as it is.
    """
    record = RecordName(kind=RecordKind.CUSTOMER, id=customer_id, name=buyer.name or profile.name)
    lacking = tuple(_lacking(record, buyer, profile, siret, mailed=mailed))
    differing = tuple(_differing(record, buyer, profile, mailed=mailed))
    if not lacking and not differing:
        return None
    as_it_is = Option(id=AS_PRINTED, label=message("buyer.as_printed"))
    return Ask(
        step="buyer",
        cause=Cause.BUYER.value,
        title=message("buyer.title"),
        problems=(*lacking, *differing),
        options=() if lacking else (as_it_is,),
        cancel=message("buyer.no_invoice"),
    )


def _lacking(
    record: RecordName, buyer: Buyer, profile: CustomerProfile, siret: str, *, mailed: bool
) -> Iterator[Problem]:
    if not buyer.name:
        yield _absent(record, "name", message("buyer.its_name"), profile.name)
    if mailed and not buyer.email:
        yield _absent(record, "billing_email", message("buyer.its_email"), profile.email)
    if not (buyer.address.line1 and buyer.address.city):
        yield _absent(record, "address", message("buyer.its_address"), profile.address.on_one_line)
    if profile.siren and profile.siren not in _sirens((*buyer.identifiers, siret)):
        yield _absent(record, "siren", message("buyer.its_siren"), profile.siren)
    vat = parse_vat_number(profile.vat_number or "")
    if profile.tax_treatment.needs_number and vat and vat not in map(parse_vat_number, buyer.identifiers):
        yield _absent(record, "vat_number", message("buyer.its_vat_number"), vat)


def _differing(
    record: RecordName, buyer: Buyer, profile: CustomerProfile, *, mailed: bool
) -> Iterator[Problem]:
    if mailed and buyer.email and fold(buyer.email) != fold(profile.email):
        yield problem(
            Cause.BUYER, record, "billing_email", "buyer.other_email", there=buyer.email, here=profile.email
        )
    if buyer.name and letters(buyer.name) != letters(profile.name):
        yield _other(record, "name", message("buyer.the_name"), buyer.name, profile.name)
    there, here = buyer.address, profile.address
    if there.line1 and there.city and _place(there) != _place(here):
        yield _other(record, "address", message("buyer.the_address"), there.on_one_line, here.on_one_line)


def _absent(record: RecordName, field: str, what: Message, wanted: str) -> Problem:
    return problem(Cause.BUYER, record, field, "buyer.lacking", what=what, wanted=wanted)


def _other(record: RecordName, field: str, what: Message, there: str, here: str) -> Problem:
    return problem(Cause.BUYER, record, field, "buyer.differing", what=what, there=there, here=here)


def _sirens(identifiers: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    for text in identifiers:
        vat = parse_vat_number(text)
        found |= {siren for siren in (parse_siren(text), siren_of_vat_number(vat) if vat else None) if siren}
    return found


def _place(address: Address) -> tuple[str, ...]:
    lines = letters(address.line1 + address.line2)
    return lines, letters(address.postal_code), letters(address.city), address.country or ""
