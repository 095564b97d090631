"""Flow 3 in one process: from the first reminder to the money, or to a person."""

from datetime import timedelta
from functools import partial
from io import BytesIO

import pytest
from pypdf import PdfReader
from temporalio.testing import ActivityEnvironment

from activities.dunning.backlog import BacklogActivities, Waits
from raccord.connectors.errors import AmbiguousWrite, ConnectorError, RateLimited, Transient
from raccord.domain.desk.question import Choice
from raccord.domain.dunning.backlog import ALL, LateBefore
from raccord.domain.dunning.calendar import may_send
from raccord.domain.dunning.memory import Fate
from raccord.domain.dunning.words import WordKind
from raccord.domain.rules.dunning import Interest
from raccord.domain.rules.modes import Mode
from raccord.domain.values.mail import Mail
from tests.domain.payment.money import money, payment
from tests.front_door.stack import until
from tests.workflows.dunning.late import A_DAY, BACKLOG_FLOW, CALENDAR, FLOW, Late, euros
from tests.workflows.house import PARIS, House, needs_server

pytestmark = needs_server


@pytest.fixture
async def late(at_home: House) -> Late:
    """A customer whose reminders leave."""
    found = Late(at_home)
    await found.work()
    return found


async def levels(late: Late) -> list[int]:
    return [each.level for each in (await late.memory()).sent]


async def test_three_levels_then_a_person_and_silence_once_paid(late: Late) -> None:
    await late.owes(-20)
    await late.wake()
    mails = await late.mailed(3)
    assert await levels(late) == [1, 2, 3]
    days = [late.home.billing.accounts["cus_late"].invoices[0].due_on]
    left = [(each.at.date() - days[0]).days for each in (await late.memory()).sent]
    assert [day if day in (7, 15, 30) else day + 1 for day in left] == [7, 15, 30]
    assert {mail.to for mail in mails} == {("compta@client.example",)}
    row = await late.home.question("last_reminder")
    assert row.question.amount == euros("1200.00")
    (story,) = [mail for mail in late.home.mailer.arrived if mail.to == ("finance@hexalab.example",)]
    assert [attached.content[:5] for attached in story.attachments] == [b"%PDF-"]
    assert sum("Relance" in task for task in late.tasks) == 3
    prepared = [
        "mise en demeure est préparée" in task.body
        for task in late.home.crm.tasks.values()
        if "Relance" in task.subject
    ]
    assert prepared == [False, False, True]
    (told,) = [each.notice for each in late.home.messenger.messages.values() if each.notice.people]
    assert told.people == ("finance@hexalab.example",)
    assert "Raccord ne l'a pas envoyée" in told.points[-1]
    await late.paid()
    await late.wake("paid")
    end = await late.end()
    assert (end["ending"], end["sent"]) == ("settled", 3)
    assert len(late.mails) == 3
    assert await late.home.records.waiting.list() == ()


async def test_one_mail_for_all_that_is_late(late: Late) -> None:
    await late.owes(8, 16, -3)
    await late.wake()
    (mail,) = await late.mailed(1)
    assert "F-1" in mail.text
    assert "F-2" in mail.text
    assert "F-3" not in mail.text
    assert await levels(late) == [2]


async def stopped(late: Late) -> dict[str, int]:
    return await late.home.records.dunning.stopped_since(await late.home.now() - A_DAY * 30)


@pytest.mark.parametrize(("brought", "counted"), [(True, "paid"), (False, "nothing_open")])
async def test_who_owes_nothing_more_in_the_last_second_is_not_reminded(
    late: Late, brought: bool, counted: str
) -> None:
    """What a credit note stopped is not counted as stopped by a payment."""
    await late.owes(6)
    late.home.mailer.before("addressed", partial(late.paid, brought=brought))
    await late.wake()
    assert (await late.end())["ending"] == "settled"
    assert late.mails == []
    assert await stopped(late) == {counted: 1}


