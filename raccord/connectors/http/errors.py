"""The one table from what a vendor or the network answers to what a connector may raise.

A vendor's package reads a failed answer into a `Fault` and says in `Table` how its sentences go and
where it differs; what each status means for a flow is here alone.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

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
from raccord.connectors.http.failures import Answer, Crowded, NoAnswer, NotSent, Refused
from raccord.connectors.http.reading import Misshapen, NotJson
from raccord.connectors.http.waits import wait

_MADE_ON_THE_WAY_TOO = frozenset((401, 403, 404, 407, 408))
"""Refusals that a proxy or a firewall on the way makes as well; then they say nothing about the request."""


@dataclass(frozen=True, slots=True)
class Operation:
    """What is asked of a vendor, for the sentences of errors.

    `what` completes "… was asked to" and holds opaque ids only; `needs` is the permission that it
    takes, in the vendor's own words.
    """

    what: str
    needs: str = ""
    write: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """A failed answer without its texts, which may quote data; `said` is what is left of one without.

    `status` is the one that it amounts to: of a vendor that answers refusals with 200, or limits with 400.
    """

    status: int
    recognised: bool = False
    """Whether it is the vendor's own: no proxy's page or JSON."""
    page: bool = False
    """Whether something other than JSON came, as from a proxy: no refusal of what was sent."""
    untouched: bool = False
    """Whether the vendor says that it came to nothing, also of a write, and that waiting helps."""
    code: str | None = None
    field: str | None = None
    request_id: str | None = None
    said: str | None = None
    """The vendor's own words, as `reading.without_data` leaves them."""
    needed: str | None = None
    """The permission that the vendor says is missing."""
    retry_after: str = ""
    pause: timedelta | None = None
    """The wait that this kind of refusal asks for, where `Retry-After` says nothing; of one for want of a
    permission, how soon somebody's click may end it."""


