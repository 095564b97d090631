"""HubSpot's webhooks: events, batches, signatures.

Two formats: `classic` (private apps, `deal.propertyChange`) and `generic` (project apps,
`object.propertyChange` with an `objectTypeId`). HubSpot docs: a delivery is a JSON array of up to 100 events.
"""

import base64
import hashlib
import hmac
import itertools
import json
import re
import time
from typing import Any

from sandbox.core.delivery import Delivery, Outgoing, Target
from sandbox.hubspot.crm import Change
from sandbox.hubspot.kinds import KINDS, Link
from sandbox.hubspot.merging import Merge
from sandbox.hubspot.settings import HubSpotSettings

_LARGEST_BATCH = 100
_DECODED = {
    f"%{ord(char):02X}": char for char in ":/?@!$'()*,;"
}  # the only escapes that the signature undoes


class Notifier:
    """Collects changes for a moment, then delivers them in batches."""

    def __init__(self, *, name: str, delivery: Delivery) -> None:
        self._name = name
        self._delivery = delivery
        self._waiting: list[dict[str, Any]] = []
        self._event_ids = itertools.count(3_181_526_811)

    def reset(self) -> None:
        self._waiting.clear()

    def tell(self, change: Change) -> None:
        """Queue an event when somebody subscribed to it."""
        target = self._delivery.target(self._name)
        subscription = _subscription(change)
        subscribed: list[str] = target.options["subscriptions"]
        if target.url is None or subscription not in subscribed or not _told(change, target):
            return
        if not self._waiting:
            self._delivery.after(HubSpotSettings.of(target).webhook_window, self._flush)
        self._waiting.append(self._event(change, 2211 + subscribed.index(subscription), target))

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        for start in range(0, len(waiting), _LARGEST_BATCH):
            self._send(waiting[start : start + _LARGEST_BATCH])

    def _send(self, events: list[dict[str, Any]]) -> None:
        def prepare(attempt: int) -> Outgoing:
            target = self._delivery.target(self._name)
            batch = [{**event, "attemptNumber": attempt} for event in events]
            body = json.dumps(batch, separators=(",", ":"), ensure_ascii=False).encode()
            url = target.url or ""
            return Outgoing(url=url, body=body, headers=_headers(target.secret, url, body))

        names = ", ".join(
            f"{event['subscriptionType']} {event.get('objectId', event.get('primaryObjectId', ''))}".strip()
            for event in events
        )
        self._delivery.send(self._name, event=names, prepare=prepare)

    def _event(self, change: Change, subscription: int, target: Target) -> dict[str, Any]:
        generic = target.options["format"] == "generic"
        subject = "object" if generic else change.kind.singular
        event: dict[str, Any] = {
            "eventId": next(self._event_ids),
            "subscriptionId": subscription,
            "portalId": target.options["portal"],
            "appId": target.options["app"],
            "occurredAt": int(change.at.timestamp() * 1000),
            "subscriptionType": f"{subject}.{change.what}",
            "attemptNumber": 0,
            **_details(change, generic=generic),
            "changeSource": change.actor.source,
        }
        if change.actor.source_id:
            event["sourceId"] = change.actor.source_id
        if generic:
            event |= {"objectTypeId": change.kind.type_id, "isSensitive": False}
        return event


def signature_v3(secret: str, url: str, body: bytes, timestamp: int) -> str:
    """HubSpot's version 3: base64 of HMAC-SHA256 over POST, URI, body and milliseconds."""
    uri = re.sub(r"%[0-9A-Fa-f]{2}", lambda found: _DECODED.get(found[0].upper(), found[0]), url)
    message = b"POST" + uri.encode() + body + str(timestamp).encode()
    return base64.b64encode(hmac.new(secret.encode(), message, hashlib.sha256).digest()).decode()


def signature_v1(secret: str, body: bytes) -> str:
    """The legacy version 1: a plain hash of secret and body."""
    return hashlib.sha256(secret.encode() + body).hexdigest()


def _headers(secret: str, url: str, body: bytes) -> dict[str, str]:
    now = int(time.time() * 1000)
    return {
        "Content-Type": "application/json",
        "User-Agent": "HubSpot Connect 2.0 (http://dev.hubspot.com/) - WebhooksExecutor",
        "X-HubSpot-Request-Timestamp": str(now),
        "X-HubSpot-Signature-v3": signature_v3(secret, url, body, now),
        "X-HubSpot-Signature": signature_v1(secret, body),
        "X-HubSpot-Signature-Version": "v1",
    }


def _subscription(change: Change) -> str:
    name = f"{change.kind.singular}.{change.what}"
    return f"{name}:{change.name}" if change.what == "propertyChange" else name


def _details(change: Change, *, generic: bool) -> dict[str, Any]:
    """What differs by kind of event; an association event names both ends and no `objectId`."""
    match change.what:
        case "creation":
            return {"objectId": int(change.object_id), "changeFlag": "NEW" if generic else "CREATED"}
        case "deletion":
            return {"objectId": int(change.object_id), "changeFlag": "DELETED"}
        case "restore":
            return {"objectId": int(change.object_id)}
        case "merge" if change.merge:
            return _merge(change.merge)
        case "associationChange" if change.link:
            ends = {
                "fromObjectTypeId": KINDS[change.link.origin].type_id,
                "toObjectTypeId": KINDS[change.link.target].type_id,
            }
            return {
                **(ends if generic else {}),
                "fromObjectId": int(change.object_id),
                "toObjectId": int(change.other_id),
                "associationType": _association_name(change.link),
                "associationTypeId": change.link.type_id,
                "associationCategory": "HUBSPOT_DEFINED",
                "associationRemoved": change.removed,
                "isPrimaryAssociation": change.link.primary,
            }
    return {
        "objectId": int(change.object_id),
        "propertyName": change.name,
        "propertyValue": change.value,
    }


def _merge(merge: Merge) -> dict[str, Any]:
    """HubSpot docs: no `objectId`; `newObjectId` is the record that the merge created, if it created one."""
    event: dict[str, Any] = {
        "primaryObjectId": int(merge.primary_id),
        "mergedObjectIds": [int(merge.merged_id)],
        "numberOfPropertiesMoved": merge.properties_moved,
    }
    return event | ({"newObjectId": int(merge.new_id)} if merge.new_id else {})


def _told(change: Change, target: Target) -> bool:
    """Whether HubSpot has such an event: tasks are only in the generic format."""
    if change.kind.plural == "tasks" and target.options["format"] == "classic":
        return False
    by_merge = change.what == "deletion" and change.merge is not None
    return not by_merge or bool(target.options["merge_tells_deletion"])


def _association_name(link: Link) -> str:
    """`DEAL_TO_LINE_ITEM`: in real deliveries the kinds are singular."""
    return f"{KINDS[link.origin].singular}_TO_{KINDS[link.target].singular}".upper()
