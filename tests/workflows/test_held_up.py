"""A step that took long and ended says so before its flow says anything else of itself."""

from temporalio.worker import Worker

from tests.workflows.asks_late import CAUSE, AsksAfterALongStep
from tests.workflows.house import House, needs_server

pytestmark = needs_server


async def test_a_flow_that_waits_for_a_person_is_shown_so_though_its_last_step_took_long(
    at_home: House,
) -> None:
    worker = Worker(
        at_home.client,
        task_queue="held-up",
        workflows=[AsksAfterALongStep],
    )
    async with worker:
        said = await at_home.client.execute_workflow(
            AsksAfterALongStep.run, id="held-up", task_queue="held-up"
        )
    assert tuple(said) == ("waiting", CAUSE)
