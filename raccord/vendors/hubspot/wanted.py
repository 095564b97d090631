"""The mapped properties: what each is for, which types fit, and how `setup` makes it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from raccord.domain.payment.status import PaymentStatus
from raccord.domain.values.payment import PaymentMeans
from raccord.vendors.hubspot.settings import CompanyNames, InvoiceNames, PaymentNames
from raccord.vendors.hubspot.settings import Mapping as Names

TEXT, LINES, DATE, NUMBER, DROPDOWN, CHECKBOX = (
    "single-line text",
    "multi-line text",
    "date picker",
    "number",
    "dropdown",
    "single checkbox",
)
"""What HubSpot's form calls them."""
STATUSES = ("issued", "paid")
LATER_STATUSES = ("partially_credited", "credited", "void")
"""An account without them shows no credit notes, and invoices all the same."""
PAYMENT = "payment"
"""The flow that alone needs the properties for payments."""
KINDS = ("deals", "companies", "line_items")
_STRING, _AMOUNT = ("string",), ("number", "string")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A mapped property. `types` are those that can hold what is kept there; empty means any."""

    use: str
    name: str
    label: str
    """In French: HubSpot shows one label to everybody, and anybody may change it."""
    kind: str = TEXT
    types: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    """Values of a dropdown; of one that is written, those that it must offer."""
    written: bool = False
    unique: bool = False
    later: tuple[str, ...] = ()
    """Options without which something is left out, and nothing stops."""
    flow: str = ""
    """The one flow that needs it; empty where every one does."""


def wanted(names: Names) -> dict[str, tuple[Wanted, ...]]:
    """Return the properties that are used, by the kind of record."""
    deals, lines = names.deals, names.line_items
    found = {
        "deals": (
            *_written(names.invoice),
            *payment(names.payment),
            Wanted("deals.service_date", deals.service_date, "Date de prestation", DATE),
            Wanted("deals.purchase_order", deals.purchase_order, "N° de commande"),
            Wanted("deals.reference", deals.reference, "Référence du devis"),
            Wanted(
                "deals.language",
                deals.language,
                "Langue de la facture",
                DROPDOWN,
                options=("fr", "en"),
            ),
            Wanted("deals.payment_terms_days", deals.payment_terms_days, "Délai de paiement"),
            Wanted("deals.deposit_percent", deals.deposit_percent, "Acompte (%)", NUMBER),
            Wanted("deals.delivered_on", deals.delivered_on, "Livré le", DATE),
            *(_deposit(names.invoice) if deals.deposit_percent else ()),
        ),
        "companies": tuple(_companies(names.companies)),
        "line_items": (Wanted("line_items.vat_rate", lines.vat_rate, "Taux de TVA (%)", NUMBER),),
    }
    return {kind: tuple(each for each in them if each.name) for kind, them in found.items()}


def _written(names: InvoiceNames) -> Iterator[Wanted]:
    yield Wanted("invoice.id", names.id, "Id de facture", types=_STRING, written=True, unique=True)
    yield Wanted("invoice.number", names.number, "N° de facture", types=_STRING, written=True)
    yield Wanted("invoice.url", names.url, "Lien de la facture", types=_STRING, written=True)
    status = ("enumeration", "string")
    yield Wanted(
        "invoice.status",
        names.status,
        "Statut de la facture",
        DROPDOWN,
        status,
        STATUSES,
        written=True,
        later=LATER_STATUSES,
    )
    yield Wanted("invoice.due_on", names.due_on, "Échéance", DATE, ("date", "string"), written=True)
    yield Wanted("invoice.amount_net", names.amount_net, "Facture, HT", NUMBER, _AMOUNT, written=True)
    yield Wanted(
        "invoice.amount_gross",
        names.amount_gross,
        "Facture, TTC",
        NUMBER,
        _AMOUNT,
        written=True,
    )
    yield Wanted("invoice.credit_notes", names.credit_notes, "Avoirs", types=_STRING)
    yield Wanted("invoice.amount_credited", names.amount_credited, "Avoirs, TTC", NUMBER, _AMOUNT)


def payment(names: PaymentNames) -> tuple[Wanted, ...]:
    """Return the properties for payments that are mapped."""
    choice, means = ("enumeration", "string"), tuple(PaymentMeans)
    found = (
        Wanted("payment.status", names.status, "Paiement", DROPDOWN, choice, tuple(PaymentStatus)),
        Wanted("payment.paid", names.paid, "Payé, TTC", NUMBER, _AMOUNT),
        Wanted("payment.due", names.due, "Reste dû, TTC", NUMBER, _AMOUNT),
        Wanted("payment.paid_on", names.paid_on, "Payé le", DATE, ("date", "string")),
        Wanted("payment.means", names.means, "Moyen de paiement", DROPDOWN, choice, means),
        Wanted("payment.details", names.details, "Détail des paiements", LINES, _STRING),
    )
    return tuple(replace(each, written=True, flow=PAYMENT) for each in found if each.name)


def _deposit(names: InvoiceNames) -> Iterator[Wanted]:
    number = names.deposit_number
    yield Wanted("invoice.deposit_number", number, "N° de facture d'acompte", types=_STRING, written=True)


def _companies(names: CompanyNames) -> Iterator[Wanted]:
    # Numbers lose their leading zeros.
    yield Wanted("companies.siren", names.siren, "SIREN", types=_STRING)
    yield Wanted("companies.siret", names.siret, "SIRET", types=_STRING)
    yield Wanted("companies.vat_number", names.vat_number, "N° de TVA", types=_STRING)
    yield Wanted("companies.billing_email", names.billing_email, "E-mail de facturation")
    yield Wanted("companies.payment_terms_days", names.payment_terms_days, "Délai de paiement")
    yield Wanted("companies.language", names.language, "Langue", DROPDOWN, options=("fr", "en"))
    person = ("company", names.individual_values[0]) if names.individual_values else ()
    yield Wanted(
        "companies.individual",
        names.individual,
        "Type de client",
        DROPDOWN,
        options=person,
    )
    order = names.order_number_required
    yield Wanted("companies.order_number_required", order, "N° de commande exigé", CHECKBOX)
