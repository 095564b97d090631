"""What stands between the wire and a simulated vendor: it logs each request and applies faults."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable
from email.utils import formatdate
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Router
from starlette.types import Message, Receive, Scope, Send

from sandbox.core.answers import id_of, send_slowly, with_field
from sandbox.core.exchanges import Exchange, ExchangeLog
from sandbox.core.faults import Effect, Faults, Rule
from sandbox.core.vendor import AnswersInPart, RemembersAnswers, Vendor

ABORT = "sandbox.abort"
_PROXY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"


class VendorFront:
    """The ASGI application of one vendor.

    The server puts a function that aborts the connection into the scope, under `ABORT`.
    """

    def __init__(self, vendor: Vendor, *, log: ExchangeLog, faults: Faults) -> None:
        self._vendor = vendor
        self._log = log
        self._faults = faults
        self._router = Router(routes=vendor.routes())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await _body(receive)
        exchange = self._opened(scope, body)
        scope.setdefault("state", {})["exchange"] = exchange
        began = time.perf_counter()
        await self._answer(exchange, scope, receive, send, body)
        exchange.seconds = round(time.perf_counter() - began, 6)

    async def _answer(
        self, exchange: Exchange, scope: Scope, receive: Receive, send: Send, body: bytes
    ) -> None:
        rule = self._faults.pick(exchange)
        handle = self._noting(exchange, _handler(self._router, scope, body))
        answer = await (self._answer_with_fault(rule, exchange, scope, handle) if rule else handle())
        if answer is None:
            await _abort(scope, receive)
            return
        exchange.status = answer.status_code
        match rule.effect if rule else None:
            case Effect(kind="truncated"):
                await send_slowly(answer, send, seconds=0, part=0.5)
                await _abort(scope, receive)
            case Effect(kind="drip", value=seconds):
                await send_slowly(answer, send, seconds=seconds, part=1)
            case _:
                await answer(scope, receive, send)
        if rule and rule.when == "answered":
            _kill(rule.effect)

    def _noting(
        self, exchange: Exchange, handle: Callable[[], Awaitable[Response]]
    ) -> Callable[[], Awaitable[Response]]:
        """What the handler creates is noted, whatever becomes of its answer."""

        async def noted() -> Response:
            answer = await handle()
            if exchange.committed and (id_ := id_of(answer)):
                self._faults.created(exchange, id_)
            return answer

        return noted

    def _opened(self, scope: Scope, body: bytes) -> Exchange:
        path = scope["path"].removeprefix("/" + self._vendor.name)
        return self._log.open(
            vendor=self._vendor.name,
            method=scope["method"],
            path=path,
            query=parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True),
            body=body,
            headers=scope["headers"],
            mutating=self._vendor.mutating(scope["method"], path),
        )

    async def _answer_with_fault(
        self, rule: Rule, exchange: Exchange, scope: Scope, handle: Callable[[], Awaitable[Response]]
    ) -> Response | None:
        """The answer under `rule`; None when the connection is to be aborted without one."""
        match rule.when, rule.effect.kind:
            case ("answered", _) | (_, "truncated" | "drip"):
                return await handle()
            case "before", "stale":
                scope["state"]["stale"] = rule.effect.value
                return await handle()
            case "before", "latency":
                await asyncio.sleep(rule.effect.value)
                return await handle()
            case "before", _:
                return await self._replaced(rule.effect, exchange, None)
            case "after", "partial" | "without" | "unknown":
                return self._changed(rule, exchange, await handle())
        return await self._replaced(rule.effect, exchange, await handle())

    def _changed(self, rule: Rule, exchange: Exchange, handled: Response) -> Response:
        """The answer as `rule` changes it; one in which there is nothing to change goes out as it is."""
        changed: Response | None = None
        if rule.effect.kind == "partial":
            if isinstance(self._vendor, AnswersInPart):
                changed = self._vendor.in_part(handled)
        else:
            changed = with_field(handled, rule.effect)
        if changed is None:
            rule.missed()
            exchange.fault = None
        return changed or handled

    async def _replaced(
        self, effect: Effect, exchange: Exchange, handled: Response | None
    ) -> Response | None:
        match effect.kind:
            case "redirect":
                return Response(status_code=302, headers={"location": effect.text})
            case "status":
                return self._error(effect, exchange, store=effect.stored or handled is not None)
            case "malformed":
                whole = bytes(handled.body) if handled else b'{"id":"","object":"'
                return Response(whole[: max(1, len(whole) // 2)], media_type="application/json")
            case "html":
                return Response(_PROXY_PAGE, media_type="text/html")
            case "latency":
                await asyncio.sleep(effect.value)
                return handled
            case "timeout":
                await asyncio.sleep(effect.value)
            case "kill":
                _kill(effect)
        return None

    def _error(self, effect: Effect, exchange: Exchange, *, store: bool) -> Response:
        status = int(effect.value)
        answer = self._vendor.refusal(status, exchange)
        if effect.retry_after is not None:
            answer.headers["retry-after"] = effect.retry_after
        if effect.retry_at is not None:
            answer.headers["retry-after"] = formatdate(time.time() + effect.retry_at, usegmt=True)
        if store and status >= 500 and isinstance(self._vendor, RemembersAnswers):
            self._vendor.remember(exchange, answer)
        return answer


async def _body(receive: Receive) -> bytes:
    chunks, more = [], True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


def _handler(router: Router, scope: Scope, body: bytes) -> Callable[[], Awaitable[Response]]:
    """Run the vendor's own handler and keep its answer instead of sending it."""

    async def handle() -> Response:
        answer = Response()
        chunks: list[bytes] = []

        async def replay() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def keep(message: Message) -> None:
            match message["type"]:
                case "http.response.start":
                    answer.status_code = message["status"]
                    answer.raw_headers = list(message["headers"])
                case "http.response.body":
                    chunks.append(message.get("body", b""))

        try:
            await router(scope, replay, keep)
        except HTTPException as refused:
            return JSONResponse({"message": refused.detail}, status_code=refused.status_code)
        answer.body = b"".join(chunks)
        return answer

    return handle


def _kill(effect: Effect) -> None:
    # Only pids that a test set-up on this machine put into a rule; a process that is gone already is fine.
    try:
        os.kill(int(effect.value), signal.SIGKILL)
    except ProcessLookupError:
        return


async def _abort(scope: Scope, receive: Receive) -> None:
    """Close the connection without an answer, and wait until the server has noticed."""
    abort = scope.get(ABORT)
    if abort is None:
        raise ConnectionResetError("the simulated vendor closed the connection without an answer")
    abort()
    while (await receive())["type"] != "http.disconnect":
        continue
