"""Webhooks version 2: how they are made, what they say, and when they end (pipedrive.md 1, 4, 7)."""

import base64
from typing import Any

import pytest

from sandbox.pipedrive.hooks import basic
from sandbox.pipedrive.settings import PipedriveSettings
from tests.sandbox.pipedrive.bench import (
    CAMILLE,
    DEAL,
    INTEGRATION,
    ORGANIZATION,
    PERSON,
    THOMAS,
    URL,
    Pipedrive,
    until,
)

IDS = ("entity_id", "company_id", "user_id", "id", "correlation_id", "webhook_id", "webhook_owner_id")


@pytest.mark.parametrize(
    ("password", "expected"),
    [
        ("Wj7-qT2_vX9k", "Basic YmlsbGluZy1zeW5jOldqNy1xVDJfdlg5aw=="),
        ("s3crét-Pd!2026", "Basic YmlsbGluZy1zeW5jOnMzY3LDqXQtUGQhMjAyNg=="),
    ],
)
def test_the_vectors_of_the_vendors_page(password: str, expected: str) -> None:
    assert basic("billing-sync", password, "utf-8") == expected


async def test_a_won_deal_is_told_with_its_status_before(pipedrive: Pipedrive) -> None:
    hook = await pipedrive.hook("change", "deal")
    await pipedrive.person.win(DEAL)
    [event] = await pipedrive.receiver.events(1)
    meta, data, previous = event["meta"], event["data"], event["previous"]
    assert (meta["action"], meta["entity"], meta["entity_id"]) == ("change", "deal", str(DEAL))
    assert all(isinstance(meta[name], str) for name in IDS)
    assert (meta["user_id"], meta["change_source"], meta["webhook_id"]) == (
        str(CAMILLE),
        "app",
        str(hook["id"]),
    )
    assert (meta["version"], meta["attempt"], meta["host"]) == ("2.0", 1, "hexalab.pipedrive.com")
    assert (meta["type"], meta["is_bulk_edit"], str(CAMILLE) in meta["permitted_user_ids"]) == (
        "general",
        False,
        True,
    )
    assert (data["status"], data["id"], data["visible_to"], data["org_id"]) == ("won", DEAL, "3", 1)
    assert (previous["status"], previous["won_time"]) == ("open", None)
    assert "title" not in previous
    assert pipedrive.receiver.requests[-1].headers["Authorization"] == basic(
        "billing-sync", "Wj7-qT2_vX9k", "utf-8"
    )


async def test_there_is_no_signature_and_without_a_password_no_header_at_all(pipedrive: Pipedrive) -> None:
    await pipedrive.hook("change", "deal", http_auth_user=None, http_auth_password=None)
    await pipedrive.person.win(DEAL)
    await pipedrive.receiver.events(1)
    headers = pipedrive.receiver.requests[-1].headers
    assert [name for name in headers if "signature" in name or name == "authorization"] == []


async def test_a_password_may_be_encoded_in_latin_1(pipedrive: Pipedrive) -> None:
    await pipedrive.settings(basic_charset="latin-1")
    await pipedrive.hook("change", "deal", http_auth_password="é")
    await pipedrive.person.win(DEAL)
    await pipedrive.receiver.events(1)
    sent = pipedrive.receiver.requests[-1].headers["Authorization"].partition(" ")[2]
    assert base64.b64decode(sent) == b"billing-sync:\xe9"


async def test_a_deal_that_is_made_as_won_is_a_creation(pipedrive: Pipedrive) -> None:
    await pipedrive.hook("*", "deal")
    await pipedrive.call("POST", "/v2/deals", json={"title": "Vite", "status": "won"})
    [event] = await pipedrive.receiver.events(1)
    assert (event["meta"]["action"], event["data"]["status"], event["previous"]) == ("create", "won", None)
    assert (event["meta"]["user_id"], event["meta"]["change_source"]) == (str(INTEGRATION), "api")


async def test_another_program_with_a_persons_token_is_api_too(pipedrive: Pipedrive) -> None:
    await pipedrive.hook("change", "organization")
    await pipedrive.person.edit_by_program("organization", ORGANIZATION, name="Autre")
    await pipedrive.person.edit_many("organization", [ORGANIZATION], name="Encore")
    by_program, in_bulk = sorted(await pipedrive.receiver.events(2), key=lambda each: each["data"]["name"])
    assert (by_program["meta"]["change_source"], by_program["meta"]["user_id"]) == ("api", str(CAMILLE))
    assert (in_bulk["meta"]["change_source"], in_bulk["meta"]["is_bulk_edit"]) == ("app", True)


