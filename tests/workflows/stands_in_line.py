"""A flow of one step, told of changes as the flows about a subject are."""

from temporalio import workflow

from raccord.domain.rules.timing import Timing
from raccord.domain.values.message import RecordKind, RecordName
from raccord.temporal.flows import Changed
from tests.workflows.vendor import QUEUE, Vendor
from workflows.steps import Stopped, run_step
from workflows.turn import Turn


@workflow.defn(name="StandsInLine")
class StandsInLine:
    def __init__(self) -> None:
        self._turn = Turn()

    @workflow.signal
    def changed(self, why: Changed) -> None:
        self._turn.asked(why.rank)

    @workflow.run
    async def run(self, name: str) -> int:
        """Return how often it was served, none where it is refused."""
        try:
            return await run_step(
                Vendor.serve,
                name,
                queue=QUEUE,
                timing=Timing(),
                about=RecordName(kind=RecordKind.DEAL, id=name),
                summary="be served",
                turn=self._turn,
            )
        except Stopped:
            return 0
