"""Which endpoint gets an event, and what it gets (Stripe docs: webhooks, webhooks/versioning)."""

import json
import time
from dataclasses import dataclass

from sandbox.core.delivery import Outgoing, Target
from sandbox.stripe.settings import StripeSettings
from sandbox.stripe.signing import signature_header
from sandbox.stripe.store import Json, Store

CONFIGURED = "we_1SandboxConfigured00000"
"""The endpoint of the sandbox's operator."""


@dataclass(frozen=True)
class Endpoint:
    """`secrets` sign each request, in this order."""

    id: str
    url: str
    api_version: str
    kinds: frozenset[str]
    secrets: tuple[str, ...]

    def wants(self, kind: str) -> bool:
        return bool({"*", kind} & self.kinds)

    def request(self, event: Json) -> Outgoing:
        """The event as this endpoint gets it now: in its own version, with a fresh signature."""
        body = json.dumps({**event, "api_version": self.api_version}, indent=2, ensure_ascii=False).encode()
        header = signature_header(body, secrets=list(self.secrets), timestamp=int(time.time()))
        return Outgoing(
            url=self.url,
            body=body,
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
                "Stripe-Signature": header,
            },
        )


def endpoints(target: Target, store: Store) -> list[Endpoint]:
    """Those that are switched on."""
    settings = StripeSettings.of(target)
    created = [
        Endpoint(
            id=each["id"],
            url=each["url"],
            # Stripe docs: without a version of its own an endpoint has the account's.
            api_version=each["api_version"] or settings.api_version,
            kinds=frozenset(each["enabled_events"]),
            secrets=(store.webhook_secrets[each["id"]],),
        )
        for each in store.webhook_endpoints
        if each["status"] == "enabled"
    ]
    if target.url is None:
        return created
    # The old secret first: a receiver that looks at one signature only is found out.
    secrets = (settings.previous_secret, target.secret) if settings.previous_secret else (target.secret,)
    kinds = frozenset(settings.enabled_events)
    return [Endpoint(CONFIGURED, target.url, settings.api_version, kinds, secrets), *created]
