from typing import Any

import pytest
from pydantic import ValidationError

from raccord.connectors.connection import Kind, Vendor
from raccord.connectors.registry import load
from raccord.domain.values.clock import BusinessClock
from raccord.vendors.slack import MESSENGER
from raccord.vendors.slack.settings import SlackSettings
from tests.vendors.slack.conftest import CHANNEL, SECRET, TOKEN


def settings(**given: Any) -> SlackSettings:
    return SlackSettings.model_validate({"bot_token": TOKEN, "channel": CHANNEL} | given)


def test_the_registry_finds_the_package() -> None:
    vendor: Vendor[Any] = load(Kind.MESSENGER, "slack")
    assert vendor is MESSENGER


def test_slack_s_own_address_is_the_default() -> None:
    assert settings().base_url == "https://slack.com/api/"


@pytest.mark.parametrize(
    "token", ["xoxb-", "xoxp-1", "xapp-1", "xoxe.xoxb-1", "xoxb-a b", "xoxb-é", "xoxb-1\n2"]
)
def test_only_a_bot_s_token_is_taken(token: str) -> None:
    with pytest.raises(ValidationError, match="bot_token"):
        settings(bot_token=token)


@pytest.mark.parametrize("name", ["webhook_secret", "previous_webhook_secret"])
@pytest.mark.parametrize("secret", ["short", "x" * 15])
def test_a_short_secret_refuses_to_start(name: str, secret: str) -> None:
    with pytest.raises(ValidationError, match="least=16"):
        settings(**({"webhook_secret": SECRET} | {name: secret}))


def test_no_press_is_believed_without_a_secret() -> None:
    assert MESSENGER.presses
    with pytest.raises(ValueError, match="webhook_secret"):
        MESSENGER.presses(
            settings(previous_webhook_secret=SECRET, previous_webhook_secret_until="2026-12-31")
        )


@pytest.mark.parametrize(
    "url", ["http://slack.com/api/", "http://sandbox:8090/slack", "ftp://127.0.0.1", "api"]
)
def test_the_token_never_travels_in_clear(url: str) -> None:
    with pytest.raises(ValidationError, match="https"):
        settings(base_url=url)


@pytest.mark.parametrize(
    "given",
    [
        {"channel": "#billing"},
        {"channel": "billing"},
        {"channel": "U0123ABCD"},
        {"channel": "C0123\n"},
        {"people": ["Anne"]},
        {"people": ["@anne"]},
        {"people": [""]},
        {"team": ""},
        {"team": "acme"},
    ],
)
def test_names_in_place_of_ids_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(**given)


def test_secrets_do_not_show() -> None:
    shown = f"{settings(webhook_secret=SECRET)!r} {settings(webhook_secret=SECRET)}"
    assert TOKEN not in shown
    assert SECRET not in shown


async def test_the_port_is_built_without_any_input_or_output() -> None:
    messenger = MESSENGER.connect("slack", settings(), BusinessClock())
    assert messenger.capabilities.requests_per_second == 1.0
    assert TOKEN not in repr(messenger)
    await messenger.close()
