"""The stage for paid deals: only by setting, forwards, from one that wins to another."""

from typing import Any

import pytest

from raccord.connectors.connection import Check, CheckState
from raccord.connectors.crm import Crm
from raccord.connectors.errors import AmbiguousWrite, NotFound, Permanent, Transient
from tests.vendors.hubspot.account import DEAL, PIPELINES
from tests.vendors.hubspot.conftest import Connect
from tests.vendors.hubspot.stub import Asked, Reply, Stub
from tests.vendors.hubspot.test_checks import Set

WON, OPEN, LOST = ("true", "1.0"), ("false", "0.9"), ("true", "0.0")


def stage(id: str, order: int | None, kind: tuple[str, str], **more: Any) -> dict[str, Any]:
    closed, odds = kind
    metadata = {"isClosed": closed, "probability": odds}
    return {"id": id, "label": id.title(), "displayOrder": order, "metadata": metadata} | more


SALES: dict[str, Any] = {
    "id": "default",
    "label": "Ventes",
    # Listed in another order than they have.
    "stages": [
        stage("paid", 3, WON),
        stage("closedwon", 2, WON),
        stage("quote", 1, OPEN),
        stage("closedlost", 4, LOST),
        stage("archive", 5, WON),
        stage("done", 9, WON),
    ],
}
RENEWALS = {"id": "118", "label": None, "stages": [stage("renewed", 1, WON), stage("paid", 2, WON)]}


class Place:
    """A deal at a stage of a pipeline."""

    def __init__(self, stub: Stub) -> None:
        self.stub = stub
        self.pipelines: list[dict[str, Any]] = [SALES, RENEWALS]
        self.at: dict[str, str | None] = {"pipeline": "default", "dealstage": "closedwon"}
        stub.on(f"GET {PIPELINES}", lambda _: Reply({"results": self.pipelines}))
        stub.on(f"GET {DEAL}", lambda _: Reply({"id": "42", "properties": self.at}))
        stub.on(f"PATCH {DEAL}", self._write)

    def _write(self, asked: Asked) -> Reply:
        self.at |= asked.json["properties"]
        return Reply({"id": "42"})

    @property
    def moves(self) -> list[dict[str, str]]:
        return [a.json["properties"] for a in self.stub.seen if a.method == "PATCH"]


@pytest.fixture
def place(stub: Stub) -> Place:
    return Place(stub)


async def test_a_won_deal_moves_once_and_nothing_but_its_stage_is_written(
    connect: Connect, place: Place
) -> None:
    crm = connect(paid_stages=["paid"])
    assert await crm.waits_for_paid_stage("42")
    await crm.move_to_paid_stage("42")
    await crm.move_to_paid_stage("42")
    assert not await crm.waits_for_paid_stage("42")
    assert place.moves == [{"dealstage": "paid"}]
    assert place.stub.count(f"GET {PIPELINES}") == 1


@pytest.mark.parametrize(
    ("pipeline", "dealstage", "stages"),
    [
        ("default", "paid", ["paid"]),
        ("default", "archive", ["paid"]),
        ("default", "done", ["paid"]),
        ("default", "closedlost", ["paid"]),
        ("default", "closedlost", ["done"]),
        ("default", "quote", ["paid"]),
        ("default", "closedwon", ["closedlost"]),
        ("default", "closedwon", ["quote"]),
        ("default", "closedwon", ["renewed"]),
        ("default", "closedwon", ["unknown"]),
        ("default", "closedwon", ["paid", "archive"]),
        ("default", "elsewhere", ["paid"]),
        ("118", "closedwon", ["paid"]),
        ("999", "closedwon", ["paid"]),
        ("", "", ["paid"]),
    ],
    ids=[
        "there already",
        "beyond it",
        "far beyond it",
        "lost",
        "lost, and placed before it",
        "still open",
        "a stage that loses",
        "an open stage, backwards",
        "of another pipeline",
        "of none",
        "two of one pipeline",
        "at a stage that the pipeline does not list",
        "at a stage of another pipeline",
        "in an unknown pipeline",
        "nowhere",
    ],
)
async def test_any_other_deal_stays(
    connect: Connect, place: Place, pipeline: str, dealstage: str, stages: list[str]
) -> None:
    place.at |= {"pipeline": pipeline, "dealstage": dealstage}
    crm = connect(paid_stages=stages)
    assert not await crm.waits_for_paid_stage("42")
    await crm.move_to_paid_stage("42")
    assert place.moves == []


async def test_a_deal_moves_within_its_own_pipeline_though_an_id_stands_in_two(
    connect: Connect, place: Place
) -> None:
    place.at |= {"pipeline": "118", "dealstage": "renewed"}
    crm = connect(paid_stages=["done", "paid"])
    await crm.move_to_paid_stage("42")
    assert place.moves == [{"dealstage": "paid"}]


