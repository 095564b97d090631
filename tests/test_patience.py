"""A busy machine is slow and not red: one factor lengthens every limit of the suite."""

import pytest

from tests.patience import FACTOR, MOST, WrongFactor, busy, patience, settle_factor


def test_a_limit_is_multiplied_by_the_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FACTOR, "2.5")
    assert patience(60) == 150


def test_without_a_factor_a_limit_is_as_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(FACTOR)
    assert patience(60) == 60


@pytest.mark.parametrize("said", ["0.5", "-1", "nan", "inf", "much"])
def test_a_factor_that_would_shorten_or_end_all_limits_is_refused(
    monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    monkeypatch.setenv(FACTOR, said)
    with pytest.raises(WrongFactor, match=FACTOR):
        settle_factor()


def test_a_factor_that_somebody_set_is_kept_whatever_the_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FACTOR, "7")
    assert settle_factor() == 7


@pytest.mark.parametrize(("processes", "wanted"), [(1, 2.5), (2, 4.5), (50, MOST)])
def test_a_run_counts_on_the_load_that_it_makes_itself(
    monkeypatch: pytest.MonkeyPatch, processes: int, wanted: float
) -> None:
    """It begins on a machine that is still idle."""
    monkeypatch.delenv(FACTOR)
    monkeypatch.setattr("os.getloadavg", lambda: (1.0, 0.0, 0.0))
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert settle_factor(processes) == wanted


@pytest.mark.parametrize(("load", "wanted"), [(0.0, 1), (2.0, 1), (9.0, 4.5), (400.0, MOST)])
def test_the_factor_is_how_many_processes_wait_for_each_core(load: float, wanted: float) -> None:
    assert busy(load, cores=2) == wanted


def test_the_limit_of_this_very_test_is_scaled(request: pytest.FixtureRequest) -> None:
    marker = request.node.get_closest_marker("timeout")
    assert marker is not None
    assert marker.args[0] == patience(float(request.config.getini("timeout")))
