"""`--help` and typing errors answer at once: nothing heavy is loaded before a command runs."""

import subprocess
import sys

import pytest

HEAVY = ("temporalio", "sqlalchemy", "stripe", "hubspot", "slack_sdk")


@pytest.mark.parametrize("module", HEAVY)
def test_the_command_line_starts_without(module: str) -> None:
    seen = f"import sys, starters.cli.main; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", seen], check=False).returncode == 0
