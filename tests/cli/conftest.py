import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from click.testing import CliRunner, Result

from raccord.records.records import Records
from raccord.sealing import KeyRing
from starters.cli.main import app

T = TypeVar("T")

TOML = """
crm = "hubspot"
billing = "stripe"
[temporal]
embedded_port = 1
[desk]
language = "{language}"
[data]
directory = "{directory}"
"""
SECRETS = {
    "RACCORD_HUBSPOT__ACCESS_TOKEN": "pat-eu1-sandbox-0000",
    "RACCORD_HUBSPOT__WEBHOOK_SECRET": "sandbox-hubspot-client-secret-0000",
    "RACCORD_STRIPE__API_KEY": "rk_test_sandbox0000000000000000",
}


class Company:
    """One company's configuration and records, and its command line."""

    def __init__(self, directory: Path) -> None:
        self.file = directory / "raccord.toml"
        self._data = directory / "data"
        self.database = self._data / "records.db"
        self._keys = KeyRing.create(self._data / "keys.json")
        self.speak("fr")

    def speak(self, language: str) -> None:
        """Set the desk's language."""
        self.file.write_text(TOML.format(language=language, directory=self._data))

    def change_key(self) -> None:
        """Lose the key and start over with another."""
        (self._data / "keys.json").unlink()
        self._keys = KeyRing.create(self._data / "keys.json")

    def remember(self, work: Callable[[Records], Awaitable[T]]) -> T:
        """Do something in the records, as a worker would have."""

        async def done() -> T:
            records = Records.open(f"sqlite:///{self.database}", self._keys)
            await records.migrate()
            try:
                return await work(records)
            finally:
                await records.close()

        return asyncio.run(done())

    def raccord(self, *arguments: str) -> Result:
        """Type a command."""
        return CliRunner().invoke(app, [*arguments, "--config", str(self.file)])


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    return Company(tmp_path)
