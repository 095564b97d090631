"""A command that has done its work says so, whatever Temporal's runtime does at the interpreter's end."""

import subprocess
import sys

import pytest

CRASHING = """
import atexit, os, sys
atexit.register(os.abort)
{runtime}
from starters.cli.main import main
sys.argv = ["raccord", {typed!r}]
main()
"""
RUNTIME = "import temporalio.bridge.temporal_sdk_bridge"


def left(typed: str, runtime: str) -> subprocess.CompletedProcess[str]:
    code = CRASHING.format(runtime=runtime, typed=typed)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("typed", "status", "says"), [("--version", 0, "raccord"), ("nothing", 2, "No such")]
)
def test_a_runtime_that_crashes_at_the_end_changes_no_status(typed: str, status: int, says: str) -> None:
    done = left(typed, RUNTIME)
    assert done.returncode == status, done.stderr
    assert says in done.stdout + done.stderr


def test_without_the_runtime_the_interpreter_ends_as_ever() -> None:
    assert left("--version", "").returncode < 0
