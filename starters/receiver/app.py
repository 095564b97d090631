"""`POST /webhooks/<connection>`, `POST /slack/actions`, `/healthz` and `/readyz`.

Events of other tools arrive at `/webhooks/events`, or below the name of another `inbound` connection.

An answer never says why: the reason is in the log and in the metrics. 2xx means durable, in
Temporal or in quarantine. Nothing is queued in memory.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeAlias, TypeVar

import structlog
from prometheus_client import Counter, Histogram
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from temporalio.client import Client
from temporalio.service import RPCError

from raccord.connectors.capabilities import IdShape
from raccord.connectors.webhooks import Hint, HintKind, UnreadableBody, WebhookEvents, WebhookSource
from raccord.domain.values.message import message
from raccord.records.database import RecordsUnavailable
from raccord.records.records import Records
from raccord.settings.model import Receiver as ReceiverSettings
from starters.receiver.authentic import Authenticate, authentic_body, believing_nobody
from starters.receiver.body import FORM, JSON, Refused
from starters.receiver.deliveries import Deliveries
from starters.receiver.in_time import COME_BACK_SECONDS, RecordsInTime, accepted
from starters.receiver.presses import MOST_PRESSES, Buttons, start_press
from starters.receiver.tally import Tally

log = structlog.get_logger()

VERDICTS = Counter("raccord_webhooks", "Webhook deliveries by verdict", ["connection", "verdict"])
LATENCY = Histogram("raccord_webhook_seconds", "Time to answer a webhook delivery", ["connection"])
# Refused by us and not by the router, so that every refusal is counted.
EVERY_METHOD: list[str] = []
START_HEADER = "Raccord-Start"
LONGEST_PATH = 80
EVENTS = "events"
"""The connection of other tools' events, whose address is promised by that name."""
NO_PRESS = "no press of ours"

T = TypeVar("T")
Counts: TypeAlias = dict[str, object]


class Receiver:
    """Takes deliveries of the configured connections.

    `client` may be connected lazily: while Temporal is away, or not known to be `ours`, every delivery is
    answered 503 with `Retry-After`, so that the vendor comes again. `decoy` checks, as a real connection
    would, what is sent to a name that nobody has: the time of a refusal does not tell names apart. `start`:
    what `/readyz` answers to who started us, so that it knows us from a stranger on the same port. `in_step`:
    whether customers are kept in step, so that their changes matter. `holders`: what kinds of record each
    connection holds and how it writes their ids, for events that name a record of another one than their
    sender's.
    """

    def __init__(
        self,
        client: Client,
        records: Records,
        sources: Mapping[str, WebhookSource],
        settings: ReceiverSettings,
        *,
        ours: asyncio.Event,
        buttons: Buttons | None = None,
        decoy: Authenticate | None = None,
        start: str = "",
        in_step: bool = False,
        holders: Mapping[str, Mapping[HintKind, IdShape]] | None = None,
    ) -> None:
        self._ours = ours
        self._start = start
        self._client = client
        self._records = records
        self._in_time = RecordsInTime(
            records, patience=settings.deadline, most_writing=max(1, settings.max_concurrent // 2)
        )
        self._deliveries = Deliveries(client, self._in_time, within=settings.deadline, in_step=in_step)
        self._tally = Tally(records)
        self._sources = sources
        self._settings = settings
        self._buttons = buttons
        self._nobody = believing_nobody(decoy)
        self._holders = holders or {}
        self._working = 0

    def app(self) -> Starlette:
        app = Starlette(
            routes=[
                Route(f"/webhooks/{EVENTS}", self.receive, methods=EVERY_METHOD),
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
        name = request.path_params.get("connection", EVENTS)
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
        authenticate = source.authenticate if source else self._nobody
        body = await authentic_body(request, JSON, authenticate, self._settings)
        if source is None:
            return {}
        with self._place() as until:
            events = await self._parsed(name, body, source.parse, until)
            if any(self._nobodys(hint) for hint in events.hints):
                reason = message("quarantine.nobodys")
                await self._in_time.set_aside(name, reason, body, until)
                raise Refused(200, "quarantined")
            if events.hints:
                self._refuse_unproven()
            nobodys = await self._deliveries.make_durable(name, events, body, until)
        self._tally.note(name, (*events.ignored, *nobodys))
        return _counts(events)

    def _nobodys(self, hint: Hint) -> bool:
        if not hint.connection:
            return False
        shape = self._holders.get(hint.connection, {}).get(hint.kind)
        # What is no id may be a name, which is to stand in no flow's id.
        return shape is None or not shape.fits(hint.id)

    async def _take_press(self, request: Request) -> Counts:
        buttons = self._buttons
        authenticate = buttons.source.authenticate if buttons else self._nobody
        body = await authentic_body(request, FORM, authenticate, self._settings)
        if buttons is None:
            return {}
        name = buttons.connection
        with self._place() as until:
            presses = await self._parsed(name, body, buttons.source.parse, until)
            if len(presses) > MOST_PRESSES:
                reason = message("quarantine.many_presses", most=MOST_PRESSES)
                await self._in_time.set_aside(name, reason, body, until)
                raise Refused(200, "quarantined")
            self._refuse_unproven()
            starts = [start_press(self._client, buttons, press, self._settings.deadline) for press in presses]
            await accepted(name, starts, until)
        if not presses:
            self._tally.note(name, [NO_PRESS])
        return {"hints": len(presses)}

    @contextmanager
    def _place(self) -> Iterator[float]:
        """Take one of the places until the deadline, which is yielded. Only the authentic come so far."""
        if self._working >= self._settings.max_concurrent:
            raise Refused(429, "busy", retry_after=1)
        self._working += 1
        try:
            yield asyncio.get_running_loop().time() + self._settings.deadline.total_seconds()
        finally:
            self._working -= 1

    async def _parsed(self, name: str, body: bytes, parse: Callable[[bytes], T], until: float) -> T:
        try:
            return parse(body)
        except UnreadableBody as unreadable:
            await self._in_time.set_aside(name, unreadable.why, body, until)
            raise Refused(200, "quarantined") from unreadable

    def _refuse_unproven(self) -> None:
        if not self._ours.is_set():
            raise Refused(503, "temporal_unproven", retry_after=COME_BACK_SECONDS)

    async def keep_counting(self) -> None:
        """Write down what was ignored and why, until cancelled."""
        await self._tally.keep_writing()

    async def healthz(self, _: Request) -> Response:
        """Say that the process is alive."""
        return Response("ok\n")

    async def readyz(self, _: Request) -> Response:
        """Say whether deliveries can be accepted: Temporal answers and the records are migrated."""
        try:
            async with asyncio.timeout(self._settings.deadline.total_seconds()):
                serving = self._ours.is_set() and await self._client.service_client.check_health()
                ready = serving and await self._records.migrated()
        except (RPCError, RuntimeError, TimeoutError, RecordsUnavailable):
            ready = False
        return Response(
            "ready\n" if ready else "not ready\n",
            status_code=200 if ready else 503,
            headers={START_HEADER: self._start} if self._start else None,
        )


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
