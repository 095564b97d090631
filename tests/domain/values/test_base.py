"""How values are written where a machine keeps them and a person may read them."""

import pkgutil
import re
from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from typing import get_type_hints

import pytest
from temporalio.contrib.pydantic import pydantic_data_converter

import raccord.domain
from raccord.domain.values.base import Value
from raccord.domain.values.deal import Deal, DealRef, LineItem
from raccord.domain.values.message import message
from raccord.domain.values.totals import PricedLine, VatRounding, compute_totals

WRITTEN = [
    ("20", "20"),
    ("2E+1", "20"),
    ("100", "100"),
    ("1000", "1000"),
    ("0.10", "0.10"),
    ("1E+3", "1000"),
    ("-1E+1", "-10"),
    ("1E-7", "0.0000001"),
    ("1E+300", "1E+300"),
]


def deal(rate: Decimal) -> Deal:
    return Deal(ref=DealRef(connection="hubspot", id="1"), lines=(LineItem(id="1", vat_rate=rate),))


@pytest.mark.parametrize(("number", "written"), WRITTEN)
async def test_a_payload_writes_numbers_as_people_do(number: str, written: str) -> None:
    line = LineItem(id="1", vat_rate=Decimal(number))
    [payload] = await pydantic_data_converter.encode([line])
    [read] = await pydantic_data_converter.decode([payload], [LineItem])
    assert f'"vat_rate":"{written}"' in payload.data.decode()
    assert read == line


@pytest.mark.parametrize(("number", "written"), WRITTEN)
def test_so_does_a_message(number: str, written: str) -> None:
    said = message("any.code", rate=Decimal(number))
    assert said.model_dump(mode="json")["params"] == {"rate": {"number": written}}


def test_one_number_spelt_in_two_ways_is_one_content() -> None:
    assert deal(Decimal("2E+1")).content_hash == deal(Decimal(20)).content_hash
    assert deal(Decimal(20)).content_hash != deal(Decimal(21)).content_hash


@pytest.mark.parametrize("rounding", VatRounding)
def test_the_rates_of_totals_are_written_without_exponent(rounding: VatRounding) -> None:
    line = PricedLine(quantity=Decimal(1), unit_price=Decimal(50), vat_rate=Decimal("20.00"))
    totals = compute_totals([line], "EUR", rounding)
    assert [each["rate"] for each in totals.model_dump(mode="json")["vat"]] == ["20"]


def _values(of: type[Value] = Value) -> Iterator[type[Value]]:
    for each in of.__subclasses__():
        yield each
        yield from _values(each)


def test_no_value_has_a_number_that_is_written_otherwise() -> None:
    for module in pkgutil.walk_packages(raccord.domain.__path__, "raccord.domain."):
        import_module(module.name)
    fields = {
        f"{value.__name__}.{name}": repr(hint)
        for value in _values()
        for name, hint in get_type_hints(value, include_extras=True).items()
    }
    assert "Money.amount" in fields
    assert [
        name for name, hint in fields.items() if re.search(r"(?<!Annotated\[)decimal\.Decimal", hint)
    ] == []
