"""The token endpoint: an assertion signed with the service account's key becomes an access token.

google-sheets.md 2; RFC 7523, sections 2.1 and 3; refusals by RFC 6749, section 5.2.
"""

import base64
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sandbox.google.errors import Json, TokenRefused
from sandbox.google.settings import ACCOUNT, GoogleSettings

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_AUTH = "https://www.googleapis.com/auth/"
_HOUR = 3600
_SKEW = 60
"""Seconds by which the app's clock may differ."""


@dataclass(frozen=True)
class Token:
    scopes: frozenset[str]
    """Without the address that Google's scopes begin with: `spreadsheets`, `drive.file`."""
    ends: float

    @property
    def lasts(self) -> bool:
        return time.monotonic() < self.ends


class Key:
    """The service account's key, made when it is first asked for: there is none in the repository."""

    @cached_property
    def _private(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @cached_property
    def id(self) -> str:
        return secrets.token_hex(20)

    def as_file(self, token_uri: str) -> Json:
        """The JSON file as the Cloud console hands it out."""
        pem = self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return {
            "type": "service_account",
            "project_id": "hexalab-sandbox",
            "private_key_id": self.id,
            "private_key": pem.decode(),
            "client_email": ACCOUNT,
            "token_uri": token_uri,
        }

    def signed(self, content: bytes, signature: bytes) -> bool:
        try:
            self._private.public_key().verify(signature, content, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True


class Tokens:
    """Access tokens that were handed out since the last reset."""

    def __init__(self) -> None:
        self._given: dict[str, Token] = {}

    def find(self, header: str | None) -> Token | None:
        """The token of an `Authorization` header, while it lasts."""
        kind, _, text = (header or "").partition(" ")
        token = self._given.get(text) if kind == "Bearer" else None
        return token if token and token.lasts else None

    def exchange(self, form: Mapping[str, Any], key: Key, settings: GoogleSettings, *, uri: str) -> Json:
        """Hand out a token for a good assertion. `uri`: the endpoint's own address, the audience."""
        if form.get("grant_type") != GRANT:
            raise TokenRefused("unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type')}")
        claims = _claims(str(form.get("assertion", "")), key)
        if claims.get("iss") != ACCOUNT or settings.key_deleted:
            raise TokenRefused("invalid_grant", "Invalid grant: account not found")
        if claims.get("aud") != uri:
            raise TokenRefused("invalid_grant", f"Invalid JWT: the audience must be {uri}")
        _must_be_now(claims)
        scopes = _scopes(claims.get("scope"))
        text = f"ya29.sandbox-{secrets.token_urlsafe(24)}"
        self._given[text] = Token(scopes, time.monotonic() + settings.token_seconds)
        return {"access_token": text, "expires_in": settings.token_seconds, "token_type": "Bearer"}


def _claims(assertion: str, key: Key) -> Json:
    try:
        head, body, signature = assertion.split(".")
        header, claims = json.loads(_decoded(head)), json.loads(_decoded(body))
        signed = key.signed(f"{head}.{body}".encode(), _decoded(signature))
    except ValueError:
        raise TokenRefused("invalid_grant", "Invalid JWT: it cannot be read") from None
    if not isinstance(header, dict) or not isinstance(claims, dict) or header.get("alg") != "RS256":
        raise TokenRefused("invalid_grant", "Invalid JWT: RS256 is expected")
    if not signed or header.get("kid", key.id) != key.id:
        raise TokenRefused("invalid_grant", "Invalid JWT Signature.")
    return claims


def _must_be_now(claims: Json) -> None:
    begins, ends, now = claims.get("iat"), claims.get("exp"), time.time()
    if not isinstance(begins, int) or not isinstance(ends, int):
        raise TokenRefused("invalid_grant", "Invalid JWT: iat and exp are whole seconds")
    if not begins - _SKEW <= now < ends + _SKEW or not 0 < ends - begins <= _HOUR:
        raise TokenRefused(
            "invalid_grant",
            "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
            "Check your iat and exp values in the JWT claim.",
        )


def _scopes(scope: Any) -> frozenset[str]:
    wanted = scope.split() if isinstance(scope, str) else []
    if not wanted or not all(each.startswith(_AUTH) for each in wanted):
        raise TokenRefused("invalid_scope", f"Invalid OAuth scope or ID token audience provided: {scope}")
    return frozenset(each.removeprefix(_AUTH) for each in wanted)


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
