"""What every request passes before an operation runs, and how its answer leaves."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.core.exchanges import Exchange
from sandbox.core.table import new_id
from sandbox.core.vendor import actor_of, committed, exchange_of, instant_of, replayed, staleness
from sandbox.stripe import checks, errors, forms
from sandbox.stripe.account import Account, Origin
from sandbox.stripe.call import Call
from sandbox.stripe.errors import Refusal
from sandbox.stripe.expansions import expanded
from sandbox.stripe.forms import Form
from sandbox.stripe.idempotency import Fingerprint, Kept, Ledger, fingerprint
from sandbox.stripe.limits import Limits
from sandbox.stripe.operation import Operation
from sandbox.stripe.settings import API_VERSION, KNOWN_VERSIONS, StripeSettings
from sandbox.stripe.store import Json

_KEY_HEADER = "idempotency-key"
_LONGEST_KEY = 255
_FORM_TYPE = "application/x-www-form-urlencoded"


class Gate:
    """Authentication, version, limits, permission, idempotency, parameters: in this order.

    Somebody in the Dashboard passes without the first four.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self.reset()

    def reset(self) -> None:
        self._ledger = Ledger()
        self._limits = Limits()
        self._locked: set[str] = set()

    async def answer(self, operation: Operation, request: Request) -> Response:
        request_id, version = new_id("req", 14), request.headers.get("stripe-version", API_VERSION)
        headers = {"Request-Id": request_id, "Stripe-Version": version}
        try:
            self._admit(operation, request, version)
            form = await _form(request)
            kept = await self._executed(operation, request, form, request_id, version)
        except Refusal as refusal:
            return refused(refusal, headers)
        if kept.request_id != request_id:
            replayed(request)
            headers.update({"Idempotent-Replayed": "true", "Original-Request": kept.request_id})
        if key := self._key(request):
            headers["Idempotency-Key"] = key
        return Response(kept.body, kept.status, headers, media_type="application/json")

    def remember(self, exchange: Exchange, answer: Response) -> None:
        """Keep an answer that a fault put in place of ours."""
        key = exchange.headers.get(_KEY_HEADER)
        if key and exchange.method == "POST" and self._account.settings.idempotency_keys:
            request = fingerprint(exchange.method, exchange.path, forms.parse(exchange.body))
            kept = Kept(status=answer.status_code, body=bytes(answer.body), request_id=new_id("req", 14))
            self._ledger.keep(key, request, kept)

    def _admit(self, operation: Operation, request: Request, version: str) -> None:
        if actor_of(request):
            return
        if operation.outside:
            raise errors.unrecognised(request.method, exchange_of(request).path)
        settings = self._account.settings
        _authenticate(request, settings)
        if version not in KNOWN_VERSIONS:
            raise Refusal(f"Invalid Stripe API version: {version}", param="Stripe-Version")
        if settings.rate_limits:
            self._limits.admit(operation.name, settings, search=operation.searches)
        if settings.lacks(operation.permission):
            raise errors.forbidden(operation.permission)

    async def _executed(
        self, operation: Operation, request: Request, form: Form, request_id: str, version: str
    ) -> Kept:
        key, path = self._key(request), exchange_of(request).path
        mark = fingerprint(request.method, path, form)
        if key and (kept := self._ledger.recall(key, mark, hours=self._account.settings.idempotency_hours)):
            return kept
        params = checks.read(operation.parameters, operation.required, form)
        operation.rule(params, instant_of(request) or self._account.now())
        expand = params.pop("expand", None) or []
        call = Call(
            account=self._account,
            ids=request.path_params,
            params=params,
            origin=Origin(request_id=request_id, idempotency_key=key),
            path=path,
            version=version,
            pages=f"{request.url.scheme}://{request.url.netloc}{request.scope['root_path']}",
            hidden_for=staleness(request),
            at=instant_of(request),
        )
        if request.method == "GET":
            return _kept(200, expanded(self._account, operation.run(call), expand), request_id)
        return await self._written(operation, call, request, expand, mark)

    async def _written(
        self, operation: Operation, call: Call, request: Request, expand: list[str], mark: Fingerprint
    ) -> Kept:
        key, seconds = call.origin.idempotency_key, call.settings.processing_seconds
        locked = call.ids.get("id", "")
        if locked in self._locked:
            raise errors.lock_timeout(call.settings.retry_after)
        if key:
            self._ledger.begin(key, mark)
        try:
            if seconds > 0:
                await self._process(locked, seconds)
            kept = self._run(operation, call, request, expand)
            await self._account.post()
        except BaseException:
            if key:
                self._ledger.forget(key)
            raise
        if key:
            self._ledger.keep(key, mark, kept)
        return kept

    def _key(self, request: Request) -> str | None:
        if request.method != "POST" or not self._account.settings.idempotency_keys:
            return None
        key = request.headers.get(_KEY_HEADER)
        if key and len(key) > _LONGEST_KEY:
            raise Refusal(
                f"Idempotency keys must be at most {_LONGEST_KEY} characters.", kind="idempotency_error"
            )
        return key or None

    async def _process(self, locked: str, seconds: float) -> None:
        if locked:
            self._locked.add(locked)
        try:
            await asyncio.sleep(seconds)
        finally:
            self._locked.discard(locked)

    def _run(self, operation: Operation, call: Call, request: Request, expand: list[str]) -> Kept:
        """Execute. From here on a refusal is an answer like any other and is kept as well."""
        changes = self._account.changes
        request_id = call.origin.request_id or ""
        try:
            kept = _kept(200, expanded(self._account, operation.run(call), expand), request_id)
        except Refusal as refusal:
            return _kept(refusal.status, refusal.body(), request_id)
        finally:
            if self._account.changes != changes:
                committed(request)
        return kept


def refused(refusal: Refusal, headers: Mapping[str, str]) -> Response:
    """An error answer."""
    return Response(
        _json(refusal.body()), refusal.status, {**headers, **refusal.headers}, media_type="application/json"
    )


def _kept(status: int, body: Json, request_id: str) -> Kept:
    return Kept(status=status, body=_json(body), request_id=request_id)


def _json(body: Any) -> bytes:
    return json.dumps(body, indent=2, ensure_ascii=False).encode()


def _authenticate(request: Request, settings: StripeSettings) -> None:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme != "Bearer" or key != settings.api_key:
        raise errors.unauthorised(key)


async def _form(request: Request) -> Form:
    if request.method == "GET":
        return forms.parse(request.url.query)
    body = (await request.body()).decode("utf-8", "replace")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and kind != _FORM_TYPE:
        raise Refusal(
            f"Invalid request (check that your POST content type is {_FORM_TYPE}). If you have any "
            "questions, we can help at https://support.stripe.com/."
        )
    return forms.parse("&".join(filter(None, (request.url.query, body))))
