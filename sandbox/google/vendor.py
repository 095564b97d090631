"""The simulated Google, put together."""

import json
import re
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.core.delivery import Delivery
from sandbox.core.exchanges import Exchange
from sandbox.core.limits import Window
from sandbox.core.vendor import actor_of, committed, exchange_of
from sandbox.google import drive, errors, files, seed
from sandbox.google.cells import Json
from sandbox.google.drive import File
from sandbox.google.errors import Refused, TokenRefused
from sandbox.google.picture import tabs_shown
from sandbox.google.schema import check
from sandbox.google.settings import ACCOUNT, OWNER, VENDOR, GoogleSettings
from sandbox.google.sheets import Asked, operation
from sandbox.google.tokens import Key, Token, Tokens
from sandbox.google.view import spreadsheet
from sandbox.mailbox.mailbox import Mailbox

_SHEETS, _FILES, _TOKEN = "/v4/spreadsheets", "/drive/v3/files", "/token"
_EVERY = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_READ_ONLY_POST = re.compile(r".*:(batchGetByDataFilter|getByDataFilter)")


class GoogleVendor:
    """One Cloud project with a service account, and what somebody has in Drive.

    Calls with a token are the service account's. The header `X-Sandbox-Actor` makes one that of a person who
    owns everything.
    """

    name = VENDOR

    def __init__(self, *, delivery: Delivery) -> None:
        self._delivery = delivery
        self._key = Key()
        GoogleSettings().register(delivery, VENDOR, secret="")
        self.reset()

    def reset(self) -> None:
        """The seed again. The key stays: a company keeps its file."""
        self._drive = seed.drive()
        self._tokens = Tokens()
        self._taken = {"Read": Window(60), "Write": Window(60)}

    def routes(self) -> list[BaseRoute]:
        return [
            Route(_TOKEN, self._token, methods=["POST"]),
            Route("/console/key.json", self._key_file, methods=["GET"]),
            Route(_SHEETS + "{rest:path}", self._sheets, methods=_EVERY),
            Route(_FILES + "{rest:path}", self._files, methods=_EVERY),
        ]

    def state(self) -> dict[str, Any]:
        """Every spreadsheet with its shares, and its tabs as people see them."""
        return {
            "service_account": ACCOUNT,
            "files": [
                {
                    "id": file.id,
                    "title": file.title,
                    "drive": file.drive,
                    "parents": file.parents,
                    "shared": {one["emailAddress"]: one["role"] for one in file.permissions},
                    "tabs": tabs_shown(file.book) if file.book else [],
                }
                for file in self._drive.files.values()
            ],
        }

    def mutating(self, method: str, path: str) -> bool:
        return method != "GET" and path != _TOKEN and not _READ_ONLY_POST.fullmatch(path)

    def refusal(self, status: int, exchange: Exchange) -> Response:
        if exchange.path == _TOKEN and status < 500:
            return TokenRefused("invalid_grant", "Invalid grant: account not found").response()
        kind = "Write" if exchange.mutating else "Read"
        refused = {
            401: errors.unauthenticated(),
            403: errors.permission_denied(),
            429: errors.over_quota(kind, self._settings.retry_after),
        }.get(status, errors.unavailable(status))
        return refused.response(drive=exchange.path.startswith(_FILES))

    async def _token(self, request: Request) -> Response:
        form = {name: texts[-1] for name, texts in parse_qs((await request.body()).decode()).items()}
        try:
            uri = f"{_origin(request)}/{VENDOR}{_TOKEN}"
            return JSONResponse(self._tokens.exchange(form, self._key, self._settings, uri=uri))
        except TokenRefused as refused:
            return refused.response()

    async def _key_file(self, request: Request) -> Response:
        """The service account's key as somebody downloads it from the Cloud console."""
        if actor_of(request) is None:
            return errors.unauthenticated().response()
        return JSONResponse(self._key.as_file(f"{_origin(request)}/{VENDOR}{_TOKEN}"))

    async def _sheets(self, request: Request) -> Response:
        body = await request.body()
        try:
            return JSONResponse(self._sheet_answer(request, body))
        except Refused as refused:
            return refused.response()

    async def _files(self, request: Request) -> Response:
        body = await request.body()
        try:
            answer = self._drive_answer(request, body)
        except Refused as refused:
            return refused.response(drive=True)
        return Response(status_code=204) if answer is None else JSONResponse(answer)

    def _sheet_answer(self, request: Request, body: bytes) -> Json:
        """Token, API, scope, quota, permission, request: in this order. Nothing awaits in here."""
        settings, path = self._settings, exchange_of(request).path.removeprefix(_SHEETS)
        token = self._token_of(request)
        if not settings.sheets_api:
            raise errors.service_disabled("Google Sheets")
        if path == "" and request.method == "POST":
            return self._new_spreadsheet(request, token, body)
        found = operation(request.method, path)
        if found is None:
            raise errors.not_found()
        asked_for, parts = found
        if token:
            _must_have(token, asked_for.scopes)
            self._count("Write" if asked_for.writes else "Read")
        file = self._shared(parts["id"], token, writes=asked_for.writes)
        if file.book is None:
            raise errors.not_found()
        given = _json(body)
        query = parse_qs(request.url.query, keep_blank_values=True)
        asked_for.checked(query, given)
        book = file.book.copied() if asked_for.writes else file.book
        asked = Asked(book, parts, query, given, settings, token is not None, _origin(request))
        answer = asked_for.trimmed(asked_for.run(asked), asked.one("fields"))
        if asked_for.writes:
            file.book = book
            committed(request)
        return answer

    def _new_spreadsheet(self, request: Request, token: Token | None, body: bytes) -> Json:
        """google-sheets.md 1: it lands in the caller's My Drive, which a service account has not."""
        if token:
            _must_have(token, frozenset({"spreadsheets", "drive", "drive.file"}))
            self._count("Write")
        given = _json(body)
        check("sheets", "Spreadsheet", given)
        if token and not self._settings.own_storage:
            raise errors.storage_full()
        email = ACCOUNT if token else OWNER
        wanted = {"name": given.get("properties", {}).get("title", "Untitled"), "mimeType": drive.SPREADSHEET}
        file = self._drive.create(wanted, email, self._settings, all_drives=False)
        assert file.book is not None  # noqa: S101 - just made
        file.book.properties |= given.get("properties", {})
        committed(request)
        return spreadsheet(file.book, _origin(request))

    def _drive_answer(self, request: Request, body: bytes) -> Json | None:
        settings = self._settings
        token = self._token_of(request)
        if not settings.drive_api:
            raise errors.service_disabled("Google Drive")
        if token:
            _must_have(token, files.READ if request.method == "GET" else files.WRITE)
            if settings.drive_quota_spent:
                raise errors.drive_quota()
        path = exchange_of(request).path.removeprefix(_FILES)
        call = files.Call(self._drive, settings, token, request.query_params, _json(body))
        answer = files.answer(call, request.method, path)
        if request.method != "GET":
            committed(request)
        return answer

    def _token_of(self, request: Request) -> Token | None:
        """The app's token; None for a person on Google's own pages."""
        if actor_of(request):
            return None
        token = self._tokens.find(request.headers.get("authorization"))
        if token is None:
            raise errors.unauthenticated()
        return token

    def _shared(self, id_: str, token: Token | None, *, writes: bool) -> File:
        """A spreadsheet that the caller may read, or write: 404 for a wrong id, 403 for one that is not
        shared (google-sheets.md 5).
        """
        file = self._drive.files.get(id_)
        if file is None:
            raise errors.not_found()
        if token is None:
            return file
        only_own = token.scopes.isdisjoint(
            {"spreadsheets", "spreadsheets.readonly", "drive", "drive.readonly"}
        )
        allowed = file.may_write(ACCOUNT) if writes else file.role(ACCOUNT) is not None
        if not allowed or (only_own and not file.by_app):
            raise errors.permission_denied()
        return file

    def _count(self, kind: str) -> None:
        """google-sheets.md 5: 60 reads and 60 writes per minute of one user; a service account is one."""
        settings = self._settings
        if settings.rate_limits and not self._taken[kind].take(settings.per_minute):
            raise errors.over_quota(kind, settings.retry_after)

    @property
    def _settings(self) -> GoogleSettings:
        return GoogleSettings.of(self._delivery.target(VENDOR))


def simulator(*, delivery: Delivery, mailbox: Mailbox) -> GoogleVendor:  # noqa: ARG001 - it mails nothing
    return GoogleVendor(delivery=delivery)


def _must_have(token: Token, scopes: frozenset[str]) -> None:
    if token.scopes.isdisjoint(scopes):
        raise errors.insufficient_scope()


def _json(body: bytes) -> Json:
    try:
        given = json.loads(body or b"{}")
    except ValueError:
        raise errors.invalid("Invalid JSON payload received. It cannot be read.") from None
    if not isinstance(given, dict):
        raise errors.invalid("Invalid JSON payload received. An object is expected.")
    return given


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"
