"""Pipedrive's simulator on a real port, an app that speaks plain HTTP, and somebody who takes webhooks."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from sandbox.core.assembly import assemble
from sandbox.core.delivery import Delivery
from sandbox.core.operator import Operator
from sandbox.mailbox.mailbox import Mailbox
from sandbox.pipedrive.person import PipedrivePerson
from sandbox.pipedrive.settings import PipedriveSettings
from sandbox.pipedrive.vendor import PipedriveVendor
from tests.patience import patience
from tests.sandbox.pipedrive.contract import Contract
from tests.sandbox.serving import serving

Json = dict[str, Any]
TOKEN = "5a4db0c000000000000000000000000000000000"
INTEGRATION, CAMILLE, THOMAS = 70112299, 70112233, 70112234
DEAL, ORGANIZATION, PERSON = 1, 1, 1
"""The ordinary deal, its company and its person."""
URL = "https://receiver.example/webhooks/pipedrive"


@dataclass
class Receiver:
    """Takes what is delivered; answers with the given statuses first, then 200."""

    statuses: list[int] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(self.statuses.pop(0) if self.statuses else 200)

    def told(self) -> list[Json]:
        """The bodies of events; a look at the address has none."""
        return [json.loads(request.content) for request in self.requests if request.content]

    async def events(self, count: int) -> list[Json]:
        """Wait until so many have arrived."""
        await until(lambda: len(self.told()) >= count)
        return self.told()


@dataclass
class Pipedrive:
    """One account. `call` speaks with the API token, `person` as somebody in the pages."""

    http: httpx.AsyncClient
    receiver: Receiver
    contract: Contract = field(default_factory=Contract)

    @property
    def person(self) -> PipedrivePerson:
        return PipedrivePerson(self.http)

    @property
    def operator(self) -> Operator:
        return Operator(self.http)

    async def fresh(self) -> None:
        usual = {**PipedriveSettings().options(), "rate_limits": False, "retry_waits": [0.01, 0.01, 0.01]}
        await self.settings(url=None, **usual)
        await self.operator.reset()
        self.receiver.statuses.clear()
        self.receiver.requests.clear()
        self.contract.wrong.clear()

    async def settings(self, **changes: Any) -> None:
        await self.operator.settings("pipedrive", **changes)

    async def raw(
        self, method: str, path: str, *, token: str | None = TOKEN, bearer: str | None = None, **options: Any
    ) -> httpx.Response:
        """`path` begins with the version: `/v2/deals`."""
        headers = {"x-api-token": token} if token and not bearer else {}
        headers |= {"Authorization": f"Bearer {bearer}"} if bearer else {}
        headers |= options.pop("headers", {})
        answer = await self.http.request(method, f"/pipedrive/api{path}", headers=headers, **options)
        self.contract.check(answer)
        return answer

    async def call(self, method: str, path: str, **options: Any) -> Json:
        """The whole body of a success."""
        answer = await self.raw(method, path, **options)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        found: Json = answer.json()
        assert found["success"] is True
        return found

    async def data(self, method: str, path: str, **options: Any) -> Any:
        return (await self.call(method, path, **options))["data"]

    async def refused(self, method: str, path: str, **options: Any) -> tuple[int, str]:
        """Status and error."""
        answer = await self.raw(method, path, **options)
        body = answer.json()
        assert (answer.is_success, body["success"], body["data"]) == (False, False, None), body
        assert body["error_info"]
        return answer.status_code, body["error"]

    async def deal(self, id_: int = DEAL, **query: Any) -> Json:
        found: Json = await self.data("GET", f"/v2/deals/{id_}", params=query)
        return found

    async def field(self, kind: str, name: str, type_: str = "varchar", **more: Any) -> Json:
        """Make a field of `deal`, `organization` or `person`."""
        body = {"field_name": name, "field_type": type_, **more}
        found: Json = await self.data("POST", f"/v2/{kind}Fields", json=body)
        return found

    async def hook(self, action: str = "*", entity: str = "*", **more: Any) -> Json:
        """Make a webhook at the receiver."""
        body = {"name": "sync", "subscription_url": URL, "event_action": action, "event_object": entity}
        auth = {"http_auth_user": "billing-sync", "http_auth_password": "Wj7-qT2_vX9k"}
        found: Json = await self.data("POST", "/v1/webhooks", json=body | auth | more)
        return found


async def until(met: Callable[[], bool]) -> None:
    async with asyncio.timeout(patience(5)):
        while not met():  # noqa: ASYNC110 - what is awaited happens on the other side of HTTP
            await asyncio.sleep(0.01)


@asynccontextmanager
async def pipedrive_bench() -> AsyncIterator[Pipedrive]:
    receiver = Receiver()
    delivery = Delivery(transport=httpx.MockTransport(receiver))
    app = assemble(vendors=[PipedriveVendor(delivery=delivery)], delivery=delivery, emails=Mailbox())
    async with serving(app) as base, httpx.AsyncClient(base_url=base, trust_env=False) as http:
        yield Pipedrive(http, receiver)
