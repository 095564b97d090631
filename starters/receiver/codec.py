"""The codec endpoint of the Web UI: `POST /decode`, decode only, one origin, one user or proxy."""

import hmac
import json
import time
from collections.abc import Sequence
from datetime import timedelta

import structlog
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from temporalio.api.common.v1 import Payloads

from raccord.records.database import RecordsUnavailable
from raccord.records.records import Records
from raccord.sealing import CannotUnseal, UnknownKey
from raccord.temporal.codec import SealingCodec
from starters.receiver.body import Refused, read_body
from starters.receiver.owner import is_ours

log = structlog.get_logger()

MAX_BODY = 4 * 1024 * 1024
BODY_TIME = timedelta(seconds=5)
MAX_PER_SECOND = 200
"""The Web UI asks once per event of a history page."""


class CodecEndpoint:
    """Hands out plain text, for a page of our UI; leaves an audit row.

    Without a `token` it does so to processes of the user who runs it, and to nobody else.

    Any process can claim an origin, and what the UI is told every user of the machine can read: its
    settings, its arguments. So it is the kernel that says whose the connection is. Whoever runs as that
    user can read the key file anyway. Elsewhere a reverse proxy stands before it, which asks a person who
    they are and says the `token` for them.
    """

    def __init__(
        self, codec: SealingCodec, records: Records, origins: Sequence[str], *, token: str = ""
    ) -> None:
        self._codec = codec
        self._records = records
        self._origins = origins
        self._said = f"Bearer {token}".encode() if token else b""
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
        try:
            plain = await self._decoded(request)
        except Refused as refused:
            log.warning("codec.refused", cause=refused.cause)
            headers = {"Retry-After": str(refused.retry_after)} if refused.retry_after else {}
            return Response(status_code=refused.status, headers=headers)
        return JSONResponse(MessageToDict(plain))

    async def _decoded(self, request: Request) -> Payloads:
        if request.headers.get("origin") not in self._origins:
            raise Refused(403, "origin")
        if not await self._believes(request):
            raise Refused(403, "another_user")
        if self._over_limit():
            raise Refused(429, "busy", retry_after=1)
        sealed = _payloads(await read_body(request, limit=MAX_BODY, within=BODY_TIME))
        try:
            plain = [self._codec.unsealed(payload) for payload in sealed.payloads]
            await self._note(len(plain))
        except (ValueError, UnknownKey, CannotUnseal) as error:
            raise Refused(400, type(error).__name__) from error
        except RecordsUnavailable as error:
            raise Refused(503, "records_unavailable", retry_after=1) from error
        return Payloads(payloads=plain)

    async def _believes(self, request: Request) -> bool:
        if self._said:
            # Bytes: on text, a character beyond ASCII raises.
            said = request.headers.get("authorization", "").encode("utf-8", "replace")
            return hmac.compare_digest(said, self._said)
        return await is_ours(request.scope["client"], request.scope["server"])

    async def _note(self, count: int) -> None:
        await self._records.audit.note(
            effect="codec.decode",
            object="temporal/payloads",
            actor="web-ui",
            cause="POST /decode",
            detail={"payloads": count},
        )

    def _over_limit(self) -> bool:
        now = int(time.monotonic())
        if now != self._second:
            self._second, self._count = now, 0
        self._count += 1
        return self._count > MAX_PER_SECOND


def _payloads(body: bytes) -> Payloads:
    try:
        return ParseDict(json.loads(body), Payloads())
    except (ValueError, ParseError, TypeError, RecursionError) as error:
        raise Refused(400, "no_payloads") from error
