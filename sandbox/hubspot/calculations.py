"""What HubSpot calculates from a record's own values."""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.hubspot.records import Record
from sandbox.hubspot.schema import decimal


def calculated(record: Record, pipelines: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The calculated properties of a record with the values they should have now."""
    match record.kind.plural:
        case "line_items":
            return {"amount": _line_amount(record)}
        case "deals":
            stage = _stage(record, pipelines)
            closed, odds = stage.get("isClosed") == "true", stage.get("probability")
            won = closed and odds == "1.0"
            return {"hs_is_closed": str(closed).lower(), "hs_is_closed_won": str(won).lower()}
    return {}


def stages(pipelines: Iterable[Mapping[str, Any]], pipeline: str) -> list[dict[str, Any]]:
    return [stage for line in pipelines if line["id"] == pipeline for stage in line["stages"]]


def _stage(deal: Record, pipelines: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    for stage in stages(pipelines, deal.value("pipeline")):
        if stage["id"] == deal.value("dealstage"):
            return dict(stage["metadata"])
    return {}


def _line_amount(line: Record) -> str:
    """Net of the line; a percentage wins over a discount per unit. Empty when it cannot be."""
    price, quantity = decimal(line.value("price")), decimal(line.value("quantity"))
    if price is None or quantity is None:
        return ""
    percent = decimal(line.value("hs_discount_percentage"))
    per_unit = decimal(line.value("discount")) or Decimal(0)
    unit = price * (1 - percent / 100) if percent else price - per_unit
    cents = Decimal(1) if line.value("hs_line_item_currency_code") == "JPY" else Decimal("0.01")
    return str((unit * quantity).quantize(cents, ROUND_HALF_UP))
