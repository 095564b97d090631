"""Vendors that ask to wait, or fail for long: one invoice of the right day, and never a spin."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta

import pytest

from raccord.connectors.errors import Auth, ConnectorError, RateLimited, Transient
from raccord.domain.values.payment_terms import PaymentTerms
from tests.domain import samples
from tests.front_door.stack import until
from tests.workflows.deal_won.test_endings import NO_POSTCODE
from tests.workflows.house import PARIS, House, needs_server
from workflows.deal_won.case import ISSUE_WITHIN

pytestmark = [needs_server, pytest.mark.slow]
DOWN = Transient("The vendor does not answer.")
WAIT = timedelta(minutes=5)
"""Longer than issuing may take before the deal is read again; Raccord's own wait after a refusal, too."""


async def just_before_midnight(home: House) -> date:
    """Let it be a minute to midnight, and return the day that comes."""
    now = (await home.now()).astimezone(PARIS)
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), PARIS)
    await home.pass_time(midnight - timedelta(minutes=1) - now)
    return midnight.date()


def has_read(home: House, times: int) -> Callable[[], Awaitable[bool]]:
    async def read() -> bool:
        return home.crm.calls["read_deal"] >= times

    return read


def fails_every_second_time(home: House, method: str) -> Callable[[], Awaitable[None]]:
    """Let a call of the CRM fail and the next one pass, for as long as it is called."""

    async def fails() -> None:
        home.crm.fail(DOWN, method, times=1)
        home.crm.before(method, passes)

    async def passes() -> None:
        home.crm.before(method, fails)

    return fails


@pytest.mark.parametrize(
    ("error", "wait"),
    [
        (RateLimited("Too many requests.", retry_after=WAIT), WAIT),
        (RateLimited("Too many requests.", retry_after=2 * WAIT), 2 * WAIT),
        (Auth("The key lacks “Invoices: write”."), WAIT),
    ],
    ids=["429", "429 for longer", "403"],
)
async def test_a_wait_that_is_longer_than_issuing_may_take_is_kept(
    at_home: House, error: ConnectorError, wait: timedelta
) -> None:
    await at_home.work()
    began = await at_home.now()
    at_home.billing.fail(error, "finalise", times=2)
    assert (await at_home.outcome())["ending"] == "invoiced"
    assert await at_home.now() - began >= 2 * wait
    assert at_home.billing.calls["finalise"] == 3, "refused twice, and asked no more often than it wished"
    assert at_home.crm.calls["read_deal"] <= 3 * 2, "three looks, each with its last read before issuing"
    assert (len(at_home.billing.invoices), at_home.billing.calls["create_draft"]) == (1, 1)
    assert len(at_home.billing.mails) == 1


async def test_an_outage_at_issue_ends_in_one_invoice_and_does_not_spin(at_home: House) -> None:
    await at_home.work()
    began = await at_home.now()
    at_home.billing.fail(DOWN, "finalise", times=50)
    assert (await at_home.outcome())["ending"] == "invoiced"
    assert await at_home.now() - began > ISSUE_WITHIN
    assert at_home.crm.calls["read_deal"] < 20
    assert (len(at_home.billing.invoices), at_home.billing.calls["create_draft"]) == (1, 1)


@pytest.mark.parametrize(
    ("method", "terms"), [("create_draft", 0), ("set_lines", 0), ("finalise", 0), ("finalise", 30)]
)
async def test_an_outage_over_midnight_ends_in_one_invoice_of_the_new_day(
    at_home: House, method: str, terms: int
) -> None:
    at_home.edit(payment_terms=PaymentTerms(days=terms))
    day = await just_before_midnight(at_home)
    await at_home.work()
    at_home.billing.fail(DOWN, method, times=30)
    assert (await at_home.outcome())["ending"] == "invoiced"
    assert at_home.billing.calls[method] > 30
    assert at_home.billing.refused_dates == []
    (invoice,) = at_home.billing.invoices.values()
    assert (invoice.issued_on, invoice.due_on) == (day, day + timedelta(days=terms))


async def test_a_crm_that_flaps_on_the_way_costs_no_second_invoice(at_home: House) -> None:
    await at_home.work()
    for method in ("read_deal", "shows_invoice", "write_invoice"):
        at_home.crm.before(method, fails_every_second_time(at_home, method))
    assert (await at_home.outcome())["ending"] == "invoiced"
    assert at_home.crm.calls["write_invoice"] >= 2
    assert (len(at_home.billing.invoices), len(at_home.billing.mails)) == (1, 1)
    assert len(at_home.billing.customers) == 1


async def test_a_crm_that_flaps_while_a_question_waits_leaves_that_question_and_one_invoice(
    at_home: House,
) -> None:
    at_home.edit(**NO_POSTCODE)
    await at_home.work()
    await at_home.change()
    row = await at_home.question("address")
    await until(at_home.is_told, what="the question is shown")
    for flap in range(3):
        at_home.crm.fail(DOWN, "read_deal", times=2)
        read = at_home.crm.calls["read_deal"]
        await at_home.change(key=f"flap {flap}")
        await until(has_read(at_home, read + 3), what="the deal is read again")
    assert [each.incident for each in await at_home.records.waiting.list()] == [row.incident]
    assert len(at_home.messenger.messages) == 1
    at_home.crm.fail(DOWN, "read_deal", times=2)
    at_home.edit(companies=(samples.company(),))
    assert (await at_home.outcome(key="repaired"))["ending"] == "invoiced"
    assert (len(at_home.billing.invoices), len(at_home.billing.mails)) == (1, 1)
    assert await at_home.records.waiting.list() == ()
