"""Tasks on deals: found by their mark, created once, done once."""

import html
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from raccord.connectors.crm import Crm
from raccord.connectors.errors import (
    AmbiguousWrite,
    ConnectorError,
    Forbidden,
    NotFound,
    Permanent,
    Transient,
)
from raccord.domain.values.deal import Task
from tests.vendors.hubspot.account import ROOT, batch, link, links
from tests.vendors.hubspot.stub import Asked, Fault, Reply, Stub

TASKS = f"{ROOT}/v3/objects/tasks"
OF_THE_DEAL = links("deals", "42", "tasks")
TASK = Task(
    ref="q-7f3a",
    deal_id="42",
    owner_id="64492917",
    subject="SIRET manquant : <Acme> & Cie",
    body='Corriger le SIRET de <b>"Acme"</b>\n& relancer',
    due_at=datetime(2026, 11, 24, 9, 30, tzinfo=ZoneInfo("Europe/Paris")),
)


def having(stub: Stub, subjects: Mapping[str, str | None]) -> None:
    stub.on(f"GET {OF_THE_DEAL}", Reply({"results": [link(each, 215) for each in subjects]}))

    def read(asked: Asked) -> Reply:
        wanted = [each["id"] for each in asked.json["inputs"]]
        assert len(wanted) <= 100
        assert asked.json["properties"] == ["hs_task_subject"]
        return Reply({"results": [{"id": i, "properties": {"hs_task_subject": subjects[i]}} for i in wanted]})

    stub.on("POST " + batch("tasks"), read)


async def test_a_created_task_is_the_deal_s_and_its_salesperson_s(crm: Crm, stub: Stub) -> None:
    stub.on(f"POST {TASKS}", Reply({"id": "900", "properties": {}}, 201))
    assert await crm.create_task(TASK) == "900"
    (asked,) = stub.seen
    assert asked.json == {
        "properties": {
            "hubspot_owner_id": "64492917",
            "hs_timestamp": "2026-11-24T08:30:00.000Z",
            "hs_task_subject": "SIRET manquant : <Acme> & Cie [q-7f3a]",
            "hs_task_body": "Corriger le SIRET de &lt;b&gt;&quot;Acme&quot;&lt;/b&gt;<br>&amp; relancer",
            "hs_task_status": "NOT_STARTED",
            "hs_task_priority": "HIGH",
            "hs_task_type": "TODO",
        },
        "associations": [
            {
                "to": {"id": "42"},
                "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 216}],
            }
        ],
    }


async def test_a_task_for_nobody_names_no_owner(crm: Crm, stub: Stub) -> None:
    stub.on(f"POST {TASKS}", Reply({"id": "900"}, 201))
    await crm.create_task(TASK.model_copy(update={"owner_id": ""}))
    assert "hubspot_owner_id" not in stub.seen[0].json["properties"]


async def test_what_was_created_is_found(crm: Crm, stub: Stub) -> None:
    """Also behind a subject longer than HubSpot's list shows."""
    stub.on(f"POST {TASKS}", Reply({"id": "900"}, 201))
    await crm.create_task(TASK.model_copy(update={"subject": "long " * 200}))
    subject = stub.last(f"POST {TASKS}").json["properties"]["hs_task_subject"]
    assert len(subject) <= 250
    having(stub, {"899": "autre", "900": subject})
    assert await crm.find_task("42", TASK.ref) == "900"


