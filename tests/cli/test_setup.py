"""`raccord setup`: what it made is said line by line, and a new secret once with the place it belongs to."""

import json
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from click import unstyle
from pydantic import SecretStr

from raccord.connectors.connection import Check, Registration
from starters.cli import setup
from tests.fakes.billing import FakeBilling
from tests.fakes.crm import FakeCrm
from tests.settings.written import configuration
from workers.connections import Connections, Opened

SECRET = "whsec_0123456789abcdef"
MADE = Registration(checks=(Check.ok("webhook endpoint", "registered we_1"),), secret=SecretStr(SECRET))
LEFT = Registration(checks=(Check.warn("webhook endpoint", "none", remedy="Do it by hand."),))


class Account(FakeBilling):
    registered = MADE
    asked: list[str]

    async def register_webhooks(self, url: str, *, flows: Collection[str]) -> Registration:
        self.asked = [url, *flows]
        return self.registered


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    found = Account()

    @asynccontextmanager
    async def opened(loaded: Any) -> AsyncIterator[Connections]:
        yield Connections((Opened(loaded.crm, FakeCrm()), Opened(loaded.billing, found)))

    monkeypatch.setattr(setup, "opened", opened)
    return found


async def test_a_new_secret_is_printed_once_with_its_variable(
    account: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = configuration(tmp_path)
    assert await setup.set_up(loaded, None, as_json=False) == 0
    said = unstyle(capsys.readouterr().out)
    assert said.count(SECRET) == 1
    assert f"export RACCORD_STRIPE__WEBHOOK_SECRET={SECRET}" in said
    assert "OK    webhook endpoint: registered we_1" in said
    assert account.asked == [f"{loaded.settings.receiver.public_url}/webhooks/stripe"]


async def test_a_machine_reads_the_secret_too(
    account: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert account.registered.secret
    assert await setup.set_up(configuration(tmp_path), None, as_json=True) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["webhooks"]["secret"] == {"RACCORD_STRIPE__WEBHOOK_SECRET": SECRET}
    assert said["fields"] == []


async def test_webhooks_that_are_left_to_a_person_are_no_failure(
    account: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account.registered = LEFT
    assert await setup.set_up(configuration(tmp_path), None, as_json=False) == 0
    said = unstyle(capsys.readouterr().out)
    assert "WARN  webhook endpoint: none\n      → Do it by hand." in said
    assert "export" not in said
