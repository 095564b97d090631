"""Every call the simulator answers: its path, its permission, its parameters and what it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sandbox.stripe import (
    credit_notes,
    customers,
    events,
    fields,
    invoice_steps,
    invoices,
    payments,
    rules,
    seller,
    tax_ids,
    tax_rates,
)
from sandbox.stripe.call import Call
from sandbox.stripe.checks import Check, filled, flag, listing, text
from sandbox.stripe.pages import PAGING
from sandbox.stripe.settings import ACCOUNT_CURRENCY
from sandbox.stripe.store import Json


@dataclass(frozen=True)
class Operation:
    """`resource` names the permission; `rule` checks parameters against each other."""

    method: str
    path: str
    resource: str
    run: Callable[[Call], Json]
    fields: Mapping[str, Check] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    rule: Callable[[Json, int], None] = rules.nothing

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def permission(self) -> str:
        return f"rak_{self.resource}_{'read' if self.method == 'GET' else 'write'}"

    @property
    def searches(self) -> bool:
        return self.path.endswith("/search")

    @property
    def parameters(self) -> Mapping[str, Check]:
        return {**self.fields, "expand": listing(filled(text()))}


def balance(call: Call) -> Json:
    zero = {"amount": 0, "currency": ACCOUNT_CURRENCY, "source_types": {"card": 0}}
    return {
        "object": "balance",
        "available": [zero],
        "livemode": call.settings.livemode,
        "pending": [zero],
        "refund_and_dispute_prefunding": None,
    }


_CUSTOMERS = (
    Operation("POST", "/v1/customers", "customer", customers.create, fields.CUSTOMER),
    Operation("GET", "/v1/customers", "customer", customers.list_, fields.CUSTOMER_LIST),
    Operation("GET", "/v1/customers/search", "customer", customers.search_, fields.SEARCH, ("query",)),
    Operation("GET", "/v1/customers/{id}", "customer", customers.retrieve),
    Operation("POST", "/v1/customers/{id}", "customer", customers.update, fields.CUSTOMER_UPDATE),
    Operation("DELETE", "/v1/customers/{id}", "customer", customers.delete),
    Operation(
        "POST", "/v1/customers/{id}/tax_ids", "customer", tax_ids.create, fields.TAX_ID, ("type", "value")
    ),
    Operation("GET", "/v1/customers/{id}/tax_ids", "customer", tax_ids.list_, PAGING),
    Operation("GET", "/v1/customers/{id}/tax_ids/{tax_id}", "customer", tax_ids.retrieve),
    Operation("DELETE", "/v1/customers/{id}/tax_ids/{tax_id}", "customer", tax_ids.delete),
)
_TAX_RATES = (
    Operation(
        "POST",
        "/v1/tax_rates",
        "tax_rate",
        tax_rates.create,
        fields.TAX_RATE,
        ("display_name", "inclusive", "percentage"),
    ),
    Operation("GET", "/v1/tax_rates", "tax_rate", tax_rates.list_, fields.TAX_RATE_LIST),
    Operation("GET", "/v1/tax_rates/{id}", "tax_rate", tax_rates.retrieve),
    Operation("POST", "/v1/tax_rates/{id}", "tax_rate", tax_rates.update, fields.TAX_RATE_UPDATE),
)
_INVOICES = (
    Operation(
        "POST",
        "/v1/invoices",
        "invoice",
        invoices.create,
        fields.INVOICE,
        ("customer",),
        rules.new_invoice,
    ),
    Operation("GET", "/v1/invoices", "invoice", invoices.list_, fields.INVOICE_LIST),
    Operation("GET", "/v1/invoices/search", "invoice", invoices.search_, fields.SEARCH, ("query",)),
    Operation("GET", "/v1/invoices/{id}", "invoice", invoices.retrieve),
    Operation(
        "POST", "/v1/invoices/{id}", "invoice", invoices.update, fields.INVOICE_UPDATE, (), rules.due_date
    ),
    Operation("DELETE", "/v1/invoices/{id}", "invoice", invoices.delete),
    Operation("GET", "/v1/invoices/{id}/lines", "invoice", invoices.list_lines, PAGING),
    Operation(
        "POST",
        "/v1/invoices/{id}/add_lines",
        "invoice",
        invoices.add_lines,
        fields.ADD_LINES,
        ("lines",),
        rules.lines,
    ),
    Operation(
        "POST",
        "/v1/invoices/{id}/update_lines",
        "invoice",
        invoices.update_lines,
        fields.UPDATE_LINES,
        ("lines",),
        rules.lines,
    ),
    Operation(
        "POST",
        "/v1/invoices/{id}/remove_lines",
        "invoice",
        invoices.remove_lines,
        fields.REMOVE_LINES,
        ("lines",),
    ),
    Operation(
        "POST", "/v1/invoices/{id}/finalize", "invoice", invoice_steps.finalize, {"auto_advance": flag()}
    ),
    Operation("POST", "/v1/invoices/{id}/send", "invoice", invoice_steps.send),
    Operation("POST", "/v1/invoices/{id}/pay", "invoice", invoice_steps.pay, fields.PAY),
    Operation("POST", "/v1/invoices/{id}/void", "invoice", invoice_steps.void),
    Operation("POST", "/v1/invoices/{id}/mark_uncollectible", "invoice", invoice_steps.mark_uncollectible),
    Operation(
        "POST",
        "/v1/invoices/{id}/attach_payment",
        "invoice",
        invoice_steps.attach_payment,
        {"payment_record": filled(text())},
        ("payment_record",),
    ),
)
_MONEY = (
    Operation("GET", "/v1/invoice_payments", "invoice_payment", payments.list_, fields.PAYMENT_LIST),
    Operation("GET", "/v1/invoice_payments/{id}", "invoice_payment", payments.retrieve),
    Operation(
        "POST",
        "/v1/payment_records/report_payment",
        "payment_record",
        payments.report,
        fields.PAYMENT_RECORD,
        ("amount_requested", "initiated_at", "payment_method_details"),
    ),
    Operation(
        "POST",
        "/v1/credit_notes",
        "credit_note",
        credit_notes.create,
        fields.CREDIT_NOTE,
        ("invoice",),
        rules.credit_note,
    ),
    Operation("GET", "/v1/credit_notes", "credit_note", credit_notes.list_, fields.CREDIT_NOTE_LIST),
    Operation(
        "GET",
        "/v1/credit_notes/preview",
        "credit_note",
        credit_notes.preview,
        fields.CREDIT_NOTE,
        ("invoice",),
        rules.credit_note,
    ),
    Operation("POST", "/v1/credit_notes/{id}/void", "credit_note", credit_notes.void),
    Operation("GET", "/v1/credit_notes/{id}", "credit_note", credit_notes.retrieve),
)
_ACCOUNT = (
    Operation("GET", "/v1/events", "event", events.list_, fields.EVENT_LIST, (), rules.events),
    Operation("GET", "/v1/events/{id}", "event", events.retrieve),
    Operation("GET", "/v1/balance", "balance", balance),
    Operation("GET", "/v1/account", "account", seller.account),
    Operation("GET", "/v1/tax_ids", "tax_id", seller.tax_ids, fields.OWN_TAX_IDS),
)
OPERATIONS = (*_CUSTOMERS, *_TAX_RATES, *_INVOICES, *_MONEY, *_ACCOUNT)
