"""Customers that people or other tools made: found by their numbers, used, and what is theirs is seen."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from temporalio.testing import ActivityEnvironment

from activities.billing.books import BillingReads, BooksQuery
from activities.billing.customers import CustomerRequest, CustomerWrites
from activities.effects import Effects
from raccord.connectors.billing import Billing
from raccord.records.records import Records
from sandbox.pennylane.person import PennylanePerson
from tests.connectors.conformance.cases import BillingCase, cases
from tests.connectors.conformance.lab import Lab, lab
from tests.connectors.conformance.samples import DEAL, PROFILE, today


@pytest.fixture
async def simulators() -> AsyncIterator[Lab]:
    async with lab() as opened:
        yield opened


@pytest.fixture
async def billing(simulators: Lab) -> AsyncIterator[Billing]:
    (case,) = (param.values[0] for param in cases(BillingCase) if param.values[0].vendor == "pennylane")
    await simulators.option("pennylane", **case.quiet)
    async with case.open(simulators) as billing:
        yield billing


@pytest.mark.parametrize(
    "by",
    [({}, PROFILE.identity.reference, 1), ({"external_reference": "SHOP-42"}, "SHOP-42", 0)],
    ids=["by hand", "by another tool"],
)
async def test_a_customer_that_stands_there_is_used_and_its_own_invoice_seen(
    simulators: Lab, billing: Billing, records: Records, by: tuple[dict[str, str], str, int]
) -> None:
    given, kept, writes = by
    person = PennylanePerson(simulators.http)
    theirs = await person.add_company(PROFILE.name, reg_no=PROFILE.siren, **given)
    invoice = await person.write(theirs)
    before = await simulators.written("pennylane")
    effects = Effects(records.audit, settle=timedelta(0), in_flight=None)
    wanted = CustomerRequest(billing="pennylane", profile=PROFILE)
    made = CustomerWrites(billing, records.links, effects)
    for again in (False, True):
        outcome = await ActivityEnvironment().run(made.ensure_customer, wanted)
        assert (outcome.customer and outcome.customer.id, outcome.created) == (str(theirs), False), again
    assert await simulators.written("pennylane") - before == writes
    assert (await person.get(f"/customers/{theirs}"))["external_reference"] == kept
    asked = BooksQuery(
        billing="pennylane",
        deal=DEAL,
        profile=PROFILE,
        since=today() - timedelta(days=1),
        until=today() + timedelta(days=1),
    )
    reads = BillingReads(billing, records.links, records.claims)
    books = await ActivityEnvironment().run(reads.read_books, asked)
    assert [each.id for each in books.of_customer] == [str(invoice)]
