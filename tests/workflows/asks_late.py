"""A flow that waits for a vendor longer than usual, and in the same moment for a person."""

import asyncio
from datetime import timedelta

from temporalio import workflow

from raccord.domain.rules.timing import Timing
from raccord.temporal import search
from workflows.held_up import HeldUp
from workflows.page import Page

CAUSE = "siren"


@workflow.defn(name="AsksAfterALongStep")
class AsksAfterALongStep:
    """Returns how it is shown while it waits for a person."""

    @workflow.run
    async def run(self) -> tuple[str | None, str | None]:
        held_up = HeldUp(Page())
        watching = asyncio.create_task(held_up.watch())
        long = asyncio.create_task(workflow.sleep(Timing().waiting_after + timedelta(hours=1)))
        await held_up.while_awaiting("stripe", long)
        workflow.upsert_search_attributes([search.STATE.value_set("waiting"), search.CAUSE.value_set(CAUSE)])
        await workflow.sleep(1)
        watching.cancel()
        found = workflow.info().typed_search_attributes
        return found.get(search.STATE), found.get(search.CAUSE)
