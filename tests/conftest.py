"""What every run says of itself: how patient it was, what `--quick` chose, how many points were played."""

import gc
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from starters.cli.language import ASKED, OF_THE_SETTINGS
from tests.in_process import settle_workers
from tests.patience import FACTOR, WrongFactor, patience, settle_factor
from tests.slice import Slice, new_seed

# Else a bare assert of that module fails without saying what it saw; the bench's tests import it too.
pytest.register_assert_rewrite("tests.front_door.judge")

TELLING = ("tests/front_door/", "tests/deals/")
"""Where tests print what was played."""
WHOLE_SYSTEM = Path(__file__).parent / "front_door"
ALL_EXAMPLES, QUICK_EXAMPLES = 100, 25
"""Of a property test that does not say how many it needs."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--quick",
        action="store_true",
        help="leave out what is slow, and play a slice of the crash points and of the fault matrix",
    )
    parser.addoption("--seed", type=int, help="the slice to play, as an earlier run printed it")
    parser.addoption("--points", default="", help="play only the crash points or cases of such names (regex)")


def pytest_configure(config: pytest.Config) -> None:
    """Choose once, before workers start: they get the options and the environment."""
    try:
        settle_factor(getattr(config.option, "numprocesses", None) or 1)
    except WrongFactor as error:
        raise pytest.UsageError(str(error)) from error
    settle_workers()
    gc.disable()
    # How long an example takes is a limit like any other; how long it takes to make one says nothing.
    settings.register_profile(
        "raccord",
        deadline=timedelta(milliseconds=patience(200)),
        max_examples=QUICK_EXAMPLES if config.option.quick else ALL_EXAMPLES,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("raccord")
    if config.option.quick and config.option.seed is None:
        config.option.seed = new_seed()


def pytest_report_header(config: pytest.Config) -> list[str]:
    lines = [f"limits are {patience(1):g} times as long as on an idle machine ({FACTOR})"]
    if config.option.quick:
        lines.append(f"a slice: --quick --seed {config.option.seed}")
    return lines


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Scale each test's own limit; with `--quick`, leave out what is slow."""
    for item in items:
        marker = item.get_closest_marker("timeout")
        seconds = marker.args[0] if marker else float(config.getini("timeout"))
        item.add_marker(pytest.mark.timeout(patience(seconds)), append=False)
    if config.option.quick:
        left = [item for item in items if not _is_quick(item)]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]
    # First what takes long and mostly waits: at the end it would run alone.
    items.sort(key=lambda item: item.path.parent != WHOLE_SYSTEM)


def pytest_collection_finish() -> None:
    """Have no search for garbage look at what stays: with every module and test it takes a second."""
    gc.collect()
    gc.freeze()
    gc.enable()


def _is_quick(item: pytest.Item) -> bool:
    if item.path.parent == WHOLE_SYSTEM:
        return item.get_closest_marker("quick") is not None
    return item.get_closest_marker("slow") is None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests of the whole printed, passed ones too, also when workers ran them."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    told = [r for r in reports if r.when == "call" and r.nodeid.startswith(TELLING)]
    said = [(r.nodeid, r.capstdout.strip()) for r in told]
    if any(text for _, text in said):
        terminalreporter.section("what was played")
    for nodeid, text in said:
        if text:
            terminalreporter.write_line(f"{nodeid.rpartition('::')[2]}:")
            terminalreporter.write_line("  " + text.replace("\n", "\n  "))
    if terminalreporter.config.option.quick:
        terminalreporter.write_line(f"the slice again: --quick --seed {terminalreporter.config.option.seed}")


@pytest.fixture(autouse=True)
def nobody_asked_for_a_language() -> None:
    """A command takes note of the language for its own process, which here goes on with the next test."""
    ASKED.set("")
    OF_THE_SETTINGS.set("")


@pytest.fixture(scope="session")
def chosen(request: pytest.FixtureRequest) -> Slice:
    """What of a matrix is to be played."""
    options = request.config.option
    return Slice(seed=options.seed if options.quick else None, named=options.points)
