"""The recipe of every write, where a second attempt meets what the first may have done."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

import pytest

from activities.effects import UNKNOWN, Effect, Effects, Unsettled
from raccord.connectors.errors import AmbiguousWrite, Auth, Permanent, Poison, RateLimited, Transient
from raccord.domain.values.deal import DealRef
from raccord.records import audit
from raccord.records.records import Records

MESSAGE = Effect(key="msg/1", name="messaging.post", object="hubspot:1", cause="test")
DEAL = DealRef(connection="hubspot", id="1")
WAIT = timedelta(seconds=1)


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


async def refused(effects: Effects, channel: Channel, error: type[Exception]) -> None:
    async def taken(_: str) -> str:
        raise Permanent("its reference is taken", code="422")

    with pytest.raises(error, match="its reference is taken"):
        await effects.once(MESSAGE, look=channel.look, write=taken, read_back=False)


@contextmanager
def ago(since: timedelta) -> Iterator[None]:
    """Have recipe and audit take an earlier hour for now."""

    class Then(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Then":
            return cls.fromtimestamp((datetime.now(tz) - since).timestamp(), tz)

    with pytest.MonkeyPatch.context() as then:
        then.setattr("activities.effects.datetime", Then)
        then.setattr("raccord.records.audit.datetime", Then)
        yield


@pytest.mark.parametrize(
    "error", [AmbiguousWrite("no answer"), RateLimited("wait", retry_after=WAIT), Auth("no")]
)
async def test_without_keys_it_counts_from_the_request_that_left_last(
    records: Records, error: Exception
) -> None:
    channel, effects = Channel(), Effects(records.audit, in_flight=timedelta(minutes=1))

    async def fails(_: str) -> str:
        raise error

    with ago(timedelta(hours=1)), pytest.raises(type(error)):
        await effects.once(MESSAGE, look=channel.look, write=fails, read_back=False)
    await lost(effects, channel)
    with pytest.raises(Unsettled):
        await effects.once(MESSAGE, look=channel.look, write=channel.write, read_back=False)
    assert channel.posted == 1


async def test_without_keys_nobody_waits_for_a_request_that_never_left(records: Records) -> None:
    channel, effects = Channel(), Effects(records.audit, in_flight=timedelta(minutes=1))

    async def down() -> None:
        raise Transient("not reached")

    async def busy(_: str) -> str:
        raise RateLimited("wait", retry_after=WAIT)

    with pytest.raises(Transient):
        await effects.once(MESSAGE, look=down, write=channel.write, read_back=False)
    with pytest.raises(RateLimited):
        await effects.once(MESSAGE, look=channel.look, write=busy, read_back=False)
    assert await effects.once(MESSAGE, look=channel.look, write=channel.write, read_back=False) == "place"


@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize("doubted", [True, False])
async def test_without_keys_a_refusal_may_be_of_what_a_lost_attempt_made(
    records: Records, monkeypatch: pytest.MonkeyPatch, doubted: bool, answered: bool
) -> None:
    channel, effects = Channel(), Effects(records.audit, in_flight=timedelta(0))

    async def fails(_: str) -> str:
        channel.posted += 1
        raise AmbiguousWrite("it failed", answered=answered)

    with ago(timedelta(seconds=50)), pytest.raises(AmbiguousWrite, match="it failed"):
        await effects.once(MESSAGE, look=channel.look, write=fails, read_back=False)
    await refused(effects, channel, AmbiguousWrite)
    if not doubted:
        # Shorter than the time since that request, longer than since the refusal.
        monkeypatch.setattr("activities.effects.LONGEST_DOUBT", timedelta(seconds=40))
    await refused(effects, channel, AmbiguousWrite if doubted else Permanent)
    assert len(await records.audit.open_intents()) == doubted
    channel.shows = True
    assert await effects.once(MESSAGE, look=channel.look, write=channel.write, read_back=False) == "place"
    assert channel.posted == 1


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


class Shop:
    """A billing system that answers a write with the whole object, and a repeat with its old answer."""

    def __init__(self) -> None:
        self.object: str | None = None
        self.looks = 0
        self._answers: dict[str, str] = {}

    async def look(self) -> str | None:
        self.looks += 1
        return self.object

    async def write(self, key: str) -> str:
        if key not in self._answers:
            self._answers[key] = self.object = "whole"
        return self._answers[key]

    async def write_and_lose_the_answer(self, key: str) -> str:
        await self.write(key)
        raise AmbiguousWrite("no answer")


def whole(answer: str) -> bool:
    return answer == "whole"


async def test_an_answer_that_shows_the_effect_is_not_read_again(records: Records) -> None:
    shop, effects = Shop(), Effects(records.audit)
    assert await effects.once(MESSAGE, look=shop.look, write=shop.write, shows=whole) == "whole"
    assert shop.looks == 1  # before it
    assert await records.audit.open_intents() == ()


async def test_an_answer_that_shows_less_is_read_back(records: Records) -> None:
    shop, effects = Shop(), Effects(records.audit)
    await effects.once(MESSAGE, look=shop.look, write=shop.write, shows=lambda _: False)
    assert shop.looks == 2


async def test_the_stored_answer_to_an_earlier_request_proves_nothing(records: Records) -> None:
    shop, effects = Shop(), Effects(records.audit)
    with pytest.raises(AmbiguousWrite, match="no answer"):
        await effects.once(MESSAGE, look=shop.look, write=shop.write_and_lose_the_answer, shows=whole)
    shop.object = None  # somebody deleted it meanwhile
    with pytest.raises(AmbiguousWrite, match="does not show yet"):
        await effects.once(MESSAGE, look=shop.look, write=shop.write, shows=whole)


async def test_a_write_that_looks_itself_is_looked_for_before_every_repeat(records: Records) -> None:
    shop, effects = Shop(), Effects(records.audit)
    lose = shop.write_and_lose_the_answer
    with pytest.raises(AmbiguousWrite):
        await effects.once(MESSAGE, look=shop.look, write=lose, write_looks=True)
    assert shop.looks == 0
    assert await effects.once(MESSAGE, look=shop.look, write=lose, write_looks=True) == "whole"


async def test_what_an_effect_leaves_in_our_records_comes_with_its_outcome_or_not_at_all(
    records: Records,
) -> None:
    shop, effects = Shop(), Effects(records.audit)

    def fails(_: object) -> None:
        raise RuntimeError("disk full")

    keeps = records.links.update_deal(DEAL, "stripe", number="F-1")
    broken = replace(keeps, do=fails)
    with pytest.raises(RuntimeError):
        await effects.once(MESSAGE, look=shop.look, write=shop.write, remember=lambda _: broken)
    assert [intent.key for intent in await records.audit.open_intents()] == [MESSAGE.key]
    await effects.once(MESSAGE, look=shop.look, write=shop.write, remember=lambda _: keeps)
    assert (await records.links.deal(DEAL, "stripe")).number == "F-1"
    assert await records.audit.open_intents() == ()


class AnHourAgo(datetime):
    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "AnHourAgo":
        return cls.fromtimestamp(datetime.now(tz).timestamp() - 3600, tz)


async def test_what_is_written_again_after_another_thing_may_show_late_too(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, effects = Shop(), Effects(records.audit)
    with monkeypatch.context() as past:
        past.setattr(audit, "datetime", AnHourAgo)
        await effects.once(MESSAGE, look=shop.look, write=shop.write)
    shop.object = "another"

    async def shows_late() -> str | None:
        return None

    with pytest.raises(AmbiguousWrite, match="does not show yet"):
        await effects.once(MESSAGE, look=shows_late, write=shop.write)


async def test_what_never_shows_though_it_is_accepted_is_undone_by_something(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    effects = Effects(records.audit)

    async def never() -> str | None:
        return None

    async def accepted(_: str) -> str:
        return "whole"

    with monkeypatch.context() as past:
        past.setattr(audit, "datetime", AnHourAgo)
        past.setattr("activities.effects.datetime", AnHourAgo)
        with pytest.raises(AmbiguousWrite, match="does not show yet"):
            await effects.once(MESSAGE, look=never, write=accepted)
    with pytest.raises(Permanent, match="something in the vendor's account undoes it"):
        await effects.once(MESSAGE, look=never, write=accepted)


async def test_what_nobody_can_tell_is_never_repeated(records: Records) -> None:
    """Of a vendor that keeps no trace: a request without an answer is a person's to judge, also later."""
    channel, effects = Channel(), Effects(records.audit)
    with pytest.raises(AmbiguousWrite, match="no answer"):
        await effects.once(
            MESSAGE,
            look=channel.look,
            write=channel.write_and_lose_the_answer,
            read_back=False,
            final="place",
            untold="Nobody knows.",
        )
    for _ in range(2):
        with pytest.raises(Permanent, match="Nobody knows") as asked:
            await effects.once(
                MESSAGE,
                look=channel.look,
                write=channel.write,
                read_back=False,
                final="place",
                untold="Nobody knows.",
            )
        assert asked.value.code == UNKNOWN
    assert channel.posted == 1


