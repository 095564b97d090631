"""How much of a wait is the vendors'."""

from datetime import UTC, datetime, timedelta

import pytest

from bench.played import Span, covered

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("spans", "seconds"),
    [
        ([], 0),
        ([(1, 2), (3, 5)], 3),
        ([(3, 5), (1, 4)], 4),
        ([(1, 8), (2, 3), (4, 5)], 7),
        ([(-5, 1), (9, 20)], 2),
        ([(-5, -1), (11, 12)], 0),
    ],
)
def test_requests_made_side_by_side_count_once(spans: list[tuple[float, float]], seconds: float) -> None:
    moments: list[Span] = [(at(begin), at(end)) for begin, end in spans]
    assert covered(moments, BEGIN, at(10)) == timedelta(seconds=seconds)