async def test_an_integration_without_a_user_of_its_own_cannot_tell_its_echo(pipedrive: Pipedrive) -> None:
    await pipedrive.settings(token_user=CAMILLE)
    await pipedrive.hook("change", "deal")
    await pipedrive.call("PATCH", f"/v2/deals/{DEAL}", json={"value": 1})
    [event] = await pipedrive.receiver.events(1)
    assert event["meta"]["user_id"] == str(CAMILLE)


async def test_custom_values_differ_from_the_apis(pipedrive: Pipedrive) -> None:
    fields = {
        "varchar": "F-2026-0042",
        "monetary": {"value": 500, "currency": "EUR"},
        "date": "2026-11-20",
        "user": CAMILLE,
        "org": ORGANIZATION,
        "double": 42,
    }
    codes = {type_: (await pipedrive.field("deal", type_, type_))["field_code"] for type_ in fields}
    enum = await pipedrive.field("deal", "enum", "enum", options=[{"label": "Payée"}])
    several = await pipedrive.field("deal", "set", "set", options=[{"label": "A"}, {"label": "B"}])
    paid, both = enum["options"][0]["id"], [each["id"] for each in several["options"]]
    values = {codes[type_]: value for type_, value in fields.items()}
    await pipedrive.hook("change", "deal")
    await pipedrive.call(
        "PATCH",
        f"/v2/deals/{DEAL}",
        json={"custom_fields": values | {enum["field_code"]: paid, several["field_code"]: both}},
    )
    [event] = await pipedrive.receiver.events(1)
    told = event["data"]["custom_fields"]
    assert told[codes["varchar"]] == {"type": "varchar", "value": "F-2026-0042"}
    assert told[codes["monetary"]] == {"type": "monetary", "value": 500, "currency": "EUR"}
    assert told[codes["date"]] == {"type": "date", "value": "2026-11-20"}
    assert told[codes["user"]] == {"type": "user", "id": CAMILLE}
    assert told[codes["org"]] == {"type": "org", "id": ORGANIZATION}
    assert told[codes["double"]] == {"type": "double", "value": 42}
    assert told[enum["field_code"]] == {"type": "enum", "id": paid}
    assert told[several["field_code"]] == {"type": "set", "values": [{"id": each} for each in both]}
    assert event["previous"]["custom_fields"] == dict.fromkeys(
        (*values, enum["field_code"], several["field_code"])
    )


@pytest.mark.parametrize("named", [True, False])
async def test_previous_has_what_changed_alone_and_the_time_only_sometimes(
    pipedrive: Pipedrive, named: bool
) -> None:
    await pipedrive.settings(previous_update_time=named)
    await pipedrive.hook("change", "organization")
    await pipedrive.person.edit(
        "organization", ORGANIZATION, name="Autre", website="menuiserie-kerjean.example"
    )
    [event] = await pipedrive.receiver.events(1)
    assert set(event["previous"]) == {"name"} | ({"update_time"} if named else set())


async def test_nothing_new_is_no_event(pipedrive: Pipedrive) -> None:
    await pipedrive.hook("change", "deal")
    await pipedrive.call("PATCH", f"/v2/deals/{DEAL}", json={"value": 3940})
    await pipedrive.call("PATCH", f"/v2/deals/{DEAL}", json={"value": 3941})
    [event] = await pipedrive.receiver.events(1)
    assert event["previous"]["value"] == 3940


async def test_a_deletion_has_no_data_but_the_last_state(pipedrive: Pipedrive) -> None:
    await pipedrive.hook("delete", "person")
    await pipedrive.person.delete("person", PERSON)
    [event] = await pipedrive.receiver.events(1)
    assert (event["meta"]["action"], event["data"]) == ("delete", None)
    assert event["previous"]["name"] == "Anne Kerjean"
    assert "merged_to_id" not in event["meta"]


async def test_a_merge_is_a_deletion_and_a_change(pipedrive: Pipedrive) -> None:
    await pipedrive.hook("*", "organization")
    await pipedrive.person.merge("organization", ORGANIZATION, 2)
    told = {each["meta"]["action"]: each for each in await pipedrive.receiver.events(2)}
    assert (told["delete"]["meta"]["entity_id"], told["delete"]["meta"]["merged_to_id"]) == ("2", "1")
    assert (told["change"]["meta"]["entity_id"], told["change"]["meta"]["merged_from_id"]) == ("1", "2")


