"""Every call to HubSpot goes through here: HubSpot's client writes the request, the kit sends it."""

from collections.abc import Coroutine, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, TypeVar
from urllib.parse import urlencode

# Every package of the client has this same generic client; this one brings the fewest models with it.
from hubspot.crm.owners import ApiClient, Configuration
from pydantic import BaseModel

from raccord.connectors.http.client import HttpClient
from raccord.connectors.http.errors import Operation
from raccord.connectors.http.failures import Answer
from raccord.connectors.http.form import File, multipart
from raccord.connectors.http.reading import read, read_json
from raccord.connectors.http.writing import write_json
from raccord.domain.values.clock import BusinessClock
from raccord.vendors.hubspot.errors import table
from raccord.vendors.hubspot.settings import HubSpotSettings

_BURST = 1.0
"""A deal's requests leave together; 10 s then hold at most 11 s of requests (see `requests_per_second`)."""

W = TypeVar("W", bound=BaseModel)
Query = Iterable[tuple[str, str]]


class HubSpotClient:
    """HubSpot's client for one connection.

    Its request path is used without its models, which turn an answer that they do not expect into
    None, numbers into floats and new enum values into errors; and cost more CPU than the request.
    """

    def __init__(self, connection: str, settings: HubSpotSettings, clock: BusinessClock) -> None:
        self._table = table(clock.tz)
        self._http = HttpClient(
            connection, settings, requests_per_second=settings.requests_per_second, burst=_BURST
        )
        configuration = Configuration(host=settings.base_url.rstrip("/"))
        configuration.access_token = self._token = settings.access_token.get_secret_value()
        self._api = ApiClient(configuration=configuration)
        self._api.user_agent = "raccord"
        self._api.rest_client = _Sender(self._http)

    async def get(self, operation: Operation, path: str, into: type[W], *query: tuple[str, str]) -> W:
        """Send a GET and read its answer. Raises connector errors, and nothing else."""
        return await self._call(operation, "GET", path, into, query=query)

    async def post(self, operation: Operation, path: str, content: Any, into: type[W]) -> W:
        """Send a POST and read its answer. Raises connector errors, and nothing else."""
        return await self._call(operation, "POST", path, into, content=content)

    async def upload(
        self, operation: Operation, path: str, fields: Mapping[str, str], file: File, into: type[W]
    ) -> W:
        """Send a file in a form. Raises connector errors, and nothing else.

        Not through HubSpot's client, which reads files from the disk.
        """
        kind, body = multipart(fields, file)
        headers = {
            "Accept": "application/json",
            "Authorization": f"Bearer {self._token}",
            "Content-Type": kind,
            "User-Agent": "raccord",
        }
        with self._table.errors(operation):
            answer = await self._http.send("POST", path, headers=headers, body=body)
            return read(read_json(answer.body), into)

    async def patch(self, operation: Operation, path: str, content: Any, into: type[W]) -> W:
        """Send a PATCH and read its answer. Raises connector errors, and nothing else."""
        return await self._call(operation, "PATCH", path, into, content=content)

    def errors(self, operation: Operation) -> AbstractContextManager[None]:
        """Turn what the kit raises inside, beside single requests, into connector errors."""
        return self._table.errors(operation)

    async def close(self) -> None:
        await self._http.close()

    async def _call(
        self,
        operation: Operation,
        method: str,
        path: str,
        into: type[W],
        *,
        query: Query = (),
        content: Any = None,
    ) -> W:
        with self._table.errors(operation):
            answer: Answer = await self._api.call_api(
                path,
                method,
                query_params=list(query),
                header_params={"Accept": "application/json"},
                body=content,
                auth_settings=["oauth2"],
                _preload_content=False,
            )
            return read(read_json(answer.body), into)


class _Sender:
    """Put in place of the client's blocking HTTP: what it returns, the client hands through to be awaited."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    def GET(  # noqa: N802 - the client looks for these names
        self, url: str, *, query_params: Query, headers: dict[str, str], **_: Any
    ) -> Coroutine[Any, Any, Answer]:
        return self._http.send("GET", f"{url}?{urlencode(list(query_params))}", headers=headers)

    def POST(self, url: str, **given: Any) -> Coroutine[Any, Any, Answer]:  # noqa: N802
        return self._with_body("POST", url, **given)

    def PATCH(self, url: str, **given: Any) -> Coroutine[Any, Any, Answer]:  # noqa: N802
        return self._with_body("PATCH", url, **given)

    def _with_body(
        self, method: str, url: str, *, headers: dict[str, str], body: Any, **_: Any
    ) -> Coroutine[Any, Any, Answer]:
        typed = headers | {"Content-Type": "application/json"}
        return self._http.send(method, url, headers=typed, body=write_json(body))
