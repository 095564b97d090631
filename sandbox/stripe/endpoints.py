"""Where events are delivered (Stripe docs: api/webhook_endpoints).

The sandbox's own endpoint, which its operator configures, is one of them as if somebody had made it in the
Dashboard: nobody is told its secret.
"""

import secrets
from collections.abc import Iterator
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from sandbox.core.table import new_id
from sandbox.stripe.call import Call, given
from sandbox.stripe.checks import Check, merged_metadata
from sandbox.stripe.errors import Refusal, missing_object
from sandbox.stripe.forms import Node
from sandbox.stripe.pages import cut, list_object
from sandbox.stripe.routing import CONFIGURED
from sandbox.stripe.store import Json

EVENT_TYPES = frozenset(files("sandbox.stripe").joinpath("event_types.txt").read_text("utf-8").split())
# Stripe docs, "Webhooks": an account has 16 endpoints at most.
_MOST = 16
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def event_type() -> Check:
    """A type of event, or `*` for all of them."""

    def check(node: Node, path: str) -> str:
        if node != "*" and node not in EVENT_TYPES:
            raise Refusal(f"Invalid {path}: {node} is not a type of event.", param=path)
        return str(node)

    return check


def create(call: Call) -> Json:
    """A new endpoint; its secret is told here and never again."""
    if len(_all(call)) >= _MOST:
        raise Refusal(f"You have reached the maximum of {_MOST} webhook endpoints.")
    _public(call, call.params["url"])
    endpoint = {
        "id": new_id("we"),
        "object": "webhook_endpoint",
        "api_version": call.params.get("api_version"),
        "application": None,
        "created": call.now,
        "description": call.params.get("description"),
        "enabled_events": _events(call.params),
        "livemode": call.settings.livemode,
        "metadata": merged_metadata({}, call.params.get("metadata", {})),
        "status": "enabled",
        "url": call.params["url"],
    }
    secret = f"whsec_{secrets.token_hex(16)}"
    call.store.webhook_endpoints.add(endpoint["id"], endpoint)
    call.store.webhook_secrets[endpoint["id"]] = secret
    call.account.touched()
    return {**endpoint, "secret": secret}


def retrieve(call: Call) -> Json:
    return _existing(call)


def list_(call: Call) -> Json:
    rows = [(each["id"], each) for each in reversed(_all(call))]
    chosen, more = cut(call.params, "webhook endpoint", rows, lambda _: True)
    return list_object(call.path, chosen, has_more=more)


def update(call: Call) -> Json:
    endpoint, params = _existing(call), call.params
    changes = given(params, "description", "url")
    if "url" in params:
        _public(call, params["url"])
    if "enabled_events" in params:
        changes["enabled_events"] = _events(params)
    if endpoint["id"] == CONFIGURED:
        changes.pop("description", None)
        call.account.configure(changes)
        return _existing(call)
    if "disabled" in params:
        changes["status"] = "disabled" if params["disabled"] else "enabled"
    if "metadata" in params:
        changes["metadata"] = merged_metadata(endpoint["metadata"], params["metadata"])
    endpoint.update(changes)
    call.account.touched()
    return endpoint


def delete(call: Call) -> Json:
    endpoint = _existing(call)
    if endpoint["id"] == CONFIGURED:
        call.account.configure({"url": None})
    else:
        call.store.webhook_endpoints.remove(endpoint["id"])
        del call.store.webhook_secrets[endpoint["id"]]
        call.account.touched()
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}


def _all(call: Call) -> list[Json]:
    """Every endpoint, oldest first."""
    return [*_configured(call), *call.store.webhook_endpoints]


def _configured(call: Call) -> Iterator[Json]:
    url, settings = call.account.configured_url, call.settings
    if url is not None:
        yield {
            "id": CONFIGURED,
            "object": "webhook_endpoint",
            "api_version": settings.api_version,
            "application": None,
            "created": 0,
            "description": "Configured by the operator of the sandbox",
            "enabled_events": settings.enabled_events,
            "livemode": settings.livemode,
            "metadata": {},
            "status": "enabled",
            "url": url,
        }


def _existing(call: Call) -> Json:
    endpoint = next((each for each in _all(call) if each["id"] == call.id), None)
    if endpoint is None:
        raise missing_object("webhook endpoint", call.id)
    return endpoint


def _events(params: Json) -> list[str]:
    wanted: list[Any] = params["enabled_events"] or []
    if not wanted:
        raise Refusal("You must provide at least one type of event.", param="enabled_events")
    return list(dict.fromkeys(wanted))


def _public(call: Call, url: str) -> None:
    """Refuse what is no address, and in a live account one that is not encrypted; loopback is ours."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        sound = False
    if not sound:
        raise Refusal("Not a valid URL", code="url_invalid", param="url")
    if call.settings.livemode and parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise Refusal("Invalid URL: in live mode it must begin with https.", code="url_invalid", param="url")
