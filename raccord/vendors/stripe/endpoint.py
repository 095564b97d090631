"""The webhook endpoint of this account: registered once by `setup`, looked at by `doctor`.

Stripe renders events in the version that an endpoint was created with, which never changes, and tells its
secret in the answer to its creation alone (Stripe docs: api/webhook_endpoints).
"""

import secrets
from collections.abc import Collection, Sequence

from pydantic import SecretStr

from raccord.connectors.connection import Check, Registration
from raccord.connectors.errors import ConnectorError, Forbidden
from raccord.connectors.http.errors import Operation
from raccord.connectors.outside import callable_from_outside
from raccord.domain.rules.modes import CONTACT, PAYMENT
from raccord.vendors.stripe.api import VERSION, StripeApi
from raccord.vendors.stripe.customer_events import CUSTOMER_TYPES
from raccord.vendors.stripe.happened import TYPES
from raccord.vendors.stripe.settings import StripeSettings
from raccord.vendors.stripe.wire import EndpointPage, WebhookEndpoint

_LINE = "webhook endpoint"
_PLACE = "Dashboard > Developers > Webhooks"
_READ, _WRITE = "Webhook Endpoints: Read", "Webhook Endpoints: Write"
_EVERY = "*"


class Endpoint:
    def __init__(self, api: StripeApi, settings: StripeSettings) -> None:
        self._api = api
        self._signed = settings.webhook_secret is not None

    async def register(self, url: str, flows: Collection[str], *, dry: bool = False) -> Registration:
        """Create the endpoint of this address, or put the one that is there right; never a second one.

        `dry`: say what would be done, and change nothing.
        """
        types = _types(flows)
        if not callable_from_outside(url):
            return _only(_unreachable(url))
        try:
            found = await self._at(url)
            if not found:
                return _would_be_made(url, types) if dry else await self._created(url, types)
            if problem := _beyond_repair(found, url):
                return _only(problem)
            if dry:
                return _only(self._proven(found[0], _would_be_put_right(found[0], types)))
            return _only(self._proven(found[0], await self._put_right(found[0], types)))
        except ConnectorError as error:
            return _only(_refused(error, url, types))

    async def check(self, url: str, flows: Collection[str]) -> tuple[Check, ...]:
        """Say whether events arrive at this address as they should. Changes nothing."""
        types = _types(flows)
        if not callable_from_outside(url):
            return (_unreachable(url),)
        try:
            found = await self._at(url)
        except ConnectorError as error:
            return (_warn(f"not told: {error}", f"Give the key {_READ}, or look at {_PLACE} yourself."),)
        if not found:
            return (_warn(f"none at {url}", "Run raccord setup, which registers it."),)
        if problem := _beyond_repair(found, url):
            return (problem,)
        wrong = _wrong(found[0], types)
        if wrong:
            return (_warn(f"{found[0].id} {' and '.join(wrong)}", "Run raccord setup, which puts it right."),)
        told = f"{found[0].id} at {url}, {VERSION}, {len(types)} kinds of event"
        return (self._proven(found[0], Check.ok(_LINE, told)),)

    async def _at(self, url: str) -> list[WebhookEndpoint]:
        operation = Operation("list the webhook endpoints", _READ)
        pages = self._api.pages(operation, "webhook_endpoints", EndpointPage)
        return [each async for each in pages if each.url.rstrip("/") == url.rstrip("/")]

    async def _created(self, url: str, types: Sequence[str]) -> Registration:
        # Under a key made of the address, Stripe would for a day answer with one that was deleted since.
        made = await self._api.post(
            Operation(f"register the webhook endpoint {url}", _WRITE, write=True),
            "webhook_endpoints",
            WebhookEndpoint,
            {
                "url": url,
                "enabled_events": list(types),
                "api_version": VERSION,
                "description": "Raccord: payments of invoices, customers",
            },
            key=f"webhook/{secrets.token_hex(8)}",
        )
        check = Check.ok(_LINE, f"registered {made.id} at {url}")
        return Registration(checks=(check,), secret=SecretStr(made.secret) if made.secret else None)

    async def _put_right(self, found: WebhookEndpoint, types: Sequence[str]) -> Check:
        if not (wrong := _wrong(found, types)):
            return Check.ok(_LINE, f"{found.id} is there already")
        await self._api.post(
            Operation(f"change the webhook endpoint {found.id}", _WRITE, write=True),
            ("webhook_endpoints", found.id),
            WebhookEndpoint,
            {"enabled_events": list(types), "disabled": False},
            key=f"webhook/{secrets.token_hex(8)}",
        )
        return Check.ok(_LINE, f"{found.id} was put right: it {' and '.join(wrong)}")

    def _proven(self, found: WebhookEndpoint, well: Check) -> Check:
        """Return that all is well, unless nothing can prove what this endpoint sends."""
        if self._signed:
            return well
        return _warn(
            f"{well.found}, and webhook_secret is not set: what it sends is refused",
            f"Reveal the signing secret of {found.id} in {_PLACE}, and set it as webhook_secret.",
        )


