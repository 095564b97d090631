"""What every messenger does with messages and with the people who press their buttons."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from raccord.connectors.errors import NotFound
from raccord.connectors.messenger import Messenger
from raccord.domain.desk.notice import Fact, Notice, Place
from tests.connectors.conformance.cases import MessengerCase, cases
from tests.connectors.conformance.lab import Lab
from tests.connectors.conformance.samples import NOTICE


@pytest.fixture(params=cases(MessengerCase))
def case(request: pytest.FixtureRequest) -> MessengerCase:
    found: MessengerCase = request.param
    return found


@pytest.fixture
async def messenger(case: MessengerCase, lab: Lab) -> AsyncIterator[Messenger]:
    await lab.option(case.vendor, **case.quiet)
    async with case.open(lab) as messenger:
        yield messenger


def a_minute_ago() -> datetime:
    return datetime.now(UTC) - timedelta(minutes=1)


async def test_a_message_is_found_by_its_mark(messenger: Messenger) -> None:
    assert await messenger.find("ref-1", since=a_minute_ago()) is None
    place = await messenger.post(NOTICE, ref="ref-1")
    assert await messenger.find("ref-1", since=a_minute_ago()) == place
    assert await messenger.find("ref-2", since=a_minute_ago()) is None
    assert await messenger.find("ref-1", since=datetime.now(UTC) + timedelta(days=1)) is None


async def test_a_message_is_found_among_many(messenger: Messenger) -> None:
    first = await messenger.post(NOTICE, ref="ref-first")
    for number in range(210):
        await messenger.post(Notice(title=f"{number}"), ref=f"ref-{number}")
    assert await messenger.find("ref-first", since=a_minute_ago()) == first


async def test_a_reply_is_found_below_its_message(messenger: Messenger) -> None:
    place = await messenger.post(NOTICE, ref="ref-1")
    reply = await messenger.post(Notice(title="Corrigé"), ref="ref-1.done", reply_to=place)
    assert reply != place
    assert await messenger.find("ref-1.done", since=a_minute_ago(), reply_to=place) == reply


async def test_a_message_is_replaced_as_a_whole(case: MessengerCase, lab: Lab, messenger: Messenger) -> None:
    place = await messenger.post(NOTICE, ref="ref-1")
    before = len(await lab.messages())
    await messenger.update(place, Notice(title="Répondu"))
    shown = await lab.messages()
    assert len(shown) == before
    assert "Répondu" in str(shown)
    assert NOTICE.buttons[0].value not in str(shown)
    assert await messenger.find("ref-1", since=a_minute_ago()) == place
    gone = Place(channel=place.channel, message="1.000001")
    with pytest.raises(NotFound):
        await messenger.update(gone, NOTICE)


async def test_nothing_typed_by_others_calls_anybody(lab: Lab, messenger: Messenger) -> None:
    await messenger.post(NOTICE, ref="ref-1")
    assert "<!channel>" not in str(await lab.messages())


async def test_the_longest_notice_is_shown(messenger: Messenger) -> None:
    endless = "é👩\u200d💻 <!here> & " * 400
    notice = Notice(
        title=endless,
        facts=tuple(Fact(label=endless, value=endless) for _ in range(30)),
        points=(endless,) * 60,
        buttons=NOTICE.buttons,
        footer=endless,
    )
    place = await messenger.post(notice, ref="ref-1")
    await messenger.update(place, notice)


async def test_people_are_known_by_their_address(case: MessengerCase, messenger: Messenger) -> None:
    assert await messenger.user_of("nobody@example.fr") is None
    known = await messenger.user_of("anne.durand@hexalab.example")
    assert known
    assert await messenger.may_decide(known)
    assert not await messenger.may_decide("U0NOBODY")


async def test_a_whisper_is_heard_by_one(lab: Lab, messenger: Messenger) -> None:
    place = await messenger.post(NOTICE, ref="ref-1")
    user = await messenger.user_of("anne.durand@hexalab.example")
    assert user
    await messenger.whisper(place, user, "Déjà répondu <!channel>")
    (told,) = [m for m in await lab.messages() if "Déjà répondu" in str(m)]
    assert user in str(told)
    assert "<!channel>" not in str(told)
