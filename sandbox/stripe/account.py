"""One Stripe account: its objects, its clock, its events and its outgoing mail."""

import copy
import json
import time
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Protocol

from sandbox.core.delivery import Delivery, Outgoing, Target
from sandbox.core.table import new_id
from sandbox.stripe.settings import WEBHOOK_SECRET, StripeSettings
from sandbox.stripe.signing import signature_header
from sandbox.stripe.store import Json, Store

VENDOR = "stripe"


class Post(Protocol):
    """Takes what Stripe mails."""

    async def send(self, message: EmailMessage) -> None: ...


@dataclass(frozen=True)
class Origin:
    """Which request caused a change; both None when Stripe did it by itself."""

    request_id: str | None = None
    idempotency_key: str | None = None


class Account:
    """State changes only between awaits, so an operation is atomic."""

    def __init__(self, *, delivery: Delivery, post: Post) -> None:
        StripeSettings().register(delivery, VENDOR, secret=WEBHOOK_SECRET)
        self.delivery = delivery
        self.store = Store()
        self.changes = 0
        self._post = post
        self._letters: list[EmailMessage] = []

    @property
    def settings(self) -> StripeSettings:
        return StripeSettings.of(self.delivery.target(VENDOR))

    def now(self) -> int:
        """The account's time in Unix seconds."""
        return int(time.time()) + self.settings.clock_offset

    def reset(self) -> None:
        self.store = Store()
        self._letters.clear()

    def touched(self) -> None:
        """A change that no event speaks of."""
        self.changes += 1

    def record(
        self,
        kind: str,
        shown: Json,
        *,
        origin: Origin,
        at: int | None = None,
        previous: dict[str, Any] | None = None,
    ) -> None:
        """Write an event and send it to the webhook endpoint that wants it; `at` is when it happened."""
        self.changes += 1
        settings, target = self.settings, self.delivery.target(VENDOR)
        wanted = target.url is not None and bool({"*", kind} & set(settings.enabled_events))
        data: Json = {"object": copy.deepcopy(shown)}
        if previous is not None:
            data["previous_attributes"] = previous
        event: Json = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": settings.api_version,
            "created": self.now() if at is None else at,
            "data": data,
            "livemode": settings.livemode,
            "pending_webhooks": int(wanted),
            "request": {"id": origin.request_id, "idempotency_key": origin.idempotency_key},
            "type": kind,
        }
        self.store.events.add(event["id"], event)
        if wanted:
            for _ in range(settings.copies):
                self._send(event)

    def record_change(
        self, kind: str, shown: Json, before: Json, *, origin: Origin, at: int | None = None
    ) -> None:
        previous = previous_attributes(before, shown)
        if previous:
            self.record(kind, shown, origin=origin, at=at, previous=previous)

    def delivered(self) -> set[str]:
        """Ids of the events that a receiver acknowledged."""
        return {
            attempt["event"]
            for attempt in self.delivery.attempts()
            if attempt["vendor"] == VENDOR and 200 <= (attempt["status"] or 0) < 300
        }

    def mail(self, letter: EmailMessage) -> None:
        """Queue a letter; it leaves with `post`, after the change that caused it."""
        self._letters.append(letter)

    async def post(self) -> None:
        while self._letters:
            await self._post.send(self._letters.pop(0))

    def _send(self, event: Json) -> None:
        body = json.dumps(event, indent=2, ensure_ascii=False).encode()

        def prepare(_: int) -> Outgoing:
            target = self.delivery.target(VENDOR)
            header = signature_header(body, secrets=_secrets(target), timestamp=int(time.time()))
            return Outgoing(
                url=target.url or "",
                body=body,
                headers={
                    "Content-Type": "application/json; charset=utf-8",
                    "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
                    "Stripe-Signature": header,
                },
            )

        self.delivery.send(VENDOR, event=event["id"], prepare=prepare)


def previous_attributes(before: Json, after: Json) -> dict[str, Any]:
    """Changed keys with their old values: nested for objects, whole for arrays, None for what is new."""
    changes: dict[str, Any] = {}
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            if nested := previous_attributes(old, new):
                changes[key] = nested
        elif old != new:
            changes[key] = copy.deepcopy(old)
    return changes


def _secrets(target: Target) -> list[str]:
    # The old secret first: a receiver that looks at one signature only is found out.
    previous = target.options["previous_secret"]
    return [previous, target.secret] if previous else [target.secret]
