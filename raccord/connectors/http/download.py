"""Fetching a public file of a vendor's, from the vendor's own hosts alone."""

import asyncio
from collections.abc import Collection
from datetime import timedelta

import aiohttp
from yarl import URL

from raccord.connectors.errors import Permanent, Transient

_MOST_REDIRECTS = 3
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_LATER = frozenset((408, 425, 429))


class Downloads:
    """Fetches files whose address a vendor gave, without any credentials.

    `base_url` is the connection's. `hosts` are the vendor's own, and those below them, reached by https
    alone; they count only for the vendor's real address, as `real` says. Otherwise a file comes from the
    very origin of `base_url`, or from nowhere.
    """

    def __init__(
        self, vendor: str, base_url: str, *, real: bool, hosts: Collection[str], most_bytes: int
    ) -> None:
        self._vendor = vendor
        self._origin = URL(base_url).origin()
        self._hosts = tuple(hosts) if real else ()
        self._most = most_bytes

    async def pdf(self, address: str, what: str, *, within: timedelta) -> bytes:
        """Return a PDF. `what` completes "could not …". Nobody is told the address: who has it reads the PDF.

        Raises `Permanent` for an address that is not the vendor's, a refusal, another kind of file and one
        that is too large; `Transient` where asking again may help.
        """
        try:
            url = URL(address)
        except ValueError:
            raise Permanent(f"Raccord could not {what}: its address is none.", code="foreign_host") from None
        try:
            async with asyncio.timeout(within.total_seconds()), self._session() as session:
                for _ in range(_MOST_REDIRECTS + 1):
                    self._prove_own(url, what)
                    async with session.get(url, allow_redirects=False) as response:
                        if response.status in _REDIRECTS and (there := response.headers.get("Location")):
                            url = url.join(URL(there))
                            continue
                        self._prove_success(response.status, what)
                        return self._proven(await self._whole(response, what), what)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Transient(
                f"{self._vendor} gave no whole answer when asked to {what} ({type(error).__name__})."
            ) from None
        raise Permanent(f"{self._vendor} could not {what}: it is redirected too often.", code="redirects")

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)

    def _prove_own(self, url: URL, what: str) -> None:
        if url.is_absolute() and url.origin() == self._origin:
            return
        host = url.host or ""
        own = any(host == each or host.endswith(f".{each}") for each in self._hosts)
        if not (own and url.scheme == "https" and url.port == 443 and url.user is None):
            raise Permanent(
                f"Raccord did not {what}: its address is not one of {self._vendor}'s own.",
                code="foreign_host",
            )

    def _prove_success(self, status: int, what: str) -> None:
        if status == 200:
            return
        said = f"{self._vendor} answered with status {status} when asked to {what}."
        if status >= 500 or status in _LATER:
            raise Transient(said)
        raise Permanent(said, code=str(status))

    async def _whole(self, response: aiohttp.ClientResponse, what: str) -> bytes:
        body = bytearray()
        async for chunk in response.content.iter_any():
            body += chunk
            if len(body) > self._most:
                response.close()
                raise Permanent(
                    f"Raccord did not {what}: it is larger than {self._most // 2**20} MB.", code="too_large"
                )
        return bytes(body)

    def _proven(self, body: bytes, what: str) -> bytes:
        if not body.startswith(b"%PDF-"):
            raise Permanent(f"{self._vendor} was asked to {what}; what it gave is no PDF.", code="not_a_pdf")
        return body
