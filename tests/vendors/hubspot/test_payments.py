"""The money on a deal: written in the properties that an account has, compared as values."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from raccord.connectors.connection import CheckState
from raccord.connectors.crm import Crm
from raccord.connectors.errors import AmbiguousWrite, Forbidden, NotFound, Permanent, Transient
from raccord.domain.values.deal import PaymentFields
from raccord.domain.values.money import Money
from raccord.domain.values.payment import PaymentMeans
from raccord.vendors.hubspot import usable
from tests.vendors.hubspot.account import DEAL, ROOT
from tests.vendors.hubspot.conftest import Connect
from tests.vendors.hubspot.stub import Asked, Reply, Stub
from tests.vendors.hubspot.test_checks import PAYMENT_MEANS, PAYMENT_STATUSES
from tests.vendors.hubspot.test_errors import FIELDS as INVOICE

PROPERTIES = f"{ROOT}/v3/properties/deals"
FIELDS = PaymentFields(
    status="partly_paid",
    paid=(Money(amount=Decimal(1000), currency="EUR"),),
    due=(Money(amount=Decimal("200.5"), currency="EUR"),),
    paid_on=date(2026, 12, 1),
    means=PaymentMeans.BANK_TRANSFER,
    details="F-1 : 1 000,00 €\nF-2 : rien",
)
SHOWN = {
    "billing_payment_status": "partly_paid",
    "billing_amount_paid": "1000.00",
    "billing_amount_due": "200.50",
    "billing_paid_on": "2026-12-01",
    "billing_payment_means": "bank_transfer",
    "billing_payment_details": "F-1 : 1 000,00 €\nF-2 : rien",
}
FORBIDDEN = Reply({"status": "error", "category": "MISSING_SCOPES", "message": "no"}, 403)


def options(*values: str) -> list[dict[str, str]]:
    return [{"value": value, "label": value} for value in values]


class Deals:
    """One deal and the properties that its account has; a write is refused as HubSpot refuses one."""

    def __init__(self, stub: Stub) -> None:
        self.stub = stub
        self.properties: dict[str, dict[str, Any]] = {
            "billing_payment_status": {"type": "enumeration", "options": options(*PAYMENT_STATUSES)},
            "billing_amount_paid": {"type": "number"},
            "billing_amount_due": {"type": "number"},
            "billing_paid_on": {"type": "date"},
            "billing_payment_means": {"type": "enumeration", "options": options(*PAYMENT_MEANS)},
            "billing_payment_details": {"type": "string"},
        }
        self.shown: dict[str, str | None] = {}
        stub.on(f"GET {PROPERTIES}", self._list)
        stub.on(f"PATCH {DEAL}", self._write)
        stub.on(f"GET {DEAL}", lambda _: Reply({"id": "42", "properties": self.shown}))

    def _list(self, _: Asked) -> Reply:
        return Reply({"results": [{"name": name, **each} for name, each in self.properties.items()]})

    def _write(self, asked: Asked) -> Reply:
        wrong = [
            {"message": "no", "code": code, "context": {"propertyName": [name]}}
            for name, value in asked.json["properties"].items()
            if (code := self._problem(name, value))
        ]
        if wrong:
            return Reply({"status": "error", "category": "VALIDATION_ERROR", "errors": wrong}, 400)
        self.shown |= asked.json["properties"]
        return Reply({"id": "42"})

    def _problem(self, name: str, value: str) -> str:
        found = self.properties.get(name)
        if found is None:
            return "PROPERTY_DOESNT_EXIST"
        offered = {each["value"] for each in found.get("options", ())}
        return "INVALID_OPTION" if value and offered and value not in offered else ""

    @property
    def writes(self) -> list[dict[str, str]]:
        return [a.json["properties"] for a in self.stub.seen if a.method == "PATCH"]

    @property
    def lists(self) -> int:
        return self.stub.count(f"GET {PROPERTIES}")


@pytest.fixture
def deals(stub: Stub) -> Deals:
    return Deals(stub)


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    init = usable.UsableProperties.__init__
    monkeypatch.setattr(usable.UsableProperties, "__init__", lambda *a: init(*a, now=clock))
    return clock


@pytest.fixture
def timed(clock: Clock, connect: Connect) -> Crm:
    """A port made after its clock."""
    del clock
    return connect()


async def test_all_of_it_is_written_in_one_request(crm: Crm, deals: Deals) -> None:
    await crm.write_payment("42", FIELDS)
    assert deals.writes == [SHOWN]
    assert await crm.shows_payment("42", FIELDS)
    assert await crm.lacks_payment_fields() == ()


@pytest.mark.parametrize(
    ("change", "written"),
    [
        ({"paid": (), "due": ()}, {"billing_amount_paid": "", "billing_amount_due": ""}),
        ({"paid_on": None, "means": ""}, {"billing_paid_on": "", "billing_payment_means": ""}),
        ({"due": (Money.zero("EUR"),)}, {"billing_amount_due": "0.00"}),
        (
            {"paid": (Money(amount=Decimal(5000), currency="JPY"),), "due": (Money.zero("JPY"),)},
            {"billing_amount_paid": "5000", "billing_amount_due": "0"},
        ),
        (
            {"paid": (Money(amount=Decimal("1.5"), currency="KWD"),), "due": ()},
            {"billing_amount_paid": "1.500", "billing_amount_due": ""},
        ),
        (
            {"paid": (*FIELDS.paid, Money.zero("USD"))},
            {"billing_amount_paid": "", "billing_amount_due": ""},
        ),
        (
            {"due": (Money(amount=Decimal(3), currency="USD"),)},
            {"billing_amount_paid": "", "billing_amount_due": ""},
        ),
    ],
    ids=["no amounts", "no payment", "nothing due", "yen", "dinars", "two currencies", "due in another"],
)
async def test_what_there_is_not_clears_its_property(
    crm: Crm, deals: Deals, change: dict[str, Any], written: dict[str, str]
) -> None:
    fields = FIELDS.model_copy(update=change)
    await crm.write_payment("42", fields)
    assert deals.writes == [SHOWN | written]
    assert await crm.shows_payment("42", fields)


async def test_details_are_cut_where_hubspot_would_refuse_them(crm: Crm, deals: Deals) -> None:
    fields = FIELDS.model_copy(update={"details": "é" * 40_000})
    await crm.write_payment("42", fields)
    written = deals.writes[0]["billing_payment_details"]
    assert (len(written.encode()) <= 65_536, written[-1]) == (True, "…")
    assert await crm.shows_payment("42", fields)


@pytest.mark.parametrize(
    "properties",
    [
        {"billing_amount_paid": "1000", "billing_amount_due": "2.005E2"},
        {"billing_paid_on": "1796083200000"},
        {"billing_paid_on": "2026-12-01T00:00:00Z"},
        {"billing_payment_details": " F-1 : 1 000,00 € \r\nF-2 : rien\n"},
        {"billing_payment_status": " partly_paid "},
    ],
)
async def test_what_is_shown_is_recognised_as_hubspot_returns_it(
    crm: Crm, deals: Deals, properties: dict[str, str]
) -> None:
    deals.shown |= SHOWN | properties
    assert await crm.shows_payment("42", FIELDS)


@pytest.mark.parametrize("name", SHOWN)
@pytest.mark.parametrize("value", ["", None, "void", "7", "2026-12-02", "autre"])
async def test_any_difference_asks_for_a_write(crm: Crm, deals: Deals, name: str, value: str | None) -> None:
    deals.shown |= SHOWN | {name: value}
    assert not await crm.shows_payment("42", FIELDS)


async def test_a_deal_that_shows_nothing_yet_and_does_not_even_name_its_properties_is_written(
    crm: Crm, deals: Deals
) -> None:
    deals.shown.clear()
    assert not await crm.shows_payment("42", FIELDS)


@pytest.mark.parametrize("name", SHOWN)
async def test_a_property_that_is_missing_is_left_out_and_named(crm: Crm, deals: Deals, name: str) -> None:
    del deals.properties[name]
    assert await crm.lacks_payment_fields() == (name,)
    assert not await crm.shows_payment("42", FIELDS)
    await crm.write_payment("42", FIELDS)
    assert deals.writes == [{key: value for key, value in SHOWN.items() if key != name}]
    assert await crm.shows_payment("42", FIELDS)
    assert deals.lists == 1


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("billing_amount_paid", {"type": "date"}),
        ("billing_payment_details", {"type": "enumeration"}),
        ("billing_paid_on", {"modificationMetadata": {"readOnlyValue": True}}),
    ],
)
async def test_a_property_that_cannot_hold_it_is_left_out_and_named(
    crm: Crm, deals: Deals, name: str, change: dict[str, Any]
) -> None:
    deals.properties[name] |= change
    assert await crm.lacks_payment_fields() == (name,)
    await crm.write_payment("42", FIELDS)
    assert name not in deals.writes[0]
    assert len(deals.writes[0]) == 5


async def test_a_dropdown_without_the_option_is_left_out_and_one_without_another_is_written(
    crm: Crm, deals: Deals
) -> None:
    deals.properties["billing_payment_status"]["options"] = options("paid")
    deals.properties["billing_payment_means"]["options"] = options("card", "bank_transfer")
    assert await crm.lacks_payment_fields() == ("billing_payment_status", "billing_payment_means")
    await crm.write_payment("42", FIELDS)
    assert deals.writes == [{k: v for k, v in SHOWN.items() if k != "billing_payment_status"}]
    await crm.write_payment("42", FIELDS.model_copy(update={"status": "paid", "means": ""}))
    assert deals.writes[1] == SHOWN | {"billing_payment_status": "paid", "billing_payment_means": ""}


async def test_a_text_in_place_of_a_dropdown_takes_every_value(crm: Crm, deals: Deals) -> None:
    deals.properties["billing_payment_status"] = {"type": "string"}
    await crm.write_payment("42", FIELDS)
    assert (deals.writes, await crm.lacks_payment_fields()) == ([SHOWN], ())


async def test_an_account_without_any_of_them_is_asked_to_write_nothing(
    crm: Crm, deals: Deals, stub: Stub
) -> None:
    deals.properties.clear()
    await crm.write_payment("42", FIELDS)
    assert await crm.shows_payment("42", FIELDS)
    assert set(await crm.lacks_payment_fields()) == set(SHOWN)
    assert {asked.path for asked in stub.seen} == {PROPERTIES}


async def test_what_is_not_mapped_is_neither_written_nor_lacked(connect: Connect, deals: Deals) -> None:
    crm = connect(mapping={"payment": {"details": "", "means": "", "paid": "encaisse"}})
    await crm.write_payment("42", FIELDS)
    assert set(deals.writes[0]) == {"billing_payment_status", "billing_amount_due", "billing_paid_on"}
    assert await crm.lacks_payment_fields() == ("encaisse",)
    deals.properties["encaisse"] = {"type": "number"}
    other = connect(mapping={"payment": {"details": "", "means": "", "paid": "encaisse"}})
    await other.write_payment("42", FIELDS)
    assert deals.writes[1]["encaisse"] == "1000.00"


async def test_a_complete_account_is_asked_once_in_minutes(clock: Clock, timed: Crm, deals: Deals) -> None:
    for _ in range(3):
        await timed.write_payment("42", FIELDS)
        await timed.shows_payment("42", FIELDS)
    assert deals.lists == 1
    clock.now += usable.COMPLETE
    await timed.shows_payment("42", FIELDS)
    assert deals.lists == 2


async def test_a_property_that_is_made_is_used_within_half_a_minute(
    clock: Clock, timed: Crm, deals: Deals
) -> None:
    made = deals.properties.pop("billing_paid_on")
    await timed.write_payment("42", FIELDS)
    deals.properties["billing_paid_on"] = made
    await timed.write_payment("42", FIELDS)
    clock.now += 30
    await timed.write_payment("42", FIELDS)
    assert ["billing_paid_on" in written for written in deals.writes] == [False, False, True]
    assert await timed.lacks_payment_fields() == ()


async def test_a_property_that_was_archived_since_is_left_out_after_its_refusal(
    crm: Crm, deals: Deals
) -> None:
    await crm.write_payment("42", FIELDS)
    del deals.properties["billing_payment_details"]
    del deals.properties["billing_paid_on"]
    deals.shown = {"billing_payment_status": "open"}
    assert not await crm.shows_payment("42", FIELDS)
    await crm.write_payment("42", FIELDS)
    left = {k: v for k, v in SHOWN.items() if k not in ("billing_payment_details", "billing_paid_on")}
    assert deals.writes == [SHOWN, SHOWN, left]
    assert deals.lists == 2
    assert await crm.shows_payment("42", FIELDS)
    assert await crm.lacks_payment_fields() == ("billing_paid_on", "billing_payment_details")


async def test_a_token_that_may_not_list_properties_learns_from_refusals(
    clock: Clock, timed: Crm, deals: Deals, stub: Stub
) -> None:
    stub.on(f"GET {PROPERTIES}", FORBIDDEN)
    made = {name: deals.properties.pop(name) for name in ("billing_paid_on", "billing_payment_details")}
    deals.properties["billing_payment_status"]["options"] = options("paid")
    assert await timed.lacks_payment_fields() == ()
    await timed.write_payment("42", FIELDS)
    lacked = ("billing_payment_status", *made)
    assert deals.writes[-1] == {k: v for k, v in SHOWN.items() if k not in lacked}
    assert await timed.lacks_payment_fields() == lacked
    assert await timed.shows_payment("42", FIELDS)
    await timed.write_payment("42", FIELDS.model_copy(update={"status": "paid"}))
    assert deals.writes[-1]["billing_payment_status"] == "paid", "only the one option was refused"
    deals.properties |= made
    clock.now += 30
    await timed.write_payment("42", FIELDS.model_copy(update={"status": "paid"}))
    assert deals.writes[-1] == SHOWN | {"billing_payment_status": "paid"}


async def test_a_refusal_of_something_else_is_told(crm: Crm, deals: Deals, stub: Stub) -> None:
    wrong = {"message": "no", "code": "INVALID_OPTION", "context": {"propertyName": ["dealstage"]}}
    stub.on(f"PATCH {DEAL}", Reply({"status": "error", "errors": [wrong]}, 400))
    with pytest.raises(Permanent) as caught:
        await crm.write_payment("42", FIELDS)
    assert caught.value.field == "dealstage"
    assert len(deals.writes) == 1


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply({"status": "error", "category": "VALIDATION_ERROR", "message": "no"}, 400), Permanent),
        (Reply({"status": "error", "category": "OBJECT_NOT_FOUND"}, 404), NotFound),
        (FORBIDDEN, Forbidden),
        (Reply({"status": "error"}, 502), AmbiguousWrite),
    ],
)
async def test_a_write_that_fails_says_so_and_is_not_repeated(
    crm: Crm, deals: Deals, stub: Stub, reply: Reply, expected: type[Exception]
) -> None:
    stub.on(f"PATCH {DEAL}", reply)
    with pytest.raises(expected):
        await crm.write_payment("42", FIELDS)
    assert len(deals.writes) == 1


async def test_properties_that_cannot_be_listed_now_are_not_guessed(
    crm: Crm, deals: Deals, stub: Stub
) -> None:
    stub.on(f"GET {PROPERTIES}", Reply({"status": "error"}, 503))
    for call in (crm.write_payment, crm.shows_payment):
        with pytest.raises(Transient):
            await call("42", FIELDS)
    with pytest.raises(Transient):
        await crm.lacks_payment_fields()
    assert deals.writes == []


async def test_an_invoice_is_written_without_any_of_it(crm: Crm, stub: Stub) -> None:
    stub.on(f"PATCH {DEAL}", Reply({"id": "42"}))
    await crm.write_invoice("42", INVOICE)
    assert [asked.method for asked in stub.seen] == ["PATCH"]
    assert not set(stub.seen[0].json["properties"]) & set(SHOWN)


async def test_setting_up_makes_them_with_french_labels(crm: Crm, deals: Deals, stub: Stub) -> None:
    deals.properties.clear()
    made: dict[str, dict[str, Any]] = {}

    def make(asked: Asked) -> Reply:
        made[asked.json["name"]] = asked.json
        return Reply(asked.json, 201)

    for kind in ("companies", "line_items"):
        stub.on(f"GET {ROOT}/v3/properties/{kind}", Reply({"results": []}))
    stub.on(f"POST {PROPERTIES}/groups", Reply({"name": "raccord"}, 201))
    stub.on(f"POST {PROPERTIES}", make)
    lines = [check for check in await crm.set_up() if check.name.removeprefix("deals: ") in SHOWN]
    assert {check.state for check in lines} == {CheckState.OK}
    forms = {name: (made[name]["type"], made[name]["fieldType"]) for name in SHOWN}
    assert forms == {
        "billing_payment_status": ("enumeration", "select"),
        "billing_amount_paid": ("number", "number"),
        "billing_amount_due": ("number", "number"),
        "billing_paid_on": ("date", "date"),
        "billing_payment_means": ("enumeration", "select"),
        "billing_payment_details": ("string", "textarea"),
    }
    for name, values in (("status", PAYMENT_STATUSES), ("means", PAYMENT_MEANS)):
        offered = made[f"billing_payment_{name}"]["options"]
        assert tuple(option["value"] for option in offered) == values
        assert all(option["label"][0].isupper() for option in offered), "a label in French, no value"
    assert made["billing_payment_status"]["options"][1]["label"] == "Payée en partie"
