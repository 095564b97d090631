"""A connection that is down or refuses our credentials, and how people are told."""

from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from raccord.domain.desk.notice import Fact, Notice
from raccord.domain.desk.problems import Text
from raccord.domain.desk.wording import Voice
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


def report_notice(report: Report, voice: Voice, zone: tzinfo) -> Notice:
    """Write one report as a message; times in the company's zone."""
    stage = "[TEST] " if voice.stage == "TEST" else ""
    text = _over(report, zone) if report.until else _lasting(report, zone)
    look = report.look
    money = " + ".join(amount.text(voice.language) for amount in look.amounts)
    waiting = Text(fr="Flux en attente" if not report.until else "Flux qui ont attendu", en="Flows waiting")
    facts = (
        Fact(label=voice.say(waiting), value=str(look.flows)),
        Fact(label=voice.say(Text(fr="Montant HT", en="Net amount")), value=money or "0"),
    )
    points = (look.said,) if look.said and not report.until else ()
    reassurance = Text(
        fr="Rien n'est perdu : tout reprend de soi-même.", en="Nothing is lost: everything goes on by itself."
    )
    contact = f"Contact : {voice.contact} · " if voice.contact else ""
    return Notice(
        title=f"{stage}{voice.say(text)}",
        facts=facts,
        points=(*points, *(() if report.until else (voice.say(reassurance),))),
        footer=f"{contact}{voice.stage}",
    )


def _lasting(report: Report, zone: tzinfo) -> Text:
    since = _local(report.since, zone)
    if report.look.cause is OutageCause.CREDENTIALS:
        return Text(
            fr=f"⚠️ {report.connection} refuse nos identifiants depuis {since} : remplacez-les",
            en=f"⚠️ {report.connection} has refused our credentials since {since}: replace them",
        )
    return Text(
        fr=f"⚠️ {report.connection} ne répond pas depuis {since}",
        en=f"⚠️ {report.connection} has not answered since {since}",
    )


def _over(report: Report, zone: tzinfo) -> Text:
    until = _local(report.until or report.since, zone)
    return Text(
        fr=f"✅ {report.connection} répond de nouveau depuis {until} : tout a repris",
        en=f"✅ {report.connection} answers again since {until}: everything went on",
    )


def _local(instant: datetime, zone: tzinfo) -> str:
    return f"{instant.astimezone(zone):%d/%m %H:%M}"
