"""Invoice lines: what was asked for, and how Stripe shows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sandbox.core.table import new_id
from sandbox.stripe.call import Call
from sandbox.stripe.checks import merged_metadata
from sandbox.stripe.currencies import THREE_DECIMAL
from sandbox.stripe.errors import Refusal, exclusive_parameters, missing_object, missing_parameter
from sandbox.stripe.store import Store
from sandbox.stripe.tax_rates import find_or_create, usable_rates
from sandbox.stripe.totals import Rate, Tax, Taxed, line_amount, taxes_of

MOST_LINES = 250
_PRICED = ("price_data", "quantity", "quantity_decimal")


@dataclass(frozen=True)
class Line:
    """One line. `unit` is a decimal of minor units; `rates` None means the invoice's default rates."""

    id: str
    item: str
    currency: str
    price: str
    product: str
    unit: Decimal
    quantity: Decimal
    period: Mapping[str, int]
    description: str | None = None
    behaviour: str | None = None
    rates: tuple[str, ...] | None = None
    given: tuple[Tax, ...] = ()
    discountable: bool = True
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def amount(self) -> int:
        return line_amount(self.quantity, self.unit)

    def taxed(self, rates: Mapping[str, Rate], defaults: tuple[str, ...]) -> Taxed:
        """What arithmetic needs, with the invoice's default rates where the line names none."""
        names = () if self.given else defaults if self.rates is None else self.rates
        return Taxed(amount=self.amount, rates=tuple(rates[name] for name in names), given=self.given)


def new_line(call: Call, wanted: Mapping[str, Any], *, currency: str, path: str) -> Line:
    """A line from `lines[n]`; everything in it is checked against the account and the invoice's currency."""
    if "amount" not in wanted and "price_data" not in wanted:
        raise missing_parameter(f"{path}[price_data]")
    blank = Line(
        id=new_id("il"),
        item=new_id("ii"),
        currency=currency,
        price=new_id("price"),
        product=new_id("prod", 14),
        unit=Decimal(0),
        quantity=Decimal(1),
        period={"start": call.now, "end": call.now},
    )
    return changed_line(call, blank, wanted, path=path)


def changed_line(call: Call, line: Line, wanted: Mapping[str, Any], *, path: str) -> Line:
    """The line after an update; parameters that are not named keep their value."""
    store = call.store
    line = _priced(store, line, wanted, path)
    if "tax_rates" in wanted:
        rates = wanted["tax_rates"]
        line = replace(
            line, rates=None if rates is None else usable_rates(store, rates, f"{path}[tax_rates]")
        )
    if "tax_amounts" in wanted:
        line = replace(line, given=_given_taxes(call, wanted["tax_amounts"] or ()))
    line = replace(
        line,
        description=wanted.get("description", line.description),
        discountable=wanted.get("discountable", line.discountable and line.amount >= 0),
        period=wanted.get("period", line.period),
        metadata=merged_metadata(line.metadata, wanted["metadata"])
        if "metadata" in wanted
        else line.metadata,
    )
    _consistent(store, line, path)
    return line


def rendered_line(
    store: Store, line: Line, *, invoice: str, defaults: tuple[str, ...], exempt: str, livemode: bool
) -> dict[str, Any]:
    """The line item object."""
    taxes = taxes_of(line.taxed(store.rates(), defaults), exempt=exempt)
    return {
        "id": line.id,
        "object": "line_item",
        "amount": line.amount,
        "currency": line.currency,
        "description": line.description,
        "discount_amounts": [],
        "discountable": line.discountable,
        "discounts": [],
        "invoice": invoice,
        "livemode": livemode,
        "metadata": dict(line.metadata),
        "parent": {
            "invoice_item_details": {
                "invoice_item": line.item,
                "proration": False,
                "proration_details": {"credited_items": None},
                "subscription": None,
            },
            "subscription_item_details": None,
            "type": "invoice_item_details",
        },
        "period": dict(line.period),
        "pretax_credit_amounts": [],
        "pricing": {
            "price_details": {"price": line.price, "product": line.product},
            "type": "price_details",
            "unit_amount_decimal": decimal_text(line.unit),
        },
        "quantity": int(line.quantity),
        "quantity_decimal": decimal_text(line.quantity),
        "subscription": None,
        "subtotal": line.amount,
        "taxes": [rendered_tax(tax) for tax in taxes],
    }


def rendered_tax(tax: Tax) -> dict[str, Any]:
    return {
        "amount": tax.amount,
        "tax_behavior": "inclusive" if tax.rate.inclusive else "exclusive",
        "tax_rate_details": {"tax_rate": tax.rate.id},
        "taxability_reason": tax.reason,
        "taxable_amount": tax.taxable,
        "type": "tax_rate_details",
    }


def decimal_text(value: Decimal) -> str:
    """Plain notation without trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _priced(store: Store, line: Line, wanted: Mapping[str, Any], path: str) -> Line:
    if "amount" in wanted:
        for name in _PRICED:
            if name in wanted:
                raise exclusive_parameters(f"{path}[amount]", f"{path}[{name}]")
        return replace(line, unit=Decimal(wanted["amount"]), quantity=Decimal(1))
    if "quantity" in wanted and "quantity_decimal" in wanted:
        raise exclusive_parameters(f"{path}[quantity]", f"{path}[quantity_decimal]")
    quantity = wanted.get("quantity_decimal", wanted.get("quantity", line.quantity))
    line = replace(line, quantity=Decimal(quantity))
    data = wanted.get("price_data")
    return line if data is None else _with_price(store, line, data, f"{path}[price_data]")


def _with_price(store: Store, line: Line, data: Mapping[str, Any], path: str) -> Line:
    if data["currency"] != line.currency:
        raise Refusal(
            f"The price specified supports currencies of `{data['currency']}`. The invoice's currency is "
            f"`{line.currency}`; all lines of an invoice must have the same currency.",
            param=f"{path}[currency]",
        )
    if "product" in data and data["product"] not in store.products:
        raise missing_object("product", data["product"], param=f"{path}[product]", status=400)
    product = data.get("product") or new_id("prod", 14)
    if details := data.get("product_data"):
        store.products.add(product, {"id": product, "object": "product", **details})
    return replace(
        line,
        price=new_id("price"),
        product=product,
        unit=Decimal(data["unit_amount_decimal"] if "unit_amount_decimal" in data else data["unit_amount"]),
        behaviour=data.get("tax_behavior"),
        description=line.description or (details or {}).get("name"),
    )


def _given_taxes(call: Call, wanted: list[dict[str, Any]] | tuple[()]) -> tuple[Tax, ...]:
    return tuple(
        Tax(
            rate=find_or_create(call, tax["tax_rate_data"]),
            amount=tax["amount"],
            taxable=tax["taxable_amount"],
            reason=tax.get("taxability_reason", "not_available"),
        )
        for tax in wanted
    )


def _consistent(store: Store, line: Line, path: str) -> None:
    if line.given and line.rates:
        raise exclusive_parameters(f"{path}[tax_rates]", f"{path}[tax_amounts]")
    if line.currency in THREE_DECIMAL and line.amount % 10:
        raise Refusal("Three-decimal amounts must end in 0.", param=f"{path}[amount]")
    if line.behaviour in ("inclusive", "exclusive"):
        rates = store.rates()
        for name in line.rates or ():
            if rates[name].inclusive != (line.behaviour == "inclusive"):
                raise Refusal(
                    f"The tax rate {name} and the price's tax_behavior `{line.behaviour}` do not agree.",
                    param=f"{path}[tax_rates]",
                )
