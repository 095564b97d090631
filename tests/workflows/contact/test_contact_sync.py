"""Flow 4 in one process: what is typed on one side comes to stand on the other, or is asked about."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from temporalio.service import RPCError

from raccord.connectors.errors import Permanent
from raccord.domain.contact.restoring import Restoring
from raccord.domain.desk.question import Choice
from raccord.domain.rules.contact import Standing
from raccord.domain.rules.modes import Mode
from raccord.domain.values.details import Details, Field, Side
from raccord.domain.values.message import RecordKind, RecordName
from raccord.temporal.flows import FLOWS_QUEUE
from raccord.texts import say
from tests.domain.contact.world import ACME, says
from tests.domain.samples import OTHER_SIREN
from tests.fakes.details import PERSON
from tests.front_door.stack import until
from tests.workflows.contact.linked import COMPANY, CUSTOMER, FLOW, SUBJECT, Pairs
from tests.workflows.house import REF, House, needs_server

pytestmark = needs_server
BOTH = pytest.mark.parametrize("side", list(Side))


@pytest.fixture
async def pairs(at_home: House) -> Pairs:
    found = Pairs(at_home)
    await found.begin()
    return found


@BOTH
async def test_an_edit_is_carried_over_once_and_audited_with_what_it_replaced(
    pairs: Pairs, side: Side
) -> None:
    await pairs.look()
    await pairs.types(side, phone="04 72 00 00 00")
    end = await pairs.look()
    assert (end["ending"], len(end["carried"])) == ("in_step", 1)
    assert pairs.says(side.other).phone == "04 72 00 00 00"
    assert (await pairs.look())["carried"] == []
    (row,) = await pairs.audited()
    assert row["before"] == {"phone": ACME.phone}
    assert row["after"]["fields"] == {"phone": "04 72 00 00 00"}
    assert (row["after"]["origin"], row["after"]["typed_by"]) == (side, {"phone": PERSON})
    assert row["cause"].startswith(FLOW)
    assert len(pairs.side(side.other).wrote) == 1
    assert pairs.side(side).wrote == []


async def test_what_differed_before_the_link_stays_as_it_is(pairs: Pairs) -> None:
    pairs.home.billing.holds(CUSTOMER, says(phone="04 00 00 00 00", email="vieux@acme.fr"))
    for _ in range(2):
        assert (await pairs.look())["carried"] == []
    await pairs.types(Side.CRM, phone="04 11 11 11 11")
    await pairs.look()
    assert pairs.says(Side.BILLING) == says(phone="04 11 11 11 11", email="vieux@acme.fr")


async def test_shadow_writes_asks_and_remembers_nothing_and_says_what_it_would(pairs: Pairs) -> None:
    pairs.rule(Mode.SHADOW)
    await pairs.types(Side.CRM, phone="04 72 00 00 00")
    end = await pairs.look()
    assert (end["ending"], len(end["carried"])) == ("shadow", 1)
    await pairs.types(Side.CRM, email="compta@")
    end = await pairs.look()
    assert (end["ending"], [p["cause"] for p in end["problems"]]) == ("problems", ["contact_invalid"])
    assert await pairs.home.written() == []
    assert await pairs.home.records.waiting.list() == ()
    (link,) = await pairs.home.records.agreed.of(CUSTOMER, "stripe")
    assert link.agreed == {}


async def test_in_draft_a_person_says_of_each_write_whether_it_is_made(pairs: Pairs) -> None:
    pairs.rule(Mode.DRAFT)
    await pairs.look()
    await pairs.types(Side.CRM, phone="04 72 00 00 00")
    await pairs.wake()
    asked = await asked_about(pairs)
    assert pairs.says(Side.BILLING) == ACME
    await pairs.home.answer(asked, Choice.CHOOSE, "write")
    await pairs.home.end(FLOW)
    assert pairs.says(Side.BILLING).phone == "04 72 00 00 00"
    (row,) = await pairs.audited()
    assert row["after"]["actor"] == "cli:anne"


async def test_in_draft_what_a_person_does_not_want_is_not_asked_again(pairs: Pairs) -> None:
    pairs.rule(Mode.DRAFT)
    await pairs.look()
    await pairs.types(Side.CRM, phone="04 72 00 00 00")
    await pairs.wake()
    await pairs.home.answer(await asked_about(pairs), Choice.SKIP)
    await pairs.home.end(FLOW)
    await pairs.look()
    assert pairs.says(Side.BILLING) == ACME
    assert await pairs.home.records.waiting.list() == ()


async def test_a_conflict_is_asked_with_both_values_and_may_become_the_rule(at_home: House) -> None:
    pairs = Pairs(at_home)
    await pairs.begin(fields={Field.EMAIL: Standing.ASK})
    await pairs.look()
    await _typed_on_both(pairs, "un")
    await pairs.wake()
    asked = await asked_about(pairs)
    shown = " ".join(say(detail.value, "fr") for detail in asked.question.details)
    assert "un-crm@acme.fr" in shown
    assert "un-billing@acme.fr" in shown
    assert PERSON in shown
    assert {option.id for option in asked.question.options} == {
        *("crm", "billing", "always crm", "always billing")
    }
    await pairs.home.answer(asked, Choice.CHOOSE, "always billing")
    await pairs.home.end(FLOW)
    assert pairs.says(Side.CRM).email == "un-billing@acme.fr"
    await _typed_on_both(pairs, "deux")
    await pairs.look()
    assert pairs.says(Side.CRM).email == pairs.says(Side.BILLING).email == "deux-billing@acme.fr"


async def test_two_values_that_were_left_apart_are_no_question_again(at_home: House) -> None:
    pairs = Pairs(at_home)
    await pairs.begin(fields={Field.EMAIL: Standing.ASK, Field.PHONE: Standing.NEWEST})
    await pairs.look()
    await _typed_on_both(pairs, "un")
    await pairs.wake()
    await pairs.home.answer(await asked_about(pairs), Choice.SKIP)
    await pairs.home.end(FLOW)
    await pairs.types(Side.CRM, phone="04 72 00 00 00")
    await pairs.look()
    assert pairs.says(Side.CRM).email != pairs.says(Side.BILLING).email
    assert pairs.says(Side.BILLING).phone == "04 72 00 00 00"


async def test_what_cannot_be_right_is_asked_and_mended_where_it_was_typed(pairs: Pairs) -> None:
    await pairs.look()
    await pairs.types(Side.CRM, email="compta@", phone="04 72 00 00 00")
    await pairs.wake()
    asked = await asked_about(pairs)
    assert asked.question.cause == "contact_invalid"
    assert asked.question.options == ()
    assert pairs.says(Side.BILLING) == says(phone="04 72 00 00 00")
    await pairs.types(Side.CRM, email="factures@acme.fr")
    await pairs.look()
    assert pairs.says(Side.BILLING).email == "factures@acme.fr"
    assert await pairs.home.records.waiting.list() == ()


async def test_another_legal_entity_is_alwaysasked(pairs: Pairs) -> None:
    await pairs.look()
    await pairs.types(Side.CRM, siren=OTHER_SIREN, siret="", vat_number="")
    await pairs.wake()
    asked = await asked_about(pairs)
    assert asked.question.cause == "legal_entity"
    await pairs.home.answer(asked, Choice.CHOOSE, "same")
    await pairs.home.end(FLOW)
    assert pairs.says(Side.BILLING).siren == OTHER_SIREN


async def test_a_burst_of_changes_is_read_once(pairs: Pairs) -> None:
    await pairs.look()
    before = pairs.home.crm.calls["read_details"]
    for number in range(20):
        await pairs.wake(key=str(number))
    await pairs.home.end(FLOW, skip=timedelta(seconds=31))
    assert pairs.home.crm.calls["read_details"] == before + 1


async def test_changes_that_never_end_are_read_after_the_longest_wait(at_home: House) -> None:
    pairs = Pairs(at_home)
    await pairs.begin(quiet=timedelta(seconds=30), longest=timedelta(seconds=100))
    await pairs.wake()
    for number in range(4):
        assert pairs.home.crm.calls["read_details"] == 0
        await pairs.pass_time(timedelta(seconds=25))
        await pairs.wake(key=f"again {number}")

    async def read() -> bool:
        return pairs.home.crm.calls["read_details"] > 0

    await until(read, what="the company is read")


async def test_a_thorough_look_waits_for_nobody(pairs: Pairs) -> None:
    await pairs.wake(thorough=True)

    async def read() -> bool:
        return pairs.home.crm.calls["read_details"] > 0

    await until(read, what="the company is read")


async def test_a_merged_company_is_followed_and_nothing_of_it_is_carried_over(pairs: Pairs) -> None:
    await pairs.look()
    pairs.home.crm.holds("13", says(phone="04 13 13 13 13"))
    pairs.home.crm.unite(COMPANY, "13")
    assert (await pairs.look())["carried"] == []
    (link,) = await pairs.home.records.agreed.of(CUSTOMER, "stripe")
    assert link.company == "hubspot:13"
    await pairs.types(Side.CRM, "13", email="treize@acme.fr")
    await pairs.look()
    assert pairs.says(Side.BILLING).email == "treize@acme.fr"


@pytest.mark.parametrize(
    ("happens", "ending"),
    [
        (lambda pairs: pairs.home.billing.delete(CUSTOMER), "customer_gone"),
        (lambda pairs: pairs.home.crm.delete(COMPANY), "company_gone"),
    ],
)
async def test_a_deleted_record_ends_it_without_a_question_and_the_link_is_kept(
    pairs: Pairs, happens: Callable[[Pairs], None], ending: str
) -> None:
    await pairs.look()
    happens(pairs)
    assert (await pairs.look())["ending"] == ending
    assert await pairs.home.records.waiting.list() == ()
    (link,) = await pairs.home.records.agreed.of(CUSTOMER, "stripe")
    assert link.agreed


async def test_a_customer_of_no_company_is_left_alone(at_home: House) -> None:
    pairs = Pairs(at_home)
    await pairs.begin(link=False)
    assert (await pairs.look())["ending"] == "not_linked"
    assert pairs.home.billing.calls["read_details"] == 0


async def test_companies_of_one_customer_that_disagree_are_asked_once(pairs: Pairs) -> None:
    pairs.home.crm.holds("13", ACME)
    await pairs.link("13")
    await pairs.look()
    await pairs.types(Side.CRM, email="douze@acme.fr")
    await pairs.types(Side.CRM, "13", email="treize@acme.fr")
    await pairs.wake()
    asked = await asked_about(pairs)
    await pairs.home.answer(asked, Choice.CHOOSE, "hubspot:13")
    await pairs.home.end(FLOW)
    await pairs.look()
    assert pairs.says(Side.BILLING).email == "treize@acme.fr"
    assert pairs.says(Side.CRM).email == "douze@acme.fr"
    assert len(pairs.home.billing.wrote) == 1
    assert await pairs.home.records.waiting.list() == ()


async def test_a_side_that_lags_is_looked_at_again_and_written_once(pairs: Pairs) -> None:
    await pairs.look()
    pairs.home.billing.tells_edits = False
    await pairs.types(Side.CRM, phone="04 72 00 00 00")
    pairs.home.billing.lags = 2
    await pairs.wake()
    await pairs.home.end(FLOW, skip=timedelta(seconds=31))
    await pairs.wake()
    await pairs.home.end(FLOW, skip=timedelta(seconds=31))
    assert pairs.says(Side.CRM).phone == pairs.says(Side.BILLING).phone == "04 72 00 00 00"
    assert (len(pairs.home.billing.wrote), pairs.home.crm.wrote) == (1, [])


async def test_an_edit_right_before_the_write_is_read_first(pairs: Pairs) -> None:
    await pairs.look()
    await pairs.types(Side.CRM, phone="04 72 00 00 00")

    async def meanwhile() -> None:
        pairs.types_now(Side.BILLING, phone="04 99 99 99 99")

    pairs.home.billing.before("write_details", meanwhile)
    await pairs.look()
    assert pairs.says(Side.CRM).phone == pairs.says(Side.BILLING).phone == "04 99 99 99 99"


async def test_a_field_that_a_vendor_refuses_is_a_question(pairs: Pairs) -> None:
    await pairs.look()
    await pairs.types(Side.CRM, phone="04 72 00 00 00")
    pairs.home.billing.fail(Permanent("The phone is too long.", field="phone"), "write_details")
    await pairs.wake()
    asked = await asked_about(pairs)
    (problem,) = asked.question.problems
    assert problem.field == "phone"
    await pairs.home.answer(asked, Choice.CANCEL)
    assert (await pairs.home.end(FLOW))["ending"] == "closed"


async def test_old_values_are_put_back_and_both_agree_to_differ(pairs: Pairs) -> None:
    await pairs.look()
    await pairs.types(Side.CRM, phone="04 72 00 00 00")
    await pairs.look()
    await _restored(pairs)
    await pairs.home.end(FLOW, skip=timedelta(seconds=31))
    await pairs.look()
    assert (pairs.says(Side.CRM).phone, pairs.says(Side.BILLING).phone) == ("04 72 00 00 00", ACME.phone)
    *_, row = await pairs.audited()
    assert (row["after"]["undoes"], row["after"]["actor"], row["before"]) == (
        *(7, "cli:anne"),
        {"phone": "04 72 00 00 00"},
    )


async def test_old_values_that_are_refused_at_first_are_put_back_all_the_same(pairs: Pairs) -> None:
    await pairs.look()
    await pairs.types(Side.CRM, phone="04 72 00 00 00")
    await pairs.look()
    pairs.home.billing.fail(Permanent("Not now.", field="phone"), "write_details", times=1)
    await _restored(pairs)
    await pairs.home.answer(await asked_about(pairs), Choice.RETRY)
    await pairs.home.end(FLOW, skip=timedelta(seconds=31))
    assert pairs.says(Side.BILLING).phone == ACME.phone


async def test_a_deal_that_waits_with_a_question_looks_again_once_its_customer_says_otherwise(
    pairs: Pairs,
) -> None:
    await pairs.look()
    pairs.home.edit(currency=None)
    await pairs.home.change()
    await pairs.home.question("currency")
    before = pairs.home.crm.calls["read_deal"]
    await pairs.types(Side.CRM, phone="04 72 00 00 00")
    await pairs.look()

    async def read() -> bool:
        return pairs.home.crm.calls["read_deal"] > before

    await until(read, what=f"deal {REF.id} is read again")


async def test_a_contact_whose_address_is_the_companys_is_followed(pairs: Pairs) -> None:
    pairs.home.crm.also = (RecordName(kind=RecordKind.CONTACT, id="5"),)
    await pairs.look()
    assert await pairs.home.records.followed.flows_of(["hubspot/contact/5"]) == {FLOW: "hubspot/contact/5"}


@pytest.mark.parametrize(("mode", "woken"), [("live", True), ("draft", True), ("shadow", False)])
async def test_an_invoiced_customer_is_looked_at_from_the_start(
    at_home: House, mode: str, woken: bool
) -> None:
    await at_home.work(modes=f'contact = "{mode}"')
    assert (await at_home.outcome())["ending"] == "invoiced"
    (customer,) = at_home.billing.customers
    assert await _exists(at_home, f"contact/stripe/{customer}") == woken


async def _exists(home: House, flow: str) -> bool:
    try:
        await home.flow(flow).describe()
    except RPCError:
        return False
    return True


async def _restored(pairs: Pairs) -> None:
    """Have the flow put the customer's old phone back, as the command does."""
    wanted = Restoring(
        side=Side.BILLING,
        fields=frozenset((Field.PHONE,)),
        details=Details(phone=ACME.phone),
        actor="cli:anne",
        row=7,
    )
    await pairs.pass_time()
    await pairs.home.client.start_workflow(
        *("ContactSync", SUBJECT),
        id=FLOW,
        task_queue=FLOWS_QUEUE,
        start_signal="restore",
        start_signal_args=[wanted],
    )


async def _typed_on_both(pairs: Pairs, word: str) -> None:
    for side in Side:
        await pairs.types(side, email=f"{word}-{side}@acme.fr")


async def asked_about(pairs: Pairs) -> Any:
    """Skip what the flow waits until nobody types, and return what it asks."""
    found: list[Any] = []

    async def asked() -> bool:
        await pairs.pass_time(timedelta(seconds=31))
        found[:] = await pairs.home.records.waiting.list()
        return bool(found)

    await until(asked, what="a question")
    return found[0]
