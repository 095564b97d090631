"""What invoices brought, on the deal: written where it is not shown, and moved once for the same money."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.crm.payments import CrmPaymentWrites, OnDeal, PaymentOnDeal
from activities.effects import Effects
from raccord.connectors.errors import AmbiguousWrite, NotFound, Permanent
from raccord.domain.values.deal import Deal, DealRef, PaymentFields
from raccord.domain.values.money import Money
from raccord.domain.values.payment import PaymentMeans
from raccord.records.records import Records
from tests.fakes.crm import FakeCrm

DEAL = DealRef(connection="hubspot", id="42")
PAID = PaymentFields(
    status="paid",
    paid=(Money(amount=Decimal(120), currency="EUR"),),
    due=(Money.zero("EUR"),),
    paid_on=date(2026, 11, 2),
    means=PaymentMeans.CARD,
    details="F-1 : 120,00 €",
)
DISPUTED = PAID.model_copy(update={"status": "disputed"})


@pytest.fixture
def crm() -> FakeCrm:
    crm = FakeCrm()
    crm.deals[DEAL.id] = Deal(ref=DEAL)
    return crm


class Ours:
    """The activities over one fake CRM, and what the audit says of them."""

    def __init__(self, crm: FakeCrm, records: Records) -> None:
        self._writes = CrmPaymentWrites(crm, Effects(records.audit))
        self._records = records

    async def show(self, fields: PaymentFields) -> OnDeal:
        wanted = PaymentOnDeal(deal=DEAL, fields=fields)
        return await ActivityEnvironment().run(self._writes.write_payment, wanted)

    async def move(self, fields: PaymentFields = PAID) -> None:
        wanted = PaymentOnDeal(deal=DEAL, fields=fields)
        await ActivityEnvironment().run(self._writes.move_to_paid_stage, wanted)

    async def verdicts(self) -> list[str]:
        rows: list[dict[str, Any]] = [row async for row in self._records.audit.export()]
        return [row["verdict"] for row in rows if row["kind"] == "outcome"]

    async def open_intents(self) -> int:
        return len(await self._records.audit.open_intents())


@pytest.fixture
def ours(crm: FakeCrm, records: Records) -> Ours:
    return Ours(crm, records)


async def test_it_is_written_once_and_what_is_shown_is_left_alone(ours: Ours, crm: FakeCrm) -> None:
    for _ in range(3):
        assert await ours.show(PAID) == OnDeal()
    assert crm.payments == {DEAL.id: PAID}
    assert crm.calls["write_payment"] == 1
    assert await ours.verdicts() == ["done", "found", "found"]


async def test_what_was_shown_before_something_else_is_written_again(ours: Ours, crm: FakeCrm) -> None:
    for fields in (PAID, DISPUTED, PAID, DISPUTED):
        await ours.show(fields)
        assert crm.payments[DEAL.id] == fields
    assert crm.calls["write_payment"] == 4
    assert await ours.verdicts() == ["done"] * 4


async def test_what_a_person_overwrote_is_written_again(ours: Ours, crm: FakeCrm) -> None:
    await ours.show(PAID)
    crm.payments[DEAL.id] = DISPUTED
    await ours.show(PAID)
    assert crm.payments[DEAL.id] == PAID


async def test_fields_that_the_account_lacks_are_named(ours: Ours, crm: FakeCrm) -> None:
    crm.lacks = ("billing_paid_on",)
    assert (await ours.show(PAID)).lacking == ("billing_paid_on",)


async def test_a_write_of_unknown_outcome_that_shows_is_not_repeated(ours: Ours, crm: FakeCrm) -> None:
    crm.fail(AmbiguousWrite("no answer"), "write_payment", times=1)
    with pytest.raises(AmbiguousWrite):
        await ours.show(PAID)
    assert await ours.open_intents() == 1
    crm.payments[DEAL.id] = PAID  # it had arrived
    assert not (await ours.show(PAID)).before
    assert (crm.calls["write_payment"], await ours.verdicts()) == (1, ["found"])


async def test_what_a_deal_shows_that_nobody_here_wrote_was_shown_before_our_records(
    ours: Ours, crm: FakeCrm
) -> None:
    crm.payments[DEAL.id] = PAID
    assert (await ours.show(PAID)).before
    assert not (await ours.show(PAID)).before, "it is remembered now"
    assert not (await ours.show(DISPUTED)).before


async def test_a_refusal_is_told_and_the_same_is_written_once_it_is_repaired(
    ours: Ours, crm: FakeCrm
) -> None:
    crm.fail(Permanent("no", code="VALIDATION_ERROR"), "write_payment", times=1)
    with pytest.raises(Permanent):
        await ours.show(PAID)
    assert await ours.open_intents() == 0
    await ours.show(PAID)
    assert await ours.verdicts() == ["refused", "done"]


async def test_a_deal_that_is_gone_shows_nothing(ours: Ours, crm: FakeCrm) -> None:
    crm.deals.clear()
    with pytest.raises(NotFound):
        await ours.show(PAID)
    with pytest.raises(NotFound):
        await ours.move()


async def test_a_paid_deal_moves_and_one_that_a_person_moves_back_stays(ours: Ours, crm: FakeCrm) -> None:
    crm.unpaid_stage.add(DEAL.id)
    await ours.move()
    assert crm.unpaid_stage == set()
    crm.unpaid_stage.add(DEAL.id)
    await ours.move()
    assert (crm.unpaid_stage, crm.calls["move_to_paid_stage"]) == ({DEAL.id}, 1)
    more = PAID.model_copy(update={"details": "F-1 : 120,00 €\nF-2 : 30,00 €"})
    await ours.move(more)
    assert crm.unpaid_stage == set()


async def test_a_deal_that_need_not_move_leaves_no_trace_and_moves_once_it_must(
    ours: Ours, crm: FakeCrm
) -> None:
    await ours.move()
    assert (await ours.verdicts(), crm.calls["move_to_paid_stage"]) == ([], 0)
    crm.unpaid_stage.add(DEAL.id)
    await ours.move()
    assert (await ours.verdicts(), crm.unpaid_stage) == (["done"], set())


async def test_a_move_that_had_happened_leaves_no_intent_open(ours: Ours, crm: FakeCrm) -> None:
    crm.unpaid_stage.add(DEAL.id)
    crm.fail(AmbiguousWrite("no answer"), "move_to_paid_stage", times=1)
    with pytest.raises(AmbiguousWrite):
        await ours.move()
    crm.unpaid_stage.clear()  # it had arrived
    await ours.move()
    assert (await ours.verdicts(), await ours.open_intents()) == (["found"], 0)
    crm.unpaid_stage.add(DEAL.id)
    await ours.move()
    assert crm.unpaid_stage == {DEAL.id}, "a person moved it back"


async def test_a_move_of_unknown_outcome_is_looked_for(ours: Ours, crm: FakeCrm) -> None:
    crm.unpaid_stage.add(DEAL.id)
    crm.fail(AmbiguousWrite("no answer"), "move_to_paid_stage", times=1)
    with pytest.raises(AmbiguousWrite):
        await ours.move()
    await ours.move()
    assert (crm.unpaid_stage, await ours.open_intents()) == (set(), 0)
