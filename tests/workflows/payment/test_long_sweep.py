"""A sweep over more money than one list holds, in one process."""

from datetime import UTC, datetime, timedelta

import pytest

from raccord.connectors.errors import Permanent
from raccord.domain.service.sweep import Sweep
from raccord.domain.values.payment import ChangedMoney
from tests.domain.payment.money import payment
from tests.workflows.house import House, needs_server
from tests.workflows.payment.test_payment_received import of_the_deal

pytestmark = needs_server
HALF = datetime.now(UTC) - timedelta(days=15)


@pytest.mark.parametrize("fails", [False, True])
async def test_every_part_is_looked_at_and_what_was_seen_is_not_listed_again(
    at_home: House, *, fails: bool
) -> None:
    await at_home.work()
    for id in ("in_1", "in_2"):
        at_home.billing.money[id] = of_the_deal(payment(id=f"pi_{id}"), id=id)
    at_home.billing.long_list = [
        ChangedMoney(invoices=("in_1",), seen_to=HALF),
        ChangedMoney(invoices=("in_2",)),
        ChangedMoney(),
    ]

    async def refuses() -> None:
        at_home.billing.fail(Permanent("it is down"), "money_changed")

    async def refuses_the_next() -> None:
        at_home.billing.before("money_changed", refuses)

    if fails:
        at_home.billing.before("money_changed", refuses_the_next)
    await at_home.started("Reconciliation", Sweep(), id="reconciliation/1")
    result = await at_home.end("reconciliation/1")
    assert (await at_home.end("payment/stripe/in_1"))["ending"] == "shown"
    seen = await at_home.records.watermarks.get("sweep/money")
    assert seen
    if fails:
        assert (seen, result["paid"], "it is down" in result["remark"]) == (HALF, 1, True)
    else:
        assert (await at_home.end("payment/stripe/in_2"))["ending"] == "shown"
        assert (seen > HALF, result["paid"], at_home.billing.calls["money_changed"]) == (True, 2, 3)