async def test_lines_are_told_and_move_the_deals_value(pipedrive: Pipedrive) -> None:
    await pipedrive.hook("*", "*")
    await pipedrive.person.remove_line(DEAL, 1)
    told = {each["meta"]["entity"]: each for each in await pipedrive.receiver.events(2)}
    assert (told["deal_product"]["meta"]["action"], told["deal_product"]["previous"]["deal_id"]) == (
        "delete",
        DEAL,
    )
    assert told["deal"]["previous"]["value"] == 3940


async def test_events_go_to_who_asked_for_them(pipedrive: Pipedrive) -> None:
    await pipedrive.hook("create", "deal")
    await pipedrive.hook("change", "person")
    await pipedrive.person.win(DEAL)
    await pipedrive.person.edit("person", PERSON, name="Anne K")
    [event] = await pipedrive.receiver.events(1)
    assert event["meta"]["entity"] == "person"


async def test_the_same_event_has_one_id_at_two_webhooks(pipedrive: Pipedrive) -> None:
    await pipedrive.hook("change", "deal")
    await pipedrive.hook("*", "deal")
    await pipedrive.person.win(DEAL)
    metas = [each["meta"] for each in await pipedrive.receiver.events(2)]
    assert len({each["id"] for each in metas}) == 1
    assert len({each["webhook_id"] for each in metas}) == 2


async def test_what_a_webhooks_user_cannot_see_is_not_told(pipedrive: Pipedrive) -> None:
    await pipedrive.person.edit("deal", DEAL, visible_to=1)
    await pipedrive.hook("change", "deal", user_id=THOMAS)
    await pipedrive.person.win(DEAL)
    await pipedrive.person.win(2)
    [event] = await pipedrive.receiver.events(1)
    assert event["meta"]["entity_id"] == "2"


async def test_a_refused_delivery_comes_three_times_more_as_the_same_event(pipedrive: Pipedrive) -> None:
    await pipedrive.hook("change", "deal", user_id=INTEGRATION)
    pipedrive.receiver.statuses = [500, 302, 401, 503, 200]
    await pipedrive.person.win(DEAL)
    told = await pipedrive.receiver.events(4)
    assert [each["meta"]["attempt"] for each in told] == [1, 2, 3, 4]
    assert len({each["meta"]["id"] for each in told}) == 1
    await pipedrive.person.reopen(DEAL)
    # The first event is gone: what comes next is the second one.
    assert (await pipedrive.receiver.events(5))[4]["data"]["status"] == "open"


def test_three_waits_are_of_3_30_and_150_seconds_and_an_answer_has_10() -> None:
    usual = PipedriveSettings()
    assert (usual.retry_waits, usual.patience, usual.ban_after) == ([3.0, 30.0, 150.0], 10.0, 10)
    assert (usual.ban_seconds, usual.dead_after) == (30 * 60.0, 3 * 24 * 3600.0)


async def fail(pipedrive: Pipedrive, times: int) -> None:
    """Let so many events fail at their first attempt and arrive at the second."""
    for number in range(times):
        pipedrive.receiver.statuses = [500, 200]
        before = len(pipedrive.receiver.told())
        await pipedrive.person.edit("deal", DEAL, title=f"Essai {number}")
        await pipedrive.receiver.events(before + 2)
        # The sender has heard of the success before the next event.
        await until(lambda: not pipedrive.receiver.statuses)


async def test_failed_first_attempts_end_in_a_ban_and_events_during_it_are_lost(pipedrive: Pipedrive) -> None:
    await pipedrive.settings(ban_after=3, ban_seconds=600.0)
    await pipedrive.hook("change", "deal")
    await fail(pipedrive, 3)
    told = len(pipedrive.receiver.told())
    await pipedrive.person.edit("deal", DEAL, title="Perdu")
    await pipedrive.settings(ban_seconds=0.0)
    await pipedrive.person.edit("deal", DEAL, title="Après")
    titles = [each["data"]["title"] for each in await pipedrive.receiver.events(told + 1)]
    assert (titles[-1], "Perdu" in titles) == ("Après", False)


async def test_a_success_may_set_the_count_back(pipedrive: Pipedrive) -> None:
    await pipedrive.settings(ban_after=3, ban_seconds=600.0, success_forgives=True)
    await pipedrive.hook("change", "deal")
    await fail(pipedrive, 4)
    assert len(pipedrive.receiver.told()) == 8


async def test_a_webhook_without_a_success_for_days_is_deleted(pipedrive: Pipedrive) -> None:
    await pipedrive.settings(dead_after=0.0)
    hook = await pipedrive.hook("change", "deal")
    pipedrive.receiver.statuses = [500] * 4
    await pipedrive.person.win(DEAL)
    await pipedrive.receiver.events(4)
    await until(lambda: not pipedrive.receiver.statuses)
    assert await pipedrive.data("GET", "/v1/webhooks") == []
    assert (await pipedrive.raw("DELETE", f"/v1/webhooks/{hook['id']}")).status_code == 404