@pytest.mark.parametrize("line", ["Ligne 1 : prix <illisible> & co\n", "é\n", '"' * 400 + "\n", "€"])
async def test_a_body_is_cut_to_what_hubspot_takes(crm: Crm, stub: Stub, line: str) -> None:
    stub.on(f"POST {TASKS}", Reply({"id": "900"}, 201))
    await crm.create_task(TASK.model_copy(update={"body": line * (88_000 // len(line))}))
    body = stub.last(f"POST {TASKS}").json["properties"]["hs_task_body"]
    assert 65_000 < len(body.encode()) <= crm.capabilities.task.body == 65_536
    assert body.endswith("…")
    assert html.escape(html.unescape(body.replace("<br>", "\n"))).replace("\n", "<br>") == body


@pytest.mark.parametrize("subject", [None, "", "Relance", "Relance [q-7f3]", "Relance [q-7f3ab]", "q-7f3a"])
async def test_a_task_without_this_very_mark_is_another(crm: Crm, stub: Stub, subject: str | None) -> None:
    having(stub, {"1": subject})
    assert await crm.find_task("42", TASK.ref) is None


async def test_a_mark_that_somebody_wrote_behind_is_still_found(crm: Crm, stub: Stub) -> None:
    having(stub, {"1": "Urgent : SIRET [q-7f3a] (vu avec Léa)"})
    assert await crm.find_task("42", TASK.ref) == "1"


async def test_of_two_marked_tasks_every_look_finds_the_same(crm: Crm, stub: Stub) -> None:
    having(stub, {"1000": "b [q-7f3a]", "999": "a [q-7f3a]"})
    assert await crm.find_task("42", TASK.ref) == "999"


async def test_a_deal_without_tasks_costs_one_request(crm: Crm, stub: Stub) -> None:
    having(stub, {})
    assert await crm.find_task("42", TASK.ref) is None
    assert len(stub.seen) == 1


async def test_all_tasks_of_a_busy_deal_are_looked_at(crm: Crm, stub: Stub) -> None:
    having(stub, {str(i): "Appel" for i in range(1000, 1249)} | {"1249": "SIRET [q-7f3a]"})
    assert await crm.find_task("42", TASK.ref) == "1249"
    assert stub.count("POST " + batch("tasks")) == 3


async def test_a_task_that_was_deleted_meanwhile_does_not_hide_the_others(crm: Crm, stub: Stub) -> None:
    stub.on(f"GET {OF_THE_DEAL}", Reply({"results": [link("1", 215), link("2", 215)]}))
    gone = {
        "results": [{"id": "2", "properties": {"hs_task_subject": "x [q-7f3a]"}}],
        "numErrors": 1,
        "errors": [{"status": "error", "category": "OBJECT_NOT_FOUND"}],
    }
    stub.on("POST " + batch("tasks"), Reply(gone, 207))
    assert await crm.find_task("42", TASK.ref) == "2"


async def test_a_look_that_saw_only_a_part_never_says_that_there_is_none(crm: Crm, stub: Stub) -> None:
    stub.on(f"GET {OF_THE_DEAL}", Reply({"results": [link("1", 215)]}))
    stub.on("POST " + batch("tasks"), Reply({"results": [], "errors": [{"category": "INTERNAL_ERROR"}]}, 207))
    with pytest.raises(Transient):
        await crm.find_task("42", TASK.ref)


async def test_a_deleted_deal_has_no_place_for_tasks(crm: Crm, stub: Stub) -> None:
    with pytest.raises(NotFound, match="deals 42"):
        await crm.find_task("42", TASK.ref)


REFUSED_OWNER: list[dict[str, Any]] = [
    {
        "message": "Property values were not valid: "
        '[{"isValid":false,"error":"INVALID_OWNER_ID","name":"hubspot_owner_id","message":"no"}]',
        "category": "VALIDATION_ERROR",
    },
    {
        "message": "no",
        "errors": [{"code": "INVALID_OPTION", "context": {"propertyName": ["hubspot_owner_id"]}}],
    },
]


@pytest.mark.parametrize("said", REFUSED_OWNER, ids=["embedded", "listed"])
async def test_a_refused_owner_is_named_and_nothing_is_tried_again(
    crm: Crm, stub: Stub, said: dict[str, Any]
) -> None:
    stub.on(f"POST {TASKS}", Reply({"status": "error"} | said, 400))
    with pytest.raises(Permanent, match="hubspot_owner_id") as caught:
        await crm.create_task(TASK)
    assert caught.value.field == "hubspot_owner_id"
    assert stub.count(f"POST {TASKS}") == 1


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply({"status": "error", "category": "MISSING_SCOPES"}, 403), Forbidden),
        (Reply({"status": "error"}, 500), AmbiguousWrite),
        (Reply(fault=Fault.RESET), AmbiguousWrite),
        (Reply({"id": "900"}, 201, fault=Fault.TRUNCATE), AmbiguousWrite),
        (Reply({}, 201), AmbiguousWrite),
    ],
)
async def test_a_failed_creation_says_whether_a_task_may_exist(
    crm: Crm, stub: Stub, reply: Reply, expected: type[ConnectorError]
) -> None:
    stub.on(f"POST {TASKS}", reply)
    with pytest.raises(ConnectorError) as caught:
        await crm.create_task(TASK)
    assert type(caught.value) is expected
    assert stub.count(f"POST {TASKS}") == 1
    if expected is Forbidden:
        assert "crm.objects.contacts.write" in str(caught.value)


async def test_a_settled_task_is_marked_as_done(crm: Crm, stub: Stub) -> None:
    stub.on(f"PATCH {TASKS}/900", Reply({"id": "900", "properties": {}}))
    await crm.complete_task("900")
    (asked,) = stub.seen
    assert asked.json == {"properties": {"hs_task_status": "COMPLETED"}}


async def test_a_task_that_is_gone_needs_no_marking(crm: Crm, stub: Stub) -> None:
    await crm.complete_task("900")
    assert stub.count(f"PATCH {TASKS}/900") == 1


async def test_a_server_that_is_not_hubspot_does_not_make_a_task_done(crm: Crm, stub: Stub) -> None:
    stub.on(f"PATCH {TASKS}/900", Reply(b"<html>404</html>", 404))
    with pytest.raises(AmbiguousWrite):
        await crm.complete_task("900")
