"""Looking for what no webhook told us."""

from datetime import timedelta

from pydantic import Field

from raccord.domain.values.base import Duration, Value


class Sweeping(Value):
    """How often, and how far back."""

    every: Duration = Field(default=timedelta(hours=1), ge=timedelta(minutes=1))
    overlap: Duration = timedelta(minutes=10)
    """How far before the last sweep the next one begins: the CRM's search may lag."""
