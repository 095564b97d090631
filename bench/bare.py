"""A bare Temporal flow of given activities and requests: what Temporal and HTTP alone cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from temporalio import workflow

QUEUE = "bare"
NAME = "Bare"
CALL = "bare.call"
_WITHIN = timedelta(seconds=30)


@dataclass(frozen=True)
class Steps:
    """One activity after the other; each reads its paths."""

    paths: list[list[str]]


def shared_out(paths: Sequence[str], activities: int) -> Steps:
    """Share requests out over that many activities, in order."""
    bounds = [round(i * len(paths) / activities) for i in range(activities + 1)]
    return Steps([list(paths[begin:end]) for begin, end in pairwise(bounds)])


def no_ops(activities: int) -> Steps:
    """Return steps that ask nobody for anything."""
    return shared_out([], activities) if activities else Steps([])


@workflow.defn(name=NAME)
class Bare:
    """Does nothing but its steps."""

    @workflow.run
    async def run(self, steps: Steps) -> int:
        """Return how many requests were answered."""
        answered = 0
        for paths in steps.paths:
            answered += await workflow.execute_activity(
                CALL, paths, start_to_close_timeout=_WITHIN, result_type=int
            )
        return answered
