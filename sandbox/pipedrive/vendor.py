"""The simulated Pipedrive, put together."""

import inspect
import json
import math
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.core.delivery import Delivery
from sandbox.core.exchanges import Exchange
from sandbox.core.vendor import actor_of, committed, exchange_of, instant_of, staleness
from sandbox.mailbox.mailbox import Mailbox
from sandbox.pipedrive import errors, seed
from sandbox.pipedrive.account import Account, numbers
from sandbox.pipedrive.call import Call
from sandbox.pipedrive.errors import Refused, invalid, not_found
from sandbox.pipedrive.hooks import Notifier
from sandbox.pipedrive.limits import Limits
from sandbox.pipedrive.oauth import Tokens, must_be_known
from sandbox.pipedrive.operations import Operation, operations
from sandbox.pipedrive.picture import shown
from sandbox.pipedrive.records import By
from sandbox.pipedrive.settings import TOKEN, VENDOR, WEBHOOK_PASSWORD, PipedriveSettings
from sandbox.pipedrive.webhooks import WebhooksApi

_TOKEN_PATH = "/oauth/token"  # noqa: S105 - a path
_CONSENT, _APP = "/oauth/authorize", "/console/app"
_MIDNIGHT = "/console/midnight"
_VERSIONED = re.compile(r"(?:/api)?(/v1/.*)|/api(/v2/.*)")
_SOURCES = ("app", "bulk", "api")


