"""The files of a deployment, read as data."""

import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
OURS = ("namespace", "starter", "worker")
"""The services of compose that run our image."""


def compose() -> Any:
    """The compose file, with its anchors resolved."""
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))


def manifests() -> Iterator[tuple[str, Any]]:
    """Each object of the Kubernetes base, with the name of its file."""
    for file in sorted((DEPLOY / "kubernetes" / "base").glob("*.yaml")):
        if file.name != "kustomization.yaml":
            yield from ((file.name, each) for each in yaml.safe_load_all(file.read_text("utf-8")))


def containers() -> Iterator[Any]:
    """Each container of ours in Kubernetes."""
    for _, each in manifests():
        template = each.get("spec", {}).get("template", {})
        yield from template.get("spec", {}).get("containers", [])


def units() -> list[Path]:
    return sorted((DEPLOY / "systemd").glob("*.service"))


def tool(name: str, *words: str, cwd: Path = ROOT, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a checker, from the environment or the system; skips the test where it cannot be run."""
    place = Path(sysconfig.get_path("scripts")) / name
    found = str(place) if place.exists() else shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not there")
    variables = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **environment}
    try:
        return subprocess.run(
            [found, *words], cwd=cwd, env=variables, capture_output=True, text=True, check=False
        )
    except OSError as error:
        pytest.skip(f"{name} does not run here: {error.strerror}")
