"""The invoice object as Stripe shows it: what a draft derives, what an issued one has frozen."""

from typing import Any

from sandbox.stripe.account import Account
from sandbox.stripe.lines import rendered_line, rendered_tax
from sandbox.stripe.pages import list_object
from sandbox.stripe.store import Invoice, Json
from sandbox.stripe.totals import totals

# Stripe docs: the list inside an invoice holds the first ten lines only.
EMBEDDED_LINES = 10


def shown(account: Account, invoice: Invoice) -> Json:
    """The invoice object. Customer data and sums of a draft are those of this moment."""
    live = live_values(account, invoice) if invoice.draft else {}
    return {**invoice.data, **live, "lines": _embedded(account, invoice)}


def live_values(account: Account, invoice: Invoice) -> Json:
    """What finalising will freeze."""
    customer = account.store.customers.find(invoice.data["customer"])
    frozen = _customer_values(account, customer) if customer else {}
    return {**frozen, **_sums(account, invoice)}


def all_lines(account: Account, invoice: Invoice) -> list[Json]:
    """Every line item object, in the order of the invoice."""
    return _rendered(account, invoice, len(invoice.lines))


def whole(account: Account, invoice: Invoice) -> Json:
    """The invoice with all its lines, for whoever looks behind the API."""
    data = all_lines(account, invoice)
    return {**shown(account, invoice), "lines": list_object(_lines_url(invoice), data, has_more=False)}


def _embedded(account: Account, invoice: Invoice) -> Json:
    more = len(invoice.lines) > EMBEDDED_LINES
    return list_object(_lines_url(invoice), _rendered(account, invoice, EMBEDDED_LINES), has_more=more)


def _rendered(account: Account, invoice: Invoice, most: int) -> list[Json]:
    exempt = _exempt(account, invoice)
    return [
        rendered_line(
            account.store,
            line,
            invoice=invoice.id,
            defaults=invoice.default_rates,
            exempt=exempt,
            livemode=invoice.data["livemode"],
        )
        for line in invoice.lines[:most]
    ]


def _exempt(account: Account, invoice: Invoice) -> str:
    customer = account.store.customers.find(invoice.data["customer"]) if invoice.draft else None
    exempt: str = customer["tax_exempt"] if customer else invoice.data["customer_tax_exempt"]
    return exempt


def _lines_url(invoice: Invoice) -> str:
    return f"/v1/invoices/{invoice.id}/lines"


def _sums(account: Account, invoice: Invoice) -> dict[str, Any]:
    rates = account.store.rates()
    sums = totals(
        [line.taxed(rates, invoice.default_rates) for line in invoice.lines],
        exempt=_exempt(account, invoice),
        per_rate=account.settings.vat_per_rate,
    )
    due = max(sums.total, 0)
    return {
        "subtotal": sums.subtotal,
        "subtotal_excluding_tax": sums.subtotal_excluding_tax,
        "total": sums.total,
        "total_excluding_tax": sums.total_excluding_tax,
        "total_taxes": [rendered_tax(tax) for tax in sums.taxes],
        "amount_due": due,
        "amount_remaining": due,
    }


def _customer_values(account: Account, customer: Json) -> Json:
    ids = [tax_id for tax_id in account.store.tax_ids if tax_id["customer"] == customer["id"]]
    return {
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["business_name"] or customer["name"],
        "customer_phone": customer["phone"],
        "customer_shipping": customer["shipping"],
        "customer_tax_exempt": customer["tax_exempt"],
        "customer_tax_ids": [{"type": each["type"], "value": each["value"]} for each in ids],
        # Stripe docs, invoice object: of a draft it is the customer's current balance; the sums leave it out,
        # since it "is only taken into account after invoices finalize" (customer object).
        "starting_balance": customer["balance"],
    }