async def test_a_demotion_counts_before_the_next_mail(late: Late) -> None:
    await late.owes(6)

    async def demoted() -> None:
        late.rule(Mode.SHADOW)

    late.home.mailer.before("addressed", demoted)
    await late.wake()
    assert (await late.end())["ending"] == "shadow"
    assert late.mails == []
    assert await stopped(late) == {"off": 1}


async def test_a_mail_that_is_put_off_only_is_not_counted_as_stopped(late: Late) -> None:
    await late.owes(6)

    async def later_now() -> None:
        another = ((await late.today()).weekday() + 3) % 7
        late.rule(Mode.LIVE, rules=late.policy.rules.model_copy(update={"weekdays": (another,)}))

    late.home.mailer.before("addressed", later_now)
    await late.wake()
    await late.pass_days(2)
    assert late.mails == []
    assert await stopped(late) == {}


async def test_shadow_says_what_it_would_send_and_sends_nothing(at_home: House) -> None:
    late = Late(at_home)
    await late.work(Mode.SHADOW)
    await late.owes(16)
    await late.wake()
    end = await late.end()
    assert (end["ending"], end["would"]) == ("shadow", 2)
    assert late.mails == []
    assert await late.home.written() == []


async def test_a_mail_of_unknown_fate_is_asked_about_and_never_sent_again_by_itself(late: Late) -> None:
    await late.owes(6)
    late.home.mailer.fail(AmbiguousWrite("the line broke"), "hand_over", times=1)
    await late.wake()
    await late.pass_days(3)
    row = await late.home.question("unknown_mail")
    await late.pass_days(20)
    assert late.mails == []
    await late.home.answer(row, Choice.CHOOSE, "lost")
    (mail,) = await late.mailed(1)
    rows = [row async for row in late.home.records.audit.export() if row["key"].startswith("dun/")]
    assert [row["kind"] for row in rows][:4] == ["intent", "outcome"] * 2
    assert rows[1]["verdict"] == "refused"
    assert mail.to == ("compta@client.example",)
    assert (await late.memory()).rounds[0].fate is Fate.NOT_SENT


async def test_a_mail_that_arrived_after_all_is_followed_by_task_and_story(late: Late) -> None:
    await late.owes(-1)
    await late.wake()
    await late.mailed(2)
    late.home.mailer.fail(AmbiguousWrite("the line broke"), "hand_over", times=1)
    await late.pass_days(20)
    assert sum("Relance" in task for task in late.tasks) == 2
    await late.home.answer(await late.home.question("unknown_mail"), Choice.CHOOSE, "arrived")
    await late.home.question("last_reminder")
    assert sum("Relance" in task for task in late.tasks) == 3
    (story,) = [mail for mail in late.home.mailer.arrived if mail.to == ("finance@hexalab.example",)]
    assert [attached.content[:5] for attached in story.attachments] == [b"%PDF-"]
    assert await levels(late) == [1, 2, 3]


async def test_a_formal_notice_claims_nothing_that_is_contested(late: Late) -> None:
    await late.owes(-1, -2)
    await late.say(WordKind.DISPUTE, invoice_id="in_2")
    await late.mailed(3)
    await late.rests()
    (story,) = [mail for mail in late.home.mailer.arrived if mail.to == ("finance@hexalab.example",)]
    assert claimed(story) == ["F-1"]


async def test_a_mail_whose_worker_died_is_asked_about_also_when_another_would_be_due_by_then(
    late: Late,
) -> None:
    await late.owes(6)

    async def dies() -> None:
        await late.owes(6, 15)
        raise RuntimeError("the process is gone")

    late.home.mailer.before("hand_over", dies)
    await late.wake()
    await late.pass_days(3)
    row = await late.home.question("unknown_mail")
    await late.pass_days(20)
    assert late.mails == []
    await late.home.answer(row, Choice.CHOOSE, "lost")
    (mail,) = await late.mailed(1)
    assert "F-2" in mail.text


