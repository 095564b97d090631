"""What stands in the account before the first record: properties and currencies."""

from collections.abc import Iterable
from typing import Any

from sandbox.hubspot.pipelines import pipelines
from sandbox.hubspot.schema import Property, Schema

CURRENCIES = ("EUR", "USD", "JPY", "CHF", "GBP")
BILLING_STATUSES = (
    ("draft", "Brouillon"),
    ("issued", "Émise"),
    ("partially_credited", "Avoir partiel"),
    ("partially_paid", "Partiellement payée"),
    ("paid", "Payée"),
    ("overdue", "En retard"),
    ("refunded", "Remboursée"),
    ("credited", "Avoir émis"),
    ("disputed", "Contestée"),
    ("void", "Annulée"),
    ("needs_attention", "À vérifier"),
)
PAYMENT_STATUSES = (
    ("open", "Ouverte"),
    ("partly_paid", "Payée en partie"),
    ("paid", "Payée"),
    ("overpaid", "Trop-perçu"),
    ("refunded", "Remboursée"),
    ("partly_refunded", "Remboursée en partie"),
    ("disputed", "Contestée"),
    ("credited", "Avoir émis"),
    ("void", "Annulée"),
    ("uncollectible", "Irrécouvrable"),
)
PAYMENT_MEANS = (
    ("card", "Carte"),
    ("sepa_debit", "Prélèvement SEPA"),
    ("bank_transfer", "Virement"),
    ("outside", "Hors de la facturation"),
    ("credit_balance", "Avoir du client"),
    ("other", "Autre"),
)


def schemas(*, custom: bool, payment: bool) -> dict[str, Schema]:
    """The properties of every object type.

    `custom` adds those an operator created for billing, `payment` those for the money that came in.
    """
    standard = {
        "deals": _deals(),
        "companies": _companies(),
        "contacts": _contacts(),
        "line_items": _line_items(),
        "tasks": _tasks(),
        "notes": _notes(),
    }
    own = _custom() if custom else {}
    if payment:
        own["deals"] = [*own.get("deals", ()), *_payment()]
    return {kind: Schema([*standard[kind], *own.get(kind, ())]) for kind in standard}


def details(portal: int, account_type: str) -> dict[str, Any]:
    """`GET /account-info/v3/details`."""
    return {
        "portalId": portal,
        "accountType": account_type,
        "timeZone": "Europe/Paris",
        "companyCurrency": "EUR",
        "additionalCurrencies": list(CURRENCIES[1:]),
        "utcOffset": "+01:00",
        "utcOffsetMilliseconds": 3_600_000,
        "uiDomain": "app-eu1.hubspot.com",
        "dataHostingLocation": "eu1",
    }


def _text(*names: str, group: str, own: bool = False) -> list[Property]:
    return [Property(name, _label(name), group=group, own=own) for name in names]


def _number(*names: str, group: str, own: bool = False) -> list[Property]:
    return [
        Property(name, _label(name), type="number", field_type="number", group=group, own=own)
        for name in names
    ]


def _merged(group: str) -> Property:
    return Property(
        "hs_merged_object_ids",
        "Merged record IDs",
        type="enumeration",
        field_type="checkbox",
        group=group,
        calculated=True,
    )


def _dated(*names: str, group: str, kind: str = "datetime", own: bool = False) -> list[Property]:
    return [
        Property(name, _label(name), type=kind, field_type="date", group=group, own=own) for name in names
    ]


def _calculated(*names: str, group: str, kind: str = "string", field: str = "text") -> list[Property]:
    return [
        Property(name, _label(name), type=kind, field_type=field, group=group, calculated=True)
        for name in names
    ]


def _choice(
    name: str, values: Iterable[tuple[str, str]], *, group: str, field: str = "select", own: bool = False
) -> Property:
    options = tuple(
        {"label": label, "value": value, "displayOrder": place, "hidden": False}
        for place, (value, label) in enumerate(values)
    )
    return Property(
        name, _label(name), type="enumeration", field_type=field, group=group, options=options, own=own
    )


def _same(*values: str) -> list[tuple[str, str]]:
    return [(value, value.replace("_", " ").capitalize()) for value in values]


def _system(
    group: str, *, created: str = "createdate", modified: str = "hs_lastmodifieddate"
) -> list[Property]:
    return [
        *_calculated("hs_object_id", group=group, kind="number", field="number"),
        *_calculated(created, modified, group=group, kind="datetime", field="date"),
        *_text("hubspot_owner_id", group=group),
    ]


