"""A question's message and its task are kept apart: what holds one up delays the other by nothing."""

from raccord.connectors.errors import Auth
from tests.domain import samples
from tests.front_door.stack import until
from tests.workflows.deal_won.test_endings import NO_POSTCODE
from tests.workflows.house import House, needs_server

pytestmark = needs_server
CLOSED = Auth("The bot is not in the channel.")


async def test_a_closed_channel_delays_no_task(at_home: House) -> None:
    at_home.messenger.fail(CLOSED, "post", "find", "update")
    at_home.edit(**NO_POSTCODE)
    await at_home.work()
    await at_home.change()
    await at_home.question("address")
    await until(lambda: _said(bool(at_home.crm.tasks)), what="the task is there")
    at_home.edit(companies=(samples.company(),))
    assert (await at_home.outcome())["ending"] == "invoiced"
    await until(lambda: _said(bool(at_home.crm.done)), what="the task is done")
    assert not at_home.messenger.messages
    at_home.messenger.heal()


async def test_a_crm_that_refuses_tasks_delays_no_message(at_home: House) -> None:
    at_home.crm.fail(Auth("Tasks may not be written."), "create_task", "find_task")
    at_home.edit(**NO_POSTCODE)
    await at_home.work()
    await at_home.change()
    await at_home.question("address")
    await until(at_home.is_told, what="the question is shown")
    (asked,) = at_home.messenger.messages.values()
    assert asked.notice.buttons
    at_home.edit(companies=(samples.company(),))
    assert (await at_home.outcome())["ending"] == "invoiced"

    await until(lambda: _said(not asked.notice.buttons), what="the message says that it is settled")
    assert not at_home.crm.tasks


async def _said(so: bool) -> bool:
    return so
