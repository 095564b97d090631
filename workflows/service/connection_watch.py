"""Watching a connection that holds flows up: one alert, one recovery."""

from datetime import timedelta

from temporalio import workflow

from activities.service.watch import WatchActivities, WatchMessages
from raccord.domain.service.outage import Look, Report, Watch, WatchPolicy
from raccord.domain.values.message import RecordKind, RecordName
from raccord.temporal import search
from raccord.texts.outages import watch_markdown
from workflows.steps import Gone, OutOfTime, Stopped, run_local, run_ours, run_step

ALERT_WITHIN = timedelta(minutes=10)
LOOK_WITHIN = timedelta(minutes=2)


@workflow.defn(name="ConnectionWatch")
class ConnectionWatch:
    """Look at a connection until it answers and nobody waits for it any more.

    Answering is not enough: a vendor may answer us and refuse what the flows ask of it.

    Started by every step that meets an outage; however many wait, one watch runs for a connection,
    tells once that it is down and once that it is over. Flows go on by themselves meanwhile; what nobody
    heard of is looked for after an outage that was long enough to be told.
    """

    @workflow.run
    async def run(self, watch: Watch) -> None:
        policy = await run_local(WatchActivities.policy, summary="read the thresholds")
        watch = watch.model_copy(update={"since": watch.since or workflow.now()})
        workflow.upsert_search_attributes([search.STATE.value_set("outage")])
        while not (watch := watch.with_look(look := await self._look(watch), workflow.now())).over:
            watch = await self._told(watch, look, policy)
            workflow.set_current_details(watch_markdown(watch, look, policy.language))
            await workflow.sleep(policy.probe_every, summary=f"look at {watch.connection} again")
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(watch)
        if workflow.now() - watch.began >= policy.tells_after(watch.worst.cause):
            # Vendors give up on webhooks that nobody takes, some after half an hour.
            await run_ours(WatchActivities.sweep, watch.connection, summary="look for what no webhook told")
        if watch.alerted:
            await self._tell(watch.report(until=workflow.now()), policy)
        workflow.upsert_search_attributes([search.STATE.value_set("healthy")])

    async def _look(self, watch: Watch) -> Look:
        summary = f"look at {watch.connection}"
        return await run_ours(WatchActivities.look, watch.connection, summary=summary, lasting=LOOK_WITHIN)

    async def _told(self, watch: Watch, look: Look, policy: WatchPolicy) -> Watch:
        early = workflow.now() - watch.began < policy.tells_after(look.cause)
        if watch.alerted or early or not watch.lasts(look, workflow.now(), policy.timing):
            return watch
        return watch.model_copy(update={"alerted": await self._tell(watch.report(look=look), policy)})

    async def _tell(self, report: Report, policy: WatchPolicy) -> bool:
        """Tell, once by its mark; return whether that is done.

        An alert that cannot be told now is told after a later look, if it is still true then; a recovery
        waits its turn. What the messenger refuses is left to the log.
        """
        workflow.logger.warning("connection.over" if report.until else "connection.down")
        if not policy.messenger:
            return True
        try:
            await run_step(
                WatchMessages.report,
                report,
                queue=policy.messenger,
                timing=policy.timing,
                about=RecordName(kind=RecordKind.MESSAGE),
                summary="tell that it is over" if report.until else "tell that it is down",
                within=None if report.until else ALERT_WITHIN,
            )
        except OutOfTime:
            workflow.logger.warning("connection.not_told")
            return False
        except (Stopped, Gone) as error:
            workflow.logger.warning("connection.not_told", extra={"error": str(error)})
        return True