async def test_what_is_certain_not_to_have_happened_is_repeated_also_where_nobody_can_tell(
    records: Records,
) -> None:
    channel, effects = Channel(), Effects(records.audit)

    async def not_yet(_: str) -> str:
        raise RateLimited("no PDF yet", retry_after=timedelta(minutes=1))

    for _ in range(2):
        with pytest.raises(RateLimited):
            await effects.once(
                MESSAGE,
                look=channel.look,
                write=not_yet,
                read_back=False,
                final="place",
                untold="Nobody knows.",
            )
    for _ in range(2):
        done = await effects.once(
            MESSAGE,
            look=channel.look,
            write=channel.write,
            read_back=False,
            final="place",
            untold="Nobody knows.",
        )
        assert done == "place"
    assert channel.posted == 1


@pytest.mark.parametrize("ended", [True, False])
async def test_a_look_that_is_refused_makes_nothing_known_of_a_mail_of_unknown_fate(
    records: Records, ended: bool
) -> None:
    channel, effects = Channel(), Effects(records.audit)

    async def lose(_: str) -> str:
        channel.posted += 1
        raise AmbiguousWrite("no answer", answered=ended)

    async def refused() -> str | None:
        raise Permanent("No such invoice.")

    async def send(look: Callable[[], Awaitable[str | None]], write: Callable[[str], Awaitable[str]]) -> None:
        await effects.once(
            MESSAGE, look=look, write=write, read_back=False, final="place", untold="Nobody knows."
        )

    with pytest.raises(AmbiguousWrite):
        await send(channel.look, lose)
    with pytest.raises(Permanent, match="No such invoice"):
        await send(refused, channel.write)
    with pytest.raises(Permanent, match="Nobody knows"):
        await send(channel.look, channel.write)
    assert channel.posted == 1
