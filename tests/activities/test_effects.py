"""The recipe of every write, where a second attempt meets what the first may have done."""

from datetime import timedelta

import pytest

from activities.effects import Effect, Effects
from raccord.connectors.errors import AmbiguousWrite, Poison
from raccord.records.records import Records

MESSAGE = Effect(key="msg/1", name="messaging.post", object="hubspot:1", cause="test")


class Channel:
    """A messenger without idempotency keys; what is posted may show late."""

    def __init__(self) -> None:
        self.posted = 0
        self.shows = False

    async def look(self) -> str | None:
        return "place" if self.shows else None

    async def write_and_lose_the_answer(self, _: str) -> str:
        self.posted += 1
        raise AmbiguousWrite("no answer")

    async def write(self, _: str) -> str:
        self.posted += 1
        return "place"


async def lost(effects: Effects, channel: Channel) -> None:
    with pytest.raises(AmbiguousWrite, match="no answer"):
        await effects.once(
            MESSAGE, look=channel.look, write=channel.write_and_lose_the_answer, read_back=False
        )


async def test_without_keys_nothing_is_repeated_while_the_first_request_may_be_under_way(
    records: Records,
) -> None:
    channel, effects = Channel(), Effects(records.audit, in_flight=timedelta(minutes=1))
    await lost(effects, channel)
    with pytest.raises(AmbiguousWrite, match="does not show") as waiting:
        await effects.once(MESSAGE, look=channel.look, write=channel.write, read_back=False)
    assert waiting.value.retry_after is not None
    assert timedelta(seconds=50) < waiting.value.retry_after <= timedelta(minutes=1)
    channel.shows = True
    assert await effects.once(MESSAGE, look=channel.look, write=channel.write, read_back=False) == "place"
    assert channel.posted == 1


async def test_what_never_arrived_is_written_again_once_that_is_certain(records: Records) -> None:
    channel, effects = Channel(), Effects(records.audit, in_flight=timedelta(0))
    await lost(effects, channel)
    assert await effects.once(MESSAGE, look=channel.look, write=channel.write, read_back=False) == "place"
    assert channel.posted == 2


async def test_with_keys_a_repeat_need_not_wait(records: Records) -> None:
    channel, effects = Channel(), Effects(records.audit, settle=timedelta(minutes=1))
    await lost(effects, channel)
    assert await effects.once(MESSAGE, look=channel.look, write=channel.write, read_back=False) == "place"


async def test_an_unreadable_answer_closes_the_intent_and_is_looked_for_before_it_is_repeated(
    records: Records,
) -> None:
    channel, effects = Channel(), Effects(records.audit)

    async def unreadable(_: str) -> str:
        channel.posted += 1
        channel.shows = True
        raise Poison("half an answer")

    with pytest.raises(Poison):
        await effects.once(MESSAGE, look=channel.look, write=unreadable, read_back=False)
    assert await records.audit.open_intents() == ()
    assert await effects.once(MESSAGE, look=channel.look, write=channel.write, read_back=False) == "place"
    assert channel.posted == 1