async def test_a_mail_that_left_before_the_end_of_a_worker_is_followed_by_its_task(late: Late) -> None:
    await late.owes(6)
    late.die_once_a_mail_left()
    await late.wake()
    await late.mailed(1)
    await late.pass_days(2)
    assert sum("Relance" in task for task in late.tasks) == 1
    assert len(late.mails) == 1


async def test_a_reminder_does_not_wait_for_the_host_of_its_pdfs(late: Late) -> None:
    await late.owes(6)
    late.home.billing.fail(Transient("its files cannot be reached"), "read_document")
    await late.wake()
    (mail,) = await late.mailed(1)
    assert mail.attachments == ()
    assert await late.home.records.waiting.list() == ()


@pytest.mark.parametrize(
    "refusal", [RateLimited("greylisted", retry_after=timedelta(minutes=5)), Transient("the line is dead")]
)
async def test_a_mail_that_the_server_puts_off_leaves_once_later_and_asks_nobody(
    late: Late, refusal: ConnectorError
) -> None:
    now = (await late.home.now()).astimezone(PARIS)
    # So that time stops to be skipped between two attempts, the first of which is made at midnight.
    await late.home.pass_time((now + A_DAY).replace(hour=0, minute=2) - now)
    await late.owes(6)
    late.home.mailer.fail(refusal, "hand_over", times=2)
    await late.wake()
    await late.mailed(1)
    await late.pass_days(3)
    assert len(late.mails) == 1
    assert await levels(late) == [1]
    assert await late.home.records.waiting.list() == ()


async def test_a_kept_promise_is_thanked_for_and_a_broken_one_is_one_level_up(late: Late) -> None:
    await late.owes(6)
    await late.wake()
    await late.mailed(1)
    until = await late.today() + A_DAY * 10
    await late.say(WordKind.PROMISE, until=until)
    await late.pass_days(9)
    assert len(late.mails) == 1
    await late.mailed(2)
    assert await levels(late) == [1, 2]
    await late.say(WordKind.PROMISE, until=await late.today() + A_DAY * 10, reason="again")
    await late.pass_days(2)
    await late.paid(brought=True)
    await late.wake("paid")
    assert (await late.end())["ending"] == "settled"
    assert "erci" in late.mails[-1].text
    assert len(late.mails) == 3


@pytest.mark.parametrize("pays", [True, False])
async def test_whom_a_credit_note_relieved_of_a_promise_is_not_thanked_for_paying(
    late: Late, pays: bool
) -> None:
    """Money counts where it is for what was promised, whatever the last mail was about."""
    await late.owes(-1, 16)
    await late.wake()
    await late.mailed(1)
    day = await late.today() + A_DAY * 10
    await late.say(WordKind.PROMISE, until=day, invoices=("in_2",) if pays else ("in_1",))
    await late.rests()
    paid = late.home.billing.accounts["cus_late"].invoices[1]
    late.home.billing.money[paid.id] = money(payment("1200.00", paid_at=await late.home.now()))
    await late.paid()
    await late.wake("settled")
    assert (await late.end())["ending"] == "settled"
    assert sum("erci" in mail.subject for mail in late.mails) == pays
    noted = [each.kind for each in (await late.memory()).words[1:]]
    assert noted == [WordKind.THANKED if pays else WordKind.UNTHANKED]


