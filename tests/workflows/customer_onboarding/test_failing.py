"""A step that fails is a question; the others go on."""

import pytest

from raccord.connectors.errors import AmbiguousWrite, Permanent
from raccord.domain.desk.question import Choice
from raccord.texts.problems import say_problem
from tests.domain import samples
from tests.workflows.customer_onboarding.paid import MAIL, TASK, TELL, Paid, states
from tests.workflows.house import REF, House, needs_server

pytestmark = needs_server
NO = Permanent("The owner may not have tasks.")
LOST = AmbiguousWrite("No answer.")


@pytest.fixture
async def paid(at_home: House) -> Paid:
    found = Paid(at_home)
    await found.work(TASK + MAIL + TELL)
    return found


async def test_what_failed_is_asked_when_the_others_are_done_and_goes_on_once_it_is_repaired(
    paid: Paid,
) -> None:
    paid.home.mailer.refused = {"compta@acme.fr"}
    await paid.begin()
    row = await paid.question("welcome")
    assert (paid.tasks, len(paid.told), paid.mails) == (["Call Acme"], 1, 0)
    assert (row.question.owner and row.question.owner.id, row.question.task_on) == ("9", "7")
    said = say_problem(row.question.problems[0], "en")
    assert said.startswith("step welcome: The step was refused.")
    assert "does not take mail for compta@acme.fr" in said
    paid.home.mailer.refused = set()
    await paid.home.answer(row, Choice.RETRY)
    end = await paid.end()
    assert (end["ending"], states(end)["welcome"], paid.mails) == ("onboarded", "done", 1)
    assert (len(paid.tasks), len(paid.told)) == (1, 1)
    assert await paid.home.records.waiting.list() == ()


async def test_several_that_failed_are_one_question_with_an_answer_for_each(paid: Paid) -> None:
    paid.home.crm.fail(NO, "create_task")
    paid.home.mailer.refused = {"compta@acme.fr"}
    await paid.begin()
    row = await paid.question("kick-off", "welcome")
    await paid.home.answer(row, Choice.CHOOSE, "skip kick-off")
    row = await paid.question("welcome")
    await paid.home.answer(row, Choice.SKIP)
    end = await paid.end()
    assert states(end) == {"tell": "done", "kick-off": "skipped", "welcome": "skipped"}
    assert (end["ending"], paid.tasks, paid.mails) == ("onboarded", [], 0)


async def test_giving_up_leaves_the_rest_to_a_person(paid: Paid) -> None:
    paid.home.mailer.refused = {"compta@acme.fr"}
    await paid.begin()
    await paid.home.answer(await paid.question("welcome"), Choice.CANCEL)
    end = await paid.end()
    assert (end["ending"], states(end)) == ("closed", {"kick-off": "done", "tell": "done"})


async def test_an_answer_after_a_refund_begins_nothing(paid: Paid) -> None:
    paid.home.mailer.refused = {"compta@acme.fr"}
    await paid.begin()
    row = await paid.question("welcome")
    await paid.refund()
    paid.home.mailer.refused = set()
    await paid.home.answer(row, Choice.RETRY)
    end = await paid.end()
    assert (end["ending"], end["reason"], paid.mails) == ("not_paid", "refunded", 0)


async def test_a_customer_without_an_address_is_written_to_as_soon_as_there_is_one(paid: Paid) -> None:
    paid.home.edit(companies=(samples.company(email=""),), contacts=())
    await paid.begin()
    await paid.question("welcome")
    paid.home.edit(companies=(samples.company(email="neu@acme.fr"),))
    await paid.changed()
    end = await paid.end()
    assert (end["ending"], [mail.to for mail in paid.home.mailer.arrived]) == (
        "onboarded",
        [("neu@acme.fr",)],
    )


async def test_a_mail_that_may_have_left_is_never_sent_again_by_itself(paid: Paid) -> None:
    paid.home.mailer.fail(LOST, "hand_over", times=1)
    await paid.begin()
    row = await paid.question("welcome")
    await paid.home.answer(row, Choice.RETRY)
    row = await paid.question("welcome")
    assert paid.home.mailer.calls["hand_over"] == 1
    await paid.home.answer(row, Choice.CHOOSE, "arrived welcome")
    end = await paid.end()
    assert (end["ending"], states(end)["welcome"]) == ("onboarded", "done")
    assert (paid.mails, paid.home.mailer.calls["hand_over"]) == (0, 1)


async def test_sent_again_on_a_person_s_word_it_is_asked_anew_when_that_is_lost_too(paid: Paid) -> None:
    paid.home.mailer.fail(LOST, "hand_over", times=2)
    await paid.begin()
    first = await paid.question("welcome")
    await paid.home.answer(first, Choice.CHOOSE, "again welcome")

    def sent(times: int) -> bool:
        return paid.home.mailer.calls["hand_over"] == times

    second = await paid.question("welcome")
    while (second.incident, second.revision) == (first.incident, first.revision):
        second = await paid.question("welcome")
    assert sent(2)
    await paid.home.answer(second, Choice.CHOOSE, "again welcome")
    end = await paid.end()
    assert (end["ending"], paid.mails, sent(3)) == ("onboarded", 1, True)
    assert len({mail.key for mail in paid.home.mailer.arrived}) == 1


async def test_a_flow_that_is_gone_is_woken_by_its_deal_alone(paid: Paid) -> None:
    """As the sweep and the desk do: the records know the invoices, and what was done is found."""
    await paid.home.records.links.update_deal(REF, "stripe", invoice_id="in_1")
    paid.home.mailer.fail(LOST, "hand_over", times=1)
    await paid.begin()
    row = await paid.question("welcome")
    await paid.home.flow(row.flow).terminate()
    await paid.changed()
    again = await paid.question("welcome")
    assert again.incident == row.incident
    assert (len(paid.tasks), len(paid.told), paid.home.mailer.calls["hand_over"]) == (1, 1, 1)
    await paid.home.answer(again, Choice.CHOOSE, "arrived welcome")
    assert (await paid.end())["ending"] == "onboarded"
    assert (len(paid.tasks), len(paid.told), paid.mails) == (1, 1, 0)
