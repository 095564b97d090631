"""Temporal's server and SQL tool, built once from their Go modules: `python -m tests.production.built`."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

VERSION = "1.32.1"
"""The newest that Go 1.26.8 builds; the embedded server is 1.32.0."""
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "raccord" / f"temporal-{VERSION}"
_FROM = {
    "temporal-server": f"go.temporal.io/server/cmd/server@v{VERSION}",
    "temporal-sql-tool": f"go.temporal.io/server/cmd/tools/sql@v{VERSION}",
}


def built(name: str) -> Path:
    """Return where a program is, or would be."""
    return CACHE / name


def missing() -> str:
    """Return why the programs cannot be run; empty where they are there."""
    if all(built(name).exists() for name in _FROM):
        return ""
    return f"Temporal {VERSION} is not in {CACHE}: `make test-production` builds it where there is Go 1.26.8"


def build() -> None:
    """Build what is missing: ten minutes of two processors, once. Raises `CalledProcessError`."""
    for name, module in _FROM.items():
        if built(name).exists():
            continue
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as place:
            go = {"GOBIN": place, "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
            subprocess.run(
                ["go", "install", "-trimpath", "-ldflags=-s -w", module], env=os.environ | go, check=True
            )
            (program,) = Path(place).iterdir()
            program.rename(built(name))


if __name__ == "__main__":
    if missing() and not shutil.which("go"):
        sys.exit(missing())
    build()
