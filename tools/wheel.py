"""`make test-wheel`: the wheel in an empty environment of every Python at hand, where it plays the demo.

The dependencies are those of the lock file, so that a failure is ours and not a release of the day before.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


class Tried:
    """One Python: an environment, the wheel in it, and a folder that holds nothing else."""

    def __init__(self, uv: str, python: str, folder: Path) -> None:
        self._uv, self._python, self._folder = uv, python, folder

    def install(self, wheel: Path, constraints: Path) -> None:
        self._run(self._uv, "venv", "--quiet", "--python", self._python, "venv")
        named = f"raccord[embedded] @ {wheel.as_uri()}"
        self._run(
            *(self._uv, "pip", "install", "--quiet", "--python", "venv/bin/python"),
            *("--constraint", str(constraints), named),
        )

    def play(self, *scenarios: str) -> None:
        self._run("venv/bin/raccord", "--version")
        only = [word for name in scenarios for word in ("--only", name)]
        self._run("venv/bin/raccord", "demo", "--exit", *only)

    def _run(self, *command: str) -> None:
        subprocess.run(command, cwd=self._folder, check=True)  # noqa: S603 - our own words


def main() -> int:
    asked = argparse.ArgumentParser(prog="make test-wheel", description=__doc__)
    asked.add_argument("--uv", default="uv")
    asked.add_argument("--python", action="append", choices=PYTHONS, help="only this one; may be repeated")
    asked.add_argument("--only", action="append", default=[], help="play only this scenario")
    said = asked.parse_args()
    uv = str(Path(said.uv).resolve()) if "/" in said.uv else said.uv
    with tempfile.TemporaryDirectory() as place:
        wheel, constraints = _built(uv, Path(place))
        tried = [version for version in said.python or PYTHONS if (_found(uv, version))]
        for version in said.python or PYTHONS:
            if version not in tried:
                _say(f"Python {version}: not on this machine, not tried")
        for version in tried:
            folder = Path(place, version)
            folder.mkdir()
            one = Tried(uv, _found(uv, version), folder)
            try:
                one.install(wheel, constraints)
                one.play(*said.only)
            except subprocess.CalledProcessError as error:
                _say(f"Python {version}: FAILED: {error}")
                return 1
            _say(f"Python {version}: the wheel installs and plays the demo")
    return 0 if tried else 1


def _built(uv: str, place: Path) -> tuple[Path, Path]:
    """Return the wheel, and what the lock file says of everything it needs."""
    constraints = place / "constraints.txt"
    build = (uv, "build", "--quiet", "--wheel", "--out-dir", str(place))
    locked = (
        uv,
        "export",
        "--quiet",
        "--locked",
        "--no-dev",
        "--all-extras",
        "--no-hashes",
        "--no-emit-project",
    )
    subprocess.run(build, cwd=ROOT, check=True)  # noqa: S603 - our own words
    subprocess.run([*locked, "--output-file", str(constraints)], cwd=ROOT, check=True)  # noqa: S603 - our own words
    [wheel] = place.glob("*.whl")
    return wheel, constraints


def _found(uv: str, version: str) -> str:
    command = (uv, "python", "find", "--no-python-downloads", "--no-project", version)
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    return done.stdout.strip()


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
