"""What a deployment starts exists, and starts with the environment that its files give it."""

import os
import re
import ssl
import subprocess
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from raccord.connectors.connection import Kind, of_vendor
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.settings.environment import PREFIX
from raccord.settings.load import read
from raccord.settings.model import Settings
from raccord.vendors.smtp.settings import SmtpSettings
from starters.cli.doctor.stores import exposed
from starters.cli.main import app
from tests.deploy.files import DEPLOY, OURS, ROOT, compose, containers, units

SECRETS = {
    "hubspot_access_token": "pat-eu1-0000",
    "hubspot_webhook_secret": "a-client-secret-of-hubspot",
    "stripe_api_key": "rk_test_0000",
    "stripe_webhook_secret": "whsec_0123456789abcdef",
}
EVERYWHERE = "0.0.0.0"  # noqa: S104 - inside a container
SETTINGS = 'crm = "hubspot"\nbilling = "stripe"\n'


def started() -> list[tuple[str, list[str]]]:
    """Every command of ours that a file of a deployment names, with where."""
    services = compose()["services"]
    found = [(f"compose {name}", services[name]["command"]) for name in OURS]
    found += [(f"kubernetes {each['name']}", each["args"]) for each in containers()]
    for unit in units():
        line = re.search(r"^ExecStart=\S+/raccord (.+)$", unit.read_text("utf-8"), re.MULTILINE)
        found += [(unit.name, line[1].split())] if line else []
    return found


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """What `deploy/secrets.sh` made, and what a person put there."""
    folder = tmp_path / "made"
    for name, value in SECRETS.items():
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(value)
    subprocess.run(["sh", str(DEPLOY / "secrets.sh"), str(folder)], check=True, capture_output=True)
    return folder


def read_in(
    variables: dict[str, str],
    handed: dict[str, str],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    more: str = "",
) -> Configuration:
    """Read the settings as the container does: its variables, and its secrets by their names there."""
    run = folder.parent / "run"
    run.mkdir(exist_ok=True)
    for name, target in handed.items():
        (run / target).write_bytes((folder / name).read_bytes())
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, re.sub(r"\$\{\w+:-(.*?)\}", r"\1", value))
    monkeypatch.setenv("RACCORD_SECRETS_DIR", str(run))
    monkeypatch.setenv("RACCORD_DATA__KEY_FILE", str(run / "keys.json"))
    file = folder.parent / "raccord.toml"
    file.write_text(SETTINGS + more)
    return read(file)


def of_compose(service: Any) -> tuple[dict[str, str], dict[str, str]]:
    return service["environment"], {each["source"]: each["target"] for each in service["secrets"]}


@pytest.mark.parametrize(("where", "words"), started(), ids=str)
def test_every_command_is_one_of_ours(where: str, words: list[str]) -> None:
    done = CliRunner().invoke(app, [*words, "--help"])
    assert done.exit_code == 0, where


