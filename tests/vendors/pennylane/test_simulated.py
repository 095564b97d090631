"""What the page leaves open, each answer played; and crashes between asking and hearing."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from raccord.connectors.billing import Billing
from raccord.connectors.connection import CheckState
from raccord.connectors.errors import AmbiguousWrite, Auth, Permanent, RateLimited
from raccord.domain.values.parties import Customer
from raccord.domain.values.totals import VatRounding
from sandbox.pennylane.person import PennylanePerson
from tests.connectors.conformance.lab import Lab
from tests.connectors.conformance.lab import lab as opened
from tests.connectors.conformance.samples import DEAL, PROFILE, line, order
from tests.vendors.pennylane.conformance import CASES

(CASE,) = CASES


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Lab]:
    async with opened() as lab:
        yield lab


@pytest.fixture
async def lab(served: Lab) -> Lab:
    await served.reset()
    await served.option("pennylane", **CASE.quiet)
    return served


@pytest.fixture
async def billing(lab: Lab) -> AsyncIterator[Billing]:
    async with CASE.open(lab) as billing:
        yield billing


@pytest.fixture
async def customer(billing: Billing) -> Customer:
    return await billing.create_customer(PROFILE, key="cus/1")


@pytest.mark.parametrize("status", [409, 422])
async def test_a_draft_whose_answer_was_lost_is_adopted(
    lab: Lab, billing: Billing, customer: Customer, status: int
) -> None:
    await lab.option("pennylane", duplicate_invoice=status)
    await lab.switches.fault(vendor="pennylane", method="POST", when="after", effect={"reset": True})
    wanted = order(customer.id)
    with pytest.raises(AmbiguousWrite):
        await billing.create_draft(wanted, key="inv/1")
    (found,) = await billing.invoices_of(DEAL, customer_id=None, invoice_id=None)
    again = await billing.create_draft(wanted, key="inv/1")
    assert again == found
    assert again.content_hash == wanted.content_hash


async def test_a_customer_whose_answer_was_lost_is_adopted(lab: Lab, billing: Billing) -> None:
    await billing.describe()
    await lab.switches.fault(vendor="pennylane", method="POST", when="after", effect={"reset": True})
    with pytest.raises(AmbiguousWrite):
        await billing.create_customer(PROFILE, key="cus/1")
    made = await billing.create_customer(PROFILE, key="cus/1")
    assert await billing.find_customers(PROFILE, linked_id=None) == (made,)


@pytest.mark.parametrize("status", [400, 409, 422])
async def test_issuing_whose_answer_was_lost_is_issued_once(
    lab: Lab, billing: Billing, customer: Customer, status: int
) -> None:
    await lab.option("pennylane", repeated_finalize=status)
    draft = await billing.create_draft(order(customer.id), key="inv/1")
    await lab.switches.fault(
        vendor="pennylane", method="PUT", path=".*/finalize", when="after", effect={"reset": True}, times=None
    )
    with pytest.raises(AmbiguousWrite):
        await billing.finalise(draft.id, key="f/1")
    await lab.switches.clear_faults()
    issued = await billing.finalise(draft.id, key="f/1")
    assert issued.number
    assert issued == await billing.read_invoice(draft.id)


@pytest.mark.parametrize("rounding", list(VatRounding))
async def test_totals_are_proven_under_either_rule(
    lab: Lab, billing: Billing, customer: Customer, rounding: VatRounding
) -> None:
    await lab.option("pennylane", vat_per_rate=rounding is VatRounding.PER_RATE)
    wanted = order(customer.id, *[line(price="0.33") for _ in range(3)], line(price="9.99"))
    made = await billing.create_draft(wanted, key="inv/1")
    assert made.totals == wanted.totals(rounding)


@pytest.mark.parametrize("rounding", list(VatRounding))
async def test_a_price_with_vat_in_it_and_an_amount_off_a_line_are_proven_to_the_cent(
    lab: Lab, billing: Billing, customer: Customer, rounding: VatRounding
) -> None:
    """100 with 20 % in it, and three of 100 less 10: neither has a price of six decimals."""
    await lab.option("pennylane", vat_per_rate=rounding is VatRounding.PER_RATE)
    fine = line(price="83.33333333"), line(price="96.66666667", quantity=Decimal(3))
    wanted = order(customer.id, *fine)
    made = await billing.create_draft(wanted, key="inv/1")
    assert made.totals == wanted.totals(rounding)
    assert str(made.totals.net) == "373.33 EUR"


async def test_a_draft_that_somebody_dated_before_the_last_invoice_is_issued_all_the_same(
    billing: Billing, customer: Customer
) -> None:
    late = order(customer.id)
    late = late.model_copy(update={"issued_on": late.issued_on - timedelta(days=3)})
    waited = await billing.create_draft(late, key="inv/1")
    other = order(customer.id, deal=DEAL.model_copy(update={"id": "988"}))
    await billing.finalise((await billing.create_draft(other, key="inv/2")).id, key="f/2")
    issued = await billing.finalise(waited.id, key="f/1")
    assert issued.issued_on == other.issued_on


async def test_an_account_without_numbering_is_a_question(
    lab: Lab, billing: Billing, customer: Customer
) -> None:
    await lab.option("pennylane", numbering=False)
    wanted = order(customer.id)
    draft = await billing.create_draft(wanted, key="inv/1")
    for _ in range(3):
        with pytest.raises(Permanent, match="finalise the invoice"):
            await billing.finalise(draft.id, key="f/1")
        (found,) = await billing.invoices_of(DEAL, customer_id=customer.id, invoice_id=None)
        assert (found.finalised, found.content_hash) == (False, wanted.content_hash), (
            "the draft is still proven"
        )
    await lab.option("pennylane", numbering=True)
    assert (await billing.finalise(draft.id, key="f/1")).finalised
    assert (await PennylanePerson(lab.http).invoice(int(draft.id)))["label"] is None


async def test_the_pdf_is_waited_for_and_read(lab: Lab, billing: Billing, customer: Customer) -> None:
    await lab.option("pennylane", pdf_seconds=600.0)
    draft = await billing.create_draft(order(customer.id), key="inv/1")
    issued = await billing.finalise(draft.id, key="f/1")
    for ask in (billing.read_document(issued.id), billing.deliver(issued.id, key="d/1")):
        with pytest.raises(RateLimited, match="PDF"):
            await ask
    await lab.option("pennylane", pdf_seconds=0.0)
    other = await billing.create_draft(
        order(customer.id, deal=DEAL.model_copy(update={"id": "988"})), key="inv/2"
    )
    there = await billing.finalise(other.id, key="f/2")
    assert (await billing.read_document(there.id)).startswith(b"%PDF-")


async def test_what_was_credited_is_void_or_stands_in_part(
    lab: Lab, billing: Billing, customer: Customer
) -> None:
    person = PennylanePerson(lab.http)
    numbers = []
    for id, net in (("1", None), ("2", "25")):
        wanted = order(customer.id, deal=DEAL.model_copy(update={"id": id}))
        issued = await billing.finalise((await billing.create_draft(wanted, key=id)).id, key=id)
        await person.credit(int(issued.id), net)
        numbers.append(issued.id)
    whole, part = [await billing.read_invoice(each) for each in numbers]
    assert (whole.live, str(whole.credited), len(whole.credit_notes)) == (False, "120.00 EUR", 1)
    assert (part.live, str(part.credited), str(part.outstanding)) == (True, "30.00 EUR", "90.00 EUR")
    assert str((await billing.read_money(part.id)).due) == "90.00 EUR"


async def test_what_is_marked_by_hand_is_paid_and_what_is_collected_under_way(
    lab: Lab, billing: Billing, customer: Customer
) -> None:
    person = PennylanePerson(lab.http)
    draft = await billing.create_draft(order(customer.id), key="inv/1")
    issued = await billing.finalise(draft.id, key="f/1")
    payment = await person.collect(int(issued.id), "120.00", "pending")
    assert (await billing.read_money(issued.id)).processing
    await person.settle(int(issued.id), payment, "failed")
    assert (await billing.read_money(issued.id)).failed
    await person.pay(int(issued.id))
    money = await billing.read_money(issued.id)
    assert [(each.means.value, str(each.amount)) for each in money.payments] == [("outside", "120.00 EUR")]
    assert money.paid_at is not None


async def test_a_token_of_the_other_kind_writes_nothing(lab: Lab) -> None:
    await lab.option("pennylane", sandbox_account=False)
    before = await lab.written("pennylane")
    async with CASE.open(lab) as billing:
        failed = {each.name for each in await billing.check() if each.state is CheckState.FAIL}
        with pytest.raises(Auth, match="sandbox = false"):
            await billing.create_customer(PROFILE, key="cus/1")
    assert failed == {"mode"}
    assert await lab.written("pennylane") == before


@pytest.mark.parametrize("options", [{"guide_errors": True}, {"live_fields": True}, {"short_amounts": True}])
async def test_whatever_shape_its_answers_have_they_are_read(
    lab: Lab, billing: Billing, customer: Customer, options: dict[str, Any]
) -> None:
    await lab.option("pennylane", **options)
    wanted = order(customer.id)
    made = await billing.create_draft(wanted, key="inv/1")
    assert made.totals == wanted.totals(VatRounding.PER_LINE)
    assert (await billing.create_draft(wanted, key="inv/1")).id == made.id
    assert (await billing.read_account("999999")).gone
