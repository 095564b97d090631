"""Every call to Stripe goes through here: one client, one error table, one reading of answers."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

import httpx
import stripe
from pydantic import BaseModel, ValidationError

from raccord.vendors.stripe.errors import (
    ClientError,
    Operation,
    misshapen,
    no_answer,
    translate,
    unreadable,
)
from raccord.vendors.stripe.settings import StripeSettings
from raccord.vendors.stripe.transport import BoundedClient
from raccord.vendors.stripe.wire import ObjectT, Page

VERSION = "2026-10-28.endive"
PAGE_SIZE = 100
_LONGEST_KEY = 255

W = TypeVar("W", bound=BaseModel)

# The client would otherwise send the host's platform and the timing of earlier requests.
stripe.enable_telemetry = False


class StripeApi:
    """Stripe's client for one connection. The HTTP pool belongs to the loop of the first call."""

    def __init__(self, settings: StripeSettings) -> None:
        self._settings = settings
        self._http: BoundedClient | None = None
        self._client: stripe.StripeClient | None = None

    async def call(
        self, operation: Operation, send: Callable[[stripe.StripeClient], Awaitable[Any]], into: type[W]
    ) -> W:
        """Send one request and read its answer. Raises connector errors, and nothing else."""
        try:
            async with asyncio.timeout(self._settings.timeout.total_seconds()):
                answer = await send(self._connected())
        except stripe.StripeError as error:
            raise translate(error, operation) from ClientError(error)
        except TimeoutError as error:
            raise no_answer(operation) from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # The client trips over JSON that is not Stripe's, such as a proxy's {"error": "bad gateway"}.
            raise unreadable(operation) from error
        return _read(answer, operation, into)

    async def pages(
        self,
        operation: Operation,
        send: Callable[[stripe.StripeClient, Any], Awaitable[Any]],
        into: type[Page[ObjectT]],
        **where: Any,
    ) -> AsyncIterator[ObjectT]:
        """Yield every object of a list or search; `send` takes the parameters of one page."""
        params = where | {"limit": PAGE_SIZE}

        def one_page(client: stripe.StripeClient) -> Awaitable[Any]:
            return send(client, params)

        while True:
            page = await self.call(operation, one_page, into)
            for item in page.data:
                yield item
            if not page.has_more or not page.data:
                return
            onward = {"page": page.next_page} if page.next_page else {"starting_after": page.data[-1].id}
            params = params | onward

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close_async()  # type: ignore[no-untyped-call]  # Stripe leaves it unannotated
            self._http = self._client = None

    def _connected(self) -> stripe.StripeClient:
        if self._client is None:
            seconds = self._settings.timeout.total_seconds()
            self._http = BoundedClient(timeout=httpx.Timeout(seconds, connect=seconds / 2))
            self._client = stripe.StripeClient(
                self._settings.api_key.get_secret_value(),
                http_client=self._http,
                base_addresses={"api": self._settings.base_url.rstrip("/")},
                stripe_version=VERSION,
                max_network_retries=0,
            )
        return self._client


def once(key: str) -> stripe.RequestOptions:
    """Return the request options that carry an idempotency key.

    Stripe takes at most 255 characters, and a header ASCII only; other keys are hashed.
    """
    if len(key) > _LONGEST_KEY or not (key.isascii() and key.isprintable()):
        key = f"sha256/{hashlib.sha256(key.encode()).hexdigest()}"
    return {"idempotency_key": key}


def _read(answer: Any, operation: Operation, into: type[W]) -> W:
    if not isinstance(answer, stripe.StripeObject):
        raise misshapen(operation)
    try:
        return into.model_validate(answer.to_dict())
    except ValidationError as error:
        # Without `from`: its text would quote the answer's values.
        raise misshapen(operation) from ValueError(f"{error.error_count()} fields of {into.__name__}")
