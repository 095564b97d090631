"""Reckoning the week from what is listed, and keeping it: told again, it says the same."""

from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.beating import beating
from raccord.domain.desk.problems import Cause
from raccord.domain.dunning.silence import Silence
from raccord.domain.dunning.stopped import Stop
from raccord.domain.dunning.words import Word
from raccord.domain.proof.proof import Proof
from raccord.domain.report.adding import Sums
from raccord.domain.report.changes import changes
from raccord.domain.report.facts import Fact, fact_of
from raccord.domain.report.policy import ReportPolicy, ReportWanted
from raccord.domain.report.reckoning import Names, Reckoning, listed_from
from raccord.domain.report.report import Promised, Reminded, Stopped, Waits
from raccord.domain.report.week import Week
from raccord.domain.values.base import Value
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.message import message
from raccord.records.records import Records
from raccord.records.report_runs import ReportRun

_AT_ONCE = 200


class Begun(Value):
    """`run` is None where the week's report is kept already."""

    week: Week
    run: ReportRun | None


class Listed(Value):
    run: ReportRun
    names: Names


class ReportActivities:
    def __init__(self, records: Records, policy: ReportPolicy) -> None:
        self._records = records
        self._runs = records.report_runs
        self._reports = records.reports
        self._policy = policy

    @activity.defn(name="report.policy")
    async def policy(self) -> ReportPolicy:
        """Return how the week is told."""
        return self._policy

    @activity.defn(name="report.begin")
    async def begin(self, wanted: ReportWanted) -> Begun:
        """Go on with a week's report, or begin one; its week has to be over."""
        now = datetime.now(UTC)
        last = Week.due_at(now, self._policy.clock)
        week = wanted.week or last
        if week > last:
            raise ApplicationError(
                f"The week {week} is not over: its report is made on the Monday after it.", non_retryable=True
            )
        return Begun(week=week, run=await self._runs.begin(week, now))

    @activity.defn(name="report.reckon")
    async def reckon(self, listed: Listed) -> bool:
        """Reckon the week and keep its report; of two attempts, one keeps it.

        Returns whether it is kept: it is not where another run took the place of this one.
        """
        async with beating():
            if await self._runs.where(listed.run) is not None:
                await self._runs.adopt(listed.run)
                await _Reckoned(self._records, self._policy, listed).all()
            return listed.run.week in await self._reports.weeks()


class _Reckoned:
    """One report on its way through what is listed."""

    def __init__(self, records: Records, policy: ReportPolicy, listed: Listed) -> None:
        self._records = records
        self._runs = records.report_runs
        self._reports = records.reports
        self._policy = policy
        self._run = listed.run
        self._names = listed.names
        self._week = listed.run.week
        self._told: list[Fact] = []
        self._customers: dict[str, str] = {}

    async def all(self) -> None:
        kept = await self._reports.weeks()
        reckoning = Reckoning(self._week, self._policy.clock, self._names, kept)
        promises = await self._records.dunning.promises()
        asked = {customer.partition(":")[2] for customer, _ in promises}
        await self._deals(reckoning)
        await self._invoices(reckoning, asked)
        gone = await self._reports.unseen(self._run, listed_from(self._week))
        for each in gone:
            reckoning.gone(each)
        now = datetime.now(self._policy.clock.tz)
        report = reckoning.report(computed_at=now, late=self._policy.late(self._week, now))
        report = report.model_copy(update=await self._beside(promises))
        before = await self._reports.kept(self._week.back(1))
        report = report.model_copy(update={"changes": changes(report, before)})
        await self._reports.keep(self._run, report, self._told, [each.fact for each in gone])

    async def _deals(self, reckoning: Reckoning) -> None:
        above = ""
        while deals := await self._runs.deals(self._run, above, most=_AT_ONCE):
            above = deals[-1].id
            facts = [fact for fact in map(fact_of, deals) if fact]
            told = await self._reports.told(self._run, [fact.key for fact in facts])
            for deal in deals:
                self._told += reckoning.deal(deal, told)

    async def _invoices(self, reckoning: Reckoning, asked: set[str]) -> None:
        above = ""
        while stories := await self._runs.invoices(self._run, above, most=_AT_ONCE):
            above = stories[-1].invoice.listed.invoice.id
            keys = [fact.key for story in stories for fact in story.facts(self._policy.clock)]
            told = await self._reports.told(self._run, keys)
            for story in stories:
                customer = story.invoice.listed.invoice.customer_id
                if customer in asked:
                    self._customers[customer] = story.invoice.customer
                self._told += reckoning.invoice(story, told)

    async def _beside(self, promises: tuple[tuple[str, Word], ...]) -> dict[str, Any]:
        """Return what stands in the records alone."""
        clock, week = self._policy.clock, self._week
        begun, over = clock.start_of(week.monday), clock.start_of(week.back(-1).monday)
        left = Counter(each.level for each in await self._records.dunning.rounds_between(begun, over))
        stopped = await self._records.dunning.stopped_since(begun, over)
        proof = await self._records.proofs.last()
        return {
            "since": self._policy.since,
            "unreadable": await self._runs.unreadable(self._run),
            "reminded": tuple(Reminded(level=level, count=n) for level, n in sorted(left.items())),
            "stopped": tuple(Stopped(reason=_reason(why), count=n) for why, n in sorted(stopped.items())),
            "promises": tuple(self._promised(customer, word) for customer, word in promises),
            "waiting": await self._waiting(),
            **_gaps(proof, clock),
        }

    def _promised(self, customer: str, word: Word) -> Promised:
        id_ = customer.partition(":")[2]
        last = max((each.due_on for each in word.instalments), default=word.until)
        return Promised(
            customer_id=id_,
            customer=self._customers.get(id_, ""),
            until=last or self._week.sunday,
            amounts=(word.amount,) if word.amount else word.owed,
        )

    async def _waiting(self) -> tuple[Waits, ...]:
        sums: dict[tuple[Cause, str], Sums] = defaultdict(Sums)
        first: dict[tuple[Cause, str], datetime] = {}
        for row in await self._records.waiting.list():
            question = row.question
            owner = (question.owner.name or question.owner.email) if question.owner else ""
            key = (question.cause, owner)
            sums[key].add(question.amount)
            if key not in first or row.since < first[key]:
                first[key] = row.since
        return tuple(
            Waits(
                cause=message(f"cause.{cause}"),
                owner=owner,
                waiting=found.counted,
                since=first[cause, owner],
            )
            for (cause, owner), found in sorted(sums.items())
        )


def _reason(why: str) -> Silence | Stop:
    return Stop(why) if why in list(Stop) else Silence(why)


def _gaps(proof: Proof | None, clock: BusinessClock) -> dict[str, Any]:
    if proof is None:
        return {}
    return {
        "gaps": proof.gaps,
        "gap_counts": proof.counts,
        "proved_at": proof.ended_at.astimezone(clock.tz),
    }
