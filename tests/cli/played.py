"""Commands in real processes, many of them: one interpreter loads everything and is forked for each."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.patience import patience

ROOT = Path(__file__).parents[2]
CODE = "from starters.cli.main import main; main()"
HEAVY = (
    *("starters.cli.audit", "starters.cli.doctor.run", "starters.cli.flows", "starters.cli.inbox"),
    *("starters.cli.dunning.saying", "starters.cli.dunning.changing", "starters.cli.dunning.rehearsing"),
    *("starters.cli.quarantine", "starters.cli.reconcile", "starters.cli.shadow", "starters.cli.init.run"),
    *("starters.demo.run", "starters.embedded.up", "starters.receiver.serve", "sandbox.app", "workers.run"),
    *("raccord.vendors.hubspot", "raccord.vendors.stripe", "raccord.vendors.slack"),
)
PLAYER = f"""
import importlib, json, os, sys
for module in {HEAVY!r}:
    importlib.import_module(module)
from starters.cli.main import main
for line in sys.stdin:
    asked = json.loads(line)
    pid = os.fork()
    if not pid:
        os.chdir(asked["cwd"])
        os.environ.update(asked["environment"])
        for number, name in ((1, asked["stdout"]), (2, asked["stderr"])):
            os.dup2(os.open(name, os.O_WRONLY), number)
        sys.argv[1:] = asked["words"]
        try:
            main()
        except SystemExit as end:
            if asked["whole"]:
                raise
            # Taking everything that was loaded apart again takes seconds.
            sys.stderr.flush()
            os._exit(end.code or 0)
    _, status = os.waitpid(pid, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
"""


class Played:
    """How a command ended."""

    def __init__(self, status: int, stdout: str, stderr: str) -> None:
        self.status, self.stdout, self.stderr = status, stdout, stderr

    @property
    def said(self) -> str:
        """Everything that it said, on one line."""
        return " ".join((self.stdout + self.stderr).split())


class Player:
    """A loaded interpreter that plays one command after the other; a context manager."""

    def __enter__(self) -> "Player":
        self._process: Any = subprocess.Popen(
            [sys.executable, "-c", PLAYER],
            env=os.environ | {"PYTHONPATH": str(ROOT), "TEMPORAL_ADDRESS": ""},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(patience(30))

    def play(
        self, words: Sequence[str], environment: Mapping[str, str], *, cwd: Path, stdout: str | None = None
    ) -> Played:
        """Run a command to its end. `stdout`: where its output goes, instead of into the answer.

        With an output of its own, the interpreter comes down too, which writes what is left.
        """
        with tempfile.NamedTemporaryFile() as out, tempfile.NamedTemporaryFile() as err:
            asked = {
                "words": list(words),
                "environment": dict(environment),
                "cwd": str(cwd),
                "stdout": stdout or out.name,
                "stderr": err.name,
                "whole": stdout is not None,
            }
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
            status = int(self._process.stdout.readline())
            return Played(status, *(Path(each.name).read_text("utf-8") for each in (out, err)))


def alone(words: Sequence[str], environment: Mapping[str, str], *, cwd: Path) -> Played:
    """Run a command in an interpreter of its own, which reads the environment as it starts."""
    done = subprocess.run(
        [sys.executable, "-c", CODE, *words],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | dict(environment),
        cwd=cwd,
        capture_output=True,
        check=False,
        timeout=patience(60),
    )
    return Played(done.returncode, done.stdout.decode(), done.stderr.decode())