def _deals() -> list[Property]:
    group = "dealinformation"
    stages = [(stage["id"], stage["label"]) for line in pipelines() for stage in line["stages"]]
    return [
        *_system(group),
        *_text("dealname", "description", "hs_next_step", group=group),
        *_number("amount", group=group),
        *_dated("closedate", group=group),
        _choice("dealstage", stages, group=group, field="radio"),
        _choice("pipeline", [(line["id"], line["label"]) for line in pipelines()], group=group),
        _choice("deal_currency_code", [(code, code) for code in CURRENCIES], group=group),
        _choice("dealtype", [("newbusiness", "Nouveau"), ("existingbusiness", "Existant")], group=group),
        _merged(group),
        *_calculated("hs_is_closed_won", "hs_is_closed", group=group, kind="bool", field="booleancheckbox"),
    ]


def _companies() -> list[Property]:
    group = "companyinformation"
    return [
        *_system(group),
        *_text("name", "domain", "phone", "address", "address2", "city", "zip", "state", group=group),
        *_text("country", "hs_country_code", "website", "industry", "description", group=group),
        _merged(group),
    ]


def _contacts() -> list[Property]:
    group = "contactinformation"
    return [
        *_system(group, modified="lastmodifieddate"),
        Property("email", "Email", group=group, unique=True),
        *_text("firstname", "lastname", "phone", "mobilephone", "jobtitle", "company", group=group),
        *_text("address", "city", "zip", "country", group=group),
        _merged(group),
    ]


def _line_items() -> list[Property]:
    group = "lineiteminformation"
    return [
        *_system(group),
        *_text("name", "description", "hs_sku", "hs_product_id", group=group),
        *_text("hs_tax_rate_group_id", "hs_recurring_billing_period", group=group),
        *_number(
            "price", "quantity", "discount", "hs_discount_percentage", "hs_position_on_quote", group=group
        ),
        _choice("hs_line_item_currency_code", [(code, code) for code in CURRENCIES], group=group),
        _choice("recurringbillingfrequency", _same("monthly", "quarterly", "annually"), group=group),
        *_calculated("amount", group=group, kind="number", field="number"),
    ]


def _tasks() -> list[Property]:
    group = "task"
    return [
        *_system(group, created="hs_createdate"),
        *_dated("hs_timestamp", group=group),
        *_text("hs_task_subject", "hs_task_body", group=group),
        Property("hs_task_reminders", "Reminders", group=group, pattern=r"\d{13}(;\d{13})*"),
        _choice(
            "hs_task_status",
            _same("NOT_STARTED", "IN_PROGRESS", "WAITING", "DEFERRED", "COMPLETED"),
            group=group,
        ),
        _choice("hs_task_priority", _same("NONE", "LOW", "MEDIUM", "HIGH"), group=group),
        _choice("hs_task_type", _same("EMAIL", "CALL", "TODO"), group=group),
    ]


def _notes() -> list[Property]:
    group = "note"
    return [
        *_system(group, created="hs_createdate"),
        *_dated("hs_timestamp", group=group),
        *_text("hs_note_body", group=group),
        Property("hs_attachment_ids", "Attached files", group=group, pattern=r"\d+(;\d+)*"),
    ]


def _custom() -> dict[str, list[Property]]:
    group = "billing"
    return {
        "deals": [
            Property("billing_invoice_id", "Invoice id", group=group, unique=True, own=True),
            *_text("billing_invoice_number", "billing_invoice_url", "purchase_order", group=group, own=True),
            *_text("billing_credit_notes", group=group, own=True),
            *_number("billing_amount_credited", group=group, own=True),
            *_number("billing_amount_net", "billing_amount_gross", group=group, own=True),
            *_dated("billing_due_on", "service_date", group=group, kind="date", own=True),
            _choice("billing_status", BILLING_STATUSES, group=group, own=True),
            _choice("language", [("fr", "Français"), ("en", "English")], group=group, own=True),
        ],
        "companies": [
            Property("billing_customer_id", "Customer id", group=group, unique=True, own=True),
            *_text("siren", "siret", "vat_number", "billing_email", group=group, own=True),
            *_number("payment_terms_days", group=group, own=True),
        ],
        "line_items": _number("vat_rate", group=group, own=True),
    }


def _payment() -> list[Property]:
    group = "billing"
    return [
        _choice("billing_payment_status", PAYMENT_STATUSES, group=group, own=True),
        *_number("billing_amount_paid", "billing_amount_due", group=group, own=True),
        *_dated("billing_paid_on", group=group, kind="date", own=True),
        _choice("billing_payment_means", PAYMENT_MEANS, group=group, own=True),
        Property("billing_payment_details", "Payment details", field_type="textarea", group=group, own=True),
    ]


def _label(name: str) -> str:
    return name.removeprefix("hs_").replace("_", " ").capitalize()
