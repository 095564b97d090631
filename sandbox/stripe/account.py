"""One Stripe account: its objects, its clock, its events and its outgoing mail."""

import copy
import random
import time
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Protocol

from sandbox.core.delivery import Delivery, Outgoing
from sandbox.core.table import new_id
from sandbox.stripe.routing import Endpoint, endpoints
from sandbox.stripe.settings import WEBHOOK_SECRET, StripeSettings
from sandbox.stripe.store import Json, Store

VENDOR = "stripe"
_PATIENCE = 30.0


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
        """Write an event and send it to the endpoints that want it; `at` is when it happened."""
        self.changes += 1
        settings = self.settings
        wanting = [each for each in self._endpoints() if each.wants(kind)]
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
            "pending_webhooks": len(wanting),
            "request": {"id": origin.request_id, "idempotency_key": origin.idempotency_key},
            "type": kind,
        }
        self.store.events.add(event["id"], event)
        if {"*", kind} & set(settings.held):
            return
        for endpoint in wanting * settings.copies:
            late = random.uniform(0, settings.late_seconds)  # noqa: S311 - lateness is no secret
            self._send(event, endpoint, late)

    def record_change(
        self, kind: str, shown: Json, before: Json, *, origin: Origin, at: int | None = None
    ) -> None:
        previous = previous_attributes(before, shown)
        if previous:
            self.record(kind, shown, origin=origin, at=at, previous=previous)

    async def resend(self, event: Json) -> list[int | None]:
        """Deliver an event now, once, to every endpoint that wants it; return what they answered.

        Stripe docs, "Undelivered events": what its Dashboard calls "Resend".
        """
        attempts = [
            await self.delivery.once(
                VENDOR, event=event["id"], request=endpoint.request(event), patience=_PATIENCE
            )
            for endpoint in self._endpoints()
            if endpoint.wants(event["type"])
        ]
        return [attempt.status for attempt in attempts]

    def delivered(self) -> set[str]:
        """Ids of the events that every receiver acknowledged to which they were sent."""
        missed: dict[tuple[str, str], bool] = {}
        for attempt in self.delivery.attempts():
            if attempt["vendor"] == VENDOR:
                taken = 200 <= (attempt["status"] or 0) < 300
                one = attempt["event"], attempt["url"]
                missed[one] = missed.get(one, True) and not taken
        failed = {event for (event, _), still in missed.items() if still}
        return {event for event, _ in missed} - failed

    def mail(self, letter: EmailMessage) -> None:
        """Queue a letter; it leaves with `post`, after the change that caused it."""
        self._letters.append(letter)

    async def post(self) -> None:
        while self._letters:
            await self._post.send(self._letters.pop(0))

    @property
    def configured_url(self) -> str | None:
        """Where the sandbox's operator wants events."""
        return self.delivery.target(VENDOR).url

    def configure(self, changes: Json) -> None:
        """Change the endpoint of the sandbox's operator."""
        self.changes += 1
        self.delivery.configure(VENDOR, changes)

    def _endpoints(self) -> list[Endpoint]:
        return endpoints(self.delivery.target(VENDOR), self.store)

    def _send(self, event: Json, endpoint: Endpoint, late: float) -> None:
        def prepare(_: int) -> Outgoing:
            # As the endpoint is now, or as it was when it is gone meanwhile.
            known = {each.id: each for each in self._endpoints()}
            return known.get(endpoint.id, endpoint).request(event)

        def send() -> None:
            self.delivery.send(VENDOR, event=event["id"], prepare=prepare)

        if late:
            self.delivery.after(late, send)
        else:
            send()


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
