"""Somebody with a browser tab open at a simulated vendor."""

from collections.abc import Mapping
from typing import Any, ClassVar

import httpx


class Person:
    """What people do in a vendor's own pages, over the vendor's own HTTP API.

    Their requests carry the header `X-Sandbox-Actor` with who they are: they need no credential of the app
    and use up none of its requests. A refusal is an `httpx.HTTPStatusError` in the vendor's words.
    `http` has the sandbox as its base URL.
    """

    vendor: ClassVar[str]

    def __init__(self, http: httpx.AsyncClient, *, actor: str) -> None:
        self._http = http
        self._actor = actor

    async def call(
        self,
        method: str,
        path: str,
        *,
        actor: str | None = None,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> Any:
        """Send one request; return the answer's JSON, None when it has no body."""
        headers = {"X-Sandbox-Actor": actor or self._actor, **(headers or {})}
        answer = await self._http.request(method, f"/{self.vendor}{path}", headers=headers, **options)
        return json_of(answer)


def json_of(answer: httpx.Response) -> Any:
    """The body of a success; anything else is raised with what it says."""
    if not answer.is_success:
        request = answer.request
        said = f"{request.method} {request.url.path}: {answer.status_code} {answer.text}"
        raise httpx.HTTPStatusError(said, request=request, response=answer)
    return answer.json() if answer.content else None
