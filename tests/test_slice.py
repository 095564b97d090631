"""`make quick` plays a part of the matrices: another one each time, the same one for a seed."""

from collections import Counter

import pytest

from tests.slice import Slice

POINTS = [f"{call}{number}" for call in "abc" for number in range(9)]


def one_of_each(chosen: Slice) -> list[str]:
    return chosen.one_of_each(POINTS, lambda point: point[0])


def test_everything_is_played_unless_something_else_is_asked_for() -> None:
    assert Slice().whole
    assert one_of_each(Slice()) == Slice().some(POINTS, 5) == POINTS


def test_a_seed_repeats_its_slice() -> None:
    assert not Slice(seed=0).whole
    assert one_of_each(Slice(seed=7)) == one_of_each(Slice(seed=7))
    assert Slice(seed=7).some(POINTS, 5) == Slice(seed=7).some(POINTS, 5)


def test_every_kind_is_in_every_slice_and_every_point_in_some_slice() -> None:
    played: Counter[str] = Counter()
    for seed in range(200):
        chosen = one_of_each(Slice(seed=seed))
        assert [point[0] for point in chosen] == ["a", "b", "c"]
        played.update(chosen)
    assert set(played) == set(POINTS)


def test_some_points_are_as_many_as_asked_for_and_keep_their_order() -> None:
    played: Counter[str] = Counter()
    for seed in range(200):
        chosen = Slice(seed=seed).some(POINTS, 5)
        assert len(set(chosen)) == 5
        assert chosen == sorted(chosen)
        played.update(chosen)
    assert set(played) == set(POINTS)


def test_points_are_played_by_name_whatever_the_seed() -> None:
    assert one_of_each(Slice(seed=1, named="^b[12]")) == ["b1", "b2"]
    assert not Slice(named="^b[12]").whole


def test_a_name_of_no_point_is_no_green_run() -> None:
    with pytest.raises(AssertionError, match="no point is called 'd'"):
        Slice(named="d").some(POINTS, 5)
