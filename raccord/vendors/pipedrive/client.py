"""Every call to Pipedrive, in its order and within its limits."""

from collections.abc import AsyncIterator, Awaitable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from raccord.connectors.errors import Forbidden, NotFound
from raccord.connectors.http.api import JsonApi
from raccord.connectors.http.client import HttpClient
from raccord.connectors.http.errors import Operation
from raccord.connectors.http.limiter import Limiter
from raccord.connectors.http.paging import pages
from raccord.connectors.http.reading import Misshapen, Wire, read
from raccord.connectors.http.tokens import Tokens
from raccord.connectors.memory import Memory
from raccord.connectors.oauth import Grants, NobodyAgreed, OAuthApp
from raccord.vendors.pipedrive.errors import TABLE
from raccord.vendors.pipedrive.settings import PipedriveSettings
from raccord.vendors.pipedrive.wire import Anything, Envelope, Me

_SEARCHES_PER_SECOND = 4.0
"""Of the 10 in two seconds that every plan admits (pipedrive page, section 8)."""
PAGE = 500
"""The largest page (section 0)."""
BATCH = 100
"""Ids in one request (section 8)."""
_REMEMBERED = 300.0
_LASTS_UNUSED = timedelta(days=60)

Query = Mapping[str, str | int]
T = TypeVar("T")
W = TypeVar("W", bound=Wire)


@dataclass(frozen=True, slots=True)
class Page(Generic[W]):
    data: tuple[W, ...]
    following: str | None


def oauth(connection: str, settings: PipedriveSettings) -> OAuthApp | None:
    """Return the app that a person installs (section 6), which is registered with its scopes; or None."""
    return settings.app(connection, "Pipedrive", lasts_unused=_LASTS_UNUSED, basic=True)


class OtherCompany(Forbidden):
    """The access is to another company than the settings say: nothing else is wrong with it."""


class PipedriveClient:
    """Calls as one user: by API token, or as that one agreed. They raise connector errors, and nothing else.

    All go to `base_url`, which reaches every company, and not to the `api_domain` that comes with a token.
    """

    def __init__(self, connection: str, settings: PipedriveSettings, grants: Grants | None = None) -> None:
        self._http = HttpClient(connection, settings, requests_per_second=settings.requests_per_second)
        self.app, token = oauth(connection, settings), settings.api_token
        self._tokens = Tokens(self.app, settings, grants or NobodyAgreed()) if self.app else None
        headers = {"x-api-token": token.get_secret_value()} if token else {}
        self._api = JsonApi(self._http, TABLE, headers, tokens=self._tokens, guard=self._prove_company)
        self._searches = Limiter(min(_SEARCHES_PER_SECOND, settings.requests_per_second))
        self._patience = settings.timeout.total_seconds() / 2
        self._company = settings.company_id
        self._me: Memory[Me] = Memory()
        self._proven: Mapping[str, str] | None = None

    async def me(self) -> Me:
        """Return whose token this is, as it is now (section 0)."""
        return await _me(self._api)

    async def known_me(self) -> Me:
        """Return whose token this is, as it was some minutes ago. Raises `OtherCompany`."""
        # Somebody may have agreed anew, as a user of another company.
        token = (await self._tokens.get()).access_token.get_secret_value() if self._tokens else ""
        return await self._me.get(token, self.our_me, seconds=lambda _: _REMEMBERED)

    async def our_me(self) -> Me:
        """Return whose token this is, as it is now. Raises `OtherCompany`."""
        me = await self.me()
        self._prove(me)
        return me

    async def one(self, operation: Operation, path: str, into: type[W], query: Query | None = None) -> W:
        return await _one(self._api, operation, _path(path, query), into)

    async def page(
        self, operation: Operation, path: str, into: type[W], query: Query | None = None
    ) -> "Page[W]":
        found = await self._api.call(operation, "GET", _path(path, query), Envelope)
        with TABLE.errors(operation):
            if not isinstance(found.data, list | None):
                raise Misshapen("data is no list")
            # Some lists without a record say null.
            return Page(tuple(read(each, into) for each in found.data or ()), found.following)

    async def every(
        self, operation: Operation, path: str, into: type[W], query: Query | None = None
    ) -> AsyncIterator[W]:
        """Yield what a list of API v2 has, page after page."""

        async def fetch(cursor: str | None) -> Page[W]:
            onward = {"cursor": cursor} if cursor else {}
            return await self.page(operation, path, into, {"limit": PAGE, **(query or {}), **onward})

        with TABLE.errors(operation):
            async for page in pages(fetch, lambda page: page.following):
                for each in page.data:
                    yield each

    async def search(self, operation: Operation, path: str, into: type[W], query: Query) -> Page[W]:
        """Ask an index, which admits fewer requests than the rest."""
        with TABLE.errors(operation):
            await self._searches.turn(within=self._patience)
        return await self.page(operation, path, into, query)

    async def write(
        self, what: str, needs: str, method: str, path: str, into: type[W], *, content: Any = None
    ) -> W:
        operation = Operation(what, needs, write=True)
        found = await self._api.call(operation, method, path, Envelope, content=content)
        with TABLE.errors(operation):
            return read(found.data, into)

    async def delete(self, what: str, needs: str, path: str) -> None:
        await self._api.call(Operation(what, needs, write=True), "DELETE", path, Anything)

    async def close(self) -> None:
        await self._api.close()

    async def _prove_company(self, credentials: Mapping[str, str]) -> None:
        """Ask before the first write with each token: somebody may have connected another company since."""
        if self._company is not None and credentials != self._proven:
            self._prove(await _me(self._api.only(credentials)))
            self._proven = credentials

    def _prove(self, me: Me) -> None:
        if self._company in (None, me.company_id):
            return
        other = "enter the API token of a user of that company as api_token"
        if self.app:
            other = f"run raccord connect {self.app.connection} as a user of that company"
        raise OtherCompany(
            f"The access is to the Pipedrive company {me.company_id}, and company_id says {self._company}: "
            f"nothing was written. Correct company_id of this connection, or {other}."
        )


async def _me(api: JsonApi) -> Me:
    return await _one(api, Operation("tell whose token this is", "use the API"), "/api/v1/users/me", Me)


async def _one(api: JsonApi, operation: Operation, path: str, into: type[W]) -> W:
    found = await api.call(operation, "GET", path, Envelope)
    with TABLE.errors(operation):
        return read(found.data, into)


async def unless_gone(call: Awaitable[T]) -> T | None:
    """Return what a call returns, or None when the record is not there."""
    try:
        return await call
    except NotFound:
        return None


def batches(ids: Iterable[int]) -> list[str]:
    """Return ids as the lists take them, a hundred at once (section 8)."""
    each = [str(id) for id in dict.fromkeys(ids)]
    return [",".join(each[start : start + BATCH]) for start in range(0, len(each), BATCH)]


def _path(path: str, query: Query | None) -> str:
    return f"{path}?{urlencode(query)}" if query else path
