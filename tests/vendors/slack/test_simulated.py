"""The connector against the simulated Slack: a channel that is closed to the bot until somebody opens it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from raccord.connectors.connection import CheckState
from raccord.connectors.errors import Auth, NotFound
from raccord.connectors.messenger import Messenger
from raccord.domain.desk.notice import Notice, Place
from raccord.domain.values.clock import BusinessClock
from raccord.vendors.slack import MESSENGER
from raccord.vendors.slack.settings import SlackSettings
from tests.sandbox.slack_bench import TOKEN, Slack, slack_bench

CLOSED, BOT, ANNE = "C0OTHER", "U0RACCORD", "U0CAMILLE"
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
NOTICE = Notice(title="Facture à valider")


@pytest.fixture
async def bench() -> AsyncIterator[Slack]:
    async with slack_bench() as served:
        await served.settings(scopes=["chat:write", "users:read", "users:read.email", "channels:history"])
        yield served


@pytest.fixture
async def slack(bench: Slack) -> AsyncIterator[Messenger]:
    settings = SlackSettings.model_validate(
        {"base_url": f"{bench.base}/slack/api/", "bot_token": TOKEN, "channel": CLOSED}
    )
    messenger = MESSENGER.connect("slack", settings, BusinessClock())
    yield messenger
    await messenger.close()


async def test_soon_after_the_invitation_the_message_is_there(bench: Slack, slack: Messenger) -> None:
    for closed in (slack.post(NOTICE, ref="q-1"), slack.find("q-1", since=SINCE)):
        with pytest.raises(Auth, match="/invite") as caught:
            await closed
        assert caught.value.retry_after
        assert caught.value.retry_after <= timedelta(seconds=15)
    (channel,) = (check for check in await slack.check() if check.name == "channel")
    assert channel.state is CheckState.FAIL
    assert "/invite" in channel.found
    who = {"X-Sandbox-Actor": ANNE}
    invited = await bench.raw("conversations.invite", json={"channel": CLOSED, "users": BOT}, headers=who)
    assert invited.json()["ok"], invited.text
    place = await slack.post(NOTICE, ref="q-1")
    assert await slack.find("q-1", since=SINCE) == place


async def test_a_message_in_a_channel_that_was_closed_is_gone_for_an_edit(slack: Messenger) -> None:
    nowhere = Place(channel="C0NOWHERE", message="1790000000.000200")
    with pytest.raises(NotFound):
        await slack.update(nowhere, NOTICE)
