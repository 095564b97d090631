"""Webhooks version 2: to whom events go, with what body, and what becomes of who does not take them.

pipedrive.md 1, 4 and 7. There is no signature, only HTTP Basic.
"""

import base64
import json
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.core.delivery import Attempt, Delivery, Outgoing
from sandbox.pipedrive.account import Account
from sandbox.pipedrive.errors import Json
from sandbox.pipedrive.records import Event
from sandbox.pipedrive.settings import INTEGRATION, VENDOR, PipedriveSettings

CONFIGURED = 4710001
"""The webhook that the sandbox's operator configures, as if somebody had made it in the settings."""
_SHOWN_OTHERWISE = {
    "deal": ("is_archived", "archive_time", "acv", "arr", "mrr"),
    "organization": ("website", "linkedin", "industry", "annual_revenue", "employee_count", "label_ids"),
    "person": ("postal_address", "notes", "im", "birthday"),
}
"""What API v2 tells and a webhook does not (the vendor's examples, pipedrive.md 1 and 4)."""


@dataclass
class Hook:
    """One webhook, and how its deliveries went."""

    id: int
    name: str
    url: str
    action: str
    entity: str
    user: int
    owner: int
    auth_user: str | None
    auth_password: str | None
    made: datetime = field(default_factory=lambda: datetime.now(UTC))
    failures: int = 0
    banned_at: float | None = None
    last_success: float = field(default_factory=time.monotonic)
    last_status: int | None = None
    last_time: datetime | None = None
    removed: str | None = None
    removed_at: datetime | None = None

    def wants(self, event: Event) -> bool:
        return self.action in ("*", event.action) and self.entity in ("*", event.record.kind)

    def is_banned(self, settings: PipedriveSettings) -> bool:
        return self.banned_at is not None and time.monotonic() - self.banned_at < settings.ban_seconds

    def as_json(self, settings: PipedriveSettings) -> Json:
        return {
            "id": self.id,
            "company_id": settings.company,
            "owner_id": self.owner,
            "user_id": self.user,
            "event_action": self.action,
            "event_object": self.entity,
            "subscription_url": self.url,
            "version": "2.0",
            "is_active": 0 if self.removed else 1,
            "add_time": _instant(self.made),
            "remove_time": _instant(self.removed_at) if self.removed_at else None,
            "type": "general",
            "http_auth_user": self.auth_user,
            "http_auth_password": self.auth_password if settings.tells_passwords else None,
            "remove_reason": self.removed,
            "last_delivery_time": _instant(self.last_time) if self.last_time else None,
            "last_http_status": self.last_status,
            "admin_id": self.owner,
            "name": self.name,
        }


