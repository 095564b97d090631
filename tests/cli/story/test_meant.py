"""A deal is named by what a person knows of it: its id, its page, its invoice's number, or its name."""

from collections.abc import Callable, Coroutine
from datetime import date
from types import SimpleNamespace
from typing import Any

import click
import pytest

from raccord.connectors.capabilities import IdShape
from raccord.connectors.errors import Transient
from raccord.domain.values.deal import DealRef
from raccord.domain.values.listed import DealPage, ListedDeal
from starters.cli.story.meant import deal_meant

SINCE = date(2025, 11, 28)
PAGES = {
    "": DealPage(
        deals=(ListedDeal(id="1", name="Audit"), ListedDeal(id="2", name="Audit de sûreté")), after="b"
    ),
    "b": DealPage(deals=(ListedDeal(id="3", name="Site  vitrine"), ListedDeal(id="4", name="Site de vente"))),
}
Listed = Callable[..., Coroutine[Any, Any, DealPage]]


async def _pages(*, won_from: date, after: str) -> DealPage:
    assert won_from == SINCE
    return PAGES[after]


async def meant(typed: str, listed: Listed = _pages) -> DealRef:
    async def deals_of_number(number: str, _: str) -> tuple[DealRef, ...]:
        return (DealRef(connection="crm", id="9"),) if number == "F-1" else ()

    shape = IdShape(pattern=r"[0-9]+", said="a number")
    reader: Any = SimpleNamespace(capabilities=SimpleNamespace(deal_id=shape), list_deals=listed)
    records: Any = SimpleNamespace(links=SimpleNamespace(deals_of_number=deals_of_number))
    return await deal_meant(typed, "crm", "billing", reader, records, since=SINCE)


@pytest.mark.parametrize(
    ("typed", "deal"),
    [
        ("7", "7"),
        ("https://crm.example/deal/7/?a=b", "7"),
        ("F-1", "9"),
        ("audit", "1"),
        ("site vitrine", "3"),
        ("sûreté", "2"),
    ],
)
async def test_it_is_found(typed: str, deal: str) -> None:
    assert (await meant(typed)).id == deal


async def test_of_several_that_are_called_so_each_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(click.exceptions.Exit):
        await meant("site")
    said = capsys.readouterr().err
    assert "2 deals are called so" in said
    assert "3  Site vitrine" in said
    assert "4  Site de vente" in said


async def test_what_is_no_name_either_is_refused_also_where_the_crm_is_silent(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def silent(**_: object) -> DealPage:
        raise Transient("down")

    for listed in (_pages, silent):
        with pytest.raises(click.exceptions.Exit):
            await meant("bidule", listed)
        assert "bidule is no id of a deal (a number)" in capsys.readouterr().err
