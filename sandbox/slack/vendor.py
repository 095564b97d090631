"""The simulated Slack, put together."""

import json
import time
from collections.abc import Collection, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.core.delivery import Delivery
from sandbox.core.exchanges import Exchange
from sandbox.core.mentions import Found, Mention, named_in
from sandbox.core.vendor import actor_of, committed, exchange_of, staleness
from sandbox.mailbox.mailbox import Mailbox
from sandbox.slack import arguments, errors
from sandbox.slack.call import Call
from sandbox.slack.errors import RateLimited, Refused
from sandbox.slack.limits import Limits
from sandbox.slack.methods import METHODS, Method
from sandbox.slack.presses import Clicks, found, signed
from sandbox.slack.responses import Responses
from sandbox.slack.settings import BOT_USER, SIGNING_SECRET, TEAM, TOKEN, VENDOR, SlackSettings
from sandbox.slack.workspace import Json, Workspace

_API = "/api/"
_EVERY = ["GET", "POST"]
_PATIENCE = 3.0
"""Seconds Slack waits for an answer to a click (slack.md 4)."""


class SlackVendor:
    """One workspace with one app installed.

    Calls with the token are the app's. The header `X-Sandbox-Actor: U0CAMILLE` makes a message that person's.
    """

    name = VENDOR

    def __init__(self, *, delivery: Delivery) -> None:
        self._delivery = delivery
        SlackSettings().register(delivery, VENDOR, secret=SIGNING_SECRET)
        self.reset()

    def reset(self) -> None:
        self._workspace = Workspace()
        self._limits = Limits()
        self._clicks = Clicks()
        self._responses = Responses()

    def routes(self) -> list[BaseRoute]:
        return [
            Route(_API + "{method}", self._api, methods=_EVERY),
            Route("/actions/{address:path}", self._respond, methods=["POST"]),
        ]

    def state(self) -> dict[str, Any]:
        """People, conversations, messages."""
        workspace = self._workspace
        return {
            "team": TEAM,
            "users": [
                {"id": one.id, "name": one.real_name, "email": one.email, "bot": one.id == BOT_USER}
                for one in workspace.people.values()
            ],
            "channels": [
                {"id": one.id, "name": one.name, "members": sorted(one.members)}
                for one in workspace.channels.values()
            ],
            "messages": self.messages(),
        }

    def mutating(self, method: str, path: str) -> bool:
        called = METHODS.get(path.removeprefix(_API))
        return called.writes if called else method == "POST"

    def refusal(self, status: int, exchange: Exchange) -> Response:
        """Slack's refusals are answers with status 200, except for a rate limit."""
        called = METHODS.get(exchange.path.removeprefix(_API))
        match status:
            case 401:
                return Refused("invalid_auth").response()
            case 403:
                return errors.missing_scope((called and called.scope) or "chat:write", ()).response()
            case 429:
                return RateLimited(self._settings.retry_after).response()
        return errors.server_error(status)

    def messages(self) -> list[dict[str, Any]]:
        """Every message in order, ephemeral and deleted ones too."""
        return [message.entry() for message in self._workspace.messages]

    def mentions(self, ids: Collection[str]) -> Found:
        """The conversations' messages, replies and what one person alone sees left out."""
        found: dict[str, list[Mention]] = {}
        for message in self._workspace.messages:
            if message.thread_ts or message.ephemeral_to or message.deleted:
                continue
            asks = any(block["type"] == "actions" for block in message.now.blocks)
            label = "question in Slack" if asks else "message in Slack"
            mention = Mention("message", label, f"#message-{message.ts}", asks)
            for id_ in named_in(json.dumps(message.entry()), ids):
                found.setdefault(id_, []).append(mention)
        return found

    async def press(self, wanted: Mapping[str, Any], *, origin: str) -> dict[str, Any]:
        """Press a button; `origin` is where the sandbox is served. Raises ValueError with a sentence.

        `warning` is true when Slack would show the person a warning icon.
        """
        press, target = found(self._workspace, wanted), self._delivery.target(VENDOR)
        if target.url is None:
            return {"status": None, "seconds": 0.0, "warning": True, "error": "no interactivity URL is set"}
        url = f"{origin}/{VENDOR}{self._responses.open(press.message, press.user)}"
        payload = self._clicks.payload(press, workspace=self._workspace, response_url=url)
        began = time.monotonic()
        # Slack docs, "Handling user interaction": a click is not delivered again.
        attempt = await self._delivery.once(
            VENDOR,
            event=f"block_actions {press.button['action_id']}",
            request=signed(payload, target, now=int(time.time())),
            patience=_PATIENCE,
        )
        return {
            "status": attempt.status,
            "seconds": round(time.monotonic() - began, 3),
            "warning": attempt.status != 200,
            "error": attempt.error,
        }

    async def _api(self, request: Request) -> Response:
        body = await request.body()
        try:
            answer = self._answered(request, body)
        except Refused as refused:
            response = refused.response()
        else:
            response = JSONResponse(answer)
        response.headers["X-Slack-Req-Id"] = f"{exchange_of(request).n:032x}"
        if (method := METHODS.get(request.path_params["method"])) and self._is_authorised(request):
            response.headers["X-OAuth-Scopes"] = ",".join(self._settings.scopes)
            response.headers["X-Accepted-OAuth-Scopes"] = method.scope or ""
        return response

    def _answered(self, request: Request, body: bytes) -> Json:
        """Authentication, method, scope, limit, arguments: in this order. Nothing awaits in here."""
        settings, name = self._settings, request.path_params["method"]
        self._authenticate(request)
        method = METHODS.get(name)
        if method is None:
            raise Refused("unknown_method", req_method=name)
        # A person in Slack neither needs the app's scopes nor uses up its calls.
        if actor_of(request) is None:
            if method.scope and method.scope not in settings.scopes:
                raise errors.missing_scope(method.scope, settings.scopes)
            if settings.rate_limits:
                self._limits.call(name, method.per_minute)
        given, warnings = arguments.parse(
            request.method,
            request.url.query,
            body,
            request.headers.get("content-type", ""),
            takes_json=method.takes_json,
        )
        call = self._call(request, method, given)
        answer = {"ok": True, **method.run(call)}
        if call.changed:
            committed(request)
        return _with_warnings(answer, warnings)

    def _call(self, request: Request, method: Method, given: Mapping[str, Any]) -> Call:
        actor = actor_of(request) or BOT_USER
        if actor not in self._workspace.people:
            raise Refused("user_not_found")
        return Call(
            workspace=self._workspace,
            settings=self._settings,
            limits=self._limits,
            arguments=arguments.read(given, method.kinds, method.required),
            actor=actor,
            hidden_for=staleness(request),
        )

    def _authenticate(self, request: Request) -> None:
        """The token comes in the header; Slack also takes a form field, which no app should use.

        A person in Slack needs none.
        """
        if actor_of(request):
            return
        if "authorization" not in request.headers:
            raise Refused("not_authed")
        if not self._is_authorised(request):
            raise Refused("invalid_auth")
        if self._settings.token_revoked:
            raise Refused("token_revoked")

    @staticmethod
    def _is_authorised(request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {TOKEN}"

    async def _respond(self, request: Request) -> Response:
        body = await request.body()
        answer, changed = self._responses.answer(exchange_of(request).path, body, self._workspace)
        if changed:
            committed(request)
        return answer

    @property
    def _settings(self) -> SlackSettings:
        return SlackSettings.of(self._delivery.target(VENDOR))


def simulator(*, delivery: Delivery, mailbox: Mailbox) -> SlackVendor:  # noqa: ARG001 - Slack mails nothing
    return SlackVendor(delivery=delivery)


def _with_warnings(answer: Json, warnings: list[str]) -> Json:
    if not warnings:
        return answer
    metadata = answer.get("response_metadata", {})
    every = [*metadata.get("warnings", []), *warnings]
    return {**answer, "warning": ",".join(every), "response_metadata": {**metadata, "warnings": every}}
