"""Buttons: what Slack sends when one is pressed, and what an app may answer."""

import hashlib
import hmac
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from slack_sdk.signature import SignatureVerifier

from sandbox.slack.signing import signature
from tests.patience import patience
from tests.sandbox.slack_bench import BUTTONS, SECRET, App, Slack, clicking, slack_bench


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Slack]:
    async with slack_bench() as one:
        yield one


@pytest.fixture
async def slack(served: Slack) -> Slack:
    await served.fresh()
    return served


@pytest.fixture
async def app(slack: Slack) -> AsyncIterator[App]:
    async with clicking(slack) as receiving:
        yield receiving


def test_the_signature_is_that_of_the_published_vector() -> None:
    body = b"payload=%7B%22type%22%3A%22block_actions%22%2C%22user%22%3A%7B%22id%22%3A%22U0TEST1%22%7D%7D"
    assert signature("slack-test-signing-secret-9c1d", 1790000000, body) == (
        "v0=0e5682b7f9b495f16ea94ac6aa662bcfb56a6450389c0d4d8fc8174349448613"
    )


async def test_a_press_arrives_signed_for_the_exact_bytes(slack: Slack, app: App) -> None:
    ts = await slack.post(blocks=BUTTONS)
    outcome = await slack.press(ts, action_id="retry")
    [body], [headers] = app.bodies, app.headers
    moment = headers["x-slack-request-timestamp"]
    digest = hmac.new(SECRET.encode(), f"v0:{moment}:".encode() + body, hashlib.sha256)
    assert (outcome["code"], outcome["status"], outcome["warning"]) == (200, 200, False)
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert headers["x-slack-signature"] == f"v0={digest.hexdigest()}"
    assert SignatureVerifier(SECRET).is_valid_request(body, headers)


async def test_a_press_says_who_what_and_where(slack: Slack, app: App) -> None:
    ts = await slack.post("Question", blocks=BUTTONS)
    await slack.press(ts, value="q/2", user="U0STRANGER")
    await slack.press(ts, value="q/2", user="U0STRANGER")
    first, second = app.payloads
    assert (first["type"], first["team"]["id"], first["user"]["id"]) == (
        "block_actions",
        "T0SANDBOX",
        "U0STRANGER",
    )
    assert first["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": "C0BILLING",
        "is_ephemeral": False,
    }
    assert (first["channel"], first["message"]["ts"]) == ({"id": "C0BILLING", "name": "facturation"}, ts)
    action = first["actions"][0]
    assert {name: action[name] for name in ("type", "action_id", "block_id", "value")} == {
        "type": "button",
        "action_id": "cancel",
        "block_id": "answer:1",
        "value": "q/2",
    }
    assert first["actions"][0]["action_ts"] != second["actions"][0]["action_ts"]
    assert first["trigger_id"] != second["trigger_id"]


@pytest.mark.parametrize(("status", "warning"), [(200, False), (401, True), (500, True)])
async def test_a_click_is_sent_once_whatever_comes_back(
    slack: Slack, app: App, status: int, warning: bool
) -> None:
    app.status = status
    ts = await slack.post(blocks=BUTTONS)
    outcome = await slack.press(ts, action_id="retry")
    [attempt] = await slack.deliveries()
    assert (outcome["status"], outcome["warning"], len(app.bodies)) == (status, warning, 1)
    assert (attempt["status"], attempt["body"]) == (status, app.bodies[0].decode())


async def test_a_recorded_click_can_be_sent_again_as_it_was(slack: Slack, app: App) -> None:
    await slack.press(await slack.post(blocks=BUTTONS), action_id="retry")
    [attempt] = await slack.deliveries()
    async with httpx.AsyncClient(trust_env=False) as replay:
        await replay.post(attempt["url"], content=attempt["body"], headers=attempt["headers"])
    assert app.bodies[0] == app.bodies[1]
    assert app.headers[0]["x-slack-signature"] == app.headers[1]["x-slack-signature"]


async def test_an_answer_after_three_seconds_is_a_warning(slack: Slack, app: App) -> None:
    app.seconds = 3.5
    outcome = await slack.press(await slack.post(blocks=BUTTONS), action_id="retry")
    assert (outcome["status"], outcome["warning"]) == (None, True)
    assert 2.9 < outcome["seconds"] < 3 + patience(0.4)


async def test_without_an_address_the_person_sees_a_warning(slack: Slack) -> None:
    outcome = await slack.press(await slack.post(blocks=BUTTONS), action_id="retry")
    assert (outcome["status"], outcome["warning"], await slack.deliveries()) == (None, True, [])


async def test_a_button_that_is_gone_can_be_pressed_only_by_an_old_client(slack: Slack, app: App) -> None:
    ts = await slack.post("Question", blocks=BUTTONS)
    await slack.call("chat.update", channel="C0BILLING", ts=ts, text="Answered", blocks=BUTTONS[:1])
    assert (await slack.press(ts, action_id="retry"))["code"] == 400
    assert (await slack.press(ts, action_id="never", old=True))["code"] == 400
    await slack.press(ts, action_id="retry", old=True)
    [payload] = app.payloads
    assert (payload["message"]["text"], payload["actions"][0]["value"]) == ("Question", "q/1")


@pytest.mark.parametrize(
    "wanted",
    [
        {"action_id": "retry", "user": "U0NOBODY"},
        {"action_id": "retry", "channel": "C0OTHER"},
        {"action_id": "retry", "block_id": "answer:2"},
        {"block_id": "answer:1"},
        {"action_id": "retry", "colour": "red"},
    ],
)
async def test_a_press_that_makes_no_sense_is_refused(slack: Slack, app: App, wanted: dict[str, Any]) -> None:
    outcome = await slack.press(await slack.post(blocks=BUTTONS), **wanted)
    assert (outcome["code"], app.bodies) == (400, [])
    assert outcome["message"]


async def test_the_response_address_replaces_or_whispers_five_times(slack: Slack, app: App) -> None:
    await slack.press(ts := await slack.post("Question", blocks=BUTTONS), action_id="retry")
    url = app.payloads[0]["response_url"]
    answers = [await slack.http.post(url, json={"text": "Too late"})]
    answers.append(await slack.http.post(url, json={"text": "Answered", "replace_original": True}))
    answers += [await slack.http.post(url, json={"text": "again"}) for _ in range(4)]
    original, whisper = (await slack.messages())[:2]
    assert (original["ts"], original["text"], original["blocks"]) == (ts, "Answered", [])
    assert (whisper["text"], whisper["ephemeral_to"]) == ("Too late", "U0ANNE")
    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert answers[-1].json()["error"] == "used_url"


async def test_an_unknown_response_address_is_gone(slack: Slack) -> None:
    answer = await slack.http.post("/slack/actions/T0SANDBOX/1/nobody", json={"text": "x"})
    assert (answer.status_code, answer.json()["error"]) == (404, "expired_url")


async def test_a_reset_empties_the_workspace_and_keeps_its_settings(slack: Slack, app: App) -> None:
    await slack.post(blocks=BUTTONS)
    await slack.http.post("/_control/reset")
    settings = (await slack.http.get("/_control/webhooks/slack")).json()
    assert (await slack.messages(), settings["url"]) == ([], app.url)
