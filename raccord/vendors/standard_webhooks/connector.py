"""The `Outbound` port by HTTPS: one POST an event, to the configured address and nowhere else."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from raccord.connectors.capabilities import OutboundCapabilities, Uniqueness
from raccord.connectors.connection import Check, ConnectionSettings, of_vendor
from raccord.connectors.errors import ConnectorError, RateLimited, Transient
from raccord.connectors.http.client import HttpClient
from raccord.connectors.http.failures import Crowded, HttpFailure, NotSent, Refused
from raccord.connectors.http.waits import wait
from raccord.connectors.outbound import Outbound
from raccord.domain.onboarding.event import OutboundEvent
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.message import message
from raccord.vendors.standard_webhooks.settings import EndpointSettings
from raccord.vendors.standard_webhooks.signing import headers

_RATE = 5.0
"""Events a second: the tools that take them allow more, and nobody is in a hurry."""
_PAUSE = timedelta(minutes=1)
_GONE, _TOO_MANY, _FIRST_REDIRECT, _FIRST_REFUSAL = 410, 429, 300, 400


def connect(name: str, settings: ConnectionSettings, _clock: BusinessClock) -> Outbound:
    """Build the port. Raises `TypeError` for the settings of another vendor."""
    return Endpoint(name, of_vendor(settings, EndpointSettings))


class Endpoint:
    """One configured address."""

    def __init__(self, name: str, settings: EndpointSettings) -> None:
        self._name = name
        self._settings = settings
        self._http = HttpClient(name, settings, requests_per_second=_RATE)

    @property
    def capabilities(self) -> OutboundCapabilities:
        return OutboundCapabilities(
            # An event is told by its id.
            uniqueness=Uniqueness.IDEMPOTENCY_KEY,
            requests_per_second=_RATE,
            requests_per_activity=1.0,
        )

    async def send(self, event: OutboundEvent) -> None:
        now, body = datetime.now(UTC), event.body.encode()
        signed = headers(event.id, now, body, self._settings.webhook_secrets(now))
        more = {"Content-Type": "application/json", "User-Agent": "raccord"}
        try:
            await self._http.send("POST", self._settings.base_url, headers={**signed, **more}, body=body)
        except HttpFailure as failure:
            raise self._not_taken(failure) from failure

    def _not_taken(self, failure: HttpFailure) -> ConnectorError:
        match failure:
            case Refused(answer=answer) if answer.status == _TOO_MANY:
                pause = wait(answer.headers.get("retry-after", ""), otherwise=_PAUSE)
                return RateLimited(f"{self._name} asks to come back later.", retry_after=pause)
            case Refused(answer=answer):
                return Transient(f"{self._name} {_said(answer.status)}")
            case Crowded(wait=pause):
                return RateLimited(f"Raccord's own limit for {self._name} is used up.", retry_after=pause)
            case NotSent(untrusted=True):
                return Transient(f"{self._name} cannot be reached: its certificate is not trusted.")
            case NotSent():
                return Transient(f"{self._name} cannot be reached; nothing was sent. Check its base_url.")
            case _:
                return Transient(f"{self._name} gave no whole answer; the event is sent again.")

    async def check(self) -> tuple[Check, ...]:
        secrets = len(self._settings.webhook_secrets(datetime.now(UTC)))
        said = message("webhooks.two_secrets") if secrets > 1 else message("check.signed")
        return (Check.ok(message("check.events"), said),)

    async def probe(self) -> None:
        url = urlsplit(self._settings.base_url)
        secure = url.scheme == "https"
        context = ssl.create_default_context() if secure else None
        try:
            async with asyncio.timeout(self._settings.timeout.total_seconds()):
                _, writer = await asyncio.open_connection(
                    url.hostname, url.port or (443 if secure else 80), ssl=context
                )
                writer.close()
        except (OSError, TimeoutError) as error:
            raise Transient(f"{self._name} cannot be reached ({type(error).__name__}).") from error

    async def close(self) -> None:
        await self._http.close()


def _said(status: int) -> str:
    if status == _GONE:
        return "takes no more events (410): correct its base_url, or leave it out of outbound."
    if _FIRST_REDIRECT <= status < _FIRST_REFUSAL:
        return f"sends us on to another address ({status}), which is not followed: correct its base_url."
    return f"did not take the event (status {status})."
