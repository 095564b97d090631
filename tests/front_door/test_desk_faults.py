"""Telling a person is a write like any other: broken in every way, it happens once."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest

from tests.front_door.account import siret
from tests.front_door.desk import GIVE_UP, RECORDS, dirty_deal, message_about, settled_in_slack
from tests.front_door.payments import running
from tests.front_door.stack import Lane, TemporalServer, until

POST = ("slack", "POST", "/api/chat.postMessage", 0)
EDIT = ("slack", "POST", "/api/chat.update", 0)
TASK = ("hubspot", "POST", "/crm/v3/objects/tasks", 0)
DONE = ("hubspot", "PATCH", "/crm/v3/objects/tasks/[^/]+", 0)
KILL: dict[str, Any] = {"kill": 0}
CREATING: list[tuple[str, dict[str, Any]]] = [
    ("after", {"reset": True}),
    ("after", {"timeout": 3}),
    ("after", KILL),
]
REPEATABLE: list[tuple[str, dict[str, Any]]] = [("after", KILL)]
FEWEST_COMBINATIONS = 8


@pytest.fixture(scope="module")
async def desk(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lane]:
    async with Lane(server, tmp_path_factory.mktemp("telling"), "telling") as lane:
        await lane.account.settings("hubspot", subscriptions=RECORDS)
        yield lane


async def play(lane: Lane, call: tuple[str, str, str, int], when: str, effect: dict[str, Any]) -> None:
    """Break one call while one question is asked and then settled; one message and one task must be left."""
    vendor, method, path, skip = call
    account = lane.account
    rule = {"vendor": vendor, "method": method, "path": path, "when": when, "effect": effect, "skip": skip}
    fault = await account.fault(**rule)
    kills = "kill" in effect
    deal, company = await dirty_deal(lane)
    if kills and call in (POST, TASK):
        await lane.worker_dies()
    await message_about(lane, deal)
    await until(lambda: tasks(lane, deal, 1))
    await account.edit("companies", company, siret=siret())
    if kills and call in (EDIT, DONE):
        await lane.worker_dies()
    assert (await lane.outcome(deal))["ending"] == "invoiced"
    await settled_in_slack(lane, deal)
    await until(lambda: tasks(lane, deal, 1, status="COMPLETED"))
    assert await account.fired(fault) == 1, "the fault never fired"
    await account.clear_faults()
    # What was committed and not answered is asked again: the next fault is not for that.
    await until(partial(rests, lane), what="nothing of this deal is under way any more")


async def rests(lane: Lane) -> bool:
    return not await running(lane)


async def tasks(lane: Lane, deal: str, count: int, *, status: str = "") -> bool:
    found = await lane.account.tasks(deal)
    return len(found) == count and all(status in ("", t["hs_task_status"]) for t in found)


@pytest.mark.timeout(400)
async def test_one_message_and_one_task_whatever_breaks_while_a_person_is_told(desk: Lane) -> None:
    played, failures = 0, []
    for call, faults in ((POST, CREATING), (TASK, CREATING), (EDIT, REPEATABLE), (DONE, REPEATABLE)):
        for when, effect in faults:
            chosen = {"kill": desk.worker.pid} if "kill" in effect else effect
            played += 1
            try:
                await play(desk, call, when, chosen)
            except (AssertionError, TimeoutError) as error:
                failures.append(f"{call[:3]} {when} {effect}: {error!r}")
                await desk.account.clear_faults()
                if not desk.worker.running:
                    await desk.restart_worker()
    print(f"\nfaults played while telling: {played}, failed: {len(failures)}")  # noqa: T201
    assert played >= FEWEST_COMBINATIONS
    assert not failures, "\n".join(failures)


async def test_a_press_that_was_acknowledged_survives_the_death_of_the_server(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    own = TemporalServer(tmp_path_factory.mktemp("mortal"))
    await own.start()
    try:
        async with Lane(own, tmp_path_factory.mktemp("mortal-lane"), "mortal") as lane:
            deal, _ = await dirty_deal(lane)
            pressed = await lane.account.press(await message_about(lane, deal), GIVE_UP)
            own.process.kill()
            assert pressed["status"] == 200
            await own.process.wait()
            await own.start()
            assert (await lane.outcome(deal))["ending"] == "closed"
    finally:
        await own.process.stop()