@pytest.mark.parametrize("name", OURS)
def test_a_container_reads_its_settings_and_secrets(
    secrets: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    variables, handed = of_compose(compose()["services"][name])
    handed = {source.replace("keys", "keys.json"): target for source, target in handed.items()}
    found = read_in(variables, handed, secrets, monkeypatch)
    assert found.strangers == ()
    assert found.settings.database_url.startswith("postgresql://raccord:")
    assert found.settings.metrics.bind == found.settings.health.bind == EVERYWHERE
    assert KeyRing.load(found.settings.key_file)
    listens = name == "starter"
    assert (found.settings.receiver.host == EVERYWHERE) is listens
    assert (found.settings.temporal.codec_host == EVERYWHERE) is listens
    assert found.settings.temporal.ui_origins == ("http://127.0.0.1:8233",)


def test_what_kubernetes_sets_are_settings(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kustomization = yaml.safe_load((DEPLOY / "kubernetes/base/kustomization.yaml").read_text("utf-8"))
    (made,) = kustomization["configMapGenerator"]
    variables = dict(literal.split("=", 1) for literal in made["literals"])
    handed = of_compose(compose()["services"]["worker"])[1]
    handed = {source.replace("keys", "keys.json"): target for source, target in handed.items()}
    assert read_in(variables, handed, secrets, monkeypatch).strangers == ()


def test_the_images_own_variables_are_settings() -> None:
    said = (ROOT / "Dockerfile").read_text("utf-8")
    known = {"RACCORD_CONFIG", "RACCORD_SECRETS_DIR"}
    for name in re.findall(r"(RACCORD_\w+)=", said):
        if name not in known:
            section, _, field = name.removeprefix(PREFIX).lower().partition("__")
            assert field in Settings.model_fields[section].annotation.model_fields, name  # type: ignore[union-attr]


def test_the_image_installs_extras_that_there_are() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    wanted = set(re.findall(r"--extra (\w+)", (ROOT / "Dockerfile").read_text("utf-8")))
    assert wanted <= extras.keys()
    assert "embedded" not in wanted


def test_health_is_asked_where_it_is_answered() -> None:
    settings, services = Settings(), compose()["services"]
    assert services["worker"]["environment"]["PROBE_URL"].endswith(f":{settings.health.worker_port}/readyz")
    assert services["starter"]["environment"]["PROBE_URL"].endswith(f":{settings.receiver.port}/readyz")
    ports = {port["name"]: port["containerPort"] for each in containers() for port in each.get("ports", [])}
    assert ports == {
        "temporal-sdk": settings.metrics.worker_port,
        "health": settings.health.worker_port,
        "webhooks": settings.receiver.port,
        "codec": settings.temporal.codec_port,
        "metrics": settings.metrics.receiver_port,
    }


def test_a_process_gets_longer_to_end_than_it_takes() -> None:
    graceful = Settings().temporal.graceful_shutdown.total_seconds()
    seconds = float(compose()["services"]["worker"]["stop_grace_period"].removesuffix("s"))
    assert seconds > graceful
    for unit in units():
        if "raccord" in unit.name:
            found = re.search(r"^TimeoutStopSec=(\d+)$", unit.read_text("utf-8"), re.MULTILINE)
            assert found, unit.name
            assert int(found[1]) > graceful


def test_secrets_are_made_once_and_for_the_group_of_the_processes(secrets: Path) -> None:
    before = {file.name: file.read_bytes() for file in secrets.iterdir()}
    subprocess.run(["sh", str(DEPLOY / "secrets.sh"), str(secrets)], check=True, capture_output=True)
    assert {file.name: file.read_bytes() for file in secrets.iterdir()} == before
    assert len(set(before.values())) == len(before)
    for file in secrets.iterdir():
        # Other images' users read what is theirs, in their containers; here the folder keeps people out.
        theirs = file.name.endswith("_password")
        assert file.stat().st_mode & 0o777 == (0o644 if theirs else 0o640)
    assert secrets.stat().st_mode & 0o007 == 0


def test_mails_of_a_test_installation_go_to_a_relay_that_we_believe(
    secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables, handed = of_compose(compose()["services"]["worker"])
    said = (ROOT / "docs/deploying.md").read_text("utf-8")
    (block,) = [found for found in re.findall(r"```toml\n(.+?)```", said, re.DOTALL) if "mailpit" in found]
    handed = {source.replace("keys", "keys.json"): target for source, target in handed.items()}
    row = read_in(variables, handed, secrets, monkeypatch, block).of(Kind.MAILER)
    assert row
    relay = of_vendor(row.settings, SmtpSettings)
    mailpit = compose()["services"]["mailpit"]
    assert relay.host in compose()["services"]
    assert str(relay.ca_file) == f"/run/secrets/{handed['mailpit_certificate']}"
    assert mailpit["environment"]["MP_SMTP_TLS_CERT"] == "/run/secrets/mailpit_certificate"
    assert greeted(secrets / "mailpit_certificate", secrets / "mailpit_key", relay.host)


@pytest.mark.parametrize("lost", ["mailpit_key", "mailpit_certificate"])
def test_half_of_a_relays_certificate_is_made_anew(secrets: Path, lost: str) -> None:
    (secrets / lost).write_bytes(b"")
    subprocess.run(["sh", str(DEPLOY / "secrets.sh"), str(secrets)], check=True, capture_output=True)
    assert greeted(secrets / "mailpit_certificate", secrets / "mailpit_key", "mailpit")


def greeted(certificate: Path, key: Path, host: str) -> bool:
    """Whether who believes a certificate alone, as strictly as Python 3.13 does, shakes hands."""
    theirs = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    theirs.load_cert_chain(certificate, key)
    ours = ssl.create_default_context(cafile=str(certificate))
    ours.verify_flags |= ssl.VERIFY_X509_STRICT
    one, other = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = ours.wrap_bio(one, other, server_hostname=host), theirs.wrap_bio(other, one, server_side=True)
    for end in (*ends, *ends):
        with suppress(ssl.SSLWantReadError):
            end.do_handshake()
    return ends[0].version() == "TLSv1.3"


def test_a_key_that_another_handed_over_is_ours_by_its_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "keys.json"
    key.touch()
    key.chmod(0o640)
    assert exposed(key)
    monkeypatch.setattr("os.getuid", lambda: key.stat().st_uid + 1)
    assert not exposed(key)
    key.chmod(0o644)
    assert exposed(key)
