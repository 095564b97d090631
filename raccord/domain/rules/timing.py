"""How long steps may take and how they are retried."""

from datetime import timedelta

from pydantic import Field

from raccord.domain.values.base import Duration, Value


class Retrying(Value):
    """How long a step may take and how it is retried; attempts are never limited."""

    step_timeout: Duration = Field(default=timedelta(seconds=12), gt=timedelta(0))
    """Start-to-close of one vendor call; after a crash it is the time until the retry."""
    first_retry: Duration = Field(default=timedelta(seconds=1), gt=timedelta(0))
    longest_retry: Duration = Field(default=timedelta(minutes=5), gt=timedelta(0))
    auth_retry: Duration = Field(default=timedelta(minutes=5), gt=timedelta(0))
    """Refused credentials are tried again this often."""


class Timing(Retrying):
    """The same, and when a flow says that it waits."""

    waiting_after: Duration = timedelta(hours=1)
    """How long a step may be held up before its flow says that it waits."""