def _would_be_made(url: str, types: Sequence[str]) -> Registration:
    return _only(
        Check.ok(_LINE, f"would be registered at {url}, {VERSION}, with {len(types)} kinds of event")
    )


def _would_be_put_right(found: WebhookEndpoint, types: Sequence[str]) -> Check:
    wrong = _wrong(found, types)
    said = f"would be put right: it {' and '.join(wrong)}" if wrong else "is there already"
    return Check.ok(_LINE, f"{found.id} {said}")


def _unreachable(url: str) -> Check:
    return _warn(
        f"none: Stripe cannot call {url}",
        "Set receiver.public_url to an https address that can be reached from outside, then run raccord "
        "setup. Until then the sweep finds what was paid.",
    )


def _beyond_repair(found: list[WebhookEndpoint], url: str) -> Check | None:
    """Return what only a person can mend: two of one address, or one in another version."""
    if len(found) > 1:
        names = " and ".join(each.id for each in found)
        return _warn(f"{names} have the same address", f"Delete all but one in {_PLACE}.")
    (one,) = found
    if one.api_version != VERSION:
        return _warn(
            f"{one.id} is of version {one.api_version or 'unknown'}, which cannot be changed",
            f"Delete it in {_PLACE}, then run raccord setup, which registers {url} anew with {VERSION}.",
        )
    return None


def _types(flows: Collection[str]) -> tuple[str, ...]:
    """Return the events to ask for: those of money, and those of customers once they are kept in step."""
    return (*TYPES, *CUSTOMER_TYPES) if CONTACT in flows else TYPES


def _wrong(found: WebhookEndpoint, types: Sequence[str]) -> list[str]:
    """Return what can be put right, as the ends of sentences."""
    wanted, asked = set(types), set(found.enabled_events)
    wrong = [] if found.status == "enabled" else ["is disabled"]
    if missing := [] if _EVERY in asked else sorted(wanted - asked):
        wrong.append(f"does not send {', '.join(missing)}")
    if more := sorted(asked - wanted - set(CUSTOMER_TYPES)):
        wrong.append(f"also sends {', '.join(more)}, which nobody needs")
    return wrong


def _refused(error: ConnectorError, url: str, types: Sequence[str]) -> Check:
    remedy = "Run raccord setup again: it looks first."
    if isinstance(error, Forbidden):
        remedy = (
            f"Give the key {_WRITE} and run raccord setup again, or do it by hand in {_PLACE}: the endpoint "
            f"{url}, API version {VERSION}, and the events {', '.join(types)}."
        )
    return _warn(str(error), remedy)


def _warn(found: str, remedy: str) -> Check:
    expected = "one, enabled, with the events of payments"
    # What no webhook tells, the sweep finds.
    return Check.warn(_LINE, found, expected=expected, remedy=remedy).model_copy(update={"flow": PAYMENT})


def _only(check: Check) -> Registration:
    return Registration(checks=(check,))
