"""The verdict on each of many deals of French companies, written from the rules and not from the code."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from raccord.vendors.hubspot.settings import HubSpotSettings
from tests.deals.crm import list_deal, read_deal
from tests.deals.judge import Judged, Mark, judge
from tests.deals.seller import Sellers
from tests.deals.sheet import Case, cases

DEALS = 1100
"""As many are written at least; fewer played would prove less than it says."""
MOST_NEEDLESS = 1.0
"""Percent of the deals of an ordinary French company."""


async def test_every_deal_of_the_table_comes_out_right(tmp_path: Path) -> None:
    sellers = Sellers(tmp_path)
    judged = [await _played(case, sellers) for case in cases()]
    counts = Counter(each.mark for each in judged)
    faults = [each for each in judged if each.mark in (Mark.NEEDLESS, Mark.WRONG)]
    needless = sum(each.case.weight for each in faults if each.mark is Mark.NEEDLESS)
    print(  # noqa: T201 - the counts are to be seen, whatever they are
        f"{len(judged)} deals: {', '.join(f'{counts[mark]} {mark}' for mark in Mark)}",
        f"needless by weight: {needless:.2f} %",
        *faults,
        sep="\n",
    )
    assert [str(each) for each in faults if each.mark is Mark.WRONG] == []
    assert needless < MOST_NEEDLESS
    assert len(judged) >= DEALS


async def _played(case: Case, sellers: Sellers) -> Judged:
    configuration, policy = await sellers.of(case)
    settings = configuration.crm.settings
    assert isinstance(settings, HubSpotSettings)
    deal = await read_deal(case, settings)
    listed = await list_deal(case, settings)
    # In a list it is what it is by itself, so that what is said of it beforehand is what will be asked.
    assert [each.deal for each in listed.deals] == [deal], str(case)
    return judge(case, deal, policy)


def test_the_weights_are_percent() -> None:
    assert sum(case.weight for case in cases()) == pytest.approx(100)


def test_the_tables_own_figures_add_up() -> None:
    for case in cases():
        right = case.expected
        if right.vat and not (case.ask or case.end):
            vat = sum(map(Decimal, right.vat.values()))
            assert (str(case), Decimal(right.net) + vat) == (str(case), Decimal(right.gross))


def test_no_deal_is_written_twice() -> None:
    names = Counter(map(str, cases()))
    assert [name for name, times in names.items() if times > 1] == []
