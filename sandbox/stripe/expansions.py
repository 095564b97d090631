"""The parameter `expand`: ids replaced by objects, and lists that are absent unless asked for."""

from collections.abc import Callable, Sequence
from typing import Any

from sandbox.stripe.account import Account
from sandbox.stripe.cash import cash_balance
from sandbox.stripe.errors import Refusal
from sandbox.stripe.invoice_view import shown
from sandbox.stripe.pages import DEFAULT_LIMIT, list_object
from sandbox.stripe.store import Json
from sandbox.stripe.tax_ids import in_order

_DEEPEST = 4


def expanded(account: Account, answer: Json, paths: Sequence[str]) -> Json:
    """A copy of the answer with the named properties expanded."""
    for path in paths:
        steps = path.split(".")
        if len(steps) > _DEEPEST:
            raise Refusal(f"You cannot expand more than {_DEEPEST} levels of a property.", param="expand")
        answer = _along(account, answer, steps, path)
    return answer


def _along(account: Account, shown_object: Json, steps: Sequence[str], path: str) -> Json:
    step, *rest = steps
    if shown_object.get("object") in ("list", "search_result"):
        if step != "data":
            raise _refused(path)
        items = [_along(account, item, rest, path) for item in shown_object["data"]] if rest else None
        return shown_object if items is None else {**shown_object, "data": items}
    value = _value(account, shown_object, step, path)
    if rest and isinstance(value, dict):
        value = _along(account, value, rest, path)
    return {**shown_object, step: value}


def _value(account: Account, shown_object: Json, step: str, path: str) -> Any:
    included = _INCLUDABLE.get((shown_object.get("object", ""), step))
    if included and (not shown_object.get("deleted") or account.settings.deleted_customer_expands):
        return included(account, shown_object)
    value = shown_object.get(step)
    if isinstance(value, dict):
        return value
    if step in shown_object and (value is None or step in _EXPANDABLE):
        return value and _EXPANDABLE[step](account, value)
    raise _refused(path)


def _customer(account: Account, id_: str) -> Json:
    return account.store.customers.find(id_) or {"id": id_, "object": "customer", "deleted": True}


def _invoice(account: Account, id_: str) -> Any:
    invoice = account.store.invoices.find(id_)
    return shown(account, invoice) if invoice else id_


def _tax_ids(account: Account, customer: Json) -> Json:
    id_ = customer["id"]
    found = [each for each in account.store.tax_ids if each["customer"] == id_]
    listed = in_order(account.settings, found[::-1])
    return list_object(f"/v1/customers/{id_}/tax_ids", listed, has_more=False)


def _payments(account: Account, invoice: Json) -> Json:
    """The first page of them, as long as one that nobody gives a limit (Stripe docs: api/pagination)."""
    found = account.store.invoice_payments.of(invoice["id"])[::-1]
    shown_ones, more = found[:DEFAULT_LIMIT], len(found) > DEFAULT_LIMIT
    return list_object("/v1/invoice_payments", shown_ones, has_more=more)


def _paid_off_stripe(account: Account, shown_object: Json) -> int:
    invoice = account.store.invoices.find(shown_object["id"])
    return invoice.off_stripe if invoice else 0


def _refunds(account: Account, charge: Json) -> Json:
    found = [each for each in account.store.refunds if each["charge"] == charge["id"]]
    return list_object(f"/v1/charges/{charge['id']}/refunds", found[::-1], has_more=False)


def _cash_balance(account: Account, customer: Json) -> Json:
    return cash_balance(account, customer["id"])


def _found_in(table: str) -> Callable[[Account, str], Any]:
    """Expands an id by the object of a table; the id of what is gone stays as it is."""
    return lambda account, id_: getattr(account.store, table).find(id_) or id_


def _source(account: Account, id_: str) -> Any:
    """What moved the account's balance."""
    store = account.store
    tables = (store.charges, store.refunds, store.disputes)
    return next((found for table in tables if (found := table.find(id_))), id_)


def _refused(path: str) -> Refusal:
    return Refusal(f"This property cannot be expanded ({path}).", param="expand")


_EXPANDABLE: dict[str, Callable[[Account, str], Any]] = {
    "balance_transaction": _found_in("balance_transactions"),
    "charge": _found_in("charges"),
    "credit_note": _found_in("credit_notes"),
    "customer": _customer,
    "customer_balance_transaction": _found_in("customer_balance_transactions"),
    "failure_balance_transaction": _found_in("balance_transactions"),
    "invoice": _invoice,
    "latest_charge": _found_in("charges"),
    "payment_intent": _found_in("payment_intents"),
    "payment_record": _found_in("payment_records"),
    "refund": _found_in("refunds"),
    "source": _source,
}
_INCLUDABLE: dict[tuple[str, str], Callable[[Account, Json], Any]] = {
    ("charge", "refunds"): _refunds,
    ("customer", "cash_balance"): _cash_balance,
    ("customer", "tax_ids"): _tax_ids,
    ("invoice", "payments"): _payments,
    ("invoice", "amount_paid_off_stripe"): _paid_off_stripe,
}
