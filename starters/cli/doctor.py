"""`raccord doctor`: everything a start needs, checked; each line says what was found and what to do."""

import asyncio
import json
import shutil
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import click

from raccord.connectors.billing import Billing
from raccord.connectors.connection import Check, CheckState, Kind
from raccord.connectors.errors import ConnectorError
from raccord.domain.rules.modes import Mode
from raccord.records.database import RecordsUnavailable
from raccord.records.records import Records
from raccord.sealing import BadKeyFile, KeyRing
from raccord.settings.checks import footers_check
from raccord.settings.configuration import BadSettings, Configuration
from raccord.settings.file import default_path
from raccord.settings.load import read
from raccord.temporal.client import TemporalUnreachable, connect
from starters.cli.common import bold
from starters.cli.display import shown
from starters.embedded.temporal_server import TemporalMissing, executable
from workers.connections import Opened, opened
from workers.policies import billing_checks

NEEDED_DISK_MIB = 1024
WITHIN = timedelta(seconds=3)
CONNECTION_TIME = timedelta(seconds=30)
_COLOURS = {CheckState.OK: "green", CheckState.WARN: "yellow", CheckState.FAIL: "red"}


def _check(
    name: str, ok: bool, found: str, expected: str = "", remedy: str = "", *, warn: bool = False
) -> Check:
    state = CheckState.OK if ok else CheckState.WARN if warn else CheckState.FAIL
    return Check(name=name, state=state, found=found, expected=expected, remedy="" if ok else remedy)


def _machine() -> Iterator[Check]:
    version = sys.version.split()[0]
    yield _check("python", sys.version_info >= (3, 11), version, "3.11 or newer", "Install a newer Python.")
    free = shutil.disk_usage(".").free // 2**20
    yield _check(
        "disk", free >= NEEDED_DISK_MIB, f"{free} MiB free", f"{NEEDED_DISK_MIB} MiB", "Free some space here."
    )
    try:
        yield _check("temporal command", True, str(executable()))
    except TemporalMissing as error:
        yield _check(
            "temporal command", False, "missing", "only for raccord up and demo", str(error), warn=True
        )


def _settings(path: Path | None) -> tuple[Configuration | None, Check]:
    file = path or default_path()
    try:
        loaded = read(path)
    except BadSettings as error:
        remedy = "Correct these." if file.exists() else f"Copy raccord.example.toml to {file} and fill it in."
        return None, _check("settings", False, " ".join(str(error).splitlines()), "", remedy)
    return loaded, _check("settings", True, str(file))


def _rules(loaded: Configuration) -> Iterator[Check]:
    settings = loaded.settings
    live = settings.modes["deal_won"] is not Mode.SHADOW
    yield Check(name="mode deal_won", state=CheckState.OK, found=settings.modes["deal_won"].value)
    yield Check(name="credentials", state=CheckState.OK, found=loaded.live_or_test)
    since = settings.invoice_deals_won_from
    yield _check(
        "cut-over",
        since is not None or not live,
        str(since or "not set"),
        "needed for draft and live mode",
        "Set invoice_deals_won_from.",
    )
    url = settings.receiver.public_url
    local = url.startswith(("http://127.", "http://localhost"))
    yield _check(
        "public address",
        url.startswith("https://") or local,
        url,
        "the https address that the CRM calls",
        "Set receiver.public_url to it, exactly as entered in the CRM.",
    )
    yield from _secrets(loaded)
    if loaded.of(Kind.MESSENGER) is None:
        yield _check(
            "messenger",
            False,
            "none",
            "where questions are asked",
            'Set messenger = "slack" and its section; without one, questions are in raccord inbox only.',
            warn=True,
        )
    yield footers_check(settings.invoice_policy)


def _secrets(loaded: Configuration) -> Iterator[Check]:
    """Without its secret, nothing that a vendor sends is believed."""
    for row in loaded.connections:
        variable = f"RACCORD_{row.name.upper()}__WEBHOOK_SECRET"
        if row.vendor.webhooks and not row.webhooks:
            yield _check(
                "webhook secret", False, "not set", f"the signing secret of {row.name}", f"Set {variable}."
            )
        if row.vendor.presses and not row.presses:
            yield _check(
                "buttons",
                False,
                "no signing secret",
                f"the signing secret of {row.name}",
                f"Set {variable}, or the buttons of messages do nothing.",
            )


