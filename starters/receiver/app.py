"""`POST /webhooks/<connection>`, `POST /slack/actions`, `/healthz` and `/readyz`.

An answer never says why: the reason is in the log and in the metrics. 2xx means durable, in
Temporal or in quarantine. Nothing is queued in memory.
"""

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias, TypeVar

import structlog
from prometheus_client import Counter, Histogram
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from raccord.connectors.webhooks import (
    Hint,
    HintKind,
    UnreadableBody,
    WebhookEvents,
    WebhookRejected,
    WebhookRequest,
    WebhookSource,
)
from raccord.domain.desk.question import watch_key
from raccord.domain.values.subject import Subject
from raccord.records.database import RecordsUnavailable
from raccord.records.records import Records
from raccord.settings.model import Receiver as ReceiverSettings
from raccord.temporal.flows import ROUTES, Changed, FlowType, flow_of, wake
from starters.receiver.body import FORM, JSON, Refused, check_envelope, read_body
from starters.receiver.presses import Buttons, start_press

log = structlog.get_logger()

VERDICTS = Counter("raccord_webhooks", "Webhook deliveries by verdict", ["connection", "verdict"])
LATENCY = Histogram("raccord_webhook_seconds", "Time to answer a webhook delivery", ["connection"])
COME_BACK_SECONDS = 30
# Refused by us and not by the router, so that every refusal is counted.
EVERY_METHOD: list[str] = []
BODY_TIME = timedelta(seconds=5)
LONGEST_PATH = 80
MAX_STARTS = 200
"""More could not be started before the deadline, at no redelivery. Vendors send up to 100 events at once."""

