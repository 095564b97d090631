import contextlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raccord.connectors.webhooks import PressSource, UnreadableBody
from raccord.domain.desk.notice import Place, Press
from raccord.vendors.slack.presses import SlackActions
from raccord.vendors.slack.settings import SlackSettings
from tests.vendors.slack.conftest import CHANNEL, SECRET, TS

ACTION = {
    "type": "button",
    "action_id": "raccord_0",
    "block_id": "raccord:ab12:3",
    "value": "inc-1|1|retry|",
    "text": {"type": "plain_text", "text": "Relire", "emoji": True},
    "action_ts": "1790000010.289415",
}
PAYLOAD: dict[str, Any] = {
    "type": "block_actions",
    "api_app_id": "A012",
    "token": "deprecated",
    "team": {"id": "T012", "domain": "acme"},
    "enterprise": None,
    "is_enterprise_install": False,
    "user": {"id": "U012ABCDEF", "username": "anne", "name": "anne", "team_id": "T012"},
    "container": {"type": "message", "message_ts": TS, "channel_id": CHANNEL, "is_ephemeral": False},
    "channel": {"id": CHANNEL, "name": "billing"},
    "message": {"type": "message", "user": "UBOT", "ts": TS, "text": "...", "blocks": []},
    "trigger_id": "1021.390.2e25",
    "response_url": "https://hooks.slack.com/actions/T012/1/abc",
    "state": {"values": {}},
    "actions": [ACTION],
}


def source(team: str | None = "T012") -> PressSource:
    given = {"bot_token": "xoxb-0", "channel": "C012", "webhook_secret": SECRET, "team": team}
    return SlackActions(SlackSettings.model_validate(given))


def form(payload: Any) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()


def with_action(**changed: Any) -> dict[str, Any]:
    return PAYLOAD | {"actions": [ACTION | changed]}


def test_a_press_says_who_pressed_what_where_and_when() -> None:
    assert source().parse(form(PAYLOAD)) == (
        Press(
            value="inc-1|1|retry|",
            user="U012ABCDEF",
            place=Place(channel=CHANNEL, message=TS),
            key=f"{CHANNEL}/{TS}/raccord_0/1790000010.289415/U012ABCDEF",
            at=datetime.fromtimestamp(1790000010, UTC) + timedelta(microseconds=289415),
            workspaces=("T012",),
        ),
    )


def test_a_repeated_delivery_has_the_same_key_and_every_other_press_another() -> None:
    def key(payload: Any) -> str:
        return source().parse(form(payload))[0].key

    others = [
        with_action(action_ts="1790000010.289416"),
        with_action(action_id="raccord_1"),
        PAYLOAD | {"user": {"id": "U2"}},
        PAYLOAD | {"container": {"message_ts": "1790000000.000201", "channel_id": CHANNEL}},
        PAYLOAD | {"container": {"message_ts": TS, "channel_id": "C2"}},
    ]
    assert key(PAYLOAD) == key(PAYLOAD | {"trigger_id": "another"})
    assert len({key(payload) for payload in (PAYLOAD, *others)}) == 6


def test_where_the_message_stands_is_read_from_either_place() -> None:
    bare = {k: v for k, v in PAYLOAD.items() if k != "container"}
    assert source().parse(form(bare)) == source().parse(form(PAYLOAD))
    without = {k: v for k, v in PAYLOAD.items() if k not in ("channel", "message")}
    assert source().parse(form(without)) == source().parse(form(PAYLOAD))


@pytest.mark.parametrize(
    "payload",
    [
        with_action(action_id="open_invoice"),
        with_action(action_id="raccord_"),
        with_action(action_id="raccord_0x"),
        with_action(action_id="raccord_٣"),
        with_action(action_id="xraccord_0"),
        with_action(type="static_select"),
        PAYLOAD | {"actions": []},
        PAYLOAD | {"type": "view_submission"},
        {"type": "shortcut"},
        PAYLOAD | {"container": {"type": "view", "view_id": "V1"}, "channel": None, "message": None},
        PAYLOAD | {"team": {"id": "T999"}},
        PAYLOAD | {"team": None},
        PAYLOAD | {"team": None, "enterprise": {"id": "E999"}},
    ],
)
def test_links_menus_and_other_workspaces_are_no_press_of_ours(payload: Any) -> None:
    assert source().parse(form(payload)) == ()


def test_without_a_team_in_the_settings_a_press_says_where_it_comes_from() -> None:
    payload = PAYLOAD | {"team": {"id": "T999"}, "enterprise": {"id": "E1"}}
    (press,) = source(team=None).parse(form(payload))
    assert press.workspaces == ("T999", "E1")


@pytest.mark.parametrize("more", [b"x=1&%s", b"%s&x=1&y", b"%s&novelty=%%FF", b"%s&", b"PAYLOAD={}&%s"])
def test_fields_that_nobody_knows_are_ignored(more: bytes) -> None:
    assert source().parse(more % form(PAYLOAD)) == source().parse(form(PAYLOAD))


def test_an_organisation_s_install_counts_by_its_own_id() -> None:
    payload = PAYLOAD | {"team": None, "enterprise": {"id": "E1"}}
    assert len(source(team="E1").parse(form(payload))) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"payload",
        b"payload=",
        b"payload=%7B",
        b"payload=[]",
        b"payload=1",
        b"payload=%22x%22",
        b"payload={}",
        b"payload=NaN",
        b'payload={"type":"block_actions","type":"block_actions"}',
        b"payload=%FF%FE",
        b"\xff\xfe",
        b"payload={}&payload={}",
        form(PAYLOAD).replace(b"payload=", b"Payload="),
        json.dumps(PAYLOAD).encode(),
        ("payload=" + quote_plus("[" * 40 + "]" * 40)).encode(),
        form({"type": 1}),
        form({"type": "block_actions"}),
        form(PAYLOAD | {"user": None}),
        form(PAYLOAD | {"user": {"id": 5}}),
        form(PAYLOAD | {"user": {"id": "<!channel>"}}),
        form(PAYLOAD | {"actions": {}}),
        form(PAYLOAD | {"actions": [1]}),
        form(PAYLOAD | {"actions": [{}]}),
        form(PAYLOAD | {"team": "T012"}),
        form(PAYLOAD | {"container": {"channel_id": "../etc", "message_ts": TS}}),
        form(PAYLOAD | {"container": {"channel_id": CHANNEL, "message_ts": 1790000000.0002}}),
        form(with_action(action_ts="soon")),
        form(with_action(action_ts=1790000010.28)),
        form(with_action(action_ts="9" * 30 + ".0")),
        form(with_action(action_ts="1790000010.1\n")),
        form(with_action(value="x" * 2001)),
        form(with_action(value=1)),
    ],
)
def test_a_body_of_another_shape_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableBody) as caught:
        source().parse(body)
    assert "inc-1" not in str(caught.value)


@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda raw: b"payload=" + raw))
def test_whatever_arrives_is_read_or_unreadable(body: bytes) -> None:
    with contextlib.suppress(UnreadableBody):
        assert source().parse(body) == ()
