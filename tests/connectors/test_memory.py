import pytest

from raccord.connectors.memory import Memory


class Asked:
    def __init__(self) -> None:
        self.now = 0.0
        self.count = 0
        self.memory: Memory[int] = Memory(now=lambda: self.now)

    async def get(self, key: str) -> int:
        async def ask() -> int:
            self.count += 1
            return self.count

        return await self.memory.get(key, ask, seconds=lambda found: 10.0 * found)


async def test_an_answer_is_remembered_for_its_own_time() -> None:
    asked = Asked()
    assert (await asked.get("a"), await asked.get("b")) == (1, 2)
    asked.now = 9.9
    assert (await asked.get("a"), await asked.get("b")) == (1, 2)
    asked.now = 10.0
    assert (await asked.get("a"), await asked.get("b")) == (3, 2)


async def test_a_thousand_answers_are_kept_and_the_oldest_goes_first() -> None:
    asked = Asked()
    for n in range(1001):
        await asked.get(str(n))
    assert await asked.get("1") == 2
    assert await asked.get("0") == 1002


async def test_a_failure_is_not_remembered() -> None:
    memory: Memory[int] = Memory()

    async def fails() -> int:
        raise OSError("away")

    async def works() -> int:
        return 1

    with pytest.raises(OSError, match="away"):
        await memory.get("a", fails, seconds=lambda _: 10)
    assert await memory.get("a", works, seconds=lambda _: 10) == 1


async def test_what_is_to_be_forgotten_is_asked_anew_and_the_rest_is_not() -> None:
    asked = Asked()
    for key in ("a", "b"):
        await asked.get(key)
    asked.memory.forget("a")
    asked.memory.forget("unknown")
    assert [await asked.get(key) for key in ("a", "b")] == [3, 2]