T = TypeVar("T")
Counts: TypeAlias = dict[str, object]


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
        *,
        buttons: Buttons | None = None,
    ) -> None:
        self._client = client
        self._records = records
        self._sources = sources
        self._settings = settings
        self._buttons = buttons
        self._decoy = secrets.token_bytes(32)
        self._working = 0

    def app(self) -> Starlette:
        app = Starlette(
            routes=[
                Route("/webhooks/{connection}", self.receive, methods=EVERY_METHOD),
                Route("/slack/actions", self.press, methods=EVERY_METHOD),
                Route("/healthz", self.healthz),
                Route("/readyz", self.readyz),
            ],
            exception_handlers={HTTPException: _misdirected},
        )
        # A redirect would repeat whatever host the request names.
        app.router.redirect_slashes = False
        return app

    async def receive(self, request: Request) -> Response:
        """Answer one delivery of a connection."""
        name = request.path_params["connection"]
        label = name if name in self._sources else "unknown"
        return await self._answered(label, lambda: self._take_delivery(request, name))

    async def press(self, request: Request) -> Response:
        """Answer one pressed button."""
        label = self._buttons.connection if self._buttons else "unknown"
        return await self._answered(label, lambda: self._take_press(request))

    async def _answered(self, label: str, take: Callable[[], Awaitable[Counts]]) -> Response:
        """Take one request within the limits, log and count its verdict."""
        started = time.monotonic()
        counts: Counts = {}
        try:
            counts = await take()
            verdict, answer = _verdict(counts), Response(status_code=200)
        except Refused as refused:
            verdict, answer = refused.cause, _answer(refused)
        seconds = time.monotonic() - started
        VERDICTS.labels(label, verdict).inc()
        LATENCY.labels(label).observe(seconds)
        log.info("webhook", connection=label, verdict=verdict, latency_ms=round(seconds * 1000), **counts)
        return answer

    async def _take_delivery(self, request: Request, name: str) -> Counts:
        source = self._sources.get(name)
        body = await self._authentic_body(request, JSON, source.authenticate if source else None)
        with self._place():
            events = await self._parsed(name, body, source.parse) if source else WebhookEvents()
            told = {(hint.kind, hint.id): hint for hint in events.hints}
            await self._set_aside_beyond_measure(name, len(told), body)
            if events.unreadable:
                # Together: a transaction for each of thousands would outlast the vendor's patience.
                raw = f"[{','.join(events.unreadable)}]".encode()
                await self._quarantine(name, "elements have not the documented shape", raw)
            await self._make_durable(name, [self._tell(name, hint) for hint in told.values()])
        return _counts(events)

    async def _take_press(self, request: Request) -> Counts:
        buttons = self._buttons
        body = await self._authentic_body(request, FORM, buttons.source.authenticate if buttons else None)
        if buttons is None:
            return {}
        with self._place():
            presses = await self._parsed(buttons.connection, body, buttons.source.parse)
            await self._set_aside_beyond_measure(buttons.connection, len(presses), body)
            starts = [start_press(self._client, buttons, press, self._settings.deadline) for press in presses]
            await self._make_durable(buttons.connection, starts)
        return {"hints": len(presses)}

    @contextmanager
    def _place(self) -> Iterator[None]:
        """Take one of the places at Temporal. Only the authentic come so far: nobody else can fill them."""
        if self._working >= self._settings.max_concurrent:
            raise Refused(429, "busy", retry_after=1)
        self._working += 1
        try:
            yield
        finally:
            self._working -= 1

    async def _authentic_body(
        self, request: Request, media_type: str, authenticate: Callable[[WebhookRequest], None] | None
    ) -> bytes:
        check_envelope(request, media_type)
        body = await read_body(request, limit=self._settings.max_body_bytes, within=BODY_TIME)
        if authenticate is None:
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
            authenticate(delivery)
        except WebhookRejected as rejected:
            raise Refused(401, rejected.cause) from rejected
        return body

    async def _parsed(self, name: str, body: bytes, parse: Callable[[bytes], T]) -> T:
        try:
            return parse(body)
        except UnreadableBody as unreadable:
            await self._quarantine(name, str(unreadable), body)
            raise Refused(200, "quarantined") from unreadable

    async def _set_aside_beyond_measure(self, name: str, starts: int, body: bytes) -> None:
        if starts > MAX_STARTS:
            await self._quarantine(name, f"it would start more than {MAX_STARTS} flows", body)
            raise Refused(200, "quarantined")

    async def _make_durable(self, name: str, starts: list[Coroutine[Any, Any, None]]) -> None:
        try:
            async with asyncio.timeout(self._settings.deadline.total_seconds()), asyncio.TaskGroup() as group:
                for start in starts:
                    group.create_task(start)
        except (TimeoutError, ExceptionGroup) as error:
            log.warning("webhook.not_durable", connection=name, error=type(error).__name__)
            raise Refused(503, "temporal_unavailable", retry_after=COME_BACK_SECONDS) from error

    async def _tell(self, name: str, hint: Hint) -> None:
        """Wake the flows that are about the record, and then those that it concerns, each once."""
        woken: set[str] = set()
        for flow in ROUTES.get(hint.kind, ()):
            subject = Subject(kind=flow.about, connection=name, id=hint.id)
            await self._wake(name, flow, subject, hint)
            woken.add(flow.id_of(subject))
        for id in await self._concerned(watch_key(name, hint.kind.value, hint.id), hint) - woken:
            if found := flow_of(id):
                await self._wake(name, *found, hint)

    async def _concerned(self, key: str, hint: Hint) -> frozenset[str]:
        """Return the flows that wait for a record, and those of invoiced deals that it is a part of.

        A company's ordinary changes do not touch what was invoiced to it; its merger may.
        """
        flows = frozenset(await self._records.waiting.watching(key))
        if hint.kind is HintKind.LINE_ITEM or hint.merged:
            flows |= frozenset(await self._records.followed.flows_of(key))
        return flows

    async def _wake(self, name: str, flow: FlowType, subject: Subject, hint: Hint) -> None:
        try:
            await wake(self._client, flow, subject, Changed(key=hint.key), within=self._settings.deadline)
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


async def _misdirected(request: Request, error: Exception) -> Response:
    """Refuse a path that nobody listens on, and note it: a misdirected sender shows nowhere else."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
    VERDICTS.labels("unknown", "misdirected").inc()
    path = str(request.scope["path"])[:LONGEST_PATH]
    log.info("webhook", connection="unknown", verdict="misdirected", path=path)
    return Response(status_code=error.status_code, headers=error.headers)


def _counts(events: WebhookEvents) -> Counts:
    counts: Counts = {"hints": len(events.hints), "ignored": len(events.ignored)}
    if events.unreadable:
        counts["unreadable"] = len(events.unreadable)
    return counts | ({"event_id": events.hints[0].key} if events.hints else {})


def _verdict(counts: Counts) -> str:
    if counts.get("hints"):
        return "accepted"
    return "quarantined" if counts.get("unreadable") else "ignored"


def _answer(refused: Refused) -> Response:
    headers = {"Retry-After": str(refused.retry_after)} if refused.retry_after else {}
    if refused.status == 405:
        headers["Allow"] = "POST"
    return Response(status_code=refused.status, headers=headers)
