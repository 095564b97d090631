"""A real server, and key rings of two companies."""

import sysconfig
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from raccord.sealing import KeyRing
from raccord.temporal.plugin import platform

EXECUTABLE = Path(sysconfig.get_path("scripts")) / "temporal"
OURS = KeyRing.of("ours", {"ours": b"o" * 32})
THEIRS = KeyRing.of("theirs", {"theirs": b"t" * 32})


@dataclass(frozen=True)
class Server:
    """A development server with the namespace `default`, on which a stuck flow shows at its first failure."""

    address: str

    async def client(self, keys: KeyRing, *, lazy: bool = False) -> Client:
        return await Client.connect(self.address, plugins=[platform(keys, "default")], lazy=lazy)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    environment = await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(EXECUTABLE),
        dev_server_extra_args=[
            "--dynamic-config-value",
            "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=1",
        ],
    )
    async with environment as running:
        yield Server(running.client.service_client.config.target_host)