@pytest.mark.parametrize(("due", "mails"), [((-1,), 2), ((-1, -31), 4)])
async def test_once_the_principal_is_paid_an_entry_tells_what_was_named_beside_it(
    late: Late, due: tuple[int, ...], mails: int
) -> None:
    """Also where the last mail of all was about another invoice, and courteous."""
    rules = late.policy.rules.model_copy(update={"interest": Interest(on=True)})
    late.rule(Mode.LIVE, rules=rules)
    await late.owes(*due)
    await late.wake()
    await late.mailed(mails)
    await late.rests()
    await late.paid(brought=True)
    await late.wake("paid")
    left = [{"amount": "40", "currency": "EUR"}]
    assert (await late.end())["charges"] == left
    await late.wake("once more")
    assert (await late.end())["charges"] == []
    await late.pass_days(20)
    assert len(late.mails) == mails
    rows = [row async for row in late.home.records.audit.export() if "charges" in (row.get("detail") or {})]
    assert [row["detail"]["charges"] for row in rows] == [left, []]


@pytest.mark.parametrize("why", [WordKind.STOP, WordKind.INSOLVENCY, WordKind.COLLECTION, Mode.DRAFT])
async def test_nobody_is_thanked_to_whom_nothing_may_be_written(late: Late, why: WordKind | Mode) -> None:
    await late.owes(3)
    await late.say(WordKind.PROMISE, until=await late.today() + A_DAY * 10)
    if isinstance(why, Mode):
        late.rule(why)
    else:
        await late.say(why)
    await late.rests()
    await late.paid(brought=True)
    await late.wake("paid")
    assert (await late.end())["ending"] == "settled"
    late.rule(Mode.LIVE)
    await late.say(WordKind.RESUME)
    assert (await late.end())["ending"] == "settled"
    assert late.mails == []


async def test_thanks_wait_for_an_hour_at_which_mails_leave(at_home: House) -> None:
    late = Late(at_home)
    await late.work(more=CALENDAR)
    await late.owes(3)
    clock = late.policy.clock
    while (await late.home.now()).astimezone(clock.tz).hour != 3:
        await late.home.pass_time(timedelta(minutes=30))
    await late.say(WordKind.PROMISE, until=await late.today() + A_DAY * 10)
    await late.rests()
    await late.paid(brought=True)
    await late.wake("paid")
    await late.rests()
    assert late.mails == []
    assert (await late.end())["ending"] == "settled"
    (mail,) = late.mails
    assert "erci" in mail.text
    word = next(each for each in (await late.memory()).words if each.kind is WordKind.THANKED)
    assert may_send(late.policy, word.at)


async def test_in_draft_a_person_says_of_each_reminder_whether_it_leaves(at_home: House) -> None:
    late = Late(at_home)
    await late.work(Mode.DRAFT)
    await late.owes(6)
    await late.wake()
    await late.pass_days(2)
    row = await late.home.question("approval")
    assert late.mails == []
    await late.home.answer(row, Choice.SKIP)
    await late.pass_days(10)
    row = await late.home.question("approval")
    assert late.mails == []
    await late.home.answer(row, Choice.CHOOSE, "send")
    await late.mailed(1)
    assert await levels(late) == [1, 2]


@pytest.mark.parametrize("lost", ["flow", "records"])
async def test_what_was_sent_is_known_after_either_memory_is_lost(late: Late, lost: str) -> None:
    await late.owes(6)
    await late.wake()
    await late.mailed(1)
    await late.rests()
    if lost == "flow":
        await late.home.flow(FLOW).terminate()
    else:
        await late.forget()
    await late.wake("again")
    await late.pass_days(3)
    assert len(late.mails) == 1
    await late.mailed(2)
    assert await levels(late) == [1, 2]


async def test_who_was_late_before_it_began_waits_for_an_approval(at_home: House) -> None:
    late = Late(at_home)
    await late.work(since=0)
    await late.owes(40)
    await late.wake()
    row = await late.asked_about_all()
    assert row.question.amount == euros("1200.00")
    assert late.mails == []
    await late.home.answer(row, Choice.CHOOSE, ALL)
    await late.mailed(1)
    assert await levels(late) == [2]
    assert (await late.home.end(BACKLOG_FLOW))["ending"] == "approved"
    await late.mailed(2)
    assert await levels(late) == [2, 3]


