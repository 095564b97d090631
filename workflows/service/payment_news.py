"""News of payments: told one by one, or, when they come thick and fast, in one message."""

from datetime import timedelta

from temporalio import workflow

from activities.payment.memory import Telling
from activities.payment.telling import NewsActivities, NewsMessages
from raccord.domain.payment.news import Bulletin, News
from raccord.domain.values.message import RecordKind, RecordName
from raccord.records.payments import MOST_NEWS
from workflows.steps import run_ours, run_telling

WITHIN = timedelta(hours=12)


@workflow.defn(name="PaymentNews")
class PaymentNews:
    """The one flow that tells news of payments.

    It waits until no more came for a while, and no longer than the longest: one message about a hundred
    payments, and a single payment is told within seconds. What cannot be told stays for the next run.
    """

    def __init__(self) -> None:
        self._more = False

    @workflow.signal(description="There is more to tell")
    def more(self) -> None:
        self._more = True

    @workflow.run
    async def run(self, telling: Telling) -> int:
        """Return how many were told."""
        count = 0
        while self._more:
            await self._quiet(telling)
            news = await run_ours(NewsActivities.untold, summary="read what is new")
            if told := await self._told(telling, news):
                await run_ours(NewsActivities.told, told, summary="remember that it was told")
                count += len(told)
                # What one reading left out: never for what could not be told, which waits for the sweep.
                self._more = self._more or len(news) >= MOST_NEWS
        return count

    async def _quiet(self, telling: Telling) -> None:
        """Wait until nothing more came for a while."""
        latest = workflow.now() + telling.longest
        while self._more and workflow.now() < latest:
            self._more = False
            await workflow.sleep(telling.gather, summary="more may come")
        self._more = False

    async def _told(self, telling: Telling, news: tuple[News, ...]) -> tuple[str, ...]:
        if len(news) > telling.digest_above:
            at = workflow.now()
            bulletin = Bulletin(ref=f"payments.{at:%Y%m%d%H%M%S%f}", at=at, news=news)
            told = await self._posted(telling, NewsMessages.post_bulletin, bulletin)
            return tuple(each.key for each in news) if told else ()
        posted = [each for each in news if await self._posted(telling, NewsMessages.post, each)]
        return tuple(each.key for each in posted)

    async def _posted(self, telling: Telling, method: object, what: News | Bulletin) -> bool:
        return await run_telling(
            method,  # type: ignore[arg-type]  # one of the two, each with its own value
            what,
            queue=telling.messenger,
            timing=telling.timing,
            about=RecordName(kind=RecordKind.MESSAGE),
            summary="tell the channel",
            within=WITHIN,
        )
