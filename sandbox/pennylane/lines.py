"""The lines of an invoice (pennylane.md 1.3)."""

from collections.abc import Sequence
from decimal import Decimal

from sandbox.pennylane.call import Call
from sandbox.pennylane.errors import Json, malformed, not_found, unprocessable
from sandbox.pennylane.money import DIGITS, Discount, Priced, amount_of, discount_of
from sandbox.pennylane.records import Invoice, Line

_PRICE_PLACES = 6


def build_lines(call: Call, invoice: Invoice, sent: Sequence[Json]) -> None:
    for each in sent:
        rank = 1 + max((line.rank for line in invoice.lines), default=0)
        product = _product(call, each)
        values = _values(each | {"label": each.get("label", product.get("label"))}, product)
        line = Line(
            id=call.company.new_id(),
            rank=rank,
            values=values,
            priced=_priced(product | each, Priced(Decimal(1), Decimal(0), "exempt", Discount())),
            **call.company.stamps(call.now),
        )
        _in_a_section(invoice, values)
        invoice.lines.append(line)


def correct_lines(call: Call, invoice: Invoice, sent: Json) -> None:
    """Delete, update, create: what a draft's update names; what it does not name stays."""
    ids = [each["id"] for part in ("delete", "update") for each in sent.get(part, ())]
    if any("imputation_dates" in each for each in _of(sent)):
        raise malformed("NotAnyOf", "a draft's lines have no imputation_dates", field="invoice_lines/update")
    known = {line.id: line for line in invoice.lines}
    if not set(ids) <= known.keys():
        raise not_found()
    gone = {each["id"] for each in sent.get("delete", ())}
    if not sent.get("create") and gone == known.keys():
        raise unprocessable("An invoice has at least one line", field="invoice_lines")
    priced = {
        each["id"]: _priced(_product(call, each) | each, known[each["id"]].priced) for each in _of(sent)
    }
    for each in _of(sent):
        line = known[each["id"]]
        values = line.values | {name: each[name] for name in _VALUES if name in each}
        _in_a_section(invoice, values)
        line.values, line.priced, line.updated = values, priced[line.id], call.now
    invoice.lines = [line for line in invoice.lines if line.id not in gone]
    build_lines(call, invoice, sent.get("create", ()))


def date_lines(call: Call, invoice: Invoice, sent: Sequence[Json]) -> None:
    """The imputation dates of a final invoice's lines."""
    known = {line.id: line for line in invoice.lines}
    if not {each["id"] for each in sent} <= known.keys():
        raise not_found()
    for each in sent:
        if set(each) - {"id", "imputation_dates"}:
            raise unprocessable("Only imputation_dates of a finalized invoice's lines can be updated")
        line = known[each["id"]]
        line.values["imputation_dates"] = _dates(each["imputation_dates"])
        line.updated = call.now


def _of(sent: Json) -> Sequence[Json]:
    found: Sequence[Json] = sent.get("update", ())
    return found


def _product(call: Call, sent: Json) -> Json:
    """What a product fills in (company-v2.openapi.json, `product_id` of a line)."""
    if "product_id" not in sent:
        return {}
    product = call.company.products.get(sent["product_id"])
    if product is None:
        raise unprocessable("Product not found", field="product_id")
    held = product.values
    return {
        "label": held["label"],
        "unit": held["unit"],
        "vat_rate": held["vat_rate"],
        "raw_currency_unit_price": held["price_before_tax"],
    }


def _values(sent: Json, product: Json) -> Json:
    found = {name: sent.get(name, product.get(name)) for name in _VALUES}
    found["description"] = found["description"] or ""
    found["imputation_dates"] = _dates(sent.get("imputation_dates"))
    return found


def _priced(sent: Json, before: Priced) -> Priced:
    price, discount = sent.get("raw_currency_unit_price"), sent.get("discount")
    vat_rate = sent.get("vat_rate", before.vat_rate)
    if vat_rate == "mixed":
        raise unprocessable("vat_rate mixed is not a rate of a line", field="vat_rate")
    quantity = Decimal(str(sent["quantity"])) if "quantity" in sent else before.quantity
    if abs(quantity) >= 10**DIGITS:
        raise unprocessable("quantity is too large", field="quantity")
    return Priced(
        quantity=quantity,
        price=before.price
        if price is None
        else amount_of(price, "raw_currency_unit_price", places=_PRICE_PLACES),
        vat_rate=vat_rate,
        discount=before.discount if discount is None else discount_of(discount),
    )


def _in_a_section(invoice: Invoice, values: Json) -> None:
    ranks = {section.values["rank"] for section in invoice.sections}
    if values["section_rank"] is not None and values["section_rank"] not in ranks:
        raise unprocessable("section_rank does not correspond to a section", field="section_rank")


def _dates(sent: Json | None) -> Json | None:
    return sent and {name: day.isoformat() for name, day in sent.items()}


_VALUES = ("label", "unit", "description", "product_id", "section_rank", "imputation_dates")
