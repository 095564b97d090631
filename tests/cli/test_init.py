"""`raccord init` without an account writes a file to fill in, once; every command that lacks one names it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from raccord.settings.load import read
from starters.cli.main import app
from tests.cli.conftest import SECRETS

ROOT = Path(__file__).parents[2]
COMMANDS = (
    *("up", "worker", "starter", "flows start 1", "inbox list", "inbox show 1", "inbox retry 1"),
    *("reconcile --once", "audit verify", "audit export", "quarantine list"),
)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)


def _typed(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)


def test_it_writes_an_example_that_can_be_read_and_says_what_is_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = _typed("init")
    assert done.exit_code == 0
    _secrets(monkeypatch)
    assert read(tmp_path / "raccord.toml").crm.name == "hubspot"
    for next_step in (*(f"export {name}=..." for name in SECRETS), "raccord doctor", "raccord up"):
        assert next_step in done.output


def test_it_writes_where_it_is_told_and_says_so_in_what_is_next(tmp_path: Path) -> None:
    done = _typed("init", "my company.toml")
    assert done.exit_code == 0
    assert (tmp_path / "my company.toml").exists()
    assert "raccord doctor --config 'my company.toml'" in done.output


def test_it_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "raccord.toml").write_text("# mine")
    done = _typed("init")
    assert done.exit_code == 2
    assert "exists already; nothing was changed" in done.output
    assert (tmp_path / "raccord.toml").read_text() == "# mine"


def test_answers_need_an_account_that_was_asked(tmp_path: Path) -> None:
    (tmp_path / "answers.toml").write_text("")
    done = _typed("init", "--answers", "answers.toml")
    assert done.exit_code == 2
    assert "without credentials of a CRM" in done.output
    assert not (tmp_path / "raccord.toml").exists()


@pytest.mark.parametrize("named", [(), ("--config", "elsewhere.toml")])
@pytest.mark.parametrize("command", COMMANDS)
def test_without_a_file_nothing_starts(
    command: str, named: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the secrets in the environment: from a wrong folder, a company must not fall back to defaults."""
    _secrets(monkeypatch)
    done = _typed(*command.split(), *named)
    remedy = "raccord init elsewhere.toml" if named else "raccord init"
    assert done.exit_code == 2, done.output
    assert f"`{remedy}` writes one" in done.output
    assert not Path(".raccord").exists()


def test_a_process_from_a_wrong_folder_makes_no_company(tmp_path: Path) -> None:
    code = "from starters.cli.main import main; main()"
    environment = os.environ | {"PYTHONPATH": str(ROOT), "RACCORD_CONFIG": ""}
    done = subprocess.run(
        [sys.executable, "-c", code, "up"], env=environment, cwd=tmp_path, capture_output=True, check=False
    )
    assert done.returncode == 2
    assert b"There is no settings file" in done.stderr
    assert list(tmp_path.iterdir()) == []
