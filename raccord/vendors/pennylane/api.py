"""Every call to one company's Pennylane."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from raccord.connectors.errors import Forbidden, NotFound
from raccord.connectors.http.api import JsonApi
from raccord.connectors.http.client import HttpClient
from raccord.connectors.http.errors import Operation
from raccord.connectors.http.paging import pages
from raccord.connectors.http.reading import Wire
from raccord.connectors.http.tokens import Tokens
from raccord.connectors.oauth import Grants, NobodyAgreed, OAuthApp
from raccord.vendors.pennylane.errors import TABLE
from raccord.vendors.pennylane.settings import PennylaneSettings
from raccord.vendors.pennylane.wire import Listed, Me

BURST = 1.0
"""Seconds of requests that may leave at once: with those of the next five they are 24 (section 8)."""
PAGE_SIZE = 100
INVOICES, CUSTOMERS = "customer_invoices:all", "customers:all"
_LASTS_UNUSED = timedelta(days=90)
_SANDBOX = "sandbox-"
"""Begins the registration number of a sandbox's company (pennylane page, section 6)."""

W = TypeVar("W", bound=Wire)
T = TypeVar("T", bound=Wire)
Filter = tuple[str, str, str | list[str]]
"""Field, operator, value; as the specification's examples, values are texts."""


def oauth(connection: str, settings: PennylaneSettings) -> OAuthApp | None:
    """Return the partner's application (pennylane page, section 6); None for a company's token."""
    return settings.app(connection, "Pennylane", lasts_unused=_LASTS_UNUSED, scope=f"{INVOICES} {CUSTOMERS}")


class PennylaneApi:
    """Calls with one token. They raise connector errors, and nothing else."""

    def __init__(self, connection: str, settings: PennylaneSettings, grants: Grants | None = None) -> None:
        http = HttpClient(connection, settings, requests_per_second=settings.requests_per_second, burst=BURST)
        self.app, token = oauth(connection, settings), settings.token
        tokens = Tokens(self.app, settings, grants or NobodyAgreed()) if self.app else None
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
        self._api = JsonApi(http, TABLE, headers, tokens=tokens, guard=self._prove_mode)
        self.requests_per_second = settings.requests_per_second
        self._sandbox = settings.sandbox
        self._proven: Mapping[str, str] | None = None

    async def me(self) -> Me:
        return await _me(self._api)

    async def proven_me(self) -> Me:
        """Ask whose token it is. Raises `Forbidden` for the kind of company that the settings do not say."""
        me = await self.me()
        self._prove(me)
        return me

    async def get(
        self, what: str, needs: str, path: str, into: type[W], params: dict[str, str | int] | None = None
    ) -> W:
        return await self._api.call(Operation(what, needs), "GET", path, into, params=params)

    async def page(
        self,
        what: str,
        needs: str,
        path: str,
        into: type[Listed[T]],
        *,
        filters: Sequence[Filter] = (),
        sort: str = "",
        cursor: str | None = None,
    ) -> Listed[T]:
        """Return one page. A cursor holds a position only: all else is sent again (section 5)."""
        params: dict[str, str | int] = {"limit": PAGE_SIZE}
        if filters:
            asked = [{"field": field, "operator": how, "value": value} for field, how, value in filters]
            # One text of JSON: anything else is refused (section 1.1).
            params["filter"] = json.dumps(asked, ensure_ascii=False)
        if sort:
            params["sort"] = sort
        if cursor:
            params["cursor"] = cursor
        return await self.get(what, needs, path, into, params)

    async def all(
        self,
        what: str,
        needs: str,
        path: str,
        into: type[Listed[T]],
        *,
        filters: Sequence[Filter] = (),
        sort: str = "",
    ) -> AsyncIterator[T]:
        """Yield every item of a list; none of what belongs to something that is gone."""

        async def fetch(cursor: str | None) -> Listed[T]:
            return await self.page(what, needs, path, into, filters=filters, sort=sort, cursor=cursor)

        with TABLE.errors(Operation(what, needs)):
            async for page in pages(fetch, lambda page: page.following):
                for item in page.items:
                    yield item

    async def write(
        self, what: str, needs: str, method: str, path: str, into: type[W], *, content: Any = None
    ) -> W:
        """Write once and read the answer."""
        return await self._api.call(Operation(what, needs, write=True), method, path, into, content=content)

    async def do(self, what: str, needs: str, method: str, path: str, *, content: Any = None) -> None:
        """Write once where the answer is empty."""
        await self._api.answer(Operation(what, needs, write=True), method, path, content=content)

    async def close(self) -> None:
        await self._api.close()

    async def _prove_mode(self, credentials: Mapping[str, str]) -> None:
        """Ask before the first write with each token: somebody may have connected another company since."""
        if credentials != self._proven:
            self._prove(await _me(self._api.only(credentials)))
            self._proven = credentials

    def _prove(self, me: Me) -> None:
        if is_sandbox(me) is self._sandbox:
            return
        wrong, right = ("a real company", "false") if self._sandbox else ("a sandbox", "true")
        other = "Enter the other token as token of this connection"
        if self.app:
            other = f"Run raccord connect {self.app.connection} and choose the other company"
        raise Forbidden(
            f"Pennylane's access is to {wrong}, {me.company.name}, and the settings say otherwise: nothing "
            f"was written. {other}, or set sandbox = {right}."
        )


async def _me(api: JsonApi) -> Me:
    return await api.call(Operation("tell whose token this is", "any scope"), "GET", "/me", Me)


def is_sandbox(me: Me) -> bool:
    return (me.company.reg_no or "").startswith(_SANDBOX)


def number(id: str, what: str) -> str:
    """Return an id for a path. Raises `NotFound` for what is none of Pennylane's, which are whole numbers."""
    if not (id.isascii() and id.isdecimal()):
        raise NotFound(f"Pennylane has no {what} {id}: its ids are numbers.", code="404")
    return id