class Notifier:
    """Tells events to the webhooks that want them."""

    def __init__(self, *, delivery: Delivery, account: Callable[[], Account]) -> None:
        self._delivery, self._account = delivery, account
        self.reset()

    def reset(self) -> None:
        self.hooks: dict[int, Hook] = {}
        self._configured: Hook | None = None
        self._waiting: dict[int, list[Callable[[], None]]] = {}

    def all(self) -> list[Hook]:
        """Every webhook that is left, oldest first."""
        return [hook for hook in (*self._by_operator(), *self.hooks.values()) if hook.removed is None]

    def listed(self) -> list[Hook]:
        """As the list has them (pipedrive.md 1)."""
        removed = [hook for hook in self.hooks.values() if hook.removed is not None]
        return [*self.all(), *(removed if self._settings.lists_removed else ())]

    def remove(self, hook: Hook, why: str) -> None:
        hook.removed, hook.removed_at = why, datetime.now(UTC)

    def tell(self, event: Event) -> None:
        identity, correlation = str(uuid.uuid4()), str(uuid.uuid4())
        account, settings = self._account(), self._settings
        for hook in self.all():
            if not hook.wants(event) or not account.visible(event.record, hook.user):
                continue
            if hook.is_banned(settings):
                # pipedrive.md 7: lost, there is no replay.
                continue
            meta = _meta(event, hook, account, identity=identity, correlation=correlation)
            self._soon(hook, event, meta, settings)

    def _soon(self, hook: Hook, event: Event, meta: Json, settings: PipedriveSettings) -> None:
        body = {"meta": meta, "data": _shown(event, event.data), "previous": _shown(event, event.previous)}
        if settings.webhook_window <= 0:
            self._send(hook, body, settings)
            return
        waiting = self._waiting.setdefault(hook.id, [])
        waiting.append(lambda: self._send(hook, body, settings))
        if settings.newest_first and len(waiting) > 1:
            self._flush(hook.id)
        elif len(waiting) == 1:
            self._delivery.after(settings.webhook_window, lambda: self._flush(hook.id))

    def _flush(self, hook: int) -> None:
        waiting = self._waiting.pop(hook, [])
        for send in reversed(waiting) if self._settings.newest_first else waiting:
            send()

    def _send(self, hook: Hook, body: Json, settings: PipedriveSettings) -> None:
        def prepare(attempt: int) -> Outgoing:
            sent = {**body, "meta": {**body["meta"], "attempt": attempt + 1}}
            content = json.dumps(sent, separators=(",", ":"), ensure_ascii=False).encode()
            return Outgoing(url=hook.url, body=content, headers=_headers(hook, settings))

        meta = body["meta"]
        self._delivery.send(
            VENDOR,
            event=f"{meta['action']}.{meta['entity']} {meta['entity_id']}",
            prepare=prepare,
            waits=settings.retry_waits,
            patience=settings.patience,
            told=lambda attempt: self._heard(hook, attempt),
        )

    def _heard(self, hook: Hook, attempt: Attempt) -> None:
        """Each first attempt that fails counts towards a ban; days without success are the end."""
        settings, now = self._settings, time.monotonic()
        hook.last_status, hook.last_time = attempt.status, datetime.now(UTC)
        if attempt.taken:
            hook.last_success = now
            hook.failures = 0 if settings.success_forgives else hook.failures
            return
        if attempt.attempt == 0:
            hook.failures += 1
            if hook.failures >= settings.ban_after:
                hook.failures, hook.banned_at = 0, now
        if now - hook.last_success >= settings.dead_after:
            self.remove(hook, "no successful delivery for 3 days")

    def _by_operator(self) -> Iterator[Hook]:
        target = self._delivery.target(VENDOR)
        if target.url is None:
            return
        auth = (self._settings.http_auth_user, target.secret)
        if self._configured is None or self._configured.url != target.url:
            self._configured = Hook(
                CONFIGURED, "Operator", target.url, "*", "*", INTEGRATION, INTEGRATION, *auth
            )
        self._configured.auth_user, self._configured.auth_password = auth
        yield self._configured

    @property
    def _settings(self) -> PipedriveSettings:
        return PipedriveSettings.of(self._delivery.target(VENDOR))


def basic(user: str, password: str, charset: str) -> str:
    """The header's value; how a password that is not ASCII is encoded is unverified (pipedrive.md 7)."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode(charset)).decode()


def _headers(hook: Hook, settings: PipedriveSettings) -> dict[str, str]:
    headers = {"Content-Type": "application/json", "User-Agent": "Pipedrive Webhooks"}
    if hook.auth_user is not None:
        headers["Authorization"] = basic(hook.auth_user, hook.auth_password or "", settings.basic_charset)
    return headers


def _meta(event: Event, hook: Hook, account: Account, *, identity: str, correlation: str) -> Json:
    """Every id in here is a text (pipedrive.md 1)."""
    record, by, settings = event.record, event.by, account.settings
    permitted = [str(user) for user in account.users if account.visible(record, user)]
    meta: dict[str, Any] = {
        "action": event.action,
        "entity": record.kind,
        "entity_id": str(record.id),
        "company_id": str(settings.company),
        "user_id": str(by.user),
        "id": identity,
        "correlation_id": correlation,
        "timestamp": _instant(datetime.now(UTC)),
        "type": "general",
        "version": "2.0",
        "webhook_id": str(hook.id),
        "webhook_owner_id": str(hook.owner),
        "change_source": by.source,
        "is_bulk_edit": by.bulk,
        "attempt": 1,
        "host": f"{settings.domain}.pipedrive.com",
        "permitted_user_ids": permitted,
    }
    if event.merged_to is not None:
        meta["merged_to_id"] = str(event.merged_to)
    if event.merged_from is not None:
        meta["merged_from_id"] = str(event.merged_from)
    return meta


def _shown(event: Event, values: Json | None) -> Json | None:
    """A record or a part of one as webhooks write it: `visible_to` is a text here."""
    if values is None:
        return None
    hidden = _SHOWN_OTHERWISE.get(event.record.kind, ())
    shown = {name: value for name, value in values.items() if name not in hidden}
    if "visible_to" in shown:
        shown["visible_to"] = str(shown["visible_to"])
    return shown


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
