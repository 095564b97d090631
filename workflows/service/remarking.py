"""Telling once what a person should know of an issued invoice."""

from temporalio import workflow

from activities.messaging.remarks import RemarkIn, RemarkMessages
from raccord.domain.values.message import RecordKind, RecordName
from workflows.steps import run_telling


@workflow.defn(name="Remarking")
class Remarking:
    """Tell once what a person should know of an issued invoice."""

    @workflow.run
    async def run(self, wanted: RemarkIn) -> None:
        await run_telling(
            RemarkMessages.post,
            wanted.remark,
            queue=wanted.messenger,
            timing=wanted.timing,
            about=RecordName(kind=RecordKind.MESSAGE),
            summary="tell the channel",
        )
