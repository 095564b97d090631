"""Google's simulator on a real port, and an app that signs in as the service account."""

import base64
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from sandbox.core.assembly import assemble
from sandbox.core.delivery import Delivery
from sandbox.core.operator import Operator
from sandbox.google.person import GooglePerson
from sandbox.google.settings import GoogleSettings
from sandbox.google.vendor import GoogleVendor
from sandbox.mailbox.mailbox import Mailbox
from tests.sandbox.serving import serving

Json = dict[str, Any]
ACCOUNT = "raccord@hexalab-sandbox.iam.gserviceaccount.example"
BOOK = "1SandboxPilotageHexalab000000000000000000000"
VIEW_ONLY = "1SandboxLectureSeule000000000000000000000000"
UNSHARED = "1SandboxNonPartage00000000000000000000000000"
SHEETS = "https://www.googleapis.com/auth/spreadsheets"
DRIVE = "https://www.googleapis.com/auth/drive"


@dataclass
class Google:
    """One account. `call` speaks as the service account, `person` as the owner of everything."""

    base: str
    http: httpx.AsyncClient
    key: Json = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def person(self) -> GooglePerson:
        return GooglePerson(self.http)

    @property
    def operator(self) -> Operator:
        return Operator(self.http)

    async def fresh(self, **settings: Any) -> None:
        await self.operator.reset()
        self.tokens.clear()
        await self.operator.settings("google", **{**GoogleSettings().options(), "rate_limits": False})
        await self.operator.settings("google", **settings)
        self.key = await self.person.key()

    async def exchange(
        self, *, grant: str | None = None, head: Json | None = None, seconds: int = 3600, **claims: Any
    ) -> Any:
        """Ask for a token that long; a claim of None is left out."""
        now = int(time.time())
        ordinary = {
            "iss": self.key["client_email"],
            "scope": SHEETS,
            "aud": self.key["token_uri"],
            "iat": now,
            "exp": now + seconds,
        }
        form = {
            "grant_type": grant or "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": self.signed({"alg": "RS256", "typ": "JWT"} | (head or {}), ordinary | claims),
        }
        return await self.http.post("/google/token", data=form)

    def signed(self, head: Json, claims: Json) -> str:
        key = serialization.load_pem_private_key(self.key["private_key"].encode(), password=None)
        assert isinstance(key, RSAPrivateKey)
        kept = {name: value for name, value in claims.items() if value is not None}
        content = ".".join(_encoded(json.dumps(part).encode()) for part in (head, kept))
        return f"{content}.{_encoded(key.sign(content.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    async def raw(self, method: str, path: str, *, scope: str = SHEETS, **options: Any) -> httpx.Response:
        if scope not in self.tokens:
            self.tokens[scope] = (await self.exchange(scope=scope)).json()["access_token"]
        headers = {"Authorization": f"Bearer {self.tokens[scope]}"}
        return await self.http.request(method, f"/google{path}", headers=headers, **options)

    async def call(self, method: str, path: str, **options: Any) -> Json:
        answer = await self.raw(method, path, **options)
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    async def refused(self, method: str, path: str, **options: Any) -> tuple[int, str]:
        answer = await self.raw(method, path, **options)
        error = answer.json()["error"]
        assert error["code"] == answer.status_code
        return answer.status_code, error["message"]

    async def batch(self, *requests: Json) -> list[Json]:
        answer = await self.call("POST", f"{book()}:batchUpdate", json={"requests": list(requests)})
        replies: list[Json] = answer["replies"]
        return replies

    async def batch_refused(self, *requests: Json) -> str:
        status, message = await self.refused(
            "POST", f"{book()}:batchUpdate", json={"requests": list(requests)}
        )
        assert status == 400, message
        return message

    async def write(self, where: str, *rows: list[Any], option: str = "RAW") -> Json:
        body = {"valueInputOption": option, "data": [{"range": where, "values": list(rows)}]}
        return await self.call("POST", f"{book()}/values:batchUpdate", json=body)

    async def read(self, where: str, render: str = "UNFORMATTED_VALUE", **more: str) -> list[list[Any]]:
        query = {"valueRenderOption": render, **more}
        answer = await self.call("GET", f"{book()}/values/{quote(where, safe='')}", params=query)
        rows: list[list[Any]] = answer.get("values", [])
        return rows

    async def titles(self) -> list[str]:
        return await self.person.tabs()


def book(id_: str = BOOK) -> str:
    return f"/v4/spreadsheets/{id_}"


def add_tab(title: str, id_: int, **grid: int) -> Json:
    properties: Json = {"title": title, "sheetId": id_}
    return {"addSheet": {"properties": properties | ({"gridProperties": grid} if grid else {})}}


@asynccontextmanager
async def google_bench() -> AsyncIterator[Google]:
    delivery = Delivery()
    app = assemble(vendors=[GoogleVendor(delivery=delivery)], delivery=delivery, emails=Mailbox())
    async with serving(app) as base, httpx.AsyncClient(base_url=base, trust_env=False) as http:
        yield Google(base, http)


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
