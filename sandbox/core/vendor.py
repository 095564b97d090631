"""What a simulated vendor offers to the framework, and what its handlers tell the framework."""

from typing import Any, Protocol, runtime_checkable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from sandbox.core.exchanges import Exchange


class Vendor(Protocol):
    """One vendor on loopback.

    Handlers are atomic as long as they do not await between the first and the last change of one request.
    """

    @property
    def name(self) -> str:
        """URL prefix `/<name>/` and the name in control paths."""

    def routes(self) -> list[BaseRoute]:
        """The vendor's own paths, relative to the prefix."""

    def state(self) -> dict[str, Any]:
        """The whole state, ready for JSON."""

    def reset(self) -> None:
        """Back to the seed."""

    def mutating(self, method: str, path: str) -> bool:
        """Whether such a request means to change something; a search sent by POST does not."""

    def refusal(self, status: int, exchange: Exchange) -> Response:
        """The vendor's own words for this request: 401 (the credential is refused), 403 (it lacks the
        permission that this request needs), 409 (it collides with another one), 429 or 5xx, with body and
        headers.
        """


@runtime_checkable
class AnswersInPart(Protocol):
    """A vendor whose answers may be a partial success."""

    def in_part(self, answer: Response) -> Response | None:
        """The same answer with one of its rows replaced by an error; None when it has no rows."""


@runtime_checkable
class RemembersAnswers(Protocol):
    """A vendor that stores answers under idempotency keys.

    The framework calls `remember` with the answer the client really gets whenever a fault puts a 5xx in the
    place of the handler's answer (or, for a stored error, in the place of the handler itself). It happens
    before anything else can run, so a replay of the key never sees the answer that was replaced.
    """

    def remember(self, exchange: Exchange, answer: Response) -> None:
        """Store `answer` under the key of `exchange`; do nothing when the request carried none."""


def committed(request: Request) -> None:
    """Say that this request changed the vendor's state. Call it exactly when it did."""
    exchange_of(request).committed = True


def replayed(request: Request) -> None:
    """Say that the answer is an earlier one, repeated for the same idempotency key."""
    exchange_of(request).replayed = True


def staleness(request: Request) -> float:
    """Seconds for which new objects stay hidden from this list or search; 0.0 without such a fault."""
    return float(getattr(request.state, "stale", 0.0))


def actor_of(request: Request) -> str | None:
    """The person who sent it from the vendor's own pages; None when the app did.

    A person needs no credential of the app, and neither its limits nor its permissions are theirs.
    """
    return request.headers.get("x-sandbox-actor")


def instant_of(request: Request) -> int | None:
    """When it happens, in Unix seconds, where the person who sent it says so: a past or a coming day is
    played without waiting for it. None: now.
    """
    said = request.headers.get("x-sandbox-at", "")
    return int(said) if actor_of(request) and said.isdecimal() else None


def exchange_of(request: Request) -> Exchange:
    """The log entry of this request."""
    exchange: Exchange = request.state.exchange
    return exchange
