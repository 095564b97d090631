"""Checks across the parameters of one request. Like the checks of single parameters they leave no trace."""

from sandbox.stripe.errors import Refusal, exclusive_parameters, missing_parameter
from sandbox.stripe.store import Json


def due_date(params: Json, now: int) -> None:
    """A due date goes with `send_invoice` only, is given once, and lies in the future."""
    given = [name for name in ("days_until_due", "due_date") if name in params]
    if len(given) > 1:
        raise exclusive_parameters(*given)
    if params.get("due_date", now + 1) <= now:
        raise Refusal("The due date must be in the future.", param="due_date")


def moved_due_date(params: Json, _: int) -> None:
    _exactly_one(params, "due_date", "days_ago")


def new_invoice(params: Json, now: int) -> None:
    due_date(params, now)
    given = [name for name in ("days_until_due", "due_date") if name in params]
    sends = params.get("collection_method") == "send_invoice"
    if given and not sends:
        raise Refusal(
            f"You can only specify `{given[0]}` if `collection_method` is `send_invoice`.", param=given[0]
        )
    if sends and not given:
        raise missing_parameter("days_until_due")


def lines(params: Json, _: int) -> None:
    """Every `price_data` has one product and one unit amount."""
    for number, line in enumerate(params["lines"] or []):
        if "price_data" not in line:
            continue
        path = f"lines[{number}][price_data]"
        for pair in (("product", "product_data"), ("unit_amount", "unit_amount_decimal")):
            given = [name for name in pair if name in line["price_data"]]
            if len(given) > 1:
                raise exclusive_parameters(*(f"{path}[{name}]" for name in pair))
            if not given:
                raise missing_parameter(f"{path}[{pair[0]}]")


def credit_note(params: Json, _: int) -> None:
    if "amount" in params and params.get("lines"):
        raise exclusive_parameters("amount", "lines")
    if "amount" not in params and not params.get("lines"):
        raise missing_parameter("amount")


def attached_payment(params: Json, _: int) -> None:
    _exactly_one(params, "payment_intent", "payment_record")


def payment_method(params: Json, _: int) -> None:
    if "payment_method" in params and "payment_method_data" in params:
        raise exclusive_parameters("payment_method", "payment_method_data")


def refund(params: Json, _: int) -> None:
    _exactly_one(params, "charge", "payment_intent")


def events(params: Json, _: int) -> None:
    if "type" in params and "types" in params:
        raise exclusive_parameters("type", "types")


def nothing(_params: Json, _now: int) -> None:
    """No rule."""


def _exactly_one(params: Json, *names: str) -> None:
    given = [name for name in names if name in params]
    if len(given) > 1:
        raise exclusive_parameters(*names)
    if not given:
        raise missing_parameter(names[0])
