"""Consent and tokens (pipedrive.md 6; spec v1, /oauth/token; vendor's page "OAuth authorization").

An app is registered with its scopes: no address asks for any. Refusals have the words of the vendor's page
"OAuth status codes" and the shape of RFC 6749, section 5.2.
"""

import base64
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from sandbox.pipedrive.errors import Json, Refused
from sandbox.pipedrive.settings import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, PipedriveSettings

CODE_SECONDS = 300
"""More than five minutes after its issue a code is invalid (the same page)."""
_FORM = "application/x-www-form-urlencoded"
_BASIC = "Basic " + base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()


@dataclass
class Tokens:
    """What was handed out since the last reset, and is good."""

    _given: dict[str, float] = field(default_factory=dict)
    _codes: dict[str, tuple[str, float]] = field(default_factory=dict)
    _refresh: set[str] = field(default_factory=lambda: {REFRESH_TOKEN})

    def lasts(self, token: str) -> bool:
        return time.monotonic() < self._given.get(token, 0.0)

    def consented(self, query: Mapping[str, str], *, agrees: bool) -> str:
        """Return where somebody who pressed a button of the page is sent: with a code, or with an error.

        `user_denied` is what the vendor's apps have seen; no page says it.
        """
        redirect = query["redirect_uri"]
        back = {"state": query["state"]} if "state" in query else {}
        if not agrees:
            return f"{redirect}?{urlencode({'error': 'user_denied', **back})}"
        code = secrets.token_hex(20)
        self._codes[code] = (redirect, time.monotonic() + CODE_SECONDS)
        return f"{redirect}?{urlencode({'code': code, **back})}"

    def uninstalled(self) -> None:
        """Somebody of the company removes the app: nothing that it was given is good any more."""
        self._given.clear()
        self._codes.clear()
        self._refresh.clear()

    def exchange(
        self,
        headers: Mapping[str, str],
        form: Mapping[str, str],
        settings: PipedriveSettings,
        *,
        domain: str,
    ) -> Json:
        """Hand out an access token. `domain` is where the API is called from then on."""
        if headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
            raise _refused(400, "invalid_request", f"Invalid request: content must be {_FORM}")
        if headers.get("authorization") != _BASIC:
            raise _refused(settings.client_refusal, "invalid_client", "Invalid client: client is invalid")
        match form.get("grant_type"):
            case "authorization_code":
                self._use_code(form)
                refresh = secrets.token_hex(20)
                self._refresh.add(refresh)
            case "refresh_token":
                refresh = self._use_refresh(form.get("refresh_token", ""), settings)
            case _:
                raise _refused(400, "unsupported_grant_type", "Unsupported grant type: grant_type is invalid")
        token = f"sandbox:{secrets.token_urlsafe(32)}"
        self._given[token] = time.monotonic() + settings.token_seconds
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": settings.token_seconds,
            "refresh_token": refresh,
            "scope": ",".join(settings.scopes),
            "api_domain": domain,
        }

    def _use_code(self, form: Mapping[str, str]) -> None:
        redirect, until = self._codes.pop(form.get("code", ""), ("", 0.0))
        if not redirect:
            raise _refused(400, "invalid_grant", "Invalid grant: authorization_code is invalid")
        if time.monotonic() >= until:
            raise _refused(400, "invalid_grant", "Invalid grant: authorization_code has expired")
        if form.get("redirect_uri") != redirect:
            raise _refused(400, "invalid_request", "Invalid request: redirect_uri is invalid")

    def _use_refresh(self, token: str, settings: PipedriveSettings) -> str:
        if token not in self._refresh or settings.refresh_expired:
            raise _refused(400, "invalid_grant", "Invalid grant: refresh_token is invalid")
        if not settings.refresh_rotates:
            return token
        self._refresh.discard(token)
        other = secrets.token_hex(20)
        self._refresh.add(other)
        return other


def must_be_known(query: Mapping[str, str], settings: PipedriveSettings) -> None:
    """Refuse a page of consent for another app, or for an address that is not the registered one."""
    redirect = query.get("redirect_uri", "")
    registered = settings.callback_url or redirect
    if query.get("client_id") != CLIENT_ID or not redirect or redirect != registered:
        raise Refused(400, "The app is unknown, or redirect_uri is not the one that it is registered with")


def _refused(status: int, error: str, description: str) -> Refused:
    body = {"success": False, "error": error, "error_description": description, "message": description}
    return Refused(status, description, whole=body)
