"""`--help` and typing errors answer at once: nothing heavy is loaded before a command runs."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from raccord import __version__
from starters.cli.main import app

HEAVY = ("temporalio", "sqlalchemy", "pydantic", "babel", "stripe", "hubspot", "slack_sdk")


@pytest.mark.parametrize("module", HEAVY)
def test_the_command_line_starts_without(module: str) -> None:
    seen = f"import sys, starters.cli.main; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", seen], check=False).returncode == 0


@pytest.mark.parametrize("typed", [("--help",), ("-h",), ("inbox", "-h"), ("inbox", "list", "-h")])
def test_every_level_explains_itself(typed: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, typed)
    assert done.exit_code == 0
    assert "Show this message and exit." in done.output


def test_it_is_a_module_too_and_knows_its_version() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "raccord", "--version"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, f"raccord, version {__version__}\n"), done.stderr
