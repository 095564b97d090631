"""Raccord as a machine in production has it: some Python, a configuration, and nothing of the extra."""

import json
import os
import subprocess
from pathlib import Path

from tests.cli.conftest import SECRETS, TOML
from tests.patience import patience

ROOT = Path(__file__).parents[1]
EXTRA = ("aiosmtpd", "httpx", "rich")
OURS = ("sandbox", "starters.demo", "starters.embedded.up")
PRODUCTION = "import workers.run, starters.receiver.serve, starters.cli.main"
NOBODY = "".join(f'[{vendor}]\nbase_url = "http://127.0.0.1:1"\n' for vendor in ("hubspot", "stripe"))
"""Where no vendor answers, at once."""
RACCORD = "from starters.cli.main import main; main()"


class Installed:
    """One Python, and a company's configuration beside it."""

    def __init__(self, python: Path, directory: Path) -> None:
        self._python, file = python, directory / "raccord.toml"
        file.write_text(TOML.format(language="fr", directory=directory) + NOBODY)
        self._environment = os.environ | SECRETS | {"RACCORD_CONFIG": str(file), "PYTHONPATH": str(ROOT)}
        # A fresh environment has nothing compiled yet, and each process would compile it again.
        self._environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def run(self, code: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [self._python, "-c", code, *arguments],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=patience(60),
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def works(self) -> None:
        """The processes load without the simulators, and the commands answer."""
        loaded = self.run(f"{PRODUCTION}; import sys; print(*sys.modules)").stdout.split()
        assert "workers.run" in loaded
        # Nothing is to be migrated at nearly all starts.
        assert "alembic" not in loaded
        assert [name for name in loaded if name.startswith((*EXTRA, *OURS))] == []
        helped = self.run(RACCORD, "--help")
        assert (helped.returncode, "doctor" in helped.stdout) == (0, True), helped.stderr
        assert json.loads(self.run(RACCORD, "doctor", "--json").stdout)["mode"] == "TEST"
