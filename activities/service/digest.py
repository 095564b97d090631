"""The digest of the day: noting what belongs into it, and telling it once."""

from datetime import UTC, datetime

from temporalio import activity

from activities.effects import Effects
from activities.messaging.announcing import BEFORE, Announcer
from raccord.connectors.messenger import Messenger
from raccord.domain.rules.timing import Timing
from raccord.domain.service.findings import Digest, Finding, digest_of, verdict_key
from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef
from raccord.records.records import Records
from raccord.texts.digest import digest_notice
from raccord.texts.voice import Voice


class Verdict(Value):
    """What a look at a deal found; without a finding, there is nothing to tell of it any more."""

    deal: DealRef
    finding: Finding | None


class Wanted(Value):
    """A digest and the messenger that tells it: its connection, which is its queue."""

    messenger: str
    timing: Timing
    digest: Digest


class DigestActivities:
    """`messenger`: its connection and queue; empty when there is none, then the reports have to do.

    `shadow`: whether a flow is in shadow, whose verdicts are worth telling.
    """

    def __init__(self, records: Records, messenger: str, timing: Timing, *, shadow: bool) -> None:
        self._records = records
        self._shadow = shadow
        self._messenger = messenger
        self._timing = timing

    @activity.defn(name="digest.note")
    async def note(self, verdict: Verdict) -> None:
        """Keep what was found about a deal for the next digest, in place of what was found before."""
        found = verdict.finding
        if found is None:
            await self._records.findings.forget(verdict_key(verdict.deal))
        elif found.kind.of_shadow or self._messenger:
            await self._records.findings.note(found)

    @activity.defn(name="digest.gather")
    async def gather(self, at: datetime) -> Wanted | None:
        """Return what is to be told under an aware instant; None without it, or a messenger."""
        if not (self._shadow or await self._records.rungs.in_shadow()):
            await self._records.findings.forget_verdicts()
        if not self._messenger:
            return None
        digest = digest_of(await self._records.findings.take(at), at)
        return Wanted(messenger=self._messenger, timing=self._timing, digest=digest) if digest else None

    @activity.defn(name="digest.told")
    async def told(self, taken_at: datetime) -> None:
        """Remember that what was gathered under an aware instant was told."""
        await self._records.findings.told(taken_at, datetime.now(UTC))


class DigestMessages:
    def __init__(self, messenger: Messenger, voice: Voice, effects: Effects) -> None:
        self._announcer = Announcer(messenger, effects)
        self._voice = voice

    @activity.defn(name="digest.post")
    async def post(self, digest: Digest) -> None:
        """Post the digest's message, once."""
        notice = digest_notice(digest, self._voice)
        since = digest.at - BEFORE
        await self._announcer.post(notice, ref=digest.ref, about="digest", since=since)
