"""Which deals the sweep wakes for credit notes and voided invoices, whatever else is in the account."""

from datetime import UTC, datetime, timedelta

import pytest

from activities.service.sweep import CORRECTIONS, MOST_READ, CorrectionReads, SweepActivities
from raccord.connectors.errors import ConnectorError, NotFound, Permanent, Poison, RateLimited, Transient
from raccord.domain.service.sweep import Corrections, SweepPlan
from raccord.domain.values.correction import Corrected, CorrectedInvoices
from raccord.domain.values.deal import DealRef
from raccord.domain.values.invoice import Invoice, InvoiceReference
from raccord.records.records import Records
from tests.domain import samples
from tests.fakes.billing import FakeBilling

NOW = datetime(2026, 11, 27, tzinfo=UTC)
OURS, VOIDED, LOST = [DealRef(connection="hubspot", id=id_) for id_ in ("1", "2", "3")]
UNREADABLE = Poison("The Stripe invoice in_x holds a tax without a tax rate; correct it in Stripe.")


class Account(FakeBilling):
    """Lists what a test says; of its invoices one can be read differently from the others."""

    def __init__(self, *listed: Corrected, unreadable: int = 0) -> None:
        super().__init__()
        self._listed = CorrectedInvoices(invoices=listed, unreadable=unreadable)
        self.errors: dict[str, ConnectorError] = {}

    async def corrected_since(self, since: datetime) -> CorrectedInvoices:  # noqa: ARG002
        await self._call("corrected_since")
        return self._listed

    async def read_invoice(self, invoice_id: str) -> Invoice:
        if error := self.errors.get(invoice_id):
            raise error
        return await super().read_invoice(invoice_id)


def credited(*ids: str) -> tuple[Corrected, ...]:
    return tuple(Corrected(invoice_id=id_) for id_ in ids)


async def look(account: Account, records: Records) -> Corrections:
    plan = SweepPlan(crm="hubspot", corrected_since=NOW, began_at=NOW)
    return await CorrectionReads(account, records.links, "stripe").corrections(plan)


async def test_what_records_or_the_list_know_is_not_read(records: Records) -> None:
    await records.links.update_deal(OURS, "stripe", invoice_id="in_1", number="F-1")
    account = Account(
        *credited("in_1"),
        Corrected(invoice_id="in_2", deal=VOIDED, told=True),
        Corrected(invoice_id="in_3", told=True),
        Corrected(invoice_id="in_4", deal=DealRef(connection="pipedrive", id="9"), told=True),
    )
    found = await look(account, records)
    assert found == Corrections(deals=(OURS, VOIDED))
    assert account.calls["read_invoice"] == 0


async def test_a_busy_account_costs_no_reading_of_our_own_invoices(records: Records) -> None:
    for number in range(200):
        deal = DealRef(connection="hubspot", id=str(number))
        await records.links.update_deal(deal, "stripe", invoice_id=f"in_{number}")
    account = Account(*credited(*(f"in_{number}" for number in range(200))))
    assert len((await look(account, records)).deals) == 200
    assert account.calls["read_invoice"] == 0


@pytest.mark.parametrize("error", [UNREADABLE, Permanent("Refused.")])
async def test_a_foreign_invoice_that_cannot_be_read_hides_no_deal(
    records: Records, error: ConnectorError
) -> None:
    await records.links.update_deal(OURS, "stripe", invoice_id="in_1", number="F-1")
    account = Account(*credited("in_x", "in_gone", "in_3", "in_1"), unreadable=1)
    account.errors = {"in_x": error, "in_gone": NotFound("No such invoice.")}
    account.invoices["in_3"] = samples.invoice(id="in_3", reference=InvoiceReference(deal=LOST))
    found = await look(account, records)
    assert found == Corrections(deals=(OURS, LOST), unreadable=2)
    assert found.remark.startswith("2 credited or voided invoice(s) could not be read.")


async def test_of_invoices_that_nobody_knows_only_so_many_are_read(records: Records) -> None:
    await records.links.update_deal(OURS, "stripe", invoice_id="in_1", number="F-1")
    account = Account(*credited(*(f"in_foreign_{number}" for number in range(MOST_READ + 5)), "in_1"))
    found = await look(account, records)
    assert found == Corrections(deals=(OURS,), unread=5)
    assert account.calls["read_invoice"] == MOST_READ
    assert found.remark.startswith("5 credited invoice(s) that no record knows were too many")


async def test_an_outage_amid_the_readings_asks_again_and_tells_what_is_known(
    records: Records,
) -> None:
    await records.links.update_deal(OURS, "stripe", invoice_id="in_1", number="F-1")
    account = Account(*credited("in_x", "in_1"))
    account.errors["in_x"] = Transient("Stripe cannot be reached.")
    assert await look(account, records) == Corrections(deals=(OURS,), refused="Stripe cannot be reached.")


async def test_a_vendor_that_asks_for_patience_is_asked_again_by_the_same_step(records: Records) -> None:
    account = Account(*credited("in_x"))
    account.errors["in_x"] = RateLimited("Too many requests.", retry_after=timedelta(seconds=3))
    with pytest.raises(RateLimited):
        await look(account, records)


@pytest.mark.parametrize(
    ("found", "moved"),
    [(Corrections(unreadable=1, unread=2), True), (Corrections(refused="Stripe cannot be reached."), False)],
)
async def test_only_a_refusal_makes_the_next_sweep_look_back_again(
    records: Records, found: Corrections, *, moved: bool
) -> None:
    sweeping = SweepActivities(
        records, "hubspot", timedelta(minutes=10), active=True, payments=False, owing=None, in_step=False
    )
    plan = SweepPlan(crm="hubspot", corrected_since=NOW, began_at=NOW)
    assert await sweeping.tell_corrections(plan, found) == 0
    assert (await records.watermarks.get(CORRECTIONS) == NOW) is moved
