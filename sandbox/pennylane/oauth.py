"""Tokens of a partner's application (pennylane.md 6): consent, exchange, rotation, revocation.

The refresh token changes with every use; the one before is refused from then on. Refusals by RFC 6749, 5.2.
"""

import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from sandbox.core.vendor import actor_of
from sandbox.pennylane.settings import CLIENT, CLIENT_SECRET, SCOPES, PennylaneSettings

_CODE_SECONDS = 600
_GRANTABLE = (
    *SCOPES,
    *(each.replace(":all", ":readonly") for each in SCOPES),
    "customer_invoice_templates:readonly",
)


@dataclass(frozen=True)
class Grant:
    """What was consented to, and until when a secret stands for it. `redirect`: a code's own address."""

    scopes: tuple[str, ...]
    ends: float
    redirect: str = ""


class Refusal(Exception):
    """`error` of RFC 6749."""

    def __init__(self, error: str, said: str, status: int = 400) -> None:
        super().__init__(said)
        self.answer = JSONResponse({"error": error, "error_description": said}, status)


class Tokens:
    """Codes and tokens that were handed out and not used up."""

    def __init__(self) -> None:
        self._codes: dict[str, Grant] = {}
        self._access: dict[str, Grant] = {}
        self._refresh: dict[str, Grant] = {}

    def find(self, token: str) -> Grant | None:
        """What an access token may do, while it lasts."""
        return _lasting(self._access.get(token))

    def consented(self, request: Request) -> Response:
        """The page on which somebody of the company agrees; who agrees is sent back with a code."""
        query = request.query_params
        wanted, redirect = query.get("scope", "").split(), query.get("redirect_uri", "")
        known = query.get("client_id") == CLIENT and redirect.startswith(("https://", "http://127.0.0.1"))
        if not known or query.get("response_type") != "code" or not set(wanted) <= set(_GRANTABLE):
            return HTMLResponse("<p>The requested redirect, client or scope is invalid.</p>", 400)
        if actor_of(request) is None:
            return HTMLResponse("<p>Raccord demande l’accès à votre dossier Pennylane.</p>")
        code = secrets.token_urlsafe(24)
        self._codes[code] = Grant(tuple(wanted), time.time() + _CODE_SECONDS, redirect)
        back = {"code": code} | ({"state": query["state"]} if "state" in query else {})
        return RedirectResponse(f"{redirect}?{urlencode(back)}", 302)

    def exchanged(self, form: Mapping[str, str], settings: PennylaneSettings) -> Response:
        try:
            _application(form)
            grant = self._granted(form)
        except Refusal as refusal:
            return refusal.answer
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        now = time.time()
        self._access[access] = Grant(grant.scopes, now + settings.access_seconds)
        self._refresh[refresh] = Grant(grant.scopes, now + settings.refresh_seconds)
        return JSONResponse(
            {
                "access_token": access,
                "token_type": "Bearer",
                "expires_in": settings.access_seconds,
                "refresh_token": refresh,
                "scope": " ".join(grant.scopes),
                "created_at": int(now),
            },
            headers={"cache-control": "no-store"},
        )

    def revoked(self, form: Mapping[str, str]) -> Response:
        """RFC 7009: also a token that there is not is answered with success."""
        try:
            _application(form)
        except Refusal as refusal:
            return refusal.answer
        for held in (self._access, self._refresh):
            held.pop(form.get("token", ""), None)
        return JSONResponse({})

    def withdrawn(self) -> None:
        """Somebody of the company disconnects the application."""
        self.__init__()  # type: ignore[misc]

    def _granted(self, form: Mapping[str, str]) -> Grant:
        kind = form.get("grant_type")
        if kind == "authorization_code":
            grant = _lasting(self._codes.pop(form.get("code", ""), None))
            if grant and grant.redirect != form.get("redirect_uri"):
                grant = None
        elif kind == "refresh_token":
            grant = _lasting(self._refresh.pop(form.get("refresh_token", ""), None))
        else:
            raise Refusal("unsupported_grant_type", "The authorization grant type is not supported.")
        if grant is None:
            raise Refusal(
                "invalid_grant",
                "The provided authorization grant is invalid, expired, revoked, or another client's.",
            )
        return grant


def allowed(held: Iterable[str], needed: tuple[str, ...]) -> bool:
    return not needed or bool(set(held) & set(needed))


def _application(form: Mapping[str, str]) -> None:
    if (form.get("client_id"), form.get("client_secret")) != (CLIENT, CLIENT_SECRET):
        raise Refusal("invalid_client", "Client authentication failed.", 401)


def _lasting(grant: Grant | None) -> Grant | None:
    return grant if grant and time.time() < grant.ends else None
