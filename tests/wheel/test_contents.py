"""The wheel holds the product, whole, and nothing that has no business on a company's machine."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from raccord.__main__ import PACKAGES, strangers
from tests.patience import patience

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Built as `uv build` builds it, without its isolated environment, which needs a network."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=patience(60))
    [file] = folder.glob("raccord-*-py3-none-any.whl")
    return zipfile.ZipFile(file)


def test_our_packages_are_in_it_whole_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    files = {path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file()}
    ours = {str(path.relative_to(ROOT)) for path in files if "__pycache__" not in path.parts}
    assert held == ours


def test_it_says_how_it_is_started_and_what_it_needs(wheel: zipfile.ZipFile) -> None:
    [points] = [wheel.read(name).decode() for name in wheel.namelist() if name.endswith("entry_points.txt")]
    [said] = [wheel.read(name).decode() for name in wheel.namelist() if name.endswith("METADATA")]
    assert "raccord = raccord.__main__:main" in points
    assert "Requires-Python: >=3.11" in said
    assert "Provides-Extra: embedded" in said
    assert any(name.endswith("licenses/LICENSE") for name in wheel.namelist())


def test_here_all_packages_are_ours() -> None:
    assert strangers(ROOT) == []


@pytest.mark.parametrize("stranger", ["workflows/__init__.py", "activities.py"])
def test_it_refuses_to_start_with_a_package_of_somebody_else(tmp_path: Path, stranger: str) -> None:
    foreign = tmp_path / stranger
    foreign.parent.mkdir(exist_ok=True)
    foreign.touch()
    done = subprocess.run(
        [sys.executable, "-m", "raccord", "--version"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT)))},
        capture_output=True,
        text=True,
        timeout=patience(60),
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{Path(stranger).parts[0].removesuffix('.py')} (" in done.stderr
    assert "an environment of its own" in done.stderr
