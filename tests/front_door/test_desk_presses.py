"""One press by one who may decide is one answer, whoever else presses, and whatever is down."""

import asyncio
import json
from urllib.parse import parse_qs

import httpx
import pytest
from temporalio.client import WorkflowExecutionStatus

from tests.front_door.account import siret
from tests.front_door.desk import (
    GIVE_UP,
    LOOK_AGAIN,
    dirty_deal,
    message_about,
    settled_in_slack,
    whispered,
)
from tests.front_door.doors import SLACK
from tests.front_door.stack import Lane, until


@pytest.mark.quick
async def test_giving_up_by_a_button_ends_the_flow_and_is_remembered(desk: Lane) -> None:
    deal, _ = await dirty_deal(desk)
    pressed = await desk.account.press(await message_about(desk, deal), GIVE_UP)
    assert pressed["status"] == 200
    assert (await desk.outcome(deal))["ending"] == "closed"
    await settled_in_slack(desk, deal, "U0ANNE", GIVE_UP)
    await desk.account.move(deal, "contractsent")
    await desk.account.win(deal)

    async def closed_again() -> bool:
        described = await desk.client.get_workflow_handle(f"deal-won/hubspot/{deal}").describe()
        return described.close_time is not None and (await desk.outcome(deal))["ending"] == "closed"

    await until(closed_again)
    assert len(await desk.account.messages(deal)) == 1
    decisions = [r for r in await desk.audit() if r["effect"] == "desk.decision" and deal in r["object"]]
    assert [(r["actor"], r["detail"]["choice"]) for r in decisions] == [("slack:U0ANNE", "cancel")]


async def test_two_people_press_at_once_the_first_wins_and_the_other_is_told(desk: Lane) -> None:
    deal, _ = await dirty_deal(desk)
    message = await message_about(desk, deal)
    await asyncio.gather(
        desk.account.press(message, GIVE_UP, user="U0ANNE"),
        desk.account.press(message, GIVE_UP, user="U0CAMILLE"),
    )
    assert (await desk.outcome(deal))["ending"] == "closed"

    async def told() -> bool:
        both = [await desk.account.whispers(user) for user in ("U0ANNE", "U0CAMILLE")]
        return sum(len(found) for found in both) >= 1

    await until(told)
    decisions = [r for r in await desk.audit() if r["effect"] == "desk.decision" and deal in r["object"]]
    assert len(decisions) == 1


async def test_a_stranger_decides_nothing_and_is_told_so(desk: Lane) -> None:
    deal, _ = await dirty_deal(desk)
    pressed = await desk.account.press(await message_about(desk, deal), GIVE_UP, user="U0STRANGER")
    assert pressed["status"] == 200
    await until(lambda: whispered(desk, "U0STRANGER", "pas dans la liste"))
    assert (await desk.question(deal)).answer is None
    refused = [r for r in await desk.audit() if r["effect"] == "desk.press_refused"]
    assert "slack:U0STRANGER" in {r["actor"] for r in refused}


async def test_a_press_in_another_workspace_decides_nothing(desk: Lane) -> None:
    """By somebody whose id is on the list, signed by Slack; the settings name no workspace."""
    deal, _ = await dirty_deal(desk)
    await desk.account.press(await message_about(desk, deal), GIVE_UP, user="U0STRANGER")
    (delivered,) = [
        d for d in await desk.account.deliveries() if deal in d["body"] and "U0STRANGER" in d["body"]
    ]
    payload = json.loads(parse_qs(delivered["body"])["payload"][0])
    payload["user"]["id"] = "U0CAMILLE"

    async def press(team: str, action_ts: str) -> int:
        payload["team"]["id"] = payload["user"]["team_id"] = team
        payload["actions"][0]["action_ts"] = action_ts
        body = SLACK.carry(json.dumps(payload).encode())
        headers = SLACK.headers(body, desk.url("receiver"))
        async with httpx.AsyncClient() as http:
            return (
                await http.post(desk.url("receiver", SLACK.path), content=body, headers=headers)
            ).status_code

    home = payload["team"]["id"]
    assert await press("T0ELSEWHERE", "1790000001.000100") == 200

    async def refused() -> bool:
        rows = [r for r in await desk.audit() if r["effect"] == "desk.press_refused"]
        return "slack:U0CAMILLE" in {r["actor"] for r in rows}

    await until(refused)
    assert (await desk.question(deal)).answer is None
    assert await press(home, "1790000002.000100") == 200
    assert (await desk.outcome(deal))["ending"] == "closed"
    assert not await desk.account.whispers("U0CAMILLE", deal)


async def test_a_button_of_an_old_message_has_no_effect(desk: Lane) -> None:
    deal, company = await dirty_deal(desk, zip="")
    old = await message_about(desk, deal)
    await desk.account.edit("companies", company, zip="69003")

    async def asked_anew() -> bool:
        return (await desk.question(deal)).revision == 2

    await until(asked_anew)

    async def edited() -> bool:
        (message,) = await desk.account.messages(deal)
        return "code postal" not in str(message["blocks"])

    await until(edited)
    await desk.account.press(old, GIVE_UP, user="U0CAMILLE", old=True)
    await until(lambda: whispered(desk, "U0CAMILLE", "a changé"))
    assert (await desk.question(deal)).closed_at is None
    await desk.account.edit("companies", company, siret=siret())
    assert (await desk.outcome(deal))["ending"] == "invoiced"


async def test_a_press_while_the_worker_is_down_is_kept_and_acted_upon(desk: Lane) -> None:
    deal, _ = await dirty_deal(desk)
    message = await message_about(desk, deal)
    await desk.worker.stop()
    pressed = await desk.account.press(message, GIVE_UP)
    assert pressed["status"] == 200
    await desk.restart_worker()
    assert (await desk.outcome(deal))["ending"] == "closed"


async def test_a_press_that_is_delivered_again_counts_once(desk: Lane) -> None:
    deal, _ = await dirty_deal(desk)
    await desk.account.press(await message_about(desk, deal), LOOK_AGAIN)
    deliveries = (await desk.account.http.get("/_control/deliveries")).json()
    press = next(d for d in reversed(deliveries) if d["url"].endswith("/slack/actions"))
    async with httpx.AsyncClient() as http:
        answers = [
            await http.post(press["url"], content=press["body"], headers=press["headers"]) for _ in range(3)
        ]
    assert [a.status_code for a in answers] == [200] * 3

    async def looked() -> bool:
        answer = (await desk.question(deal)).answer
        return answer is not None and answer.choice == "retry"

    await until(looked)
    await asyncio.sleep(1)
    decisions = [r for r in await desk.audit() if r["effect"] == "desk.decision" and deal in r["object"]]
    assert len(decisions) == 1


async def test_a_press_for_a_flow_that_was_terminated_starts_it_again_and_is_taken(desk: Lane) -> None:
    deal, _ = await dirty_deal(desk)
    message = await message_about(desk, deal)
    flow = desk.client.get_workflow_handle(f"deal-won/hubspot/{deal}")
    await flow.terminate()
    await desk.account.press(message, GIVE_UP)

    async def runs_again() -> bool:
        return (await flow.describe()).status is not WorkflowExecutionStatus.TERMINATED

    await until(runs_again)
    assert (await desk.outcome(deal))["ending"] == "closed"
