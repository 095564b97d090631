"""All checks in the order of their causes: what a failure keeps from being checked is said once."""

from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from raccord.connectors.billing import Billing
from raccord.connectors.connection import Check, CheckState, Kind
from raccord.connectors.mailer import Mailer
from raccord.connectors.setting_up import Registers
from raccord.domain.rules.modes import DUNNING, PAYMENT
from raccord.domain.values.message import Text, message
from raccord.settings.configuration import Configuration
from starters.cli.doctor import company, machine, stores, temporal, vendors
from workers.connections import Connections, opened
from workers.policies import billing_checks

MACHINE, SETTINGS = message("doctor.machine"), message("doctor.settings")
RULES, KEPT = message("doctor.rules"), message("doctor.kept")
INVOICES = message("doctor.invoices")


@dataclass(frozen=True)
class Finding:
    """A check, and below which heading it stands."""

    group: Text
    check: Check


@dataclass(frozen=True)
class Examined:
    """Everything that was found; `loaded` is None when the settings cannot be used."""

    loaded: Configuration | None
    findings: tuple[Finding, ...]

    @property
    def checks(self) -> tuple[Check, ...]:
        return tuple(found.check for found in self.findings)

    @property
    def failed(self) -> bool:
        return any(check.state is CheckState.FAIL for check in self.checks)

    @property
    def running(self) -> bool:
        """Whether workers run, and do what these settings ask for."""
        return _running(self.checks)


async def examine(path: Path | None) -> Examined:
    """Check everything, calling every vendor; changes nothing."""
    loaded, read = company.settings(path)
    found = [*_of(MACHINE, machine.python(), machine.temporal_command()), Finding(SETTINGS, read)]
    if loaded is None:
        return Examined(None, (*found, *_unknown()))
    found += _quick(loaded)
    kept = [check async for check in _kept(loaded)]
    found += _of(MACHINE, *machine.ports(loaded, running=_running(kept)))
    found += (Finding(KEPT, check) for check in kept)
    found += [each async for each in _vendors(loaded)]
    return Examined(loaded, tuple(found))


def before_a_start(loaded: Configuration) -> tuple[Check, ...]:
    """Return what is wrong without asking anybody: the quick part of doctor, without ports and calls."""
    checks = (found.check for found in _quick(loaded))
    return tuple(check for check in checks if check.state is CheckState.FAIL)


def _quick(loaded: Configuration) -> Iterator[Finding]:
    yield from _of(MACHINE, machine.data_directory(loaded), machine.disk(loaded))
    yield Finding(SETTINGS, company.environment(loaded))
    yield from _of(RULES, *company.rules(loaded))


def _unknown() -> Iterator[Finding]:
    for group, name in (
        (MACHINE, message("doctor.disk_and_ports")),
        (RULES, message("doctor.modes_and_more")),
        (KEPT, message("doctor.keys_and_more")),
        (message("doctor.connections"), message("doctor.rights_and_more")),
    ):
        yield Finding(group, Check.skipped(name, needs=message("check.settings")))


async def _kept(loaded: Configuration) -> AsyncIterator[Check]:
    keys, check = stores.key(loaded)
    yield check
    if keys is None:
        yield Check.skipped(message("doctor.records_and_temporal"), needs=stores.KEY)
        return
    async for check in stores.records(loaded, keys):
        yield check
    async for check in temporal.checks(loaded, keys):
        yield check


async def _vendors(loaded: Configuration) -> AsyncIterator[Finding]:
    default_rate = loaded.settings.vat.default_rate is not None
    acting = loaded.settings.acting
    async with opened(loaded) as connections:
        billing: Billing = connections.of(Kind.BILLING)
        more = _more(loaded, connections, acting)
        for row in connections.rows:
            also = more.get(row.name)
            async for check in vendors.connection(row, default_rate=default_rate, acting=acting, also=also):
                yield Finding(f"{row.connection.settings.vendor}, {row.connection.kind}", check)
        for check in billing_checks(loaded, billing.capabilities):
            yield Finding(INVOICES, check)


def _more(
    loaded: Configuration, connections: Connections, acting: Collection[str]
) -> dict[str, vendors.Asking]:
    """Return what some connections are asked beside what each is, by their names."""
    found: dict[str, vendors.Asking] = {}
    for row in connections.rows:
        own = row.connection
        asked = own.webhooks or (own.kind is Kind.BILLING and PAYMENT in acting)
        if asked and isinstance(row.port, Registers):
            found[row.name] = partial(row.port.check_webhooks, loaded.webhook_url(own), flows=acting)
    if mailer := loaded.of(Kind.MAILER):
        port: Mailer = connections.of(Kind.MAILER)
        found[mailer.name] = partial(_senders, port, loaded.settings.dunning.senders)
    return found


async def _senders(mailer: Mailer, senders: tuple[str, ...]) -> tuple[Check, ...]:
    """Ask for the senders of reminders, which nothing but flow 3 needs."""
    found = await mailer.check_senders(senders)
    return tuple(each.model_copy(update={"flow": DUNNING}) for each in found)


def _running(checks: Iterable[Check]) -> bool:
    return any(check.title == temporal.WORKERS and check.state is CheckState.OK for check in checks)


def _of(group: Text, *checks: Check) -> Iterator[Finding]:
    return (Finding(group, check) for check in checks)
