from dataclasses import replace

from temporalio.testing import ActivityEnvironment

from activities.records.memory import ENDED, RecordsActivities
from raccord.domain.values.end import End
from raccord.domain.values.message import message
from raccord.records.records import Records
from tests.records.questions import FLOW, question

END = End(
    flow="deal_won",
    subject=question().subject,
    state="invoiced",
    summary=message("answer.no_invoice"),
    record={"number": "F-1"},
)


def attempt(activity_id: str = "7") -> ActivityEnvironment:
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, workflow_id=FLOW, activity_id=activity_id)
    return environment


async def test_an_end_is_noted_once_however_often_it_is_concluded(records: Records) -> None:
    """An attempt that was committed and never answered is made again."""
    memory = RecordsActivities(records)
    ticket = await records.waiting.open(FLOW, question())
    assert await attempt().run(memory.conclude, END) == ticket.incident
    await attempt().run(memory.conclude, END)
    assert [row["detail"] async for row in records.audit.export()] == [END.record]
    await attempt("8").run(memory.conclude, END)
    assert len([row async for row in records.audit.export()]) == 2


async def test_an_end_without_a_record_leaves_no_row(records: Records) -> None:
    await attempt().run(RecordsActivities(records).conclude, END.model_copy(update={"record": {}}))
    assert [row async for row in records.audit.export()] == []


async def test_ends_are_counted_by_flow_and_state(records: Records) -> None:
    ended = ENDED.labels("deal_won", "shadow")
    before = ended._value.get()
    memory = RecordsActivities(records)
    await attempt().run(memory.conclude, END.model_copy(update={"state": "shadow"}))
    await attempt("8").run(memory.conclude, END.model_copy(update={"state": "shadow", "record": {}}))
    assert ended._value.get() - before == 2
