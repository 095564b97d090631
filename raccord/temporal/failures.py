"""The one place where a connector's error becomes a Temporal failure, with its retry rule."""

from datetime import timedelta
from typing import Any

from pydantic import ValidationError
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
)

from raccord.connectors.errors import (
    AmbiguousWrite,
    Auth,
    ConnectorError,
    NotFound,
    Permanent,
    Poison,
    RateLimited,
)
from raccord.domain.values.base import Value
from raccord.records.database import RecordsUnavailable
from raccord.records.links import LinkConflict

_SHORTEST, _LONGEST = timedelta(seconds=1), timedelta(hours=24)
_LONGEST_MESSAGE = 500
MOST_BYTES = 2**20
"""Half of what Temporal takes as one payload (2 MiB, its default): a flow hands on what it was given."""
BUGS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    TypeError,
    ValueError,
)
"""Repeating these changes nothing; a person must see them."""


class FailureDetail(Value):
    """What a workflow may know about a refusal."""

    code: str | None = None
    field: str | None = None
    request_id: str | None = None


def _message(error: ConnectorError) -> str:
    text = str(error)
    return text if len(text) <= _LONGEST_MESSAGE else f"{text[:_LONGEST_MESSAGE]}…"


def _delay(error: ConnectorError, auth_retry: timedelta) -> timedelta | None:
    match error:
        case RateLimited():
            return min(max(error.retry_after, _SHORTEST), _LONGEST)
        case Auth():
            return error.retry_after or auth_retry
        case AmbiguousWrite():
            return error.retry_after
        case _:
            return None


def to_failure(error: ConnectorError, auth_retry: timedelta) -> ApplicationError:
    """Translate by the retry taxonomy; an expected retry is benign, so that it makes no noise."""
    refused = isinstance(error, Permanent | Poison)
    detail = FailureDetail(
        code=error.code if isinstance(error, Permanent) else None,
        field=error.field if isinstance(error, Permanent) else None,
        request_id=error.request_id,
    )
    return ApplicationError(
        _message(error),
        detail,
        type="NotFound" if isinstance(error, NotFound) else error.name,
        non_retryable=refused,
        next_retry_delay=_delay(error, auth_retry),
        category=ApplicationErrorCategory.UNSPECIFIED if refused else ApplicationErrorCategory.BENIGN,
    )


class _Inbound(ActivityInboundInterceptor):
    def __init__(self, next: ActivityInboundInterceptor, auth_retry: timedelta) -> None:
        super().__init__(next)
        self._auth_retry = auth_retry

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:
        try:
            result = await super().execute_activity(input)
            _prove_that_it_fits(result)
        except ConnectorError as error:
            raise to_failure(error, self._auth_retry) from error
        except RecordsUnavailable as error:
            raise ApplicationError(
                f"Raccord's own records cannot be reached, so {activity.info().activity_type} waits: {error}",
                type="Transient",
                category=ApplicationErrorCategory.BENIGN,
            ) from error
        except LinkConflict as error:
            raise ApplicationError(str(error), type="Permanent", non_retryable=True) from error
        except ValidationError as error:
            places = ", ".join(".".join(str(p) for p in e["loc"]) for e in error.errors()[:5])
            raise ApplicationError(
                f"A value did not have its documented shape ({error.title}: {places}).",
                type="Poison",
                non_retryable=True,
            ) from error
        except BUGS as error:
            # The class only: the text of such an error may quote what a customer typed.
            raise ApplicationError(
                f"Raccord itself failed ({type(error).__name__}) in {activity.info().activity_type}: please "
                "report it with the worker's log.",
                type="Bug",
                non_retryable=True,
            ) from error
        return result


def _prove_that_it_fits(result: object) -> None:
    """Raise for a result that Temporal would not take, or that cannot be written down at all.

    Left to the SDK, either fails the attempt after its work is done, and is retried for ever.
    """
    (payload,) = activity.payload_converter().to_payloads([result])
    if (size := payload.ByteSize()) > MOST_BYTES:
        raise ApplicationError(
            f"What {activity.info().activity_type} found takes {size / 2**20:.1f} MB, and a flow is given at "
            f"most {MOST_BYTES / 2**20:.0f} MB: shorten the texts of that record.",
            type="TooLarge",
            non_retryable=True,
        )


class ConnectorFailures(Interceptor):
    """Worker interceptor: no vendor exception and no status code appears above an activity.

    Refused credentials are tried again every `auth_retry`, unless the error says when.
    """

    def __init__(self, auth_retry: timedelta) -> None:
        self._auth_retry = auth_retry

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        return _Inbound(next, self._auth_retry)
