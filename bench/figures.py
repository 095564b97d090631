"""One measured figure, and what it is held against."""

from collections.abc import Sequence
from math import ceil
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict

Parts: TypeAlias = dict[str, float]


class Figure(BaseModel):
    """A value with its unit.

    `limit` is the largest value that meets the target, or the smallest (`at_least`); `basis` says where it
    comes from. Limits are ratios to something measured in the same run, or
    counts: never seconds of this machine. `parts` is what the value is made of, by process.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    value: float
    unit: str
    limit: float | None = None
    basis: str = ""
    at_least: bool = False
    parts: Parts = {}

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without one."""
        if self.limit is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    @property
    def share(self) -> float | None:
        """Return how much of its limit a figure takes: above 1 the target is missed."""
        if not self.limit or (self.at_least and not self.value):
            return None
        return self.limit / self.value if self.at_least else self.value / self.limit


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that `share` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]