@pytest.mark.parametrize("order", [None, 0, -1])
async def test_stages_without_a_place_go_as_they_are_listed(
    connect: Connect, place: Place, order: int | None
) -> None:
    listed = [stage(id, order, WON) for id in ("closedwon", "paid")]
    place.pipelines = [{"id": "default", "stages": listed}]
    crm = connect(paid_stages=["paid"])
    assert await crm.waits_for_paid_stage("42")
    place.at["dealstage"] = "paid"
    assert not await connect(paid_stages=["closedwon"]).waits_for_paid_stage("42")


async def test_an_archived_stage_is_no_place_to_go(connect: Connect, place: Place) -> None:
    listed = [stage("closedwon", 1, WON), stage("paid", 2, WON, archived=True)]
    place.pipelines = [{"id": "default", "stages": listed}]
    assert not await connect(paid_stages=["paid"]).waits_for_paid_stage("42")


async def test_a_pipeline_that_was_made_since_is_seen(connect: Connect, place: Place) -> None:
    crm = connect(paid_stages=["paid"])
    assert await crm.waits_for_paid_stage("42")
    place.at["pipeline"] = "new"
    assert not await crm.waits_for_paid_stage("42")
    place.pipelines.append({**SALES, "id": "new"})
    assert await crm.waits_for_paid_stage("42")


async def test_a_stage_that_was_made_since_is_seen(connect: Connect, place: Place) -> None:
    crm = connect(paid_stages=["done"])
    assert await crm.waits_for_paid_stage("42")
    place.at["dealstage"] = "new"
    place.pipelines = [{**SALES, "stages": [*SALES["stages"], stage("new", 2, WON)]}]
    assert await crm.waits_for_paid_stage("42")


async def test_without_a_stage_named_nothing_is_asked(crm: Crm, place: Place) -> None:
    assert not await crm.waits_for_paid_stage("42")
    await crm.move_to_paid_stage("42")
    assert place.stub.seen == []


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply({"status": "error"}, 502), AmbiguousWrite),
        (Reply({"status": "error", "category": "VALIDATION_ERROR"}, 400), Permanent),
        (Reply({"status": "error", "category": "OBJECT_NOT_FOUND"}, 404), NotFound),
    ],
)
async def test_a_move_that_fails_says_so(
    connect: Connect, place: Place, reply: Reply, expected: type[Exception]
) -> None:
    place.stub.on(f"PATCH {DEAL}", reply)
    with pytest.raises(expected):
        await connect(paid_stages=["paid"]).move_to_paid_stage("42")


async def test_pipelines_that_cannot_be_read_now_are_no_answer(connect: Connect, place: Place) -> None:
    place.stub.on(f"GET {PIPELINES}", Reply({"status": "error"}, 503))
    with pytest.raises(Transient):
        await connect(paid_stages=["paid"]).waits_for_paid_stage("42")


async def checked(crm: Crm) -> dict[str, Check]:
    return {c.name: c for c in await crm.check() if c.name.startswith("paid_stages")}


@pytest.mark.parametrize(
    ("stages", "said", "remedy"),
    [
        (["nowhere"], "no stage has this internal name", "closedwon (Closedwon)"),
        (["closedlost"], "does not win a deal of Ventes", "set it to won"),
        (["quote"], "does not win a deal of Ventes", "set it to won"),
        (["done", "archive"], "Ventes has several of them", "Keep one stage of each pipeline"),
    ],
)
async def test_doctor_says_which_stage_cannot_be_used(
    connect: Connect, stub: Stub, stages: list[str], said: str, remedy: str
) -> None:
    Set(stub), Place(stub)
    found = (await checked(connect(paid_stages=stages)))[f"paid_stages: {stages[0]}"]
    assert (found.state, found.flow) == (CheckState.FAIL, "payment")
    assert said in found.found
    assert remedy in found.remedy


async def test_doctor_is_content_with_one_stage_of_each_pipeline(connect: Connect, stub: Stub) -> None:
    Set(stub), Place(stub)
    found = await checked(connect(paid_stages=["done", "renewed"]))
    assert [(c.state, c.found) for c in found.values()] == [
        (CheckState.OK, "Ventes: Done"),
        (CheckState.OK, "118: Renewed"),
    ]
    assert await checked(connect()) == {}


async def test_doctor_says_when_the_pipelines_cannot_be_read(connect: Connect, stub: Stub) -> None:
    Set(stub), Place(stub)
    stub.on(f"GET {PIPELINES}", Reply({"status": "error"}, 503))
    found = (await checked(connect(paid_stages=["paid"])))["paid_stages"]
    assert (found.state, "by hand" in found.remedy) == (CheckState.FAIL, True)
