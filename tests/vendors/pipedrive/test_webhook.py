"""Deliveries as the page's sections 1, 4 and 7 have them."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from raccord.connectors.webhooks import HintKind, UnreadableBody, WebhookRejected, WebhookRequest
from raccord.vendors.pipedrive.settings import PipedriveSettings
from raccord.vendors.pipedrive.webhook import ECHO, NOT_WON, OTHER_ACCOUNT, PipedriveWebhooks
from tests.vendors.pipedrive.account import settings

NOW = datetime(2026, 11, 20, 15, 12, tzinfo=UTC)
PASSWORD = "Wj7-qT2_vX9k-Wj7-qT2_vX9k"
META: dict[str, Any] = {
    "action": "change",
    "entity": "deal",
    "entity_id": "8",
    "company_id": "8087566",
    "user_id": "12415231",
    "id": "df47d877-b58c-4886-91cd-1aa83e1d7366",
    "timestamp": "2026-11-20T15:11:55.724Z",
    "type": "general",
    "version": "2.0",
    "webhook_id": "4710827",
    "change_source": "app",
    "attempt": 1,
}


def source(**more: Any) -> PipedriveWebhooks:
    given = settings(webhook_user="billing-sync", webhook_secret=PASSWORD, user_id=70112299)
    return PipedriveWebhooks(PipedriveSettings.model_validate(given | more))


def basic(user: str = "billing-sync", password: str = PASSWORD) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def request(header: str | None) -> WebhookRequest:
    headers = {} if header is None else {"authorization": header}
    return WebhookRequest("https://sync.example.fr/webhooks/pipedrive", headers, b"{}", NOW)


def event(data: Any = None, previous: Any = None, **meta: Any) -> bytes:
    return json.dumps({"meta": META | meta, "data": data, "previous": previous}).encode()


def test_the_pages_vector_is_what_a_name_and_a_password_make() -> None:
    assert basic(password="Wj7-qT2_vX9k") == "Basic YmlsbGluZy1zeW5jOldqNy1xVDJfdlg5aw=="


def test_our_name_and_password_are_believed() -> None:
    source().authenticate(request(basic()))
    source().authenticate(request(basic().replace("Basic", "basic")))


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Basic",
        "Basic !!!",
        "Basic é",
        "Bearer " + basic().split()[1],
        basic(user="other"),
        basic(password="x"),
        basic(password=PASSWORD + " "),
        basic(password=""),
        basic() + "AAAA",
        "Basic " + base64.b64encode(PASSWORD.encode()).decode(),
        "Basic " + base64.b64encode(b"\xff\xfe").decode(),
    ],
)
def test_nothing_else_is(header: str | None) -> None:
    with pytest.raises(WebhookRejected):
        source().authenticate(request(header))


def test_two_passwords_are_good_while_one_replaces_the_other() -> None:
    old = {"previous_webhook_secret": PASSWORD, "webhook_secret": "another-password-0000"}
    source(**old, previous_webhook_secret_until=NOW + timedelta(days=1)).authenticate(request(basic()))
    with pytest.raises(WebhookRejected):
        source(**old, previous_webhook_secret_until=NOW - timedelta(days=1)).authenticate(request(basic()))


@pytest.mark.parametrize(
    ("entity", "kind"),
    [("deal", HintKind.DEAL), ("organization", HintKind.COMPANY), ("person", HintKind.CONTACT)],
)
@pytest.mark.parametrize("action", ["create", "change", "delete"])
def test_an_event_is_a_hint_about_its_record(entity: str, kind: HintKind, action: str) -> None:
    (hint,) = source().parse(event(entity=entity, action=action)).hints
    assert (hint.kind, hint.id, hint.merged) == (kind, "8", False)
    assert hint.occurred_at == datetime(2026, 11, 20, 15, 11, 55, 724000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("data", "previous", "told"),
    [
        ({"status": "won"}, {"status": "open"}, True),
        ({"status": "won"}, {"title": "Ancien"}, True),
        ({"status": "open"}, {"status": "won"}, True),
        ({"status": "lost"}, {"status": "won"}, True),
        ({"status": "open"}, {"title": "Ancien"}, False),
        ({"status": "open"}, None, False),
        ({"status": "lost"}, {"status": "open"}, False),
        ({"status": "another"}, None, True),
        ({}, None, True),
    ],
)
def test_a_deal_that_was_never_won_costs_no_tokens(data: Any, previous: Any, told: bool) -> None:
    found = source().parse(event(data, previous))
    assert (bool(found.hints), found.ignored) == (told, () if told else (NOT_WON,))
    assert source().parse(event(data, previous, merged_from_id="9")).hints


def test_another_attempt_is_the_same_event_and_another_webhooks_is_not() -> None:
    keys = [source().parse(event(**more)).hints[0].key for more in ({}, {"attempt": 4}, {"webhook_id": "2"})]
    assert keys[0] == keys[1] != keys[2]


def test_a_merge_names_both_and_the_survivor_first() -> None:
    gone = source().parse(event(action="delete", entity_id="9", merged_to_id="8")).hints
    kept = source().parse(event(merged_from_id=9)).hints
    assert [(each.id, each.merged) for each in gone] == [("8", True), ("9", True)]
    assert [(each.id, each.merged) for each in kept] == [("8", True), ("9", True)]


def test_a_line_is_a_hint_about_its_deal_also_when_it_was_deleted() -> None:
    for data, previous in (({"id": 3, "deal_id": 8}, None), (None, {"id": 3, "deal_id": 8})):
        (hint,) = source().parse(event(data, previous, entity="deal_product", entity_id="3")).hints
        assert (hint.kind, hint.id) == (HintKind.DEAL, "8")


@pytest.mark.parametrize(
    ("meta", "told"),
    [
        ({"company_id": "1"}, OTHER_ACCOUNT),
        ({"change_source": "api", "user_id": "70112299"}, ECHO),
        ({"entity": "pipeline"}, "change.pipeline"),
        ({"action": "other"}, "other.deal"),
    ],
)
def test_what_is_not_for_us_is_counted(meta: dict[str, Any], told: str) -> None:
    found = source().parse(event(**meta))
    assert (found.hints, found.ignored) == ((), (told,))


@pytest.mark.parametrize("meta", [{"change_source": "app", "user_id": "70112299"}, {"change_source": "api"}])
def test_other_peoples_edits_and_other_tools_are_no_echo(meta: dict[str, Any]) -> None:
    assert source().parse(event(**meta)).hints


@pytest.mark.parametrize("meta", [{"entity_id": "x"}, {"entity_id": None}, {"id": None}, {"entity": 1}])
def test_an_event_that_cannot_be_read_is_set_aside(meta: dict[str, Any]) -> None:
    assert source().parse(event(**meta)).unreadable


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"meta": 1}', b"\xff"])
def test_another_body_is_none_of_pipedrives(body: bytes) -> None:
    with pytest.raises(UnreadableBody):
        source().parse(body)
