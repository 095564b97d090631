"""A connection that is down or refuses our credentials, and who is told when."""

from datetime import datetime, timedelta
from enum import StrEnum

from raccord.domain.rules.timing import Timing
from raccord.domain.rules.watch import Watching
from raccord.domain.values.base import Value
from raccord.domain.values.money import Money


class OutageCause(StrEnum):
    DOWN = "down"
    CREDENTIALS = "credentials"


class WatchPolicy(Watching):
    """When somebody is told, and where."""

    messenger: str = ""
    """Connection and queue of the messenger; empty when there is none."""
    timing: Timing = Timing()
    language: str = "fr"
    """Of what is read of the watch."""

    def tells_after(self, cause: OutageCause) -> timedelta:
        """How long this may last before it is told."""
        return self.credentials_alert_after if cause is OutageCause.CREDENTIALS else self.alert_after


class Look(Value):
    """One look at a connection: does it answer, and whom does it hold up?"""

    healthy: bool
    cause: OutageCause = OutageCause.DOWN
    said: str = ""
    """What the vendor's connector said, in a sentence; empty when healthy."""
    flows: int = 0
    amounts: tuple[Money, ...] = ()
    """What the waiting flows come to, one amount per currency."""

    @property
    def over(self) -> bool:
        """The connection answers and nobody waits for it any more."""
        return self.healthy and not self.flows


class Report(Value):
    """What is told once about an outage: that it is there, or that it is over."""

    connection: str
    since: datetime
    look: Look
    until: datetime | None = None
    """When it ended; None while it lasts."""

    @property
    def ref(self) -> str:
        """Mark of the one message: an outage is named by its connection and its beginning."""
        return f"outage/{self.connection}/{self.since:%Y%m%dT%H%M%S}/{'over' if self.until else 'on'}"


class Watch(Value):
    """What a watch knows of the outage it watches, handed on when its history grows long."""

    connection: str
    since: datetime | None = None
    alerted: bool = False
    worst: Look = Look(healthy=True)

    @property
    def began(self) -> datetime:
        """When the outage was first met. Raises `ValueError` before the watch has begun."""
        if self.since is None:
            raise ValueError("the watch has not begun")
        return self.since

    def with_look(self, look: Look) -> "Watch":
        """Remember the look that held up most flows."""
        return self.model_copy(update={"worst": look if look.flows >= self.worst.flows else self.worst})

    def report(self, *, look: Look | None = None, until: datetime | None = None) -> Report:
        """Return what to tell: what was just seen, or in the end the worst there was."""
        return Report(connection=self.connection, since=self.began, look=look or self.worst, until=until)
