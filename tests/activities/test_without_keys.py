"""A billing system whose keys do nothing: the look-up alone keeps a crash from invoicing twice.

Stripe's simulator with its idempotency keys switched off stands for every vendor that has none.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from activities.effects import Effect, Effects
from raccord.connectors.billing import Billing
from raccord.connectors.capabilities import Uniqueness
from raccord.connectors.errors import AmbiguousWrite
from raccord.domain.values.invoice import Invoice, InvoiceOrder
from raccord.records.records import Records
from raccord.sealing import KeyRing
from tests.connectors.conformance.cases import BillingCase, cases
from tests.connectors.conformance.lab import Lab, lab
from tests.connectors.conformance.samples import DEAL, PROFILE, order

LONG = timedelta(minutes=1)
"""How long a request may be under way: far longer than this test takes."""


@pytest.fixture
async def records(tmp_path: Path) -> AsyncIterator[Records]:
    opened = Records.open(f"sqlite:///{tmp_path}/records.db", KeyRing.create(tmp_path / "keys.json"))
    await opened.migrate()
    yield opened
    await opened.close()


@pytest.fixture
async def simulators() -> AsyncIterator[Lab]:
    async with lab() as opened:
        yield opened


@pytest.fixture
async def billing(simulators: Lab) -> AsyncIterator[Billing]:
    (case,) = (param.values[0] for param in cases(BillingCase) if param.values[0].vendor == "stripe")
    await simulators.option("stripe", **case.quiet, idempotency_keys=False)
    async with case.open(simulators) as billing:
        yield billing


def effects(records: Records, billing: Billing, uniqueness: Uniqueness) -> Effects:
    """Return the recipe for these means against double creation, as the workers choose it."""
    able = billing.capabilities.model_copy(update={"uniqueness": uniqueness})
    return Effects(records.audit, settle=able.settle, in_flight=LONG if able.repeats_harm else None)


async def drafted(recipe: Effects, billing: Billing, wanted: InvoiceOrder) -> Invoice:
    async def look() -> Invoice | None:
        found = await billing.invoices_of(DEAL, customer_id=wanted.customer_id, invoice_id=None)
        return found[0] if found else None

    async def write(key: str) -> Invoice:
        return await billing.create_draft(wanted, key=key)

    effect = Effect(key=wanted.key, name="billing.create_draft", object=str(DEAL), cause="test")
    return await recipe.once(effect, look=look, write=write)


@pytest.mark.parametrize(
    ("uniqueness", "drafts"),
    [(Uniqueness.NONE, 1), (Uniqueness.UNIQUE_REFERENCE, 1), (Uniqueness.IDEMPOTENCY_KEY, 2)],
)
async def test_what_a_vendor_says_of_its_keys_decides_whether_a_lost_answer_is_repeated(
    simulators: Lab, billing: Billing, records: Records, uniqueness: Uniqueness, drafts: int
) -> None:
    """The last row is the danger itself: a vendor that claims keys and has none would hold two drafts."""
    customer = await billing.create_customer(PROFILE, key="cus")
    wanted, recipe = order(customer.id), effects(records, billing, uniqueness)
    lose = {"vendor": "stripe", "method": "POST", "path": "/v1/invoices"}
    await simulators.switches.fault(**lose, when="after", effect={"reset": True})
    await simulators.switches.fault(
        vendor="stripe", method="GET", path="/v1/invoices.*", effect={"stale": 600}, times=None
    )
    with pytest.raises(AmbiguousWrite):
        await drafted(recipe, billing, wanted)
    with pytest.raises(AmbiguousWrite) as waiting:
        await drafted(recipe, billing, wanted)
    await simulators.switches.clear_faults()
    found = await billing.invoices_of(DEAL, customer_id=customer.id, invoice_id=None)
    assert len(found) == drafts
    if drafts == 1:
        assert waiting.value.retry_after is not None
        assert timedelta(seconds=30) < waiting.value.retry_after <= LONG
        assert await drafted(recipe, billing, wanted) in found
