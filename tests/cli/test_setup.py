"""`raccord setup`: what it made is said line by line, and a new secret once with the place it belongs to."""

import json
import tomllib
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from click import unstyle
from pydantic import SecretStr

from raccord.connectors.connection import Check, Registration
from raccord.connectors.setting_up import Coded
from raccord.settings.configuration import Configuration
from raccord.settings.load import read
from starters.cli import setup
from starters.cli.doctor import examine
from tests.fakes.billing import FakeBilling
from tests.fakes.crm import FakeCrm
from tests.settings.written import CONNECTIONS, configuration
from workers.connections import Connections, Opened

SECRET = "whsec_0123456789abcdef"
MADE = Registration(checks=(Check.ok("webhook endpoint", "registered we_1"),), secret=SecretStr(SECRET))
LEFT = Registration(checks=(Check.warn("webhook endpoint", "none", remedy="Do it by hand."),))


class CodedCrm(FakeCrm):
    """A CRM whose vendor is told where to send webhooks, and gives fields codes."""

    async def register_webhooks(self, url: str, *, flows: Collection[str], dry: bool = False) -> Registration:
        found = Check.ok("webhooks", f"made at {url}", expected=", ".join(flows))
        return Registration(checks=(found,), secret=None if dry else SecretStr("a-password-of-ours"))

    async def check_webhooks(self, url: str, *, flows: Collection[str]) -> tuple[Check, ...]:
        remedy = "Run raccord setup."
        return (Check.warn("webhooks", f"none at {url}", expected=", ".join(flows), remedy=remedy),)

    async def named_fields(self) -> tuple[Coded, ...]:
        return (Coded(setting="mapping.invoice.number", name="Facture - numéro", code="3d0fa342"),)


class Account(FakeBilling):
    registered = MADE
    asked: list[str]

    async def register_webhooks(self, url: str, *, flows: Collection[str], dry: bool = False) -> Registration:
        self.asked = [url, *flows, *(["dry"] if dry else [])]
        return LEFT if dry else self.registered


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    found = Account()
    monkeypatch.setattr(setup, "opened", opening(FakeCrm(), found))
    return found


def opening(crm: FakeCrm, billing: FakeBilling) -> Callable[..., AbstractAsyncContextManager[Connections]]:
    @asynccontextmanager
    async def opened(loaded: Any) -> AsyncIterator[Connections]:
        yield Connections((Opened(loaded.crm, crm), Opened(loaded.billing, billing)))

    return opened


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


async def test_a_crm_is_told_where_to_send_webhooks_as_well_as_billing(
    account: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "opened", opening(CodedCrm(), account))
    loaded = configuration(tmp_path)
    assert await setup.set_up(loaded, None, as_json=False) == 0
    said = unstyle(capsys.readouterr().out)
    assert f"OK    webhooks: made at {loaded.settings.receiver.public_url}/webhooks/hubspot" in said
    assert "export RACCORD_HUBSPOT__WEBHOOK_SECRET=a-password-of-ours" in said
    assert f"export RACCORD_STRIPE__WEBHOOK_SECRET={SECRET}" in said


async def test_doctor_asks_whoever_was_told_where_to_send_webhooks(tmp_path: Path) -> None:
    loaded = configuration(tmp_path)
    async with opening(CodedCrm(), FakeBilling())(loaded) as connections:
        asked = examine._more(loaded, connections, acting=())
        assert list(asked) == ["hubspot"]
        (told,) = await asked["hubspot"]()
        assert told.found == f"none at {loaded.settings.receiver.public_url}/webhooks/hubspot"


async def test_codes_of_fields_are_written_as_the_settings_take_them(
    account: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "opened", opening(CodedCrm(), account))
    loaded, coded = configuration(tmp_path), {"number": "3d0fa342"}
    await setup.set_up(loaded, None, as_json=False)
    said = unstyle(capsys.readouterr().out)
    block = said[said.index("[hubspot.mapping.invoice]") :].partition("\n\n")[0]
    assert tomllib.loads(block) == {"hubspot": {"mapping": {"invoice": coded}}}
    assert "Facture - numéro" in block
    await setup.set_up(loaded, None, as_json=True)
    assert json.loads(capsys.readouterr().out)["codes"] == {"hubspot.mapping.invoice": coded}
    await setup.set_up(loaded, None, as_json=False, dry=True)
    assert "[hubspot.mapping.invoice]" not in capsys.readouterr().out


def folders(tmp_path: Path) -> list[str]:
    return sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file())


REACHED = '[receiver]\npublic_url = "https://raccord.hexalab.fr"\n'
APP = [
    "hubspot-app/hsproject.json",
    "hubspot-app/src/app/app-hsmeta.json",
    "hubspot-app/src/app/webhooks/webhooks-hsmeta.json",
]


def without_secret(tmp_path: Path) -> Configuration:
    """A company whose CRM has sent no webhook yet."""
    text = CONNECTIONS.replace('webhook_secret = "a-client-secret-of-hubspot"\n', "")
    (tmp_path / "raccord.toml").write_text(REACHED + text, "utf-8")
    return read(tmp_path / "raccord.toml")


async def test_a_dry_run_says_so_and_writes_nothing(
    account: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = without_secret(tmp_path)
    assert await setup.set_up(loaded, None, as_json=False, dry=True) == 0
    said = unstyle(capsys.readouterr().out)
    assert said.startswith("A dry run (TEST): nothing is changed.")
    assert "webhooks-hsmeta.json: would be written" in said
    assert account.asked[-1] == "dry"
    assert "Next: raccord setup, which does it." in said
    assert folders(tmp_path) == ["raccord.toml"]


async def test_the_app_that_sends_webhooks_is_written_with_the_command_that_uploads_it(
    account: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = without_secret(tmp_path)
    await setup.set_up(loaded, None, as_json=False)
    said = unstyle(capsys.readouterr().out)
    assert f"cd {tmp_path}/hubspot-app && hs project upload" in said
    assert folders(tmp_path) == [*APP, "raccord.toml"]
    webhooks = json.loads((tmp_path / APP[2]).read_text())["config"]
    assert webhooks["settings"]["targetUrl"] == "https://raccord.hexalab.fr/webhooks/hubspot"
    await setup.set_up(loaded, None, as_json=False)
    assert unstyle(capsys.readouterr().out).count("there already") == len(APP)


async def test_what_a_person_changed_in_the_app_is_left_as_it_is(
    account: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded = without_secret(tmp_path)
    await setup.set_up(loaded, None, as_json=False)
    (tmp_path / APP[1]).write_text("{}")
    assert await setup.set_up(loaded, None, as_json=False) == 0
    assert "says something else than the settings ask for; left as it is" in capsys.readouterr().out
    assert (tmp_path / APP[1]).read_text() == "{}"


async def test_where_webhooks_arrive_already_no_app_is_written(account: Account, tmp_path: Path) -> None:
    await setup.set_up(configuration(tmp_path, REACHED), None, as_json=False)
    assert folders(tmp_path) == ["raccord.toml"]


async def test_an_address_that_nobody_can_call_leaves_it_to_the_sweep_and_says_how_often(
    account: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    without_secret(tmp_path)
    file = tmp_path / "raccord.toml"
    file.write_text(file.read_text().replace(REACHED, '[sweep]\nevery = "5 min"\n'))
    assert await setup.set_up(read(file), None, as_json=True) == 0
    (app,) = json.loads(capsys.readouterr().out)["app"]
    assert app["state"] == "WARN"
    assert "the sweep finds won deals, every 5 min" in app["found"]
    assert folders(tmp_path) == ["raccord.toml"]
