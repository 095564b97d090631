"""From what Slack or the network answers to what a connector may raise.

Slack answers errors with status 200 and a word; `words` is the table of what each means. It has no
idempotency keys: a message without a verdict is looked for by its mark.
"""

from dataclasses import dataclass
from datetime import timedelta

import aiohttp

from raccord.connectors.errors import (
    AmbiguousWrite,
    Auth,
    ConnectorError,
    NotFound,
    Permanent,
    Poison,
    RateLimited,
    Transient,
)
from raccord.connectors.http.waits import wait
from raccord.vendors.slack.fault import Fault
from raccord.vendors.slack.words import Meaning, meaning

_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
_INVITED_WITHIN = timedelta(seconds=10)
"""Between two looks whether the channel is open by now: who invites the bot waits for the message."""
_WAITS = {Meaning.LIMITED: timedelta(seconds=30), Meaning.WORKSPACE_LIMITED: timedelta(minutes=10)}
"""Where Slack does not say how long."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What is asked of Slack, for the sentences of errors.

    `what` completes "Slack was asked to ..." and holds opaque ids only; `scope` is what it takes.
    """

    what: str
    scope: str = ""
    write: bool = False
    edit: bool = False
    """A message that cannot be reached any more is gone: its caller posts a new one."""


class ClientError(Exception):
    """What Slack's client raised, by class and status alone.

    Its own text quotes the whole answer; as the cause of a connector error it would be stored
    wherever that one is.
    """

    def __init__(self, error: Exception, status: int | None = None) -> None:
        super().__init__(f"{type(error).__name__}" + (f" with status {status}" if status else ""))


def refused(fault: Fault, operation: Operation) -> ConnectorError:
    """Return the error for an answer of Slack that is not a success."""
    if fault.status == 429 or fault.status >= 500 or fault.word is None:
        return foreign(fault, operation)
    found, reason = meaning(fault.word)
    match found:
        case Meaning.LIMITED | Meaning.WORKSPACE_LIMITED:
            return _limited(fault, operation, _WAITS[found])
        case Meaning.NO_VERDICT:
            return _no_verdict(fault, operation)
        case Meaning.MISSING_SCOPE:
            return _missing_scope(fault, operation)
        case _:
            said = reason or f"its error is {fault.word}"
            return _clear(found, fault, operation, f"Slack could not {operation.what}: {said}.")


def _clear(found: Meaning, fault: Fault, operation: Operation, text: str) -> ConnectorError:
    """Return the error for a plain no: nothing happened."""
    match found:
        case Meaning.LATER:
            return Transient(text, request_id=fault.request_id)
        case Meaning.DENIED:
            return Auth(text, request_id=fault.request_id)
        case Meaning.CLOSED if not operation.edit:
            return Auth(text, retry_after=_INVITED_WITHIN, request_id=fault.request_id)
        case Meaning.UNREACHABLE if not operation.edit:
            return Permanent(text, code=fault.word, request_id=fault.request_id)
        case Meaning.GONE | Meaning.UNREACHABLE | Meaning.CLOSED:
            return NotFound(text, code=fault.word, request_id=fault.request_id)
        case _:
            return Permanent(text, code=fault.word, request_id=fault.request_id)


def foreign(fault: Fault, operation: Operation) -> ConnectorError:
    """Return the error for an answer without a word of Slack's: limits, outages, proxies, login pages."""
    if fault.status == 429:
        return _limited(fault, operation, _WAITS[Meaning.LIMITED])
    if fault.status >= 500:
        return _no_verdict(fault, operation)
    said = f"Something other than Slack's JSON answered when asked to {operation.what}"
    if operation.write:
        return AmbiguousWrite(f"{said}; it may have happened. Check base_url.")
    return Transient(f"{said}. Check base_url and the proxies on the way.")


def unanswered(error: Exception, operation: Operation) -> ConnectorError:
    """Return the error for a request that got no whole answer."""
    if isinstance(error, _NOT_SENT):
        untrusted = isinstance(error, aiohttp.ClientConnectorCertificateError)
        cause = " because its certificate is not trusted" if untrusted else ""
        return Transient(
            f"Slack cannot be reached to {operation.what}{cause}; nothing was sent. "
            "Check base_url and the network."
        )
    if operation.write:
        return AmbiguousWrite(
            f"No whole answer from Slack when asked to {operation.what}; it may have happened."
        )
    return Transient(f"No whole answer from Slack when asked to {operation.what}.")


def misshapen(operation: Operation) -> ConnectorError:
    """Return the error for a success without the fields that Slack documents."""
    if operation.write:
        return AmbiguousWrite(
            f"Slack's answer could not be read when asked to {operation.what}; it may have happened."
        )
    return Poison(
        f"Slack was asked to {operation.what}; its answer has not the documented shape. "
        "Check base_url, then report it."
    )


def _limited(fault: Fault, operation: Operation, default: timedelta) -> RateLimited:
    return RateLimited(
        f"Slack asks to come back later to {operation.what}.",
        retry_after=wait(fault.retry_after, otherwise=default),
        request_id=fault.request_id,
    )


def _missing_scope(fault: Fault, operation: Operation) -> Auth:
    named = fault.needed or operation.scope or "that this takes"
    return Auth(
        f"The Slack app may not {operation.what}. Add the scope {named} under OAuth & Permissions "
        "of the app, then install it again.",
        request_id=fault.request_id,
    )


def _no_verdict(fault: Fault, operation: Operation) -> ConnectorError:
    answer = fault.word or f"status {fault.status}"
    said = f"Slack answered {answer} when asked to {operation.what}"
    if operation.write:
        return AmbiguousWrite(f"{said}; it may have happened.", answered=True, request_id=fault.request_id)
    return Transient(f"{said}.", request_id=fault.request_id)