class PipedriveVendor:
    """One company's account: `/api/v2`, `/api/v1` (also `/v1`), `/oauth/token` and its webhooks.

    Calls with the token are those of its user, by API. The header `X-Sandbox-Actor: <user id>` makes one a
    user's in the pages (`change_source` app); beside it, `X-Sandbox-Source: bulk` makes it an edit of many
    records at once, and `api` that of another program which has this user's token (pipedrive.md 4).
    """

    name = VENDOR

    def __init__(self, *, delivery: Delivery) -> None:
        self._delivery = delivery
        PipedriveSettings().register(delivery, VENDOR, secret=WEBHOOK_PASSWORD)
        self._notifier = Notifier(delivery=delivery, account=lambda: self._account)
        self._ids = numbers()
        self._operations = operations(WebhooksApi(self._notifier, delivery))
        self.reset()

    def reset(self) -> None:
        self._notifier.reset()
        self._limits, self._tokens = Limits(), Tokens()
        self._used = False
        self._account = Account(settings=lambda: self._settings, tell=self._notifier.tell, ids=self._ids)
        seed.load(self._account)

    def routes(self) -> list[BaseRoute]:
        every = ["GET", "POST", "PATCH", "PUT", "DELETE"]
        return [Route("/{rest:path}", self._handled, methods=every)]

    def state(self) -> dict[str, Any]:
        """Records as people read them, custom fields by name; users; webhooks without passwords.

        `used`: somebody has called since the last reset.
        """
        return {**shown(self._account, self._notifier), "used": self._used}

    def mutating(self, method: str, path: str) -> bool:
        return method != "GET" and path != _TOKEN_PATH

    def refusal(self, status: int, exchange: Exchange) -> Response:  # noqa: ARG002 - one for all requests
        match status:
            case 401:
                return errors.unauthorized().response()
            case 403:
                return errors.forbidden("Forbidden").response()
            case 409:
                return Refused(409, "Conflict").response()
            case 429:
                return errors.over_limit().response()
        return errors.failure(status)

    async def _handled(self, request: Request) -> Response:
        body, path = await request.body(), exchange_of(request).path
        self._used = True
        try:
            if path == _TOKEN_PATH:
                return self._token(request, body)
            if path == _CONSENT and request.method == "GET":
                return self._consent(request)
            if path == _APP and request.method == "DELETE" and actor_of(request):
                self._tokens.uninstalled()
                return JSONResponse({"success": True})
            if path == _MIDNIGHT and actor_of(request):
                self._limits.midnight()
                return JSONResponse({"success": True})
            operation, place = self._operation(request.method, path)
            return await self._answered(request, body, operation, place)
        except Refused as refused:
            return refused.response()

    async def _answered(
        self, request: Request, body: bytes, operation: Operation, place: dict[str, str]
    ) -> Response:
        """Credential, limits, account, scope, body: in this order."""
        if actor_of(request):
            return await self._run(request, body, operation, place)
        token, oauth = self._credential(request)
        settings, search = self._settings, operation.search
        if not settings.rate_limits:
            return await self._run(request, body, operation, place, oauth=oauth)
        kind = {"oauth": oauth, "search": search}
        answer = self._limits.refusal(settings, token, **kind, cost=operation.cost)
        if answer is None:
            try:
                answer = await self._run(request, body, operation, place, oauth=oauth)
            except Refused as refused:
                answer = refused.response()
        self._limits.announce(answer, settings, token, **kind, method=request.method)
        return answer

    async def _run(
        self,
        request: Request,
        body: bytes,
        operation: Operation,
        place: dict[str, str],
        *,
        oauth: bool = False,
    ) -> Response:
        settings = self._settings
        if not settings.account_open and not actor_of(request):
            raise Refused(402, "Company account is not open. Please check billing and subscription.")
        if oauth and operation.scopes and not set(operation.scopes) & set(settings.scopes):
            raise errors.forbidden("Scope and URL mismatch")
        query: dict[str, list[str]] = {}
        for name, value in request.query_params.multi_items():
            query.setdefault(name.removesuffix("[]"), []).append(value)
        call = Call(
            account=self._account,
            settings=settings,
            by=self._by(request),
            app=actor_of(request) is None,
            place=place,
            query=query,
            body=_read(body) if operation.writes and body else None,
            hidden_for=staleness(request),
        )
        answer = operation.run(call)
        content = await answer if inspect.isawaitable(answer) else answer
        if operation.writes:
            committed(request)
        return JSONResponse(content, operation.status)

    def _operation(self, method: str, path: str) -> tuple[Operation, dict[str, str]]:
        versioned = _VERSIONED.fullmatch(path)
        wanted = (versioned[1] or versioned[2]) if versioned else path
        others = False
        for each in self._operations:
            if found := each.path.fullmatch(wanted):
                if each.method == method:
                    return each, found.groupdict()
                others = True
        raise Refused(405, "Method not allowed") if others else not_found("Resource")

    def _credential(self, request: Request) -> tuple[str, bool]:
        """The token, and whether it is OAuth's; an API token wins where both are sent (pipedrive.md 6)."""
        key = request.headers.get("x-api-token") or request.query_params.get("api_token")
        if key is not None:
            if key != TOKEN or self._settings.token_revoked:
                raise errors.unauthorized()
            return key, False
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind != "Bearer" or not self._tokens.lasts(token):
            raise errors.unauthorized()
        return token, True

    def _by(self, request: Request) -> By:
        actor, agent = actor_of(request), request.headers.get("user-agent", "")
        at = instant_of(request)
        when = datetime.now(UTC) if at is None else datetime.fromtimestamp(at, UTC)
        if actor is None:
            return By(self._settings.token_user, "api", agent, when)
        if not actor.isdecimal() or int(actor) not in self._account.users:
            raise invalid("X-Sandbox-Actor must be the id of a user")
        source = request.headers.get("x-sandbox-source", "app")
        if source not in _SOURCES:
            raise invalid(f"X-Sandbox-Source must be one of {', '.join(_SOURCES)}")
        return By(int(actor), "api" if source == "api" else "app", agent, when, bulk=source == "bulk")

    def _token(self, request: Request, body: bytes) -> Response:
        if request.method != "POST":
            raise Refused(405, "Method not allowed")
        form = dict(parse_qsl(body.decode("utf-8", "replace")))
        domain = f"{request.url.scheme}://{request.url.netloc}/{VENDOR}"
        return JSONResponse(self._tokens.exchange(request.headers, form, self._settings, domain=domain))

    def _consent(self, request: Request) -> Response:
        """The page on which somebody of the company presses a button: `X-Sandbox-Consent: no` is "Cancel"."""
        must_be_known(request.query_params, self._settings)
        if actor_of(request) is None:
            return HTMLResponse("<p>Raccord wants to access your Pipedrive data. Allow and install?</p>")
        agrees = request.headers.get("x-sandbox-consent") != "no"
        return RedirectResponse(self._tokens.consented(request.query_params, agrees=agrees), 302)

    @property
    def _settings(self) -> PipedriveSettings:
        return PipedriveSettings.of(self._delivery.target(VENDOR))


def simulator(*, delivery: Delivery, mailbox: Mailbox) -> PipedriveVendor:  # noqa: ARG001 - it mails nothing
    return PipedriveVendor(delivery=delivery)


def _read(body: bytes) -> Any:
    """JSON as the standard has it: no number without an end."""
    try:
        return json.loads(body, parse_float=_finite, parse_constant=_finite)
    except ValueError:
        raise invalid("the body is not JSON") from None


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value
