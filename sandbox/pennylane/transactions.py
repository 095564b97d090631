"""Bank transactions (company-v2.openapi.json, `/transactions`), who asks, and templates."""

from functools import partial

from sandbox.pennylane import view, view_money
from sandbox.pennylane.call import Call, Operation
from sandbox.pennylane.errors import Json
from sandbox.pennylane.listing import SAME, Filter, filtered, page
from sandbox.pennylane.settings import BANK_ACCOUNT, COMPANY, COMPANY_NAME, COMPANY_SIREN, JOURNAL


def listed(call: Call) -> Json:
    rows = filtered(call, call.company.transactions.values(), _FILTERS)
    return page(call, rows, partial(view_money.transaction, call))


def retrieve(call: Call) -> Json:
    return view_money.transaction(call, call.company.transaction(call.id))


def matched_invoices(call: Call) -> Json:
    row = call.company.transaction(call.id)
    found = [call.company.invoices[id_] for id_ in row.used]
    return page(
        call,
        found,
        lambda each: {"id": each.id, "type": "customer", "url": call.url(f"customer_invoices/{each.id}")},
    )


def me(call: Call) -> Json:
    """pennylane.md 6: needs no scope, and tells a test company from a real one by its number."""
    user = {"id": 3_001, "first_name": "Claire", "last_name": "Morel", "email": "claire@hexalab.example"}
    reg_no = f"sandbox-{COMPANY}" if call.settings.sandbox_account else COMPANY_SIREN
    return {
        "user": {**user, "locale": "fr"} if call.by_app else None,
        "company": {"id": COMPANY, "name": COMPANY_NAME, "reg_no": reg_no},
        "scopes": list(call.scopes),
    }


def templates(call: Call) -> Json:
    return page(call, call.company.templates, partial(view.contact, call))


_FILTERS = {
    "id": Filter(SAME, lambda row: row.id),
    "bank_account_id": Filter(SAME, lambda _: BANK_ACCOUNT),
    "journal_id": Filter(SAME, lambda _: JOURNAL),
    "date": Filter(("eq", "not_eq", "gt", "lt", "lteq", "gteq"), lambda row: row.date),
}

OPERATIONS = (
    Operation("GET", "/me", me),
    Operation("GET", "/customer_invoice_templates", templates, "customer_invoice_templates:readonly"),
    Operation("GET", "/transactions", listed, "transactions"),
    Operation("GET", "/transactions/{id}", retrieve, "transactions"),
    Operation("GET", "/transactions/{id}/matched_invoices", matched_invoices, "transactions"),
)
