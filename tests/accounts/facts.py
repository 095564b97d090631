"""Facts about vendors that no page settles: what an account answers settles each of them.

A probe asks the account itself, past the connector, which is right for both answers until then.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from tests.accounts.keys import Key
from tests.patience import patience

Probe = Callable[["Asked"], Awaitable[bool]]


@dataclass(frozen=True)
class Fact:
    """`page`: where our vendor pages leave it open. `yes` and `no`: what either answer would mean for us."""

    name: str
    page: str
    asks: str
    yes: str
    no: str
    probe: Probe


@dataclass(frozen=True)
class Settled:
    """What an account answered; None where it could not be asked, and then why."""

    fact: Fact
    answer: bool | None
    why: str = ""

    @property
    def told(self) -> str:
        fact = self.fact
        if self.answer is None:
            return f"  ?    {fact.asks} ({fact.page})\n       not settled: {self.why}"
        word, meaning = ("yes", fact.yes) if self.answer else ("no", fact.no)
        return f"  {word:<4} {fact.asks} ({fact.page})\n       {meaning}"


class Asked:
    """One account, asked over HTTP. `made` remembers what is to be removed in the end."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        return await self._http.request(method, path, **options)

    async def json(self, method: str, path: str, **options: Any) -> Any:
        """Return an answer's content. Raises `httpx.HTTPStatusError` for a refusal."""
        answer = await self.call(method, path, **options)
        answer.raise_for_status()
        return answer.json() if answer.content else None


@asynccontextmanager
async def asked(key: Key, headers: Mapping[str, str] = {}) -> AsyncIterator[Asked]:
    """Open an account to questions."""
    bearer = {"Authorization": f"Bearer {key.secret}", **headers}
    async with httpx.AsyncClient(
        base_url=key.url, headers=bearer, timeout=patience(20), trust_env=True
    ) as http:
        yield Asked(http)


async def settle(account: Asked, facts: tuple[Fact, ...]) -> list[Settled]:
    """Ask for each fact, one after the other; a refusal settles nothing, and is told."""
    found = []
    for fact in facts:
        try:
            found.append(Settled(fact, await fact.probe(account)))
        except (httpx.HTTPError, KeyError, IndexError, ValueError) as error:
            found.append(Settled(fact, None, _why(error)))
    return found


def _why(error: Exception) -> str:
    if isinstance(error, httpx.HTTPStatusError):
        return f"{error.response.status_code} {error.response.text[:200]}"
    return f"{type(error).__name__}: {error}"
