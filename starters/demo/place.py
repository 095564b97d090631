"""Where a company of the demo lives: its own folder, free ports, and settings that point at its sandbox."""

import json
import os
import shlex
import shutil
import socket
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from raccord.temporal.views import WebUi
from starters.demo.access import PLACES, SLACK, TOOLS, exports
from starters.demo.cast.roles import Pair
from starters.demo.companies import Reporting, ordinary_days, short_days

NAMESPACE = "raccord"

_PREFERRED = {"temporal": 7233, "ui": 8233, "receiver": 8080, "codec": 8081, "sandbox": 8090, "smtp": 9925}
_PREFERRED_BESIDE = {
    "temporal": 7234,
    "ui": 8234,
    "receiver": 8082,
    "codec": 8083,
    "sandbox": 8091,
    "smtp": 9926,
}


@dataclass(frozen=True)
class Place:
    """The folder and the ports of one company of the demo."""

    pair: Pair
    directory: Path
    ports: dict[str, int]
    reports_weeks: bool
    """Whether the company tells its management the week."""

    @classmethod
    def make(cls, pair: Pair) -> "Place":
        """Make a fresh folder and choose ports: the documented ones where they are free."""
        base = Path(".raccord")
        base.mkdir(mode=0o700, exist_ok=True)
        for old in base.glob("demo-*"):
            if not _alive(old):
                shutil.rmtree(old, ignore_errors=True)
        directory = Path(tempfile.mkdtemp(prefix="demo-", dir=base)).resolve()
        (directory / "pid").write_text(str(os.getpid()), "utf-8")
        ports = {name: _free(port) for name, port in _PREFERRED.items()}
        place = cls(pair, directory, ports, reports_weeks=pair.billing.calendar)
        place.write(ordinary_days(pair, ports, str(directory), place.reporting))
        return place

    def of_short_days(self, day: int) -> "Place":
        """Make a company of its own within this folder, on other ports: its days last `day` seconds."""
        directory = self.directory / "short-days"
        directory.mkdir(mode=0o700)
        ports = {name: _free(port) for name, port in _PREFERRED_BESIDE.items()}
        place = Place(self.pair, directory, ports, reports_weeks=True)
        place.write(short_days(self.pair, ports, str(directory), day, place.reporting))
        return place

    def write(self, settings: str) -> None:
        if self.reports_weeks:
            # A folder that reports are kept in is there already: it may be a share that is not mounted.
            self.reports.mkdir()
        self.config.write_text(settings, "utf-8")
        self.write_shell_file()

    def write_shell_file(self) -> None:
        """Write what the demo's processes have, and where `raccord` is, readable by its owner alone."""
        # Whoever ran `make demo` has not activated anything.
        commands = shlex.quote(str(Path(sys.executable).parent))
        found = f'export PATH={commands}:"$PATH"\n'
        _write_secret(self.shell_file, exports(self.environment) + found)

    def write_google_key(self, key: Mapping[str, Any]) -> None:
        _write_secret(self.google_key, json.dumps(key))

    @property
    def config(self) -> Path:
        return self.directory / "raccord.toml"

    @property
    def environment(self) -> dict[str, str]:
        """What the demo's processes need beside the file: credentials, and no leftovers of a real set-up."""
        clean = {name: "" for name in os.environ if name.startswith("TEMPORAL_")}
        return clean | {
            "TEMPORAL_ADDRESS": f"127.0.0.1:{self.ports['temporal']}",
            "TEMPORAL_NAMESPACE": NAMESPACE,
            "RACCORD_CONFIG": str(self.config),
            **self.pair.secrets,
            **SLACK,
            **(PLACES if self.reports_weeks else {}),
            "RACCORD_TOOLS__WEBHOOK_SECRET": TOOLS,
        }

    @property
    def reporting(self) -> Reporting:
        return Reporting(google_key=str(self.google_key), reports=str(self.reports))

    @property
    def ui(self) -> WebUi:
        return WebUi(self.url("ui"), NAMESPACE)

    @property
    def shell_file(self) -> Path:
        """What another shell reads to work beside the demo: `. FILE`."""
        return self.directory / "env"

    @property
    def google_key(self) -> Path:
        """The key of the service account that the spreadsheet is shared with."""
        return self.directory / "google-key.json"

    @property
    def reports(self) -> Path:
        """Where the weekly report is kept as files."""
        return self.directory / "reports"

    def log(self, name: str) -> Path:
        return self.directory / "logs" / f"{name}.log"

    def url(self, name: str, path: str = "") -> str:
        return f"http://127.0.0.1:{self.ports[name]}{path}"


def _write_secret(path: Path, text: str) -> None:
    """Write a file that its owner alone may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def _alive(directory: Path) -> bool:
    try:
        os.kill(int((directory / "pid").read_text("utf-8")), 0)
    except (OSError, ValueError):
        return False
    return True


def _free(preferred: int) -> int:
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no free port on loopback")
