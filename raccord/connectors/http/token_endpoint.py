"""Asking a vendor for tokens: with the code of a consent, or with the refresh token (RFC 6749, 4.1.3, 6)."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import quote_plus, urlencode

from pydantic import Field, SecretStr

from raccord.connectors.connection import ConnectionSettings
from raccord.connectors.errors import Auth, Poison, Transient
from raccord.connectors.http.client import HttpClient
from raccord.connectors.http.errors import Fault, Operation, Table
from raccord.connectors.http.failures import Answer, Refused
from raccord.connectors.http.reading import Wire, is_page, plain, read, read_json, read_object
from raccord.connectors.oauth import Granted, OAuthApp

_CODE = re.compile("[a-z_]{2,40}")
_RATE = 2.0
_UNTOLD_LIFE = 3600.0
"""Seconds that an access token is taken to last where the answer does not say (RFC 6749, section 5.1)."""
_LATER = frozenset((408, 429))
_CLIENT = frozenset(("invalid_client", "unauthorized_client"))


class _Tokens(Wire):
    access_token: str = Field(min_length=1)
    refresh_token: str | None = None
    expires_in: float | None = None


class ClientRefused(Auth):
    """The vendor does not know the application: connecting anew would not help."""


class TokenEndpoint:
    """`/token` of one application. A refusal of what was sent is `Auth`, what leaves it open `Transient`."""

    def __init__(self, app: OAuthApp, settings: ConnectionSettings) -> None:
        self._app = app
        self._http = HttpClient(
            app.connection,
            settings.model_copy(update={"base_url": app.oauth_url}),
            requests_per_second=_RATE,
        )
        self._table = _table(app)

    async def of_code(self, code: str) -> Granted:
        """Exchange the code that came back from the page of consent; it is good once, for minutes."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._app.redirect_url}
        return await self._asked("exchange the code for tokens", form, None)

    async def of_refresh(self, refresh_token: SecretStr) -> Granted:
        """Renew. The refresh token may be worthless from here on, also where no answer came."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token.get_secret_value()}
        return await self._asked("renew the access", form, refresh_token)

    async def close(self) -> None:
        await self._http.close()

    async def _asked(self, what: str, form: Mapping[str, str], before: SecretStr | None) -> Granted:
        asked_at = datetime.now(UTC)
        for proof in (ways := self._proofs()):
            try:
                found = await self._sent(what, form, proof)
                break
            except ClientRefused:
                # It looks at who asks first, so neither code nor refresh token was used.
                if proof is ways[-1]:
                    raise
        after = SecretStr(found.refresh_token) if found.refresh_token else before
        if after is None:
            raise Transient(f"{self._app.vendor} gave no refresh token when asked to {what}.")
        life = timedelta(seconds=found.expires_in if found.expires_in is not None else _UNTOLD_LIFE)
        return Granted(
            access_token=SecretStr(found.access_token), refresh_token=after, ends_at=asked_at + life
        )

    async def _sent(self, what: str, form: Mapping[str, str], proof: "_Proof") -> _Tokens:
        # Not called a write: that would have the caller's own write look as if it might have happened.
        operation = Operation(what)
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
            "User-Agent": "raccord",
        }
        try:
            with self._table.errors(operation):
                body = urlencode({**form, **proof.form})
                answer = await self._http.send("POST", "/token", headers=headers | proof.headers, body=body)
                return read(read_json(answer.body), _Tokens)
        except Poison as error:
            raise Transient(str(error)) from error
        except Auth as error:
            if isinstance(error.__cause__, Refused) and _code(error.__cause__.answer) in _CLIENT:
                raise ClientRefused(str(error)) from error
            raise

    def _proofs(self) -> "tuple[_Proof, ...]":
        """Return who we are, as it is sent: in the form, or in the ways of HTTP Basic.

        As it is (pipedrive page, section 6), and where that differs with both parts encoded first, which is
        what RFC 6749, section 2.3.1 has: vendors do either.
        """
        id, secret = self._app.client_id, self._app.client_secret.get_secret_value()
        if not self._app.basic:
            return (_Proof(form={"client_id": id, "client_secret": secret}),)
        return tuple(map(_basic, dict.fromkeys(((id, secret), (quote_plus(id), quote_plus(secret))))))


@dataclass(frozen=True, slots=True)
class _Proof:
    form: Mapping[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


def _basic(parts: tuple[str, str]) -> _Proof:
    return _Proof(headers={"Authorization": "Basic " + base64.b64encode(":".join(parts).encode()).decode()})


def _code(answer: Answer) -> str | None:
    return plain(_CODE, read_object(answer.body).get("error"))


def _read_fault(answer: Answer) -> Fault:
    error = _code(answer)
    ours = error is not None and 400 <= answer.status < 500 and answer.status not in _LATER
    return Fault(
        # RFC 6749, section 5.2 has 400 for nearly all: it is our credentials that are refused.
        status=401 if ours else answer.status,
        recognised=error is not None,
        page=is_page(answer.body),
        code=error,
        retry_after=answer.headers.get("retry-after", ""),
    )


def _table(app: OAuthApp) -> Table:
    again = f"Run raccord connect {app.connection}"
    wrong = f"it does not know client_id and client_secret of {app.connection}: correct them"
    return Table(
        vendor=app.vendor,
        read_fault=_read_fault,
        credentials=f"{again}.",
        grant=f"{again}.",
        lost=f"nothing answers below {app.oauth_url}",
        reasons={
            "invalid_grant": f"what it gave was withdrawn or used, or has ended. {again}",
            **dict.fromkeys(_CLIENT, wrong),
        },
    )
