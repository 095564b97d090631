"""The simulated Notion, put together."""

import json
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.core.delivery import Delivery
from sandbox.core.exchanges import Exchange
from sandbox.core.vendor import actor_of, committed, exchange_of, staleness
from sandbox.mailbox.mailbox import Mailbox
from sandbox.notion import api, databases, errors, seed
from sandbox.notion.call import Call, uuid_of
from sandbox.notion.errors import Json, Refused, invalid
from sandbox.notion.picture import shown
from sandbox.notion.settings import LATEST, SPLIT, TOKEN, VENDOR, NotionSettings
from sandbox.notion.view import View

_API = "/v1"
_PER_SECOND = 3
"""notion.md 4: an average of 3 requests a second, bursts tolerated."""


@dataclass(frozen=True)
class _Operation:
    method: str
    path: re.Pattern[str]
    run: Callable[[Call], Json]
    needs: str | None
    writes: bool = False


class NotionVendor:
    """One workspace with one internal integration.

    Calls with the token are the integration's. The header `X-Sandbox-Actor` makes one that of a person, who
    sees every page and needs no version.
    """

    name = VENDOR

    def __init__(self, *, delivery: Delivery) -> None:
        self._delivery = delivery
        NotionSettings().register(delivery, VENDOR, secret="")
        self.reset()

    def reset(self) -> None:
        self._workspace = seed.workspace()
        self._bucket: tuple[float, float] | None = None

    def routes(self) -> list[BaseRoute]:
        every = ["GET", "POST", "PATCH", "PUT", "DELETE"]
        return [
            Route("/console/connections/{page}", self._connection, methods=["PUT", "DELETE"]),
            Route(_API + "/{rest:path}", self._api, methods=every),
        ]

    def state(self) -> dict[str, Any]:
        """Pages with what is on them, and databases with their rows, as people read them."""
        return shown(self._workspace)

    def mutating(self, method: str, path: str) -> bool:
        return method != "GET" and not path.endswith("/query")

    def refusal(self, status: int, exchange: Exchange) -> Response:  # noqa: ARG002 - one for all requests
        request_id = _request_id()
        match status:
            case 401:
                return errors.unauthorized().response(request_id)
            case 403:
                return errors.restricted().response(request_id)
            case 429:
                return errors.rate_limited(self._settings.retry_after).response(request_id)
        return errors.failure(status, request_id)

    async def _api(self, request: Request) -> Response:
        body, request_id = await request.body(), _request_id()
        try:
            answer = self._answered(request, body)
        except Refused as refused:
            return refused.response(request_id)
        return JSONResponse(answer | {"request_id": request_id})

    def _answered(self, request: Request, body: bytes) -> Json:
        """Token, version, limit, path, capability, body: in this order. Nothing awaits in here."""
        settings, app = self._settings, actor_of(request) is None
        if app:
            self._authenticate(request)
        version = _version(request) if app else LATEST
        if app:
            self._take()
        operation, id_ = _operation(request.method, exchange_of(request).path.removeprefix(_API))
        if app and operation.needs and operation.needs not in settings.capabilities:
            raise errors.restricted()
        origin = f"{request.url.scheme}://{request.url.netloc}"
        call = Call(
            workspace=self._workspace,
            settings=settings,
            version=version,
            view=View(self._workspace, version, origin),
            given=self._given(request, body),
            app=app,
            id=id_,
            hidden_for=staleness(request),
        )
        answer = operation.run(call)
        if operation.writes:
            committed(request)
        return answer

    def _authenticate(self, request: Request) -> None:
        if request.headers.get("authorization") != f"Bearer {TOKEN}" or self._settings.token_revoked:
            raise errors.unauthorized()

    def _take(self) -> None:
        settings = self._settings
        if not settings.rate_limits:
            return
        now = time.monotonic()
        left, at = self._bucket or (float(settings.burst), now)
        left = min(float(settings.burst), left + (now - at) * _PER_SECOND)
        if left < 1:
            self._bucket = (left, now)
            raise errors.rate_limited(1)
        self._bucket = (left - 1, now)

    def _given(self, request: Request, body: bytes) -> Json:
        if request.method in ("GET", "DELETE"):
            given: Json = dict(request.query_params)
            if given.get("page_size", "").isdecimal():
                given["page_size"] = int(given["page_size"])
            return given
        if len(body) > self._settings.size:
            raise invalid(f"body failed validation: the payload has more than {self._settings.size} bytes.")
        try:
            given = json.loads(body or b"{}")
        except ValueError:
            raise Refused(400, "invalid_json", "Error parsing JSON body.") from None
        if not isinstance(given, dict):
            raise invalid("body failed validation: body should be an object.")
        return given

    async def _connection(self, request: Request) -> Response:
        """Somebody opens a page's menu and connects the integration to it, or takes it away."""
        page = self._workspace.find(request.path_params["page"], "page", app=actor_of(request) is None)
        if request.method == "PUT":
            self._workspace.shared.add(page.id)
        else:
            self._workspace.shared.discard(page.id)
        committed(request)
        return JSONResponse({"shared": sorted(self._workspace.shared)})

    @property
    def _settings(self) -> NotionSettings:
        return NotionSettings.of(self._delivery.target(VENDOR))


