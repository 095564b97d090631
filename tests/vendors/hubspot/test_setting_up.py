"""`setup` makes the mapped properties that an account lacks, and touches nothing that is there."""

from typing import Any

import pytest

from raccord.connectors.connection import Check, CheckState
from raccord.connectors.crm import Crm
from tests.vendors.hubspot.account import ROOT
from tests.vendors.hubspot.conftest import Connect
from tests.vendors.hubspot.stub import Asked, Reply, Stub

KINDS = ("deals", "companies", "line_items")
TAKEN = Reply({"status": "error", "message": "exists", "category": "OBJECT_ALREADY_EXISTS"}, 409)
SCOPES = {"requiredGranularScopes": ["crm.schemas.deals.write"]}
FORBIDDEN = Reply(
    {
        "status": "error",
        "category": "MISSING_SCOPES",
        "message": "This app hasn't been granted all required scopes",
        "errors": [{"message": "One or more of the following scopes are required.", "context": SCOPES}],
    },
    403,
)


def path(kind: str) -> str:
    return f"{ROOT}/v3/properties/{kind}"


class Bare:
    """An account without a single property of its own."""

    def __init__(self, stub: Stub) -> None:
        self.stub = stub
        self.known: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in KINDS}
        for kind in KINDS:
            stub.on(f"GET {path(kind)}", self._list)
            stub.on(f"POST {path(kind)}/groups", Reply({"name": "raccord", "label": "Raccord"}, 201))
            stub.on(f"POST {path(kind)}", self._make)

    def _kind(self, asked: Asked) -> dict[str, dict[str, Any]]:
        return next(self.known[kind] for kind in KINDS if path(kind) in asked.route)

    def _list(self, asked: Asked) -> Reply:
        found = [{"name": name, "type": made["type"]} for name, made in self._kind(asked).items()]
        return Reply({"results": found})

    def _make(self, asked: Asked) -> Reply:
        self._kind(asked)[asked.json["name"]] = asked.json
        return Reply(asked.json, 201)

    @property
    def posts(self) -> int:
        return sum(asked.method == "POST" for asked in self.stub.seen)


@pytest.fixture
def bare(stub: Stub) -> Bare:
    return Bare(stub)


def failed(checks: tuple[Check, ...]) -> list[Check]:
    return [check for check in checks if check.state is CheckState.FAIL]


async def test_a_bare_account_gets_everything_that_is_mapped(crm: Crm, bare: Bare) -> None:
    checks = await crm.set_up()
    assert failed(checks) == []
    assert len(checks) == 25
    rate = bare.known["line_items"]["vat_rate"]
    assert (rate["type"], rate["fieldType"], rate["groupName"]) == ("number", "number", "raccord")
    assert bare.known["deals"]["billing_invoice_id"]["hasUniqueValue"] is True
    options = bare.known["deals"]["billing_status"]["options"]
    assert [option["value"] for option in options] == [
        *("issued", "paid", "partially_credited", "credited", "void"),
    ]
    assert bare.known["companies"]["siret"]["type"] == "string", "leading zeros"


async def test_a_second_time_nothing_is_written(crm: Crm, bare: Bare) -> None:
    await crm.set_up()
    before = bare.posts
    assert {check.found for check in await crm.set_up()} == {"there already"}
    assert bare.posts == before


async def test_what_is_there_is_left_as_it_is_whatever_its_type(crm: Crm, bare: Bare) -> None:
    bare.known["line_items"]["vat_rate"] = {"name": "vat_rate", "type": "string"}
    await crm.set_up()
    assert bare.known["line_items"]["vat_rate"]["type"] == "string"


async def test_what_somebody_else_makes_meanwhile_is_there(crm: Crm, bare: Bare) -> None:
    def taken(asked: Asked) -> Reply:
        bare.known["line_items"][asked.json["name"]] = {"type": "number"}
        return TAKEN

    bare.stub.on(f"POST {path('line_items')}", taken)
    bare.stub.on(f"POST {path('line_items')}/groups", TAKEN)
    assert failed(await crm.set_up()) == []


async def test_a_refusal_names_the_scope_and_how_to_make_it_by_hand(crm: Crm, bare: Bare) -> None:
    bare.stub.on(f"POST {path('line_items')}", FORBIDDEN)
    (refused,) = failed(await crm.set_up())
    assert "crm.schemas.deals.write" in refused.found
    assert "Line item properties" in refused.remedy
    assert "vat_rate, type number" in refused.remedy


async def test_an_account_whose_properties_nobody_knows_is_one_line_each(crm: Crm, bare: Bare) -> None:
    for kind in KINDS:
        bare.stub.on(f"GET {path(kind)}", Reply({"status": "error", "category": "OBJECT_NOT_FOUND"}, 404))
    assert len(failed(await crm.set_up())) == 25
    assert bare.posts == 0


async def test_names_are_those_of_the_mapping_and_an_empty_one_is_not_made(
    connect: Connect, bare: Bare
) -> None:
    mapping = {"line_items": {"vat_rate": "tva"}, "companies": {"siren": "", "order_number_required": "bdc"}}
    await connect(mapping=mapping).set_up()
    assert "tva" in bare.known["line_items"]
    assert "" not in bare.known["companies"]
    assert "siren" not in bare.known["companies"]
    assert bare.known["companies"]["bdc"]["fieldType"] == "booleancheckbox"
