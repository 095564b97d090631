"""How an answer arrives: a pressed button on its way to the flow that asked."""

from datetime import timedelta

from temporalio import workflow

from activities.desk.messages import Answered, DeskMessages, PressIn, Whisper
from raccord.domain.values.message import RecordKind, RecordName, message
from workflows.steps import Gone, OutOfTime, Stopped, run_step

WHISPER_WITHIN = timedelta(minutes=10)
NOT_HANDED_OVER = message("press.not_handed_over")


@workflow.defn(name="Press")
class Press:
    """One pressed button: handed to the flow it is meant for; the person is told when it came too late.

    A flow of its own, so that a press that was acknowledged survives whatever dies next.
    """

    @workflow.run
    async def run(self, press: PressIn) -> Answered:
        answered = await self._handed_over(press)
        if not answered.taken and answered.said:
            whisper = Whisper(place=press.press.place, user=press.press.user, text=answered.said)
            try:
                await run_step(
                    DeskMessages.whisper,
                    whisper,
                    queue=press.messenger,
                    timing=press.timing,
                    about=RecordName(kind=RecordKind.MESSAGE),
                    summary="say why it had no effect",
                    within=WHISPER_WITHIN,
                )
            except (Stopped, Gone, OutOfTime):
                workflow.logger.warning("desk.not_whispered")
        return answered

    async def _handed_over(self, press: PressIn) -> Answered:
        try:
            return await run_step(
                DeskMessages.decide,
                press,
                queue=press.messenger,
                timing=press.timing,
                about=RecordName(kind=RecordKind.MESSAGE),
                summary="hand the answer to its flow",
            )
        except (Stopped, Gone) as error:
            workflow.logger.warning("desk.not_handed_over", extra={"error": str(error)})
            return Answered(taken=False, said=NOT_HANDED_OVER)
