"""Messages: what is said, without words, and when two say the same."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from raccord.domain.values.message import (
    Day,
    Message,
    Moment,
    Number,
    Param,
    Percent,
    Quote,
    RecordKind,
    RecordName,
    message,
)
from raccord.domain.values.money import Money

LINE = RecordName(kind=RecordKind.LINE, id="41", number=2, name="Energy audit")
EVERY_KIND: dict[str, Param] = {
    "text": "12",
    "integer": 12,
    "number": Number(number=Decimal("1.50")),
    "percent": Percent(percent=Decimal("5.5")),
    "money": Money.of_minor(1250, "EUR"),
    "day": Day(day=date(2026, 11, 27)),
    "moment": Moment(moment=datetime(2026, 11, 27, 8, tzinfo=UTC)),
    "quote": Quote(quote="Sorry, no."),
    "record": LINE,
    "message": message("inner", amount=Money.of_minor(1, "EUR")),
    "several": (LINE, "a", 3, message("inner")),
}


@pytest.mark.parametrize("name", EVERY_KIND)
def test_a_parameter_survives_json_with_its_type(name: str) -> None:
    said = Message(code="some.code", params={name: EVERY_KIND[name]})
    back = Message.model_validate_json(said.model_dump_json())
    assert back == said
    assert type(back.params[name]) is type(EVERY_KIND[name])
    assert back.identity == said.identity


def test_decimals_and_dates_are_typed_when_a_message_is_built() -> None:
    built = message("c", price=Decimal("1.5"), day=date(2026, 1, 2), at=datetime(2026, 1, 2, tzinfo=UTC))
    assert [type(value).__name__ for value in built.params.values()] == ["Number", "Day", "Moment"]


@pytest.mark.parametrize("name", EVERY_KIND)
def test_another_parameter_is_another_message(name: str) -> None:
    said = Message(code="c", params={name: EVERY_KIND[name]})
    others = [Message(code="c", params={name: value}) for key, value in EVERY_KIND.items() if key != name]
    assert said.identity not in {other.identity for other in others}
    assert said.identity != Message(code="d", params=said.params).identity


def test_the_same_number_written_otherwise_is_the_same() -> None:
    assert message("c", n=Decimal("1.50")).identity == message("c", n=Decimal("1.5")).identity
    cents = Money(amount=Decimal("12.5"), currency="EUR")
    assert message("c", m=cents).identity == message("c", m=Money.of_minor(1250, "EUR")).identity


def test_a_record_is_the_same_under_another_name_and_another_without_an_id() -> None:
    renamed = LINE.model_copy(update={"name": "Audit", "number": 3, "url": "https://crm.example/41"})
    assert message("c", line=LINE).identity == message("c", line=renamed).identity
    nameless = RecordName(kind=RecordKind.LINE, name="Audit")
    assert (
        message("c", line=nameless).identity != message("c", line=RecordName(kind=RecordKind.LINE)).identity
    )


def test_a_text_cannot_pose_as_several() -> None:
    assert message("c", a="x', 'y").identity != message("c", a=("x", "y")).identity
