"""The codec endpoint of the Web UI: `POST /decode`, decode only, on loopback, for one exact origin."""

import time

import structlog
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from temporalio.api.common.v1 import Payloads

from raccord.records.records import Records
from raccord.sealing import CannotUnseal, UnknownKey
from raccord.temporal.codec import SealingCodec

log = structlog.get_logger()

MAX_BODY = 4 * 1024 * 1024
MAX_PER_SECOND = 200
"""The Web UI asks once per event of a history page."""


class CodecEndpoint:
    """Hands out plain text, so it is bound to loopback, answers only our UI, and leaves an audit row."""

    def __init__(self, codec: SealingCodec, records: Records, origins: list[str]) -> None:
        self._codec = codec
        self._records = records
        self._origins = origins
        self._second, self._count = 0, 0

    def app(self) -> Starlette:
        cors = Middleware(
            CORSMiddleware,
            allow_origins=self._origins,
            allow_methods=["POST"],
            allow_headers=["content-type", "x-namespace", "authorization"],
        )
        return Starlette(routes=[Route("/decode", self.decode, methods=["POST"])], middleware=[cors])

    async def decode(self, request: Request) -> Response:
        """Decode `Payloads` in Temporal's JSON form."""
        if request.headers.get("origin") not in self._origins:
            return Response(status_code=403)
        if self._over_limit():
            return Response(status_code=429, headers={"Retry-After": "1"})
        body = await request.body()
        if len(body) > MAX_BODY:
            return Response(status_code=413)
        try:
            sealed = ParseDict(await request.json(), Payloads())
            plain = [self._codec.unsealed(payload) for payload in sealed.payloads]
        except (ValueError, ParseError, UnknownKey, CannotUnseal) as error:
            log.warning("codec.refused", error=type(error).__name__)
            return Response(status_code=400)
        await self._records.audit.note(
            effect="codec.decode",
            object="temporal/payloads",
            actor="web-ui",
            cause="POST /decode",
            detail={"payloads": len(plain)},
        )
        return JSONResponse(MessageToDict(Payloads(payloads=plain)))

    def _over_limit(self) -> bool:
        now = int(time.monotonic())
        if now != self._second:
            self._second, self._count = now, 0
        self._count += 1
        return self._count > MAX_PER_SECOND
