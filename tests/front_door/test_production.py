"""A machine in production: an environment from the lock file, without the extra `embedded`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.installed import EXTRA, RACCORD, ROOT, Installed

NO_INDEX = (
    "Network connectivity is disabled",
    "Failed to fetch",
    "Failed to download",
    "error sending request",
)
"""What uv says of an index that does not answer."""


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own with what the lock file has for production; returns its Python."""
    found = next(filter(None, map(shutil.which, (str(ROOT / ".tools/bin/uv"), "uv"))), None)
    if found is None:
        pytest.skip("there is no uv here to make a clean environment with")
    place = tmp_path_factory.mktemp("clean") / "venv"
    done = subprocess.run(
        [found, "sync", "--locked", "--no-dev", "--no-install-project", "--python", sys.executable],
        cwd=ROOT,
        env=os.environ | {"UV_PROJECT_ENVIRONMENT": str(place)},
        capture_output=True,
        text=True,
        check=False,
    )
    if any(words in done.stderr for words in NO_INDEX):
        pytest.skip("no package index answers, and uv's cache does not hold everything")
    assert done.returncode == 0, done.stderr
    return place / "bin" / "python"


def test_a_clean_environment_without_the_extra_runs_production(clean: Path, tmp_path: Path) -> None:
    packages = {file.name for file in clean.parents[1].glob("lib/*/site-packages/*")}
    assert "temporalio" in packages
    assert packages.isdisjoint(EXTRA)
    assert not (clean.parent / "temporal").exists()
    Installed(clean, tmp_path).works()


@pytest.mark.parametrize("command", ["demo", "up", "sandbox"])
def test_what_needs_the_extra_says_how_to_install_it(clean: Path, tmp_path: Path, command: str) -> None:
    done = Installed(clean, tmp_path).run(RACCORD, command)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == (
        f"raccord: `raccord {command}` needs the extra raccord[embedded], of which aiosmtpd, httpx, rich "
        "cannot be found here. `make install` in the folder of Raccord's source installs it.\n"
    )
