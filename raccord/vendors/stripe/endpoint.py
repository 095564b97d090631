"""The webhook endpoint of this account: registered once by `setup`, looked at by `doctor`.

Stripe renders events in the version that an endpoint was created with, which never changes, and tells its
secret in the answer to its creation alone (Stripe docs: api/webhook_endpoints).
"""

import secrets
from collections.abc import Collection, Sequence

from pydantic import SecretStr

from raccord.connectors.connection import Check, Registration, in_its_words
from raccord.connectors.errors import ConnectorError, Forbidden
from raccord.connectors.http.errors import Operation
from raccord.connectors.outside import callable_from_outside
from raccord.domain.rules.modes import CONTACT, PAYMENT
from raccord.domain.values.message import Message, Text, message
from raccord.vendors.stripe.api import VERSION, StripeApi
from raccord.vendors.stripe.customer_events import CUSTOMER_TYPES
from raccord.vendors.stripe.happened import TYPES
from raccord.vendors.stripe.settings import StripeSettings
from raccord.vendors.stripe.wire import EndpointPage, WebhookEndpoint

_LINE = message("stripe.endpoint")
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
            return (
                _warn(
                    message("check.not_told", said=str(error)),
                    message("stripe.give_read", right=_READ, place=_PLACE),
                ),
            )
        if not found:
            return (_warn(message("stripe.no_endpoint", url=url), message("stripe.setup_registers")),)
        if problem := _beyond_repair(found, url):
            return (problem,)
        wrong = _wrong(found[0], types)
        if wrong:
            return (
                _warn(
                    message("stripe.endpoint_wrong", id=found[0].id, wrong=tuple(wrong)),
                    message("stripe.setup_mends"),
                ),
            )
        told = message("stripe.endpoint_well", id=found[0].id, url=url, version=VERSION, count=len(types))
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
        check = Check.ok(_LINE, message("stripe.registered", id=made.id, url=url))
        return Registration(checks=(check,), secret=SecretStr(made.secret) if made.secret else None)

    async def _put_right(self, found: WebhookEndpoint, types: Sequence[str]) -> Check:
        if not (wrong := _wrong(found, types)):
            return Check.ok(_LINE, message("stripe.endpoint_there", id=found.id))
        await self._api.post(
            Operation(f"change the webhook endpoint {found.id}", _WRITE, write=True),
            ("webhook_endpoints", found.id),
            WebhookEndpoint,
            {"enabled_events": list(types), "disabled": False},
            key=f"webhook/{secrets.token_hex(8)}",
        )
        return Check.ok(_LINE, message("stripe.put_right", id=found.id, wrong=tuple(wrong)))

    def _proven(self, found: WebhookEndpoint, well: Check) -> Check:
        """Return that all is well, unless nothing can prove what this endpoint sends."""
        if self._signed:
            return well
        return _warn(
            message("stripe.unproven", found=well.seen),
            message("stripe.reveal", id=found.id, place=_PLACE),
        )


def _would_be_made(url: str, types: Sequence[str]) -> Registration:
    return _only(
        Check.ok(_LINE, message("stripe.would_register", url=url, version=VERSION, count=len(types)))
    )


def _would_be_put_right(found: WebhookEndpoint, types: Sequence[str]) -> Check:
    wrong = _wrong(found, types)
    if wrong:
        return Check.ok(_LINE, message("stripe.would_put_right", id=found.id, wrong=tuple(wrong)))
    return Check.ok(_LINE, message("stripe.endpoint_there", id=found.id))


def _unreachable(url: str) -> Check:
    return _warn(
        message("stripe.cannot_call", url=url),
        message("stripe.set_public_url"),
    )


def _beyond_repair(found: list[WebhookEndpoint], url: str) -> Check | None:
    """Return what only a person can mend: two of one address, or one in another version."""
    if len(found) > 1:
        names = tuple(each.id for each in found)
        return _warn(
            message("stripe.same_address", names=names), message("stripe.delete_all_but_one", place=_PLACE)
        )
    (one,) = found
    if one.api_version != VERSION:
        return _warn(
            message(
                "stripe.other_version",
                id=one.id,
                version=one.api_version or message("stripe.unknown_version"),
            ),
            message("stripe.delete_it", place=_PLACE, url=url, version=VERSION),
        )
    return None


def _types(flows: Collection[str]) -> tuple[str, ...]:
    """Return the events to ask for: those of money, and those of customers once they are kept in step."""
    return (*TYPES, *CUSTOMER_TYPES) if CONTACT in flows else TYPES


def _wrong(found: WebhookEndpoint, types: Sequence[str]) -> list[Message]:
    """Return what can be put right, as the ends of sentences."""
    wanted, asked = set(types), set(found.enabled_events)
    wrong = [] if found.status == "enabled" else [message("stripe.disabled")]
    if missing := [] if _EVERY in asked else sorted(wanted - asked):
        wrong.append(message("stripe.does_not_send", events=tuple(missing)))
    if more := sorted(asked - wanted - set(CUSTOMER_TYPES)):
        wrong.append(message("stripe.also_sends", events=tuple(more)))
    return wrong


def _refused(error: ConnectorError, url: str, types: Sequence[str]) -> Check:
    remedy = message("stripe.setup_again")
    if isinstance(error, Forbidden):
        remedy = message(
            "stripe.give_write", right=_WRITE, place=_PLACE, url=url, version=VERSION, events=tuple(types)
        )
    return _warn(in_its_words(error), remedy)


def _warn(found: Text, remedy: Text) -> Check:
    expected = message("stripe.one_enabled")
    # What no webhook tells, the sweep finds.
    return Check.warn(_LINE, found, expected=expected, remedy=remedy).model_copy(update={"flow": PAYMENT})


def _only(check: Check) -> Registration:
    return Registration(checks=(check,))
