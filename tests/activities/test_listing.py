"""Listing both sides goes on where it stopped, and lists nothing twice."""

from datetime import UTC, date, datetime

from temporalio.testing import ActivityEnvironment

from activities.service.listing import BillingProofReads
from raccord.domain.values.listed import CustomerPage, InvoicePage
from raccord.domain.values.parties import Customer
from raccord.records.proofs import ProofRun, Stage
from raccord.records.records import Records
from tests.fakes.billing import FakeBilling

NOW = datetime(2026, 11, 27, 3, 20, tzinfo=UTC)


class Account(FakeBilling):
    """Three parts of customers, of which `dies` is when a part is asked for that never comes."""

    def __init__(self, *, dies: str = "") -> None:
        super().__init__()
        self.dies = dies
        self.asked: list[str] = []

    async def list_invoices(self, *, since: date, after: str) -> InvoicePage:  # noqa: ARG002
        self.asked.append(f"invoices {after}")
        return InvoicePage(invoices=())

    async def list_customers(self, *, after: str) -> CustomerPage:
        if after and after == self.dies:
            raise ConnectionError(after)
        self.asked.append(f"customers {after}")
        following = {"": "b", "b": "c", "c": ""}[after]
        return CustomerPage(customers=(Customer(id=after or "a"),), after=following)


async def listed(records: Records, account: Account, run: ProofRun) -> ProofRun:
    reads = BillingProofReads(account, records.proofs, "hubspot")
    run = await ActivityEnvironment().run(reads.invoices, run)
    return await ActivityEnvironment().run(reads.customers, run)


async def test_a_run_that_comes_after_one_that_died_lists_the_rest_alone(records: Records) -> None:
    run = await records.proofs.begin(date(2026, 1, 1), NOW)
    died = False
    try:
        await listed(records, Account(dies="c"), run)
    except ConnectionError:
        died = True
    assert died

    rest = Account()
    again = await records.proofs.begin(date(2026, 1, 1), NOW)
    done = await listed(records, rest, again)
    assert rest.asked == ["customers c"]
    assert done.stage is Stage.DEALS
    assert await records.proofs.count(done, Stage.CUSTOMERS) == 3


async def test_a_stage_that_is_done_is_not_listed_again(records: Records) -> None:
    run = await listed(records, Account(), await records.proofs.begin(date(2026, 1, 1), NOW))
    idle = Account()
    assert (await listed(records, idle, run)).stage is Stage.DEALS
    assert idle.asked == []
