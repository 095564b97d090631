"""The token endpoint: a refresh token becomes an access token (pipedrive.md 6; spec v1, /oauth/token)."""

import base64
import secrets
import time
from collections.abc import Mapping

from sandbox.pipedrive.errors import Json, Refused
from sandbox.pipedrive.settings import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, PipedriveSettings

_BASIC = "Basic " + base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()


class Tokens:
    """Access tokens that were handed out since the last reset, and the refresh token that is good."""

    def __init__(self) -> None:
        self._given: dict[str, float] = {}
        self._refresh = REFRESH_TOKEN

    def lasts(self, token: str) -> bool:
        return time.monotonic() < self._given.get(token, 0.0)

    def exchange(
        self, header: str | None, form: Mapping[str, str], settings: PipedriveSettings, *, domain: str
    ) -> Json:
        """Hand out an access token; refusals have the words of RFC 6749, section 5.2.

        `domain` is where the API is called from then on. Nobody goes through the consent page here: a grant
        of `authorization_code` has no code that is good.
        """
        if header != _BASIC:
            raise _refused(401, "invalid_client", "The client credentials are invalid")
        grant = form.get("grant_type")
        if grant not in ("authorization_code", "refresh_token"):
            raise _refused(400, "unsupported_grant_type", f"Unsupported grant_type: {grant}")
        if grant != "refresh_token" or form.get("refresh_token") != self._refresh or settings.refresh_expired:
            raise _refused(400, "invalid_grant", "Invalid grant: refresh token is invalid")
        if settings.refresh_rotates:
            self._refresh = secrets.token_hex(20)
        token = f"sandbox:{secrets.token_urlsafe(32)}"
        self._given[token] = time.monotonic() + settings.token_seconds
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": settings.token_seconds,
            "refresh_token": self._refresh,
            "scope": ",".join(settings.scopes),
            "api_domain": domain,
        }


def _refused(status: int, error: str, description: str) -> Refused:
    body = {"success": False, "error": error, "error_description": description, "message": description}
    return Refused(status, description, whole=body)
