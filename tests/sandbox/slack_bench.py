"""The Slack simulator on a real port, and an app's end that takes clicks."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import httpx
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.core.assembly import assemble
from sandbox.core.delivery import Delivery
from sandbox.mailbox.mailbox import Mailbox
from sandbox.slack.settings import SlackSettings
from sandbox.slack.vendor import SlackVendor
from tests.sandbox.serving import serving

TOKEN = "xoxb-sandbox-0000"
SECRET = "sandbox-slack-signing-secret-0000"
BUTTONS: list[dict[str, Any]] = [
    {"type": "section", "block_id": "ask:1", "text": {"type": "mrkdwn", "text": "*Kerjean* &amp; fils"}},
    {
        "type": "actions",
        "block_id": "answer:1",
        "elements": [
            {
                "type": "button",
                "action_id": "retry",
                "style": "primary",
                "text": {"type": "plain_text", "text": "Retry"},
                "value": "q/1",
            },
            {
                "type": "button",
                "action_id": "cancel",
                "text": {"type": "plain_text", "text": "Cancel"},
                "value": "q/2",
            },
        ],
    },
]


@dataclass
class Slack:
    """One served workspace; `call` speaks plain HTTP, `client` is Slack's own SDK."""

    base: str
    http: httpx.AsyncClient
    client: AsyncWebClient

    async def raw(self, method: str, *, token: str | None = TOKEN, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= options.pop("headers", {})
        verb = options.pop("verb", "POST")
        return await self.http.request(verb, f"/slack/api/{method}", headers=headers, **options)

    async def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """A JSON call as an app makes it; 200 whatever happens."""
        kind = {"Content-Type": "application/json; charset=utf-8"}
        answer = await self.raw(method, content=json.dumps(arguments), headers=kind)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def post(self, text: str = "Bonjour", **more: Any) -> str:
        """Post into #facturation; the `ts`."""
        answer = await self.call("chat.postMessage", channel="C0BILLING", text=text, **more)
        assert answer["ok"], answer
        return str(answer["ts"])

    async def settings(self, **changes: Any) -> None:
        answer = await self.http.put("/_control/webhooks/slack", json=changes)
        assert answer.status_code == 200, answer.text

    async def fresh(self, **settings: Any) -> None:
        """An empty workspace as it is at the start, with these settings changed."""
        await self.http.post("/_control/reset")
        await self.settings(**SlackSettings().options(), url=None)
        await self.settings(**settings)

    async def messages(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.http.get("/_control/messages")).json()
        return found

    async def press(self, ts: str, **wanted: Any) -> dict[str, Any]:
        body = {"vendor": "slack", "channel": "C0BILLING", "ts": ts, "user": "U0ANNE", **wanted}
        answer = await self.http.post("/_control/press", json=body)
        return {"code": answer.status_code, **answer.json()}

    async def deliveries(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.http.get("/_control/deliveries")).json()
        return [attempt for attempt in found if attempt["vendor"] == "slack"]


@dataclass
class App:
    """The receiver of clicks: answers `status` after `seconds`."""

    url: str = ""
    status: int = 200
    seconds: float = 0.0
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def payloads(self) -> list[dict[str, Any]]:
        return [json.loads(parse_qs(body.decode())["payload"][0]) for body in self.bodies]

    async def take(self, request: Request) -> Response:
        self.bodies.append(await request.body())
        self.headers.append(dict(request.headers))
        await asyncio.sleep(self.seconds)
        return Response(status_code=self.status)


@asynccontextmanager
async def slack_bench() -> AsyncIterator[Slack]:
    delivery = Delivery()
    app = assemble(vendors=[SlackVendor(delivery=delivery)], delivery=delivery, emails=Mailbox())
    async with (
        serving(app) as base,
        httpx.AsyncClient(base_url=base, trust_env=False) as http,
    ):
        client = AsyncWebClient(token=TOKEN, base_url=f"{base}/slack/api/", retry_handlers=[])
        yield Slack(base, http, client)


@asynccontextmanager
async def clicking(slack: Slack) -> AsyncIterator[App]:
    """An app whose interactivity URL is known to the workspace."""
    app = App()
    async with serving(Starlette(routes=[Route("/slack/actions", app.take, methods=["POST"])])) as base:
        app.url = f"{base}/slack/actions"
        await slack.settings(url=app.url)
        yield app
