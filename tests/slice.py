"""Which points of a matrix a run plays: all of them, a slice that a printed seed chooses, or those of a name.

`pytest --quick --seed N` plays a slice again, `--points REGEX` the points with such names.
"""

import random
import re
import secrets
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


def new_seed() -> int:
    return secrets.randbelow(1_000_000)


@dataclass(frozen=True)
class Slice:
    """All points, unless there is a seed or a name. Points that are asked for by name are named by `str`."""

    seed: int | None = None
    named: str = ""

    @property
    def whole(self) -> bool:
        return self.seed is None and not self.named

    def one_of_each(self, points: Sequence[T], kind: Callable[[T], Hashable]) -> list[T]:
        """Return one point of each kind, in the order of the points. No slice is empty."""
        by_kind: dict[Hashable, list[int]] = {}
        for number, point in enumerate(points):
            by_kind.setdefault(kind(point), []).append(number)
        return self._chosen(points, lambda chance: [chance.choice(numbers) for numbers in by_kind.values()])

    def some(self, points: Sequence[T], count: int) -> list[T]:
        """Return that many points, in their order. No slice is empty."""
        return self._chosen(points, lambda chance: chance.sample(range(len(points)), count))

    def _chosen(self, points: Sequence[T], choose: Callable[[random.Random], list[int]]) -> list[T]:
        found = list(points)
        if self.seed is not None:
            chance = random.Random(self.seed)  # noqa: S311 - it must be repeatable
            found = [points[number] for number in sorted(choose(chance))]
        if self.named:
            found = [point for point in points if re.search(self.named, str(point))]
        assert found, f"no point is called {self.named!r}"
        return found