@dataclass(frozen=True, slots=True)
class Table:
    """How one vendor refuses, and how its refusals are told.

    `credentials` says what to do when they are refused, `grant` how to give `{needs}`, `lost` why
    an object may not be found: each where `reasons` has nothing. That completes "… refused to …:" by
    the vendor's code; `{field}` in it is the field's name.
    """

    vendor: str
    read_fault: Callable[[Answer], Fault]
    credentials: str
    grant: str
    lost: str
    reasons: Mapping[str, str]
    later: frozenset[int] = frozenset((423, 429))
    """Statuses that ask to come back; nothing happened then."""
    pause: timedelta = timedelta(seconds=5)
    """The wait where neither the answer nor its kind says how long."""
    names_permissions: bool = False
    """Whether the vendor names a missing permission as its settings do: then that one alone is told."""
    replays: bool = False
    """Whether the vendor stores whatever it answered under an idempotency key, failures included."""

    @contextmanager
    def errors(self, operation: Operation) -> Iterator[None]:
        """Turn every failure of the kit inside into a connector error about this operation."""
        try:
            yield
        except Refused as failure:
            raise self.refused(self.read_fault(failure.answer), operation) from failure
        except (NotSent, Crowded, NoAnswer) as failure:
            raise self.unanswered(failure, operation) from failure
        except NotJson as failure:
            raise self.not_json(operation) from failure
        except Misshapen as failure:
            raise self.misshapen(operation) from failure

    def refused(self, fault: Fault, operation: Operation) -> ConnectorError:
        """Return the error for an answer that is not a success."""
        match fault.status:
            case _ if fault.untouched:
                return Transient(
                    f"{self.vendor} could not {operation.what}: {self._reason(fault)}.",
                    request_id=fault.request_id,
                )
            case 401 | 403 if fault.recognised:
                return self._denied(fault, operation)
            case 404 if fault.recognised:
                lost = self.reasons.get(fault.code or "", self.lost)
                return NotFound(
                    f"{self.vendor} could not {operation.what}: {lost}.",
                    code=fault.code,
                    field=fault.field,
                    request_id=fault.request_id,
                )
            case status if status in self.later:
                why = f": {self._reason(fault)}" if fault.code in self.reasons else ""
                return RateLimited(
                    f"{self.vendor} asks to come back later to {operation.what}{why}.",
                    retry_after=wait(fault.retry_after, otherwise=fault.pause or self.pause),
                    request_id=fault.request_id,
                )
            case status if 400 <= status < 500 and not fault.page and status not in _MADE_ON_THE_WAY_TOO:
                return self._permanent(fault, operation)
            case _:
                return self._no_verdict(fault, operation)

    def unanswered(self, failure: NotSent | Crowded | NoAnswer, operation: Operation) -> ConnectorError:
        """Return the error for a request that got no whole answer."""
        match failure:
            case Crowded():
                return RateLimited(
                    f"Raccord's own limit of requests to {self.vendor} is used up, so it was not asked to "
                    f"{operation.what}.",
                    retry_after=failure.wait,
                )
            case NotSent():
                cause = " because its certificate is not trusted" if failure.untrusted else ""
                return Transient(
                    f"{self.vendor} cannot be reached to {operation.what}{cause}; nothing was sent. "
                    "Check base_url and the network."
                )
        said = f"No whole answer from {self.vendor} when asked to {operation.what}"
        return AmbiguousWrite(f"{said}; it may have happened.") if operation.write else Transient(f"{said}.")

    def not_json(self, operation: Operation) -> ConnectorError:
        """Return the error for a success that is not JSON: a proxy or a login page answered."""
        said = f"Something other than {self.vendor}'s JSON answered when asked to {operation.what}"
        if operation.write:
            return AmbiguousWrite(f"{said}; it may have happened. Check base_url.", answered=self.replays)
        return Transient(f"{said}. Check base_url and the proxies on the way.")

    def misshapen(self, operation: Operation) -> ConnectorError:
        """Return the error for JSON without the fields that the vendor documents."""
        if operation.write:
            return AmbiguousWrite(
                f"{self.vendor}'s answer could not be read when asked to {operation.what}; "
                "it may have happened.",
                answered=self.replays,
            )
        return Poison(
            f"{self.vendor} was asked to {operation.what}; its answer has not the documented shape. "
            "Check base_url, then report it."
        )

    def _denied(self, fault: Fault, operation: Operation) -> Auth:
        kind = Auth if fault.status == 401 else Forbidden
        return kind(self._denial(fault, operation), retry_after=fault.pause, request_id=fault.request_id)

    def _denial(self, fault: Fault, operation: Operation) -> str:
        if fault.code in self.reasons:
            return f"{self.vendor} refused to {operation.what}: {self._reason(fault)}."
        if fault.status == 401:
            return (
                f"{self.vendor} refuses the credentials, so it could not {operation.what}. {self.credentials}"
            )
        needs = self._needs(fault, operation)
        return (
            f"The credentials for {self.vendor} may not {operation.what}. "
            f"{self.grant.replace('{needs}', needs)}"
        )

    def _needs(self, fault: Fault, operation: Operation) -> str:
        if fault.needed is None or fault.needed == operation.needs:
            return operation.needs
        return fault.needed if self.names_permissions else f"{operation.needs} ({fault.needed})"

    def _permanent(self, fault: Fault, operation: Operation) -> Permanent:
        return Permanent(
            f"{self.vendor} refused to {operation.what}: {self._reason(fault)}.",
            code=fault.code or str(fault.status),
            field=fault.field,
            request_id=fault.request_id,
        )

    def _reason(self, fault: Fault) -> str:
        words = f", “{fault.said}”" if fault.said else ""
        reason = self.reasons.get(fault.code or "", f"its error is {_named(fault)}{words}")
        place = f" ({fault.field})" if fault.field and "{field}" not in reason else ""
        return reason.replace("{field}", f"“{fault.field}”" if fault.field else "it names") + place

    def _no_verdict(self, fault: Fault, operation: Operation) -> ConnectorError:
        remedy = " Check base_url and the proxies on the way: another server answers there."
        remedy = remedy if fault.status < 500 else ""
        said = f"{self.vendor} answered with {_named(fault)} when asked to {operation.what}"
        if operation.write:
            return AmbiguousWrite(
                f"{said}; it may have happened.{remedy}",
                answered=self.replays or fault.status >= 500,
                request_id=fault.request_id,
            )
        return Transient(f"{said}.{remedy}", elsewhere=fault.status < 500, request_id=fault.request_id)


def _named(fault: Fault) -> str:
    return fault.code or f"status {fault.status}"
