"""What is remembered of a customer who owes."""

from datetime import date, datetime

from temporalio import activity

from raccord.domain.dunning.memory import Fate, Memory, Round
from raccord.domain.dunning.words import Word
from raccord.domain.values.base import Value
from raccord.domain.values.clock import BusinessClock
from raccord.records.audit import Verdict
from raccord.records.records import Records
from raccord.records.work import together

BEGAN = "dunning/began"
"""The watermark of when reminders began to leave: who was late before waits for an approval."""


class Remembering(Value):
    """What a flow remembers of its customer, to be united with what the records know.

    `customer` is `<connection>:<id>`.
    """

    customer: str
    memory: Memory
    at: datetime
    live: bool
    """Whether reminders leave now, `at` an aware instant; the first time that they do is remembered."""
    clock: BusinessClock = BusinessClock()


class Remembered(Value):
    memory: Memory
    live_since: date | None = None
    """Business date on which reminders began to leave; None where they never did."""
    waits: bool = False
    """Whether it is among those about whom a person is asked if they may be reminded."""


class Told(Value):
    """What a person said about a customer."""

    customer: str
    word: Word


class Ended(Value):
    """What became of a round, as the person `actor` found or decided it."""

    customer: str
    round: Round
    actor: str


class DunningMemory:
    def __init__(self, records: Records) -> None:
        self._records = records

    @activity.defn(name="dunning.remember")
    async def remember(self, known: Remembering) -> Remembered:
        """Unite what the flow and the records remember. Either may have lost it: both know all afterwards."""
        dunning = self._records.dunning
        memory, waits = await together(
            dunning.keep(known.customer, known.memory), dunning.awaits(known.customer)
        )
        if known.live:
            await self._records.watermarks.begin(BEGAN, known.at)
        began = await self._records.watermarks.get(BEGAN)
        since = known.clock.date_of(began) if began else None
        return Remembered(memory=memory, live_since=since, waits=waits)

    @activity.defn(name="dunning.said")
    async def said(self, told: Told) -> None:
        """Remember what a person said at the desk."""
        await self._records.dunning.said(told.customer, told.word)

    @activity.defn(name="dunning.ended")
    async def ended(self, ended: Ended) -> None:
        """Remember what became of a round, and close what the audit still has open of its mail."""
        found = ended.round
        noting = self._records.dunning.note(ended.customer, found)
        verdict = Verdict.FOUND if found.fate is Fate.SENT else Verdict.REFUSED
        why = {"actor": ended.actor, "reason": found.fate.value}
        await together(noting, self._records.audit.conclude(found.key, verdict, why))
