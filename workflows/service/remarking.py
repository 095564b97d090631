"""Telling once what a person should know of an issued invoice."""

from temporalio import workflow

from activities.messaging.remarks import RemarkIn, RemarkMessages
from raccord.domain.values.message import RecordKind, RecordName
from workflows.steps import Gone, Stopped, run_step


@workflow.defn(name="Remarking")
class Remarking:
    """Tell once what a person should know of an issued invoice."""

    @workflow.run
    async def run(self, wanted: RemarkIn) -> None:
        try:
            await run_step(
                RemarkMessages.post,
                wanted.remark,
                queue=wanted.messenger,
                timing=wanted.timing,
                about=RecordName(kind=RecordKind.MESSAGE),
                summary="tell the channel",
            )
        except (Stopped, Gone) as error:
            workflow.logger.warning("desk.not_told", extra={"error": str(error)})
