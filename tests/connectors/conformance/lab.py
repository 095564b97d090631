"""All simulators on one port of this machine, and their switches."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from sandbox.app import create_app
from sandbox.core.operator import Operator
from tests.patience import patience
from tests.sandbox.serving import serving
from tests.sandbox.stripe_bench import Inbox, webhook_inbox


@dataclass
class Lab:
    base: str
    http: httpx.AsyncClient
    inbox: Inbox
    """Where webhooks go once a vendor's are turned on."""
    switches: Operator = field(init=False)
    _defaults: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.switches = Operator(self.http)

    async def option(self, vendor: str, **changes: Any) -> None:
        """Change how a simulator behaves until the next test."""
        if vendor not in self._defaults:
            found: dict[str, Any] = (await self.http.get(f"/_control/webhooks/{vendor}")).json()
            # A vendor that delivers nothing has no secret, and takes none that is empty.
            self._defaults[vendor] = {name: value for name, value in found.items() if value != ""}
        await self.switches.settings(vendor, **changes)

    async def written(self, vendor: str) -> int:
        """Return how many requests have changed something."""
        return len(await self.switches.requests(vendor=vendor, committed="true"))

    async def messages(self) -> list[dict[str, Any]]:
        """Return every message that is shown anywhere."""
        found: list[dict[str, Any]] = (await self.http.get("/_control/messages")).json()
        return found

    async def reset(self) -> None:
        for vendor, options in self._defaults.items():
            await self.switches.settings(vendor, **options)
        await self.switches.reset()
        self.inbox.received.clear()


@asynccontextmanager
async def lab() -> AsyncIterator[Lab]:
    async with (
        serving(create_app()) as base,
        webhook_inbox() as inbox,
        httpx.AsyncClient(base_url=base, trust_env=False, timeout=patience(10)) as http,
    ):
        yield Lab(base, http, inbox)
