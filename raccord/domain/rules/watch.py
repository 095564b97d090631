"""How long a vendor may be down, or refuse what we ask, before somebody is told."""

from datetime import timedelta

from pydantic import Field

from raccord.domain.values.base import Duration, Value


class Watching(Value):
    """The thresholds of an alert, and how often a connection that holds flows up is looked at."""

    alert_after: Duration = timedelta(minutes=15)
    credentials_alert_after: Duration = timedelta(minutes=1)
    """For refused credentials and for permissions that they lack."""
    probe_every: Duration = Field(default=timedelta(seconds=30), ge=timedelta(seconds=1))
    flow_waits_after: Duration = timedelta(hours=1)
    """How long a step may be held up before its flow is listed as waiting."""
