"""Webhook subscriptions and what they deliver (pennylane.md 7): no payment and no customer is among it."""

import json
import secrets
import time
from functools import partial

from sandbox.core.delivery import Outgoing
from sandbox.pennylane import shapes
from sandbox.pennylane.call import Call, Operation
from sandbox.pennylane.errors import Json, not_found, unprocessable
from sandbox.pennylane.settings import COMPANY, VENDOR
from sandbox.pennylane.signing import signature
from sandbox.pennylane.store import Company
from sandbox.pennylane.view import stamp

E_INVOICING = "customer_invoice.e_invoicing_status_updated"
EVENTS = (E_INVOICING, "dms_file.created", "supplier_invoice.e_invoicing_received")
_MOST = 10
_SECRET_BYTES = 24


def create(call: Call) -> Json:
    """The one answer that has the secret."""
    if len(call.company.subscriptions) >= _MOST:
        raise unprocessable(f"There can be {_MOST} webhook subscriptions")
    _check(call.given)
    id_ = call.company.new_id()
    row: Json = {
        "id": id_,
        "enabled": True,
        **call.given,
        "secret": f"whsec_{secrets.token_hex(_SECRET_BYTES)}",
        "created_at": stamp(call.now),
        "updated_at": stamp(call.now),
    }
    call.company.subscriptions[id_] = row
    call.company.touched()
    return _shown(call, row) | {"secret": row["secret"]}


def update(call: Call) -> Json:
    row = _existing(call)
    _check(call.given)
    row |= {**call.given, "updated_at": stamp(call.now)}
    call.company.touched()
    return _shown(call, row)


def delete(call: Call) -> None:
    del call.company.subscriptions[_existing(call)["id"]]
    call.company.touched()


def retrieve(call: Call) -> Json:
    return _shown(call, _existing(call))


def listed(call: Call) -> Json:
    rows = [_shown(call, row) for row in call.company.subscriptions.values()]
    return {"items": rows, "has_more": False, "next_cursor": None}


def send(company: Company, event: str, data: Json) -> None:
    """To every subscription that wants it, and to the operator's own."""
    operator = company.delivery.target(VENDOR)
    targets = [
        (row["callback_url"], row["secret"])
        for row in company.subscriptions.values()
        if row["enabled"] and event in row["events"]
    ]
    targets += [(operator.url, operator.secret)] if operator.url else []
    for url, secret in targets:
        id_ = company.new_id()
        body = {
            "id": id_,
            "event": event,
            "created": int(time.time()),
            "data": {"context": {"company_id": str(COMPANY), "firm_id": None}, **data},
        }
        prepare = partial(_outgoing, url, secret, body)
        for _ in range(company.settings.copies):
            company.delivery.send(VENDOR, event=str(id_), prepare=prepare)


def _outgoing(url: str, secret: str, body: Json, attempt: int) -> Outgoing:
    raw = json.dumps(body | {"retry_count": attempt}, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Pennylane-Webhooks",
        "X-Pennylane-Signature": signature(secret, str(int(time.time())), raw),
    }
    return Outgoing(url, raw, headers)


def _check(given: Json) -> None:
    if "callback_url" in given and not given["callback_url"].startswith("https://"):
        raise unprocessable("callback_url must be an HTTPS URL", field="callback_url")


def _existing(call: Call) -> Json:
    row = call.company.subscriptions.get(call.id)
    if row is None:
        raise not_found()
    return row


def _shown(call: Call, row: Json) -> Json:
    """With how its deliveries went (pennylane.md 7; nothing here switches one off)."""
    failed = 0
    last: Json | None = None
    for attempt in call.company.delivery.attempts():
        if attempt["vendor"] == VENDOR and attempt["url"] == row["callback_url"]:
            taken = 200 <= (attempt["status"] or 0) < 300
            failed, last = (0, last) if taken else (failed + 1, attempt)
    return {name: value for name, value in row.items() if name != "secret"} | {
        "disabled_at": None,
        "disabled_reason": None,
        "last_failure_status": last and last["status"],
        "last_failure_at": last and last["at"],
        "consecutive_failures": failed,
    }


_FIELDS = {
    "callback_url": shapes.text(),
    "events": shapes.listing(shapes.one_of(EVENTS), least=1),
    "enabled": shapes.flag(),
}
_PATH = "/webhook_subscriptions"
OPERATIONS = (
    Operation("POST", _PATH, create, None, 201, shapes.record(_FIELDS, required=("callback_url", "events"))),
    Operation("GET", _PATH, listed),
    Operation("GET", _PATH + "/{id}", retrieve),
    Operation("PUT", _PATH + "/{id}", update, None, 200, shapes.record(_FIELDS)),
    Operation("DELETE", _PATH + "/{id}", delete, None, 204),
)
