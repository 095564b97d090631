"""How the sweep looks for money: quietly once, and with news that were left untold."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.service.money import MoneyFound, MoneySweep, goes_on_from
from activities.service.sweep import SweepActivities
from raccord.domain.payment.news import News, NewsKind
from raccord.domain.service.sweep import Sweep
from raccord.domain.values.payment import ChangedMoney
from raccord.records.records import Records
from tests.domain.payment.money import euros

NOTHING = ChangedMoney()


class Called:
    """Stands in for whoever begins the flow that tells."""

    times = 0

    async def begin(self) -> None:
        self.times += 1


def sweeping(records: Records) -> SweepActivities:
    return SweepActivities(
        records, "hubspot", timedelta(minutes=5), active=True, payments=True, owing=None, in_step=False
    )


async def swept(records: Records, found: MoneyFound, teller: Any = None) -> bool:
    """Look at one part; return whether it was the first of all."""
    plan = await sweeping(records).plan(Sweep())
    await ActivityEnvironment().run(MoneySweep(records, "stripe", teller).tell, plan, found)
    return plan.first


@pytest.mark.parametrize("refused", ["", "the key may not list events"])
async def test_only_one_look_is_the_first_though_the_list_is_refused(records: Records, refused: str) -> None:
    found = MoneyFound(changed=NOTHING, refused=refused)
    assert [await swept(records, found) for _ in range(3)] == [True, False, False]


async def test_a_refused_list_is_asked_for_again_from_the_same_moment(records: Records) -> None:
    await swept(records, MoneyFound(refused="not now"))
    since = (await sweeping(records).plan(Sweep())).money_since
    assert since
    assert since < datetime.now(UTC) - timedelta(days=29)


async def test_what_changed_before_the_first_look_stays_quiet_though_that_ends_in_the_middle(
    records: Records,
) -> None:
    begun = datetime.now(UTC)
    half = begun - timedelta(days=15)
    parts = (MoneyFound(changed=ChangedMoney(seen_to=half)), MoneyFound(refused="it is down"))
    for part in parts:
        await swept(records, part)
    again = await sweeping(records).plan(Sweep())
    assert (again.quiet, again.first, again.money_since) == (True, False, half - timedelta(minutes=5))
    assert again.money_until
    assert again.money_until >= begun
    assert goes_on_from(again, MoneyFound()) == again.money_until
    rest = again.going_on(again.money_until)
    assert (rest.quiet, rest.money_until, goes_on_from(rest, MoneyFound())) == (False, None, None)


async def test_news_that_nobody_could_be_told_are_told_after_the_next_sweep(records: Records) -> None:
    teller = Called()
    await swept(records, MoneyFound(), teller)
    assert teller.times == 0
    news = News(
        key="in_1.1",
        kind=NewsKind.PAID,
        at=datetime.now(UTC),
        invoice_id="in_1",
        deal_id="7",
        amount=euros("120"),
        due=euros("0"),
    )
    await records.payments.note(news)
    await swept(records, MoneyFound(), teller)
    assert teller.times == 1
    await records.payments.told_news((news.key,), datetime.now(UTC))
    await swept(records, MoneyFound(), teller)
    assert teller.times == 1