def _ports(loaded: Configuration) -> Iterator[Check]:
    settings = loaded.settings
    wanted = {
        "receiver": settings.receiver.port,
        "temporal": settings.temporal.embedded_port,
        "temporal ui": settings.temporal.embedded_ui_port,
        "codec": settings.temporal.codec_port,
    }
    for name, port in wanted.items():
        with socket.socket() as probe:
            used = probe.connect_ex(("127.0.0.1", port)) == 0
        yield _check(
            f"port {port}",
            not used,
            f"in use ({name})" if used else f"free ({name})",
            "free before raccord up",
            "Fine when Raccord is running; otherwise stop what uses it or change the port.",
            warn=True,
        )


async def _stores(loaded: Configuration) -> AsyncIterator[Check]:
    path = loaded.settings.key_file
    if not path.exists():
        yield _check(
            "encryption key",
            False,
            f"{path} is missing",
            "a key ring",
            "raccord up makes one on its first start; a fleet shares one file.",
            warn=True,
        )
        return
    try:
        keys = KeyRing.load(path)
    except BadKeyFile as error:
        yield _check(
            "encryption key", False, str(error), "a key ring", "Put the right file back from your backup."
        )
        return
    yield _check("encryption key", True, f"{path}, active {keys.active_id}")
    records = Records.open(loaded.settings.records_url, keys)
    try:
        migrated = await records.migrated()
        yield _check(
            "records",
            migrated,
            "migrated" if migrated else "not there yet, or older",
            "migrated",
            "raccord up, worker and starter migrate when they start.",
            warn=True,
        )
    except RecordsUnavailable as error:
        yield _check("records", False, str(error), "reachable", "Check database_url and the folder's rights.")
    finally:
        await records.close()
    yield await _temporal(loaded, keys)


async def _temporal(loaded: Configuration, keys: KeyRing) -> Check:
    try:
        client = await connect(loaded.settings, keys, within=WITHIN)
    except TemporalUnreachable as error:
        return _check("temporal", False, str(error), "reachable", "raccord up starts one.", warn=True)
    return _check("temporal", True, f"namespace {client.namespace}")


async def _connections(loaded: Configuration) -> AsyncIterator[Check]:
    async with opened(loaded) as connections:
        for row in connections.rows:
            async for check in _connection(row):
                yield check
        billing: Billing = connections.of(Kind.BILLING)
        for judged in billing_checks(loaded, billing.capabilities):
            yield judged


async def _connection(row: Opened) -> AsyncIterator[Check]:
    try:
        async with asyncio.timeout(CONNECTION_TIME.total_seconds()):
            checks = await row.port.check()
    except (ConnectorError, TimeoutError) as error:
        said = str(error) or f"no answer within {CONNECTION_TIME.seconds} s"
        yield _check(row.name, False, said, "reachable", "Check base_url and the network, then try again.")
        return
    for check in checks:
        yield check.model_copy(update={"name": f"{row.name}: {check.name}"})


def _line(check: Check, width: int) -> str:
    state = click.style(f"{check.state:<4}", fg=_COLOURS[check.state], bold=check.state is CheckState.FAIL)
    said = f"{state}  {check.name:<{width}}  {shown(check.found)}"
    if check.state is CheckState.OK:
        return said
    expected = f" (expected: {shown(check.expected)})" if check.expected else ""
    return f"{said}{expected}  {bold('→')} {shown(check.remedy)}"


async def run_doctor(path: Path | None, *, as_json: bool) -> int:
    """Run every check; exit status 1 when one failed."""
    checks = list(_machine())
    loaded, settings_check = _settings(path)
    checks.append(settings_check)
    if loaded:
        checks += [*_rules(loaded), *_ports(loaded)]
        checks += [check async for check in _stores(loaded)]
        checks += [check async for check in _connections(loaded)]
    failed = any(c.state is CheckState.FAIL for c in checks)
    if as_json:
        mode = loaded.live_or_test if loaded else None
        report = {"ok": not failed, "mode": mode, "checks": [c.model_dump(mode="json") for c in checks]}
        sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=2) + "\n")
        return int(failed)
    width = max(len(c.name) for c in checks)
    for c in checks:
        click.echo(_line(c, width))
    if loaded:
        mode = loaded.settings.modes["deal_won"]
        click.echo(f"\n{bold(loaded.live_or_test)} credentials, deal won in {bold(mode.value)}.")
    return int(failed)
