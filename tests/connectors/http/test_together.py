import asyncio

import pytest

from raccord.connectors.errors import NotFound
from raccord.connectors.http.together import together


async def test_all_results_are_there_after_the_group() -> None:
    async with together() as group:
        one, two = group.create_task(asyncio.sleep(0, 1)), group.create_task(asyncio.sleep(0, "two"))
    assert (one.result(), two.result()) == (1, "two")


async def test_one_failure_ends_the_others_and_is_raised_by_itself() -> None:
    ended = asyncio.Event()

    async def for_ever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def fails() -> None:
        await asyncio.sleep(0)
        raise NotFound("gone") from ValueError("why")

    async def both() -> None:
        async with together() as group:
            group.create_task(for_ever())
            group.create_task(fails())

    with pytest.raises(NotFound, match="gone") as caught:
        await both()
    assert ended.is_set()
    assert isinstance(caught.value.__cause__, ValueError)


async def test_a_cancelled_caller_stays_cancelled() -> None:
    async def both() -> None:
        async with together() as group:
            group.create_task(asyncio.Event().wait())

    task = asyncio.create_task(both())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
