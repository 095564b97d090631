"""Two deals of one company that look for its customer at once: one run finds it, whoever began it."""

import asyncio
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle

from activities.billing.customers import CustomerRequest
from raccord.domain.desk.question import Choice
from raccord.temporal.flows import FLOWS_QUEUE
from tests.domain import samples
from tests.workflows.house import House, needs_server

pytestmark = needs_server
ENSURE = "EnsureCustomer"


class OtherDeal:
    """Another deal of the company, whose run begins right before that which is told what a person chose.

    It comes to its end once the first deal has joined it.
    """

    def __init__(self, home: House, chosen: str) -> None:
        self._home = home
        self._chosen = chosen
        self._start = home.client.start_workflow
        self._joined = asyncio.Event()
        self.begun = False

    async def start(self, flow: Any, *args: Any, **options: Any) -> WorkflowHandle[Any, Any]:
        """Start a flow as the client does."""
        wanted = args[0] if args else None
        if not (isinstance(wanted, CustomerRequest) and wanted.chosen) or self.begun:
            return await self._start(flow, *args, **options)
        self.begun = True
        self._home.billing.before("find_customers", self._joined.wait)
        own = wanted.model_copy(update={"chosen": self._chosen})
        await self._start(ENSURE, own, id=options["id"], task_queue=FLOWS_QUEUE)
        handle: WorkflowHandle[Any, Any] = await self._start(flow, *args, **options)
        self._joined.set()
        return handle


@pytest.mark.parametrize(
    ("chosen", "other"),
    [("cus_a", ""), ("cus_a", "new"), ("new", "cus_b")],
    ids=["the other still looks", "the other is a new one", "the other is there"],
)
async def test_two_deals_of_a_company_that_choose_at_once_end_with_one_customer(
    at_home: House, monkeypatch: pytest.MonkeyPatch, chosen: str, other: str
) -> None:
    for id in ("cus_a", "cus_b"):
        at_home.billing.customers[id] = samples.customer(id=id, siren=samples.SIREN)
    await at_home.work()
    await at_home.change()
    row = await at_home.question("customer_choice")
    beside = OtherDeal(at_home, other)
    monkeypatch.setattr(Client, "start_workflow", beside.start)
    await at_home.answer(row, Choice.CHOOSE, chosen)
    assert (await at_home.end())["ending"] == "invoiced"
    assert beside.begun
    (invoice,) = at_home.billing.issued
    first = other or chosen
    assert (invoice.customer_id in ("cus_a", "cus_b")) == (first != "new")
    assert first in ("new", invoice.customer_id)
    assert len(at_home.billing.customers) == (3 if first == "new" else 2)
    assert await at_home.records.waiting.list() == ()
