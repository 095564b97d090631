"""Records as the API answers them (company-v2.openapi.json, the responses)."""

from datetime import datetime
from decimal import Decimal

from sandbox.pennylane import links
from sandbox.pennylane.call import Call
from sandbox.pennylane.errors import Json
from sandbox.pennylane.money import cents, shown
from sandbox.pennylane.records import Customer, Invoice, Line, Part, Product, Record
from sandbox.pennylane.settings import EXCHANGE_RATES, LEDGER_ACCOUNT
from sandbox.pennylane.standing import standing


def customer(call: Call, row: Customer, *, typed: bool | None = None) -> Json:
    """By `GET /customers`, with its type; `typed`: by the endpoint of companies, or of persons, without."""
    company = row.company if typed is None else typed
    kinds = ("vat_number", "reg_no") if company else ("first_name", "last_name")
    held = row.values
    answer = {name: held[name] for name in (*_CUSTOMER, *kinds)}
    answer |= {
        "id": row.id,
        "ledger_account": {"id": LEDGER_ACCOUNT + row.id},
        "mandates": {"url": call.url(f"gocardless_mandates?filter={row.id}")},
        "pro_account_mandates": {"url": call.url(f"pro_account/mandates?filter={row.id}")},
        "contacts": {"url": call.url(f"customers/{row.id}/contacts")},
        **times(row),
    }
    if typed is None:
        answer["customer_type"] = "company" if row.company else "individual"
    if call.settings.live_fields and company:
        answer["establishment_no"] = None
    return answer


def contact(_: Call, row: Part) -> Json:
    return {"id": row.id, **row.values, **times(row)}


def product(call: Call, row: Product) -> Json:
    short = call.settings.short_amounts
    return {
        "id": row.id,
        **{name: value for name, value in row.values.items() if name != "price_before_tax"},
        "price_before_tax": shown(Decimal(row.values["price_before_tax"]), short),
        "price": shown(row.price, short),
        "ledger_account": None,
        "archived_at": None,
        **times(row),
    }


def invoice(call: Call, row: Invoice) -> Json:
    """With the public link of its PDF, new each time it is served (pennylane.md 1.6)."""
    short, path = call.settings.short_amounts, f"customer_invoices/{row.id}"
    rate, stands = EXCHANGE_RATES.get(row.currency, Decimal(1)), standing(call.company, row, call.today)
    gross, net, tax = row.totals.gross, row.totals.net, row.totals.tax
    link = links.public(call, row) if links.ready(call, row) else None
    answer = {
        "id": row.id,
        **row.values,
        "invoice_number": row.number,
        "currency": row.currency,
        "amount": shown(cents(gross * rate), short),
        "currency_amount": shown(gross, short),
        "currency_amount_before_tax": shown(net, short),
        "exchange_rate": shown(rate, True),
        "date": row.date.isoformat(),
        "deadline": row.deadline.isoformat(),
        "currency_tax": shown(tax, short),
        "tax": shown(cents(tax * rate), short),
        "paid": stands.paid,
        "status": stands.status,
        "discount": row.discount.as_json(short),
        "ledger_entry": {"id": 90_000_000 + row.id},
        "public_file_url": link,
        "filename": f"{row.number}.pdf" if link else None,
        "remaining_amount_with_tax": None if stands.left is None else shown(stands.left, short),
        "remaining_amount_without_tax": (
            None if stands.left_before_tax is None else shown(stands.left_before_tax, short)
        ),
        "draft": row.draft,
        "customer": {"id": row.customer, "url": call.url(f"customers/{row.customer}")},
        **{part: {"url": call.url(f"{path}/{part}")} for part in _PARTS},
        "billing_subscription": None,
        "credited_invoice": _credited(call, row),
        "quote": None,
        "e_invoicing": row.e_invoicing,
        "archived_at": stamp(row.archived) if row.archived else None,
        **times(row),
    }
    if call.settings.live_fields:
        answer |= {"factur_x": False, "schematron_validation_status": "pending" if row.draft else "valid"}
        if row.e_invoicing:
            answer["e_invoicing"] = {**row.e_invoicing, "flow": {"id": 70_000_000 + row.id}}
    return answer


def line(call: Call, row: Line, currency: str) -> Json:
    short, rate = call.settings.short_amounts, EXCHANGE_RATES.get(currency, Decimal(1))
    net, tax = row.priced.net, row.priced.tax
    held = row.values
    product_id = held["product_id"]
    return {
        "id": row.id,
        "label": held["label"],
        "unit": held["unit"],
        "quantity": shown(row.priced.quantity, True, least=0),
        "amount": shown(cents((net + tax) * rate), short),
        "currency_amount": shown(net + tax, short),
        "description": held["description"],
        "product": {"id": product_id, "url": call.url(f"products/{product_id}")} if product_id else None,
        "vat_rate": row.priced.vat_rate,
        "currency_amount_before_tax": shown(net, short),
        "currency_tax": shown(tax, short),
        "tax": shown(cents(tax * rate), short),
        "raw_currency_unit_price": shown(row.priced.price, short),
        "discount": row.priced.discount.as_json(short),
        "section_rank": held["section_rank"],
        "imputation_dates": held["imputation_dates"],
        **times(row),
    }


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def times(row: Record) -> Json:
    return {"created_at": stamp(row.created), "updated_at": stamp(row.updated)}


def _credited(call: Call, row: Invoice) -> Json | None:
    if row.credits is None:
        return None
    return {"id": row.credits, "url": call.url(f"customer_invoices/{row.credits}")}


_CUSTOMER = (
    *("name", "billing_iban", "payment_conditions", "recipient", "phone", "reference", "notes", "emails"),
    *("billing_address", "delivery_address", "external_reference", "billing_language"),
)
_PARTS = (
    *("invoice_line_sections", "invoice_lines", "custom_header_fields", "categories"),
    *("payments", "matched_transactions", "appendices"),
)
