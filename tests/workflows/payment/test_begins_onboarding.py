"""A deal that comes to be fully paid is onboarded, once ever."""

from datetime import timedelta

import pytest
from temporalio.service import RPCError

from tests.domain.payment.money import euros, payment
from tests.front_door.stack import until
from tests.workflows.customer_onboarding.paid import CONNECTIONS, ROLES, TASK
from tests.workflows.house import House, needs_server
from tests.workflows.payment.test_payment_received import brings, of_the_deal

pytestmark = needs_server


@pytest.fixture
async def home(at_home: House) -> House:
    await at_home.work(roles=ROLES, more=CONNECTIONS + TASK)
    return at_home


async def begun(home: House) -> bool:
    try:
        await home.flow("onboarding/hubspot/7").describe()
    except RPCError:
        return False
    return True


async def test_it_begins_when_the_last_part_came_and_never_again(home: House) -> None:
    brings(home, of_the_deal(payment("40")))
    assert not (await home.pay("in_1"))["onboarding"]
    assert not await begun(home)
    brings(home, of_the_deal(payment("40"), payment("80", id="pi_2")))
    assert (await home.pay("in_1"))["onboarding"]

    async def tasked() -> bool:
        await home.pass_time(timedelta(minutes=20))
        return bool(home.crm.tasks)

    await until(tasked, what="the first step is done")
    brings(home, of_the_deal(payment("40", refunded=euros("10")), payment("80", id="pi_2")))
    assert not (await home.pay("in_1"))["onboarding"]
    brings(home, of_the_deal(payment("40", refunded=euros("10")), payment("90", id="pi_2")))
    assert not (await home.pay("in_1"))["onboarding"]
    assert len(home.crm.tasks) == 1


async def test_what_is_filled_in_begins_nothing(home: House) -> None:
    brings(home, of_the_deal(payment()))
    assert not (await home.pay("in_1", quiet=True))["onboarding"]
    await home.tell_of_money("in_1", key="sweep", thorough=True)
    assert not (await home.end("payment/stripe/in_1"))["onboarding"]
    assert not await begun(home)


async def test_each_of_several_invoices_has_to_be_paid(home: House) -> None:
    for id in ("in_1", "in_2"):
        home.billing.invoices[id] = of_the_deal(id=id).invoice
        brings(home, of_the_deal(id=id))
    brings(home, of_the_deal(payment(), id="in_1"))
    assert not (await home.pay("in_1"))["onboarding"]
    brings(home, of_the_deal(payment(id="pi_2"), id="in_2"))
    assert (await home.pay("in_2"))["onboarding"]
