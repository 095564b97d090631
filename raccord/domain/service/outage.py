"""A connection that holds flows up, and how people are told.

What counts is what the waiting flows meet: a vendor may answer our probe and refuse what they ask.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from raccord.domain.rules.timing import Timing
from raccord.domain.rules.watch import Watching
from raccord.domain.values.base import Value
from raccord.domain.values.money import Money


class OutageCause(StrEnum):
    DOWN = "down"
    CREDENTIALS = "credentials"
    PERMISSION = "permission"
    """The credentials are accepted, and lack the right to something that a flow needs."""
    PARTLY = "partly"
    """It answers, and fails something that a flow needs."""


class WatchPolicy(Watching):
    """When somebody is told, and where."""

    messenger: str = ""
    """Connection and queue of the messenger; empty when there is none."""
    timing: Timing = Timing()
    language: str = "fr"
    """Of what is read of the watch."""

    def tells_after(self, cause: OutageCause) -> timedelta:
        """How long this may last before it is told."""
        refused = cause in (OutageCause.CREDENTIALS, OutageCause.PERMISSION)
        return self.credentials_alert_after if refused else self.alert_after


class Look(Value):
    """One look at a connection: does it answer, and whom does it hold up?"""

    healthy: bool
    """Whether it answers our probe."""
    cause: OutageCause = OutageCause.DOWN
    said: str = ""
    """What the vendor's connector said, in a sentence; empty when all is well."""
    met_at: datetime | None = None
    """When a waiting flow last met it; None when nobody waits."""
    flows: int = 0
    amounts: tuple[Money, ...] = ()
    """What the waiting flows come to, one amount per currency."""

    @property
    def quiet(self) -> bool:
        """The connection answers and nobody waits for it any more."""
        return self.healthy and not self.flows


_LOOKS = 2
_NOTED_LATE = timedelta(minutes=1)
"""The records may be so much behind with when a flow last met it."""


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
    answers_since: datetime | None = None
    """When the probe got an answer again, after it had got none."""
    failed: bool = False
    """Whether the last probe got none."""
    quiet: int = 0
    """Looks in a row without trouble."""

    @property
    def began(self) -> datetime:
        """When the outage was first met. Raises `ValueError` before the watch has begun."""
        if self.since is None:
            raise ValueError("the watch has not begun")
        return self.since

    @property
    def over(self) -> bool:
        """Two looks in a row: between two attempts of one step its flow may wait for nothing."""
        return self.quiet >= _LOOKS

    def with_look(self, look: Look, at: datetime) -> "Watch":
        """Remember what was seen at that moment, and the look that held up most flows."""
        recovered = self.failed and look.healthy
        return self.model_copy(
            update={
                "worst": look if look.flows >= self.worst.flows and not look.quiet else self.worst,
                "failed": not look.healthy,
                "answers_since": at if recovered else self.answers_since,
                "quiet": self.quiet + 1 if look.quiet else 0,
            }
        )

    def lasts(self, look: Look, at: datetime, timing: Timing) -> bool:
        """Whether flows still meet it; those that only wait for their turn catch up by themselves."""
        if not look.healthy:
            return True
        longest = max(timing.longest_retry, timing.auth_retry) + timing.step_timeout + _NOTED_LATE
        if look.met_at is None or at - look.met_at > longest:
            return False
        # An attempt that was under way when the connection recovered may still fail.
        return self.answers_since is None or look.met_at > self.answers_since + timing.step_timeout

    def report(self, *, look: Look | None = None, until: datetime | None = None) -> Report:
        """Return what to tell: what was just seen, or in the end the worst there was."""
        return Report(connection=self.connection, since=self.began, look=look or self.worst, until=until)
