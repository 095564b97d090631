"""Access tokens: fetched with the credentials of the file, kept while they last."""

import asyncio
import base64
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from raccord.connectors.connection import LOOPBACK
from raccord.connectors.errors import Auth
from raccord.connectors.http.client import HttpClient
from raccord.connectors.http.errors import Operation
from raccord.connectors.http.reading import W, read, read_json
from raccord.connectors.http.writing import write_json
from raccord.vendors.google_sheets.credentials import Credentials, ServiceAccount, WorkloadIdentity, load
from raccord.vendors.google_sheets.errors import TOKENS
from raccord.vendors.google_sheets.settings import GoogleSheetsSettings
from raccord.vendors.google_sheets.wire import Impersonated, Token

SHEETS = "https://www.googleapis.com/auth/spreadsheets"
DRIVE = "https://www.googleapis.com/auth/drive.metadata.readonly"
"""What `files.get` of Drive asks for (drive.v3.json: drive.files.get, scopes)."""
_PLATFORM = "https://www.googleapis.com/auth/cloud-platform"
_LIFE = 3600
"""Seconds: the longest that Google signs for (Google docs: OAuth 2.0 for service accounts)."""
_EARLY = 300.0
"""Seconds before its end from which on a token is not used any more."""
_RATE = 5.0
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_FETCH = Operation("give an access token")


class Tokens:
    """The tokens of one connection, by scope. The file is read anew for each: it may be replaced."""

    def __init__(self, connection: str, settings: GoogleSheetsSettings) -> None:
        self._connection = connection
        self._settings = settings
        self._kept: dict[str, tuple[str, float]] = {}
        self._clients: dict[str, HttpClient] = {}
        self._lock = asyncio.Lock()

    def email(self) -> str:
        """With whom the spreadsheet is shared. Raises `Auth`."""
        return load(self._path).email

    async def get(self, scope: str) -> str:
        """Return a token that lasts. Raises connector errors."""
        async with self._lock:
            token, until = self._kept.get(scope, ("", 0.0))
            if time.monotonic() >= until:
                token, seconds = await self._fetched(load(self._path), scope)
                self._kept[scope] = token, time.monotonic() + seconds - _EARLY
            return token

    def forget(self) -> None:
        """Fetch new ones next time: Google refused one before its end."""
        self._kept.clear()

    async def close(self) -> None:
        for client in self._clients.values():
            await client.close()

    @property
    def _path(self) -> Path:
        return self._settings.key_file

    async def _fetched(self, credentials: Credentials, scope: str) -> tuple[str, float]:
        """Return a token, and for how many seconds it is good."""
        match credentials:
            case ServiceAccount():
                grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
                form = {"grant_type": grant, "assertion": self._assertion(credentials, scope)}
                token = await self._post(credentials.token_uri, _FORM, urlencode(form), Token)
                return token.access_token, token.expires_in
            case WorkloadIdentity():
                mine = await self._post(
                    credentials.token_url, _FORM, urlencode(self._exchange(credentials)), Token
                )
                headers = {"Authorization": f"Bearer {mine.access_token}", "Content-Type": "application/json"}
                wanted = write_json({"scope": [scope], "lifetime": f"{_LIFE}s"})
                url = credentials.service_account_impersonation_url
                return (await self._post(url, headers, wanted, Impersonated)).access_token, _LIFE

    def _assertion(self, account: ServiceAccount, scope: str) -> str:
        """Return the signed claim of who asks for what (google-sheets page, section 2; RFC 7523)."""
        now = int(time.time())
        head = {"alg": "RS256", "typ": "JWT"} | ({"kid": id} if (id := account.private_key_id) else {})
        claim = {
            "iss": account.client_email,
            "scope": scope,
            "aud": account.token_uri,
            "iat": now,
            "exp": now + _LIFE,
        }
        signed = f"{_base64(write_json(head).encode())}.{_base64(write_json(claim).encode())}"
        try:
            signature = account.key().sign(signed.encode(), PKCS1v15(), SHA256())
        except ValueError:
            raise Auth(
                f"The private key in {self._path} is not whole: make a new key of the service account."
            ) from None
        return f"{signed}.{_base64(signature)}"

    def _exchange(self, identity: WorkloadIdentity) -> Mapping[str, str]:
        try:
            subject = identity.credential_source.read()
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise Auth(
                f"The token of this workload cannot be read from {identity.credential_source.file} "
                f"({type(error).__name__}): correct credential_source of {self._path}."
            ) from None
        return {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "audience": identity.audience,
            "scope": _PLATFORM,
            "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "subject_token_type": identity.subject_token_type,
            "subject_token": subject,
        }

    async def _post(self, url: str, headers: Mapping[str, str], body: str, into: type[W]) -> W:
        with TOKENS.errors(_FETCH):
            answer = await self._client(url).send(
                "POST",
                url,
                headers={"Accept": "application/json", "User-Agent": "raccord", **headers},
                body=body,
            )
            return read(read_json(answer.body), into)

    def _client(self, url: str) -> HttpClient:
        """Return the client for Google's host in an address of the file. Raises `Auth` for any other host."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if not (parts.scheme == "https" and host.endswith(".googleapis.com")) and host not in LOOPBACK:
            raise Auth(f"The file {self._path} names a host that is not Google's: download it anew.")
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._clients:
            settings = self._settings.model_copy(update={"base_url": origin})
            self._clients[origin] = HttpClient(self._connection, settings, requests_per_second=_RATE)
        return self._clients[origin]


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
