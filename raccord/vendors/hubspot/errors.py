"""The one table from what HubSpot or the network answers to what a connector may raise.

HubSpot has no idempotency keys: a write without a verdict is looked at and set again.
Statuses and what to do about each: HubSpot docs, api-reference/error-handling and usage-guidelines.
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    LocationValueError,
    NewConnectionError,
    ProxyError,
)

from raccord.connectors.errors import (
    AmbiguousWrite,
    Auth,
    ConnectorError,
    Forbidden,
    NotFound,
    Permanent,
    Poison,
    RateLimited,
    Transient,
)
from raccord.vendors.hubspot.fault import Fault
from raccord.vendors.hubspot.transport import Untrusted
from raccord.vendors.hubspot.waits import wait

_NOT_SENT = (ConnectTimeoutError, LocationValueError, NewConnectionError, ProxyError, Untrusted)
_REASONS = {
    "PROPERTY_DOESNT_EXIST": "the property {field} does not exist. Create it in HubSpot "
    "(Settings > Properties) or correct its name in this connection's mapping",
    "INVALID_OPTION": "the property {field} does not offer this option. Add it to the property in HubSpot "
    "(Settings > Properties)",
    "READ_ONLY_VALUE": "the property {field} is read-only. Name another one in this connection's mapping",
    "INVALID_INTEGER": "the property {field} expects another type of value",
    "INVALID_LONG": "the property {field} expects another type of value",
    "INVALID_OWNER_ID": "the property {field} names nobody who can own records. Choose another owner",
    "INVALID_DATE": "the property {field} expects another type of value",
    "CONFLICT": "it conflicts with another record, such as a unique value that is already taken",
    "VALIDATION_ERROR": "a value is not valid. Look at the properties of the record in HubSpot",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """What is asked of HubSpot, for the sentences of errors.

    `what` completes "HubSpot was asked to ..." and holds opaque ids only; `scope` is the
    permission of the app that it takes. HubSpot answers a creation with a status of its own.
    """

    what: str
    scope: str
    write: bool = False
    creates: bool = False


_MADE_ON_THE_WAY_TOO = frozenset((401, 403, 404, 407, 408))
"""Refusals that a proxy or a firewall on the way makes as well; then they say nothing about the request."""


class ClientError(Exception):
    """What HubSpot's client raised, by class and status alone.

    Its own text quotes the whole answer, which may hold personal data; as the cause of a
    connector error it would be stored wherever that one is.
    """

    def __init__(self, error: Exception, status: int | None = None) -> None:
        super().__init__(f"{type(error).__name__}" + (f" with status {status}" if status else ""))


def refused(fault: Fault, operation: Operation, *, now: datetime, zone: tzinfo) -> ConnectorError:
    """Return the error for an answer that is not a success; `zone` tells when the day's quota begins anew."""
    match fault.status:
        case 401 | 403 if fault.by_hubspot:
            return _denied(fault, operation)
        case 404 if fault.by_hubspot:
            return NotFound(
                f"HubSpot could not {operation.what}: it was deleted or archived, or the token belongs to "
                "another account.",
                code=fault.code,
                request_id=fault.request_id,
            )
        case 423 | 429 | 477:
            return RateLimited(
                f"HubSpot asks to come back later to {operation.what}.",
                retry_after=wait(fault, now=now, zone=zone),
                request_id=fault.request_id,
            )
        case status if 400 <= status < 500 and status not in _MADE_ON_THE_WAY_TOO:
            return _permanent(fault, operation)
        case _:
            return _no_verdict(fault, operation)


def unanswered(error: HTTPError, operation: Operation) -> ConnectorError:
    """Return the error for a request that got no whole answer."""
    if isinstance(error, _NOT_SENT):
        cause = " because its certificate is not trusted" if isinstance(error, Untrusted) else ""
        return Transient(
            f"HubSpot cannot be reached to {operation.what}{cause}; nothing was sent. "
            "Check base_url and the network."
        )
    if operation.write:
        return AmbiguousWrite(
            f"No whole answer from HubSpot when asked to {operation.what}; it may have happened."
        )
    return Transient(f"No whole answer from HubSpot when asked to {operation.what}.")


def busy(operation: Operation) -> ConnectorError:
    """Return the error for a request that never left, because all threads were taken."""
    return Transient(f"All connections to HubSpot were busy, so it was not asked to {operation.what}.")


def not_json(operation: Operation) -> ConnectorError:
    """Return the error for a success that is not JSON: a proxy or a login page answered."""
    if operation.write:
        return AmbiguousWrite(
            f"Something other than HubSpot's JSON answered when asked to {operation.what}; "
            "it may have happened."
        )
    return Transient(
        f"Something other than HubSpot's JSON answered when asked to {operation.what}. "
        "Check base_url and the proxies on the way."
    )


def misshapen(operation: Operation) -> ConnectorError:
    """Return the error for JSON without the fields that HubSpot documents."""
    if operation.write:
        return AmbiguousWrite(
            f"HubSpot's answer could not be read when asked to {operation.what}; it may have happened."
        )
    return Poison(
        f"HubSpot was asked to {operation.what}; its answer has not the documented shape. "
        "Check base_url, then report it."
    )


def _denied(fault: Fault, operation: Operation) -> Auth:
    if fault.status == 401:
        return Auth(
            f"HubSpot refuses the access token, so it could not {operation.what}. "
            "Enter a valid token as access_token of this connection.",
            request_id=fault.request_id,
        )
    return Forbidden(
        f"The HubSpot token may not {operation.what}. Give the app the scope {operation.scope} "
        "in its settings in HubSpot, then enter its new token if it got one.",
        request_id=fault.request_id,
    )


def _permanent(fault: Fault, operation: Operation) -> Permanent:
    reason = _REASONS.get(fault.code or "", f"its error is {fault.code or f'status {fault.status}'}")
    place = "" if "{field}" in reason or not fault.field else f" (property {fault.field})"
    said = reason.replace("{field}", f"“{fault.field}”" if fault.field else "it names")
    return Permanent(
        f"HubSpot refused to {operation.what}: {said}{place}.",
        code=fault.code or str(fault.status),
        field=fault.field,
        request_id=fault.request_id,
    )


def _no_verdict(fault: Fault, operation: Operation) -> ConnectorError:
    remedy = " Check base_url: another server answers there." if fault.status < 500 else ""
    said = f"HubSpot answered with status {fault.status} when asked to {operation.what}"
    if operation.write:
        return AmbiguousWrite(
            f"{said}; it may have happened.{remedy}",
            answered=fault.status >= 500,
            request_id=fault.request_id,
        )
    return Transient(f"{said}.{remedy}", request_id=fault.request_id)