async def test_order_is_not_promised(pipedrive: Pipedrive) -> None:
    await pipedrive.settings(webhook_window=600.0, newest_first=True)
    await pipedrive.hook("change", "deal")
    await pipedrive.person.win(DEAL)
    await pipedrive.person.reopen(DEAL)
    told = await pipedrive.receiver.events(2)
    assert [each["data"]["status"] for each in told] == ["open", "won"]
    assert told[0]["meta"]["timestamp"] >= told[1]["meta"]["timestamp"]


async def test_webhooks_are_listed_with_how_they_fared_and_deleted(pipedrive: Pipedrive) -> None:
    hook = await pipedrive.hook("change", "deal")
    assert (hook["is_active"], hook["last_http_status"], hook["version"]) == (1, None, "2.0")
    await pipedrive.person.win(DEAL)
    await pipedrive.receiver.events(1)
    [listed] = await pipedrive.data("GET", "/v1/webhooks")
    assert (listed["id"], listed["subscription_url"], listed["admin_id"]) == (hook["id"], URL, INTEGRATION)
    await pipedrive.call("DELETE", f"/v1/webhooks/{hook['id']}")
    assert await pipedrive.data("GET", "/v1/webhooks") == []
    gone = await pipedrive.raw("DELETE", f"/v1/webhooks/{hook['id']}")
    assert (gone.status_code, gone.json()) == (
        404,
        {"status": "error", "success": False, "errors": {"id": ["not found"]}},
    )


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"subscription_url": "ftp://x"}, "subscription_url"),
        ({"subscription_url": "http://receiver.example/x"}, "subscription_url"),
        ({"event_action": "updated"}, "event_action"),
        ({"event_object": "deals"}, "event_object"),
        ({"name": ""}, "name"),
        ({"version": "1.0"}, "version"),
        ({"user_id": 1}, "user_id"),
        ({"secret": "x"}, "secret"),
    ],
)
async def test_a_webhook_that_cannot_be_is_refused_in_its_own_shape(
    pipedrive: Pipedrive, more: dict[str, Any], field: str
) -> None:
    body = {"name": "x", "subscription_url": URL, "event_action": "change", "event_object": "deal"}
    answer = await pipedrive.raw("POST", "/v1/webhooks", json=body | more)
    assert (answer.status_code, answer.json()["status"], list(answer.json()["errors"])) == (
        400,
        "error",
        [field],
    )


@pytest.mark.parametrize(("status", "probe", "made"), [(302, "answers", False), (503, "answers", False),
    (401, "answers", True), (401, "succeeds", False), (302, "off", True)])  # fmt: skip
async def test_the_address_must_be_there_before(
    pipedrive: Pipedrive, status: int, probe: str, made: bool
) -> None:
    await pipedrive.settings(probe=probe)
    pipedrive.receiver.statuses = [status]
    body = {"name": "x", "subscription_url": URL, "event_action": "change", "event_object": "deal"}
    answer = await pipedrive.raw("POST", "/v1/webhooks", json=body)
    assert answer.status_code == (201 if made else 400)
    if not made:
        assert answer.json()["errors"] == {"subscription_url": ["invalid or non-reachable URL"]}


async def test_a_user_has_forty_webhooks_at_most(pipedrive: Pipedrive) -> None:
    await pipedrive.settings(probe="off")
    for _ in range(40):
        await pipedrive.hook("change", "deal")
    body = {"name": "x", "subscription_url": URL, "event_action": "change", "event_object": "deal"}
    assert (await pipedrive.raw("POST", "/v1/webhooks", json=body)).status_code == 400


async def test_the_operator_has_a_webhook_for_everything(pipedrive: Pipedrive) -> None:
    await pipedrive.settings(url=URL, secret="mot-de-passe", http_auth_user="sync")
    await pipedrive.person.win(DEAL)
    [event] = await pipedrive.receiver.events(1)
    assert event["data"]["status"] == "won"
    assert pipedrive.receiver.requests[-1].headers["Authorization"] == basic("sync", "mot-de-passe", "utf-8")
    [listed] = await pipedrive.data("GET", "/v1/webhooks")
    assert "http_auth_password" not in (await pipedrive.operator.state("pipedrive"))["webhooks"][0]
    await pipedrive.call("DELETE", f"/v1/webhooks/{listed['id']}")
    assert await pipedrive.data("GET", "/v1/webhooks") == []
