"""Sends what is never sent twice: Slack docs, "Handling user interaction": a click is not delivered again."""

import asyncio
import time
from dataclasses import dataclass

import httpx

from sandbox.core.delivery import Attempt, Delivery, Outgoing

PATIENCE = 3.0
"""Seconds Slack waits for an answer."""


@dataclass(frozen=True)
class Outcome:
    """How one delivery ended; `seconds` is how long it took."""

    attempt: Attempt
    seconds: float


class ClickDelivery(Delivery):
    """The sender of all vendors, which can also deliver at once, once, and tell the outcome."""

    async def once(self, vendor: str, *, event: str, request: Outgoing) -> Outcome:
        """Deliver now; it is in the log like every other attempt."""
        attempt = Attempt(
            n=next(self._numbers),
            vendor=vendor,
            event=event,
            attempt=0,
            url=request.url,
            body=request.body.decode(),
            headers=dict(request.headers),
        )
        self._attempts.append(attempt)
        began = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self._http().post(
                    request.url, content=request.body, headers=dict(request.headers)
                )
            attempt.status = answer.status_code
        except TimeoutError:
            attempt.error = f"no answer within {PATIENCE:g} s"
        except httpx.HTTPError as error:
            attempt.error = f"{type(error).__name__}: {error}"
        return Outcome(attempt=attempt, seconds=round(time.monotonic() - began, 3))
