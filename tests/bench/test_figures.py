"""Targets and percentiles of the bench."""

import pytest

from bench.bare import no_ops, shared_out
from bench.figures import Figure, percentile


@pytest.mark.parametrize(
    ("value", "at_least", "met", "share"),
    [(5, False, True, 0.5), (20, False, False, 2.0), (5, True, False, 2.0), (20, True, True, 0.5)],
)
def test_a_target_is_met_from_its_own_side(value: float, at_least: bool, met: bool, share: float) -> None:
    figure = Figure(name="n", value=value, unit="", limit=10, at_least=at_least)
    assert (figure.met, figure.share) == (met, share)


def test_a_figure_without_target_is_neither_met_nor_missed() -> None:
    figure = Figure(name="n", value=1, unit="")
    assert (figure.met, figure.share) == (None, None)


def test_a_target_of_none_at_all_is_met_by_none_alone() -> None:
    assert [Figure(name="n", value=v, unit="%", limit=0).met for v in (0, 1)] == [True, False]


def test_a_percentile_is_a_value_that_was_measured() -> None:
    values = [float(v) for v in range(100, 0, -1)]
    assert [percentile(values, share) for share in (0.5, 0.99, 1)] == [50, 99, 100]
    assert percentile([7.0], 0.99) == 7.0


def test_requests_are_shared_out_over_the_activities_in_order() -> None:
    assert shared_out(["a", "b", "c"], 2).paths == [["a", "b"], ["c"]]
    assert shared_out(["a"], 3).paths == [[], ["a"], []]
    assert (no_ops(0).paths, no_ops(2).paths) == ([], [[], []])
