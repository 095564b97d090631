"""What salespeople and pipelines are called."""

import pytest

from raccord.connectors.crm import Crm
from raccord.connectors.errors import Forbidden
from tests.connectors.stub import Asked, Reply, Stub
from tests.vendors.hubspot.account import ROOT

OWNERS = f"GET {ROOT}/v3/owners/"


def owner(
    id: str, first: str | None = None, last: str | None = None, email: str | None = None
) -> dict[str, str | None]:
    return {"id": id, "firstName": first, "lastName": last, "email": email}


def answer(asked: Asked) -> Reply:
    if asked.query["archived"] == "true":
        return Reply({"results": [owner("3", "Zoé", "Petit")]})
    if "after" not in asked.query:
        return Reply({"results": [owner("1", "Léa", "B")], "paging": {"next": {"after": "1"}}})
    return Reply({"results": [owner("2", email="paul@hexalab.fr"), owner("4")]})


async def test_owners_are_named_from_every_page_and_those_who_left_too(crm: Crm, stub: Stub) -> None:
    stub.on(OWNERS, answer)
    named = await crm.name_owners(["1", "2", "3", "4", "99"])
    assert named == {"1": "Léa B", "2": "paul@hexalab.fr", "3": "Zoé Petit"}
    assert [each.query for each in stub.asked(OWNERS)] == [
        {"archived": "false"},
        {"archived": "false", "after": "1"},
        {"archived": "true"},
    ]


async def test_those_who_left_are_asked_for_only_where_somebody_is_missing(crm: Crm, stub: Stub) -> None:
    stub.on(OWNERS, answer)
    assert await crm.name_owners(["2"]) == {"2": "paul@hexalab.fr"}
    assert await crm.name_owners([]) == {}
    assert stub.count(OWNERS) == 2


async def test_pipelines_are_named(crm: Crm, stub: Stub) -> None:
    lines = [{"id": "default", "label": "Ventes", "stages": []}, {"id": "p2", "label": None, "stages": []}]
    stub.on(f"GET {ROOT}/v3/pipelines/deals", {"results": lines})
    assert await crm.name_pipelines() == {"default": "Ventes"}


async def test_a_token_that_may_not_see_owners_is_refused_by_name(crm: Crm, stub: Stub) -> None:
    stub.on(OWNERS, Reply({"status": "error", "category": "MISSING_SCOPES"}, 403))
    with pytest.raises(Forbidden, match=r"crm\.objects\.owners\.read"):
        await crm.name_owners(["1"])