async def test_an_approval_is_asked_for_again_after_a_time_in_shadow(at_home: House) -> None:
    late = Late(at_home)
    await late.work(since=0)
    await late.owes(40)
    await late.wake()
    await late.asked_about_all()
    late.rule(Mode.SHADOW)
    await late.wake_backlog()
    assert (await late.home.end(BACKLOG_FLOW))["ending"] == "empty"
    await late.wake()
    assert (await late.end())["ending"] == "shadow"
    late.rule(Mode.LIVE)
    await late.wake("swept")
    await late.home.answer(await late.asked_about_all(), Choice.CHOOSE, ALL)
    await late.mailed(1)


@pytest.mark.parametrize("how", ["paid", "stopped"])
async def test_who_waits_no_more_is_in_no_question(at_home: House, how: str) -> None:
    late = Late(at_home)
    await late.work(since=0)
    await late.owes(40)
    await late.wake()
    await late.asked_about_all()
    if how == "paid":
        await late.paid()
        await late.wake("paid")
    else:
        await late.say(WordKind.PAUSE)
    assert (await late.home.end(BACKLOG_FLOW))["ending"] == "empty"
    assert await late.home.records.waiting.list() == ()
    assert await late.home.records.dunning.waiting() == ()


async def test_the_question_about_all_says_what_is_owed_now(at_home: House) -> None:
    late = Late(at_home)
    await late.work(since=0)
    await late.owes(40)
    await late.wake()
    await late.asked_about_all()
    await late.owes(40, due="200.00")
    await late.wake("paid in part")

    async def said() -> bool:
        await late.home.pass_time(timedelta(minutes=1))
        return [row.question.amount for row in await late.home.records.waiting.list()] == [euros("200.00")]

    await until(said, what="the question names what is left")


async def test_whom_a_person_left_alone_is_not_asked_about_again(at_home: House) -> None:
    late = Late(at_home)
    await late.work(since=0)
    await late.owes(40)
    await late.wake()
    await late.home.answer(await late.asked_about_all(), Choice.SKIP)
    assert (await late.home.end(BACKLOG_FLOW))["ending"] == "left"
    other = LateBefore(customer_id="cus_other", name="Autre", owed=(euros("50.00"),))
    waits = Waits(billing="stripe", late=other, at=await late.home.now())
    await late.wake("swept")
    await late.pass_days(2)
    assert await late.home.records.dunning.waiting() == ()
    await ActivityEnvironment(late.home.client).run(BacklogActivities(late.home.records).waits, waits)
    row = await late.asked_about_all()
    assert row.question.amount == euros("50.00")
    await late.say(WordKind.REMIND)
    await late.mailed(1)


async def test_an_answer_counts_for_those_who_were_named_though_one_more_was_found(at_home: House) -> None:
    late = Late(at_home)
    await late.work(since=0)
    await late.owes(40)
    await late.wake()
    row = await late.asked_about_all()
    other = LateBefore(customer_id="cus_other", name="Autre", owed=(euros("50.00"),))
    await late.home.records.dunning.waits("stripe:cus_other", other, await late.home.now())
    await late.home.answer(row, Choice.CHOOSE, ALL)
    await late.mailed(1)
    assert await late.home.records.dunning.waiting() == (other,)


async def test_without_an_address_a_person_is_asked_and_no_level_is_consumed(late: Late) -> None:
    await late.owes(6, email="")
    await late.wake()
    await late.pass_days(3)
    await late.home.question("email")
    late.now(email="compta@client.example")
    await late.wake("edited")
    await late.mailed(1)
    assert await levels(late) == [1]
    assert await late.home.records.waiting.list() == ()


async def test_without_an_address_it_is_asked_again_once_a_stop_is_taken_back(late: Late) -> None:
    await late.owes(8, email="")
    await late.wake()
    await late.pass_days(3)
    await late.home.answer(await late.home.question("email"), Choice.CHOOSE, "stop")
    await late.pass_days(1)
    assert await late.home.records.waiting.list() == ()
    await late.say(WordKind.RESUME)
    await late.pass_days(2)
    assert (await late.home.question("email")).question.cause == "email"


