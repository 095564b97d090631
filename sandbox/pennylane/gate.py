"""What every request passes before an operation runs, and how its answer leaves."""

import json
import math
import re
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.core.limits import Window
from sandbox.core.vendor import actor_of, committed, instant_of, staleness
from sandbox.mailbox.mailbox import Mailbox
from sandbox.pennylane import errors
from sandbox.pennylane.call import Call, Operation
from sandbox.pennylane.errors import Json, Refused, malformed
from sandbox.pennylane.oauth import Tokens, allowed
from sandbox.pennylane.settings import TOKEN, PennylaneSettings
from sandbox.pennylane.store import Company


class Gate:
    """Token, limit, path, scope, body: in this order. A person passes without token, limit and scope."""

    def __init__(self, company: Company, mailbox: Mailbox) -> None:
        self._company = company
        self._mailbox = mailbox
        self.reset()

    def reset(self) -> None:
        self.tokens = Tokens()
        self._windows: dict[str, Window] = {}

    async def answer(self, request: Request, offered: Iterable[Operation], path: str) -> Response:
        body = await request.body()
        headers: dict[str, str] = {}
        try:
            scopes, token = self._scopes(request)
            if token:
                headers, wait = self._counted(token)
                if wait:
                    return errors.too_many(wait, headers)
            operation, ids = find(offered, request.method, path)
            if token and not allowed(scopes, operation.needed):
                raise errors.forbidden(operation.needed[0])
            call = self._call(request, _given(operation, body), ids, scopes, token)
            answer = self._run(operation, call, request)
        except Refused as refused:
            return refused.response(headers, guide=self._settings.guide_errors)
        for letter in call.letters:
            await self._mailbox.send(letter)
        if operation.status == 204:
            return Response(status_code=204, headers=headers)
        return JSONResponse(answer, operation.status, headers)

    def _run(self, operation: Operation, call: Call, request: Request) -> Any:
        """Nothing awaits in here."""
        before = self._company.changes
        try:
            return operation.run(call)
        finally:
            if self._company.changes != before:
                committed(request)

    def _scopes(self, request: Request) -> tuple[tuple[str, ...], str]:
        """What the caller may, and the token that says so; no token for a person."""
        settings = self._settings
        if actor_of(request):
            return tuple(settings.scopes), ""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme == "Bearer" and token == TOKEN and not settings.token_revoked:
            return tuple(settings.scopes), token
        grant = self.tokens.find(token) if scheme == "Bearer" else None
        if grant is None:
            raise errors.unauthorized()
        return grant.scopes, token

    def _counted(self, token: str) -> tuple[dict[str, str], int]:
        """The headers of every answer (pennylane.md 8), and the seconds to wait; 0: go on."""
        settings = self._settings
        window = self._windows.setdefault(token, Window(settings.window_seconds))
        taken = not settings.rate_limits or window.take(settings.requests)
        headers = {
            "ratelimit-limit": str(settings.requests),
            "ratelimit-remaining": str(max(0, settings.requests - window.count())),
            "ratelimit-reset": str(math.ceil(time.time() + window.wait())),
        }
        return headers, 0 if taken else max(1, math.ceil(window.wait()))

    def _call(
        self, request: Request, given: Json, ids: tuple[int, ...], scopes: tuple[str, ...], token: str
    ) -> Call:
        at = instant_of(request)
        return Call(
            company=self._company,
            ids=ids,
            given=given,
            query=dict(request.query_params),
            pages=f"{request.url.scheme}://{request.url.netloc}{request.scope['root_path']}",
            now=self._company.now() if at is None else datetime.fromtimestamp(at, UTC),
            scopes=scopes,
            by_app=token not in ("", TOKEN),
            hidden_for=staleness(request),
        )

    @property
    def _settings(self) -> PennylaneSettings:
        return self._company.settings


def find(offered: Iterable[Operation], method: str, path: str) -> tuple[Operation, tuple[int, ...]]:
    """The operation that a path names, and the ids in it. A path that there is not is a 404."""
    for each in offered:
        found = (
            re.fullmatch(each.path.replace("{id}", r"(\d{1,18})"), path) if each.method == method else None
        )
        if found:
            return each, tuple(map(int, found.groups()))
    raise errors.not_found()


def _given(operation: Operation, body: bytes) -> Json:
    if operation.body is None or (operation.optional and not body.strip()):
        return {}
    try:
        sent = json.loads(body)
    except ValueError:
        raise malformed("ValidateError", "The request body is not valid JSON") from None
    found: Json = operation.body(sent, "")
    return found
