"""Reading the accounts whose credentials are in the environment, before there is a settings file."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from raccord.connectors.connection import LOOPBACK, Connection, Kind
from raccord.connectors.errors import RateLimited
from raccord.domain.proposal.proposal import Accounts
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.described import BillingAccount
from raccord.settings.environment import values, variable
from raccord.settings.load import from_environment
from raccord.settings.model import Receiver, Settings

_PATIENCE, _LONGEST_WAIT = 3, timedelta(seconds=15)
"""How often, and how long, a vendor is waited for that asks us to come back later."""


@dataclass(frozen=True)
class Reachable:
    """The connections that the environment has credentials of."""

    crm: Connection
    billing: Connection | None
    billing_name: str
    """Also of one that cannot be asked yet."""

    @property
    def here(self) -> str | None:
        """The receiver's own address, where the CRM is on this machine and can call it; None elsewhere."""
        if urlsplit(self.crm.settings.base_url).hostname not in LOOPBACK:
            return None
        return Receiver().public_url


def reachable() -> Reachable | None:
    """Return whom the environment lets us ask; None without credentials of a CRM. Raises `BadSettings`."""
    found = from_environment()
    if Kind.CRM not in found:
        return None
    billing = found.get(Kind.BILLING)
    named = values().get(variable(Kind.BILLING)) or str(Settings.model_fields[Kind.BILLING].default)
    return Reachable(found[Kind.CRM], billing, billing.name if billing else named)


async def read_accounts(asked: Reachable) -> Accounts:
    """Ask each connection what it has. Raises connector errors."""
    crm = await _described(asked.crm)
    billing = await _described(asked.billing) if asked.billing else BillingAccount()
    return Accounts(crm, billing, asked.crm.name, asked.billing_name)


async def _described(row: Connection) -> Any:
    port = row.connect(BusinessClock())
    try:
        for _ in range(_PATIENCE):
            try:
                return await port.describe()
            except RateLimited as error:
                await asyncio.sleep(min(error.retry_after, _LONGEST_WAIT).total_seconds())
        return await port.describe()
    finally:
        await port.close()


def free_place(file: Path) -> Path:
    """Return the file, or where a proposal stands beside one that exists: never over another."""
    if not file.exists():
        return file
    beside = file.with_name(f"{file.stem}.proposed{file.suffix}")
    number = 2
    while beside.exists():
        beside = file.with_name(f"{file.stem}.proposed-{number}{file.suffix}")
        number += 1
    return beside
