"""`POST /webhooks/<connection>`, `/healthz` and `/readyz`.

An answer never says why: the reason is in the log and in the metrics. 2xx means durable, in
Temporal or in quarantine. Nothing is queued in memory.
"""

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import structlog
from prometheus_client import Counter, Histogram
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from raccord.connectors.webhooks import (
    Hint,
    UnreadableBody,
    WebhookEvents,
    WebhookRejected,
    WebhookRequest,
    WebhookSource,
)
from raccord.domain.deal import DealRef
from raccord.records.database import RecordsUnavailable
from raccord.records.records import Records
from raccord.settings.model import Receiver as ReceiverSettings
from starters.receiver.body import Refused, check_envelope, read_body
from starters.starting import deal_changed

log = structlog.get_logger()

VERDICTS = Counter("raccord_webhooks", "Webhook deliveries by verdict", ["connection", "verdict"])
LATENCY = Histogram("raccord_webhook_seconds", "Time to answer a webhook delivery", ["connection"])
COME_BACK_SECONDS = 30
# Refused by us and not by the router, so that every refusal is counted and has an empty body.
EVERY_METHOD = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
BODY_TIME = timedelta(seconds=5)


class Receiver:
    """Takes deliveries of the configured connections.

    `client` may be connected lazily: while Temporal is away every delivery is answered 503 with
    `Retry-After`, so that the vendor comes again.
    """

    def __init__(
        self,
        client: Client,
        records: Records,
        sources: Mapping[str, WebhookSource],
        settings: ReceiverSettings,
    ) -> None:
        self._client = client
        self._records = records
        self._sources = sources
        self._settings = settings
        self._decoy = secrets.token_bytes(32)
        self._working = 0

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/webhooks/{connection}", self.receive, methods=EVERY_METHOD),
                Route("/healthz", self.healthz),
                Route("/readyz", self.readyz),
            ]
        )

    async def receive(self, request: Request) -> Response:
        """Answer one delivery and log its verdict."""
        started = time.monotonic()
        name = request.path_params["connection"]
        label = name if name in self._sources else "unknown"
        counts: dict[str, object] = {}
        try:
            if self._working >= self._settings.max_concurrent:
                raise Refused(429, "busy", retry_after=1)
            self._working += 1
            try:
                events = await self._authentic_events(request, name)
                counts = {"hints": len(events.hints), "ignored": len(events.ignored)}
                counts |= {"event_id": events.hints[0].key} if events.hints else {}
                await self._make_durable(name, events)
            finally:
                self._working -= 1
            verdict, answer = "accepted" if events.hints else "ignored", Response(status_code=200)
        except Refused as refused:
            verdict, answer = refused.cause, _answer(refused)
        seconds = time.monotonic() - started
        VERDICTS.labels(label, verdict).inc()
        LATENCY.labels(label).observe(seconds)
        log.info("webhook", connection=label, verdict=verdict, latency_ms=round(seconds * 1000), **counts)
        return answer

    async def _authentic_events(self, request: Request, name: str) -> WebhookEvents:
        check_envelope(request)
        body = await read_body(request, limit=self._settings.max_body_bytes, within=BODY_TIME)
        source = self._sources.get(name)
        if source is None:
            # The same work as a real check, so that the time of a 401 does not tell names apart.
            hmac.compare_digest(hmac.digest(self._decoy, body, hashlib.sha256), self._decoy)
            raise Refused(401, "unknown_connection")
        query = f"?{request.url.query}" if request.url.query else ""
        delivery = WebhookRequest(
            url=f"{self._settings.public_url.rstrip('/')}{request.url.path}{query}",
            headers={k.lower(): v for k, v in request.headers.items()},
            body=body,
            received_at=datetime.now(UTC),
        )
        try:
            source.authenticate(delivery)
        except WebhookRejected as rejected:
            raise Refused(401, rejected.cause) from rejected
        try:
            return source.parse(body)
        except UnreadableBody as unreadable:
            await self._quarantine(name, str(unreadable), body)
            raise Refused(200, "quarantined") from unreadable

    async def _make_durable(self, name: str, events: WebhookEvents) -> None:
        for element in events.unreadable:
            await self._quarantine(name, "an element has not the documented shape", element.encode())
        by_deal: dict[str, Hint] = {hint.id: hint for hint in events.hints}
        try:
            async with asyncio.timeout(self._settings.deadline.total_seconds()), asyncio.TaskGroup() as group:
                for hint in by_deal.values():
                    group.create_task(self._start(name, hint))
        except (TimeoutError, ExceptionGroup) as error:
            log.warning("webhook.not_durable", connection=name, error=type(error).__name__)
            raise Refused(503, "temporal_unavailable", retry_after=COME_BACK_SECONDS) from error

    async def _start(self, name: str, hint: Hint) -> None:
        try:
            await deal_changed(
                self._client,
                DealRef(connection=name, id=hint.id),
                key=hint.key,
                within=self._settings.deadline,
            )
        except RPCError as error:
            # RESOURCE_EXHAUSTED is an overload: the vendor comes again. A hint is never too large.
            if error.status is not RPCStatusCode.INVALID_ARGUMENT:
                raise
            await self._quarantine(
                name, f"Temporal refused it: {error.status.name}", hint.model_dump_json().encode()
            )

    async def _quarantine(self, name: str, reason: str, raw: bytes) -> None:
        try:
            await self._records.quarantine.put(name, reason, raw)
        except RecordsUnavailable as error:
            raise Refused(503, "records_unavailable", retry_after=COME_BACK_SECONDS) from error

    async def healthz(self, _: Request) -> Response:
        """Say that the process is alive."""
        return Response("ok\n")

    async def readyz(self, _: Request) -> Response:
        """Say whether deliveries can be accepted: Temporal answers and the records are migrated."""
        try:
            async with asyncio.timeout(self._settings.deadline.total_seconds()):
                serving = await self._client.service_client.check_health()
            ready = serving and await self._records.migrated()
        except (RPCError, RuntimeError, TimeoutError, RecordsUnavailable):
            ready = False
        return Response("ready\n" if ready else "not ready\n", status_code=200 if ready else 503)


def _answer(refused: Refused) -> Response:
    headers = {"Retry-After": str(refused.retry_after)} if refused.retry_after else {}
    if refused.status == 405:
        headers["Allow"] = "POST"
    return Response(status_code=refused.status, headers=headers)
