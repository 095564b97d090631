"""A channel that is closed to the bot: whoever invites it sees the question soon."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from sandbox.slack.person import SlackPerson
from sandbox.slack.settings import SCOPES
from tests.front_door.account import siret
from tests.front_door.judge import by_a_person
from tests.front_door.stack import Lane, until

SOON = timedelta(seconds=30)


@pytest.fixture
async def closed(lane: Lane) -> AsyncIterator[SlackPerson]:
    """Somebody in a workspace whose channel the bot is no member of and may not post to uninvited."""
    person = SlackPerson(lane.account.http)
    await lane.account.settings("slack", scopes=[s for s in SCOPES if s != "chat:write.public"])
    await person.remove_bot()
    yield person
    await person.invite_bot()
    await lane.account.settings("slack", scopes=list(SCOPES))


async def test_a_question_is_shown_within_half_a_minute_of_the_invitation(
    lane: Lane, closed: SlackPerson
) -> None:
    account = lane.account
    company = await account.company(siren="")
    deal = await account.deal(company)
    before = len(await account.requests(vendor="slack"))
    await account.win(deal)

    async def refused() -> bool:
        return any(not by_a_person(r) for r in (await account.requests(vendor="slack"))[before:])

    async def tasked() -> bool:
        return len(await account.tasks(deal)) == 1

    async def shown() -> bool:
        return bool(await account.messages(deal))

    await until(refused, what="the channel turns the bot away")
    await until(tasked, what="the salesperson has a task all the same")
    assert not await shown()
    await closed.invite_bot()
    await until(shown, within=SOON, what="the question is shown")
    assert len(await account.messages(deal)) == 1
    await account.edit("companies", company, siret=siret())
    await lane.wake(deal, key="repaired")
    assert (await lane.outcome(deal))["ending"] == "invoiced"