def simulator(*, delivery: Delivery, mailbox: Mailbox) -> NotionVendor:  # noqa: ARG001 - Notion mails nothing
    return NotionVendor(delivery=delivery)


def _version(request: Request) -> str:
    """notion.md: the header is mandatory."""
    given = request.headers.get("notion-version")
    if given is None:
        raise Refused(
            400,
            "missing_version",
            "Notion-Version header failed validation: Notion-Version header should be defined, instead was "
            "`undefined`.",
        )
    if given not in (SPLIT, LATEST):
        raise invalid(f"Notion-Version header failed validation: the sandbox plays {SPLIT} and {LATEST}.")
    return given


def _operation(method: str, path: str) -> tuple[_Operation, str]:
    for each in _OPERATIONS:
        found = each.path.fullmatch(path) if each.method == method else None
        if found:
            id_ = found.groupdict().get("id")
            return each, uuid_of(id_, "path.id") if id_ else ""
    raise Refused(400, "invalid_request_url", "Invalid request URL.")


def _request_id() -> str:
    return str(uuid.uuid4())


def _op(
    method: str, path: str, run: Callable[[Call], Json], needs: str | None, *, writes: bool = False
) -> _Operation:
    return _Operation(method, re.compile(path.replace("{id}", "(?P<id>[^/]+)")), run, needs, writes)


_READ, _INSERT, _UPDATE = "read_content", "insert_content", "update_content"
_OPERATIONS = (
    _op("GET", "/users/me", api.me, None),
    _op("POST", "/pages", api.create_page, _INSERT, writes=True),
    _op("GET", "/pages/{id}", partial(api.retrieve, kind="page"), _READ),
    _op("PATCH", "/pages/{id}", api.update_page, _UPDATE, writes=True),
    _op("POST", "/databases", databases.create_database, _INSERT, writes=True),
    _op("GET", "/databases/{id}", partial(api.retrieve, kind="database"), _READ),
    _op("PATCH", "/databases/{id}", databases.update_database, _UPDATE, writes=True),
    _op("POST", "/data_sources", databases.create_data_source, _INSERT, writes=True),
    _op("GET", "/data_sources/{id}", partial(api.retrieve, kind="data_source"), _READ),
    _op("PATCH", "/data_sources/{id}", databases.update_data_source, _UPDATE, writes=True),
    _op("POST", "/data_sources/{id}/query", databases.query_rows, _READ),
    _op("GET", "/blocks/{id}", partial(api.retrieve, kind="block"), _READ),
    _op("PATCH", "/blocks/{id}", api.update_block, _UPDATE, writes=True),
    _op("DELETE", "/blocks/{id}", api.delete_block, _UPDATE, writes=True),
    _op("GET", "/blocks/{id}/children", api.children, _READ),
    _op("PATCH", "/blocks/{id}/children", api.append, _INSERT, writes=True),
)
