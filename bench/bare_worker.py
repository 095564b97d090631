"""The worker of bare flows: `python -m bench.bare_worker ADDRESS NAMESPACE SANDBOX`."""

import asyncio
import sys
from pathlib import Path

import httpx
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from bench.bare import CALL, QUEUE, Bare
from starters.embedded.processes import Process

PERSON = {"X-Sandbox-Actor": "userId:1"}
"""No credential is needed, and no limit of an app is used up."""
_ROOT = Path(__file__).parents[1]


class Calls:
    """The only activity: some requests, their answers read."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    @activity.defn(name=CALL)
    async def call(self, paths: list[str]) -> int:
        """Return how many answers came."""
        return len([await self._answer(path) for path in paths])

    async def _answer(self, path: str) -> object:
        answer = await self._http.get(path)
        return answer.raise_for_status().json()


def bare_worker(address: str, namespace: str, sandbox: str, *, log: Path) -> Process:
    """Describe the worker as a process of its own."""
    command = [sys.executable, "-m", "bench.bare_worker", address, namespace, sandbox]
    return Process("bare worker", command, log=log, environment={"PYTHONPATH": str(_ROOT)})


async def _serve(address: str, namespace: str, sandbox: str) -> None:
    client = await Client.connect(address, namespace=namespace)
    async with httpx.AsyncClient(base_url=sandbox, headers=PERSON) as http:
        await Worker(client, task_queue=QUEUE, workflows=[Bare], activities=[Calls(http).call]).run()


if __name__ == "__main__":
    asyncio.run(_serve(*sys.argv[1:]))
