"""The mapped custom fields: what each is for, which types hold it, and how `setup` makes it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from raccord.connectors.mapping import Names
from raccord.domain.payment.status import PaymentStatus
from raccord.domain.values.base import fold
from raccord.domain.values.payment import PaymentMeans
from raccord.vendors.pipedrive.settings import Mapping
from raccord.vendors.pipedrive.wire import FieldRecord

TEXT, LINES, DATE, NUMBER, CHOICE = "varchar", "text", "date", "double", "enum"
"""Pipedrive's own names (pipedrive page, section 1)."""
WORDS = (TEXT, LINES)
AMOUNT = (NUMBER, TEXT)
STATUSES = ("issued", "paid", "partially_credited", "credited", "void")
PAYMENT = "payment"
"""The flow that alone needs the fields for payments."""
LABELS = {
    "issued": "Émise",
    "paid": "Payée",
    "partially_credited": "Avoir partiel",
    "credited": "Avoir total",
    "void": "Annulée",
    "open": "En attente",
    "partly_paid": "Payée en partie",
    "overpaid": "Trop-perçu",
    "refunded": "Remboursée",
    "partly_refunded": "Remboursée en partie",
    "disputed": "Contestée",
    "uncollectible": "Irrécouvrable",
    "card": "Carte",
    "sepa_debit": "Prélèvement SEPA",
    "bank_transfer": "Virement",
    "outside": "Saisi à la main",
    "credit_balance": "Solde du client",
    "other": "Autre",
}
"""In French: an option has no other name than the one that people see."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A mapped field; `types` are those that can hold what is kept there, the first is made."""

    use: str
    name: str
    types: tuple[str, ...] = WORDS
    options: tuple[str, ...] = ()
    written: bool = False
    flow: str = ""


_TYPES: dict[str, tuple[str, ...]] = {
    "companies.payment_terms_days": (TEXT, NUMBER, LINES, CHOICE),
    "companies.billing_email": (*WORDS, "varchar_auto"),
    "companies.phone": ("phone", *WORDS),
    "companies.individual": (TEXT, LINES, CHOICE),
    "companies.language": (TEXT, LINES, CHOICE),
    "companies.order_number_required": (TEXT, LINES, CHOICE),
    "deals.service_date": (DATE, *WORDS),
    "deals.delivered_on": (DATE, *WORDS),
    "deals.purchase_order": (TEXT, NUMBER, LINES),
    "deals.language": (TEXT, LINES, CHOICE),
    "deals.payment_terms_days": (TEXT, NUMBER, LINES, CHOICE),
    "deals.deposit_percent": (NUMBER, *WORDS),
    "invoice.status": (CHOICE, *WORDS),
    "invoice.due_on": (DATE, *WORDS),
    "invoice.amount_net": AMOUNT,
    "invoice.amount_gross": AMOUNT,
    "invoice.amount_credited": AMOUNT,
    "payment.status": (CHOICE, *WORDS),
    "payment.paid": AMOUNT,
    "payment.due": AMOUNT,
    "payment.paid_on": (DATE, *WORDS),
    "payment.means": (CHOICE, *WORDS),
    "payment.details": (LINES, TEXT),
}
"""Of all others any text; SIREN and SIRET would lose leading zeros as numbers."""
_OPTIONS: dict[str, tuple[str, ...]] = {
    "invoice.status": STATUSES,
    "payment.status": tuple(PaymentStatus),
    "payment.means": tuple(PaymentMeans),
}


def wanted(names: Mapping) -> dict[str, tuple[Wanted, ...]]:
    """Return the fields that are used, by the kind of record."""
    invoice = names.invoice
    if not names.deals.deposit_percent:
        invoice = invoice.model_copy(update={"deposit_number": ""})
    paid = (replace(each, flow=PAYMENT) for each in of_part("payment", names.payment, written=True))
    return {
        "deals": (
            *of_part("invoice", invoice, written=True),
            *paid,
            *of_part("deals", names.deals, written=False),
        ),
        "companies": tuple(of_part("companies", names.companies, written=False)),
    }


def of_part(part: str, names: Names, *, written: bool) -> Iterator[Wanted]:
    for use, name in names.every.items():
        path = f"{part}.{use}"
        if name:
            yield Wanted(path, name, _TYPES.get(path, WORDS), _OPTIONS.get(path, ()), written)


def word(label: str) -> str:
    """Return the word that an option stands for; of one that is not ours its label."""
    plain = fold(label)
    return next((each for each, said in LABELS.items() if plain in (fold(said), fold(each))), label)


def option(field: FieldRecord, value: str) -> int | str | None:
    """Return the id of the option that stands for a word."""
    return next((each.id for each in field.options or () if word(each.label) == value), None)


def lacking_options(each: Wanted, found: FieldRecord) -> list[str]:
    """Return the words that a choice has no option for; none of a field that takes any text."""
    if found.field_type != CHOICE:
        return []
    return [value for value in each.options if option(found, value) is None]