@pytest.mark.parametrize("silence", ["no address", "bounced", "nobody reads"])
async def test_an_address_that_nobody_told_us_of_is_found_by_the_sweep(late: Late, silence: str) -> None:
    """The billing system tells of no edited customer: whoever owes is looked at each day."""
    await late.owes(6, email="" if silence == "no address" else "old@client.example")
    if silence == "bounced":
        await late.say(WordKind.BOUNCED, address="old@client.example")
    if silence == "nobody reads":
        late.home.mailer.refused.add("old@client.example")
    await late.wake()
    await late.pass_days(3)
    await late.home.question("email")
    late.now(email="new@client.example")
    await late.swept()
    (mail,) = await late.mailed(1)
    assert mail.to == ("new@client.example",)
    assert await levels(late) == [1]
    assert await late.home.records.waiting.list() == ()


async def test_after_the_last_a_pause_is_an_answer_and_is_asked_again_when_it_is_over(late: Late) -> None:
    await late.owes(-1)
    await late.wake()
    await late.mailed(3)
    row = await late.home.question("last_reminder")
    await late.home.answer(row, Choice.CHOOSE, "pause_7")
    await late.pass_days(3)
    assert await late.home.records.waiting.list() == ()
    await late.pass_days(6)
    assert (await late.home.question("last_reminder")).question.cause == "last_reminder"
    assert len(late.mails) == 3


async def test_what_follows_the_last_is_asked_once_of_each_invoice_while_others_are_reminded(
    late: Late,
) -> None:
    await late.owes(-1, -31)
    await late.wake()
    await late.mailed(3)
    row = await late.home.question("last_reminder")
    assert [option.id for option in row.question.options if "dispute" in option.id] == ["dispute in_1"]
    (mail,) = await later(late, 1)
    assert "F-1" not in mail.text
    assert "F-2" in mail.text
    # Neither another invoice's reminder nor a payment of a part makes another question of it.
    account = late.home.billing.accounts["cus_late"]
    first, second = account.invoices
    late.now(invoices=(first.model_copy(update={"due": euros("900.00")}), second))
    await late.wake("paid a part")
    await late.pass_days(1)
    (again,) = await late.home.records.waiting.list()
    assert (again.incident, again.revision) == (row.incident, row.revision)
    await late.home.answer(again, Choice.SKIP)
    await late.pass_days(1)
    assert await late.home.records.waiting.list() == ()
    late.now(invoices=(first.model_copy(update={"due": euros("800.00")}), second))
    await late.wake("paid more")
    await late.pass_days(1)
    assert await late.home.records.waiting.list() == ()
    await later(late, 2)
    row = await late.home.question("last_reminder")
    assert [option.id for option in row.question.options if "dispute" in option.id] == ["dispute in_2"]
    stories = [mail for mail in late.home.mailer.arrived if mail.to == ("finance@hexalab.example",)]
    assert [claimed(story) for story in stories] == [["F-1"], ["F-2"]]
    assert [(each.level, [at.invoice_id for at in each.reached]) for each in (await late.memory()).sent] == [
        *((level, ["in_1"]) for level in (1, 2, 3)),
        *((level, ["in_2"]) for level in (1, 2, 3)),
    ]


async def later(late: Late, count: int) -> list[Mail]:
    """Wait for so many further reminders."""
    known = len(late.mails)
    return (await late.mailed(known + count))[known:]


def claimed(story: Mail) -> list[str]:
    """Return the invoices that the formal notice of a story claims, of the first two."""
    said = " ".join(page.extract_text() for page in PdfReader(BytesIO(story.attachments[0].content)).pages)
    return [number for number in ("F-1", "F-2") if number in said]
