"""Every call the simulator answers."""

from sandbox.stripe import (
    customers,
    endpoints,
    events,
    fields,
    invoice_steps,
    invoices,
    money_fields,
    rules,
    seller,
    tax_ids,
    tax_rates,
)
from sandbox.stripe.checks import flag
from sandbox.stripe.money_operations import MONEY
from sandbox.stripe.operation import Operation
from sandbox.stripe.pages import PAGING

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
    Operation("POST", "/v1/invoices/{id}/pay", "invoice", invoice_steps.pay, money_fields.PAY),
    Operation("POST", "/v1/invoices/{id}/void", "invoice", invoice_steps.void),
    Operation("POST", "/v1/invoices/{id}/mark_uncollectible", "invoice", invoice_steps.mark_uncollectible),
    Operation(
        "POST",
        "/v1/invoices/{id}/attach_payment",
        "invoice",
        invoice_steps.attach_payment,
        money_fields.ATTACH,
        (),
        rules.attached_payment,
    ),
    Operation(
        "POST",
        "/dashboard/invoices/{id}/due_date",
        "invoice",
        invoices.move_due_date,
        fields.MOVED_DUE_DATE,
        (),
        rules.moved_due_date,
        outside=True,
    ),
)
_ACCOUNT = (
    Operation("GET", "/v1/events", "event", events.list_, fields.EVENT_LIST, (), rules.events),
    Operation("GET", "/v1/events/{id}", "event", events.retrieve),
    Operation("GET", "/v1/webhook_endpoints", "webhook", endpoints.list_, PAGING),
    Operation(
        "POST",
        "/v1/webhook_endpoints",
        "webhook",
        endpoints.create,
        fields.ENDPOINT,
        ("enabled_events", "url"),
    ),
    Operation("GET", "/v1/webhook_endpoints/{id}", "webhook", endpoints.retrieve),
    Operation("POST", "/v1/webhook_endpoints/{id}", "webhook", endpoints.update, fields.ENDPOINT_UPDATE),
    Operation("DELETE", "/v1/webhook_endpoints/{id}", "webhook", endpoints.delete),
    Operation("GET", "/v1/account", "account", seller.account),
    Operation("GET", "/v1/tax_ids", "tax_id", seller.tax_ids, fields.OWN_TAX_IDS),
)
OPERATIONS = (*_CUSTOMERS, *_TAX_RATES, *_INVOICES, *MONEY, *_ACCOUNT)
