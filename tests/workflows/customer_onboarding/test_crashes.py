"""A worker that dies after a system took a step, and before anybody knew: the step happens once."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from raccord.connectors.errors import AmbiguousWrite, Transient
from tests.fakes.switches import Switches
from tests.workflows.customer_onboarding.paid import Paid, states
from tests.workflows.house import House, needs_server

pytestmark = needs_server


def dying_after(port: Switches, method: str, error: Exception) -> None:
    """Let the first call have its effect, and whoever made it never hear of it."""
    whole: Callable[..., Awaitable[Any]] = getattr(port, method)

    async def once(*args: Any, **more: Any) -> Any:
        setattr(port, method, whole)
        await whole(*args, **more)
        raise error

    setattr(port, method, once)


LOST = AmbiguousWrite("No answer.", retry_after=timedelta(seconds=1))


@pytest.mark.parametrize(
    ("role", "method", "error"),
    [
        ("crm", "create_task", LOST),
        ("messenger", "post", LOST),
        ("outbound", "send", Transient("No whole answer.")),
    ],
)
async def test_what_was_taken_before_the_end_of_a_worker_happens_once(
    at_home: House, role: str, method: str, error: Exception
) -> None:
    paid = Paid(at_home)
    await paid.work()
    dying_after(getattr(at_home, role), method, error)
    end = await paid.outcome()
    assert set(states(end).values()) == {"done"}
    assert (len(at_home.crm.tasks), paid.mails, len(paid.told)) == (1, 1, 1)
    # Whoever takes events knows a repeated one by its id.
    assert len({event.id for event in at_home.outbound.events}) == 1
    intents = await at_home.written()
    assert len(intents) == len(set(intents)) + 1  # one event for each of two endpoints
    assert (await at_home.records.audit.verify()).ok


async def test_a_mail_that_was_taken_before_the_end_of_a_worker_is_asked_about(at_home: House) -> None:
    paid = Paid(at_home)
    await paid.work()
    mailer = at_home.mailer
    mailer.fail(AmbiguousWrite("No answer."), "hand_over", times=1)
    await paid.begin()
    row = await paid.question("welcome")
    assert [option.id for option in row.question.options] == ["arrived welcome", "again welcome"]
    assert (len(at_home.crm.tasks), len(paid.told), len(at_home.outbound.events)) == (1, 1, 2)
