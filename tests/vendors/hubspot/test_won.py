"""Listing won deals: a small search of HubSpot's, with its ceiling and its page size."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from raccord.connectors.crm import Crm
from raccord.connectors.errors import Poison, RateLimited, Transient
from raccord.domain.values.deal import WonDeal
from raccord.domain.values.listed import Shown
from raccord.vendors.hubspot import searching
from tests.vendors.hubspot.account import ACCOUNT, ROOT
from tests.vendors.hubspot.conftest import Connect
from tests.vendors.hubspot.stub import Asked, Reply, Stub

SEARCH = f"{ROOT}/v3/objects/deals/search"
WON_FROM = date(2026, 11, 1)
MIDNIGHT_IN_PARIS = datetime(2026, 10, 31, 23, tzinfo=UTC)
WINTER = datetime(2026, 1, 1, tzinfo=UTC)
MOST_SEARCHES = 12
"""No test needs more; a listing that goes round in circles must fail, not hang."""
CEILING = 400
"""HubSpot's is 10,000 results of one query; beyond it paging answers 400."""


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "PAUSE", 0)


def ms(instant: datetime) -> str:
    return str(int(instant.timestamp()) * 1000)


class Search:
    """Answers searches as HubSpot documents them, for the four properties that are asked about."""

    def __init__(self, stub: Stub) -> None:
        self.stub = stub
        self.deals: list[dict[str, Any]] = []
        stub.on(f"POST {SEARCH}", self.answer)

    def deal(self, number: int, **properties: str | None) -> None:
        self.deals.append(
            {
                "hs_object_id": str(number),
                "hs_is_closed_won": "true",
                "closedate": ms(MIDNIGHT_IN_PARIS + timedelta(days=9)),
                "hs_lastmodifieddate": ms(MIDNIGHT_IN_PARIS + timedelta(days=9)),
            }
            | properties
        )

    def answer(self, asked: Asked) -> Reply:
        assert self.stub.count(f"POST {SEARCH}") <= MOST_SEARCHES
        groups = [group["filters"] for group in asked.json["filterGroups"]]
        assert len(groups) <= 5
        assert all(len(filters) <= 6 for filters in groups)
        assert sum(map(len, groups)) <= 18
        assert asked.json["limit"] <= 200
        assert asked.json["sorts"] == [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]
        found = [d for d in self.deals if any(all(_fits(d, f) for f in filters) for filters in groups)]
        found.sort(key=lambda deal: int(deal["hs_object_id"]))
        start = int(asked.json.get("after") or 0)
        end = start + asked.json["limit"]
        if end > CEILING:
            return Reply({"status": "error", "category": "VALIDATION_ERROR"}, 400)
        wanted = asked.json["properties"]
        page = [
            {"id": d["hs_object_id"], "properties": {name: d.get(name) for name in wanted}}
            for d in found[start:end]
        ]
        paging = {"paging": {"next": {"after": str(end)}}} if end < len(found) else {}
        return Reply({"total": len(found), "results": page} | paging)


def _fits(deal: dict[str, Any], asked: dict[str, str]) -> bool:
    value: str = deal.get(asked["propertyName"]) or ""
    match asked["operator"]:
        case "NOT_HAS_PROPERTY":
            return not value
        case "HAS_PROPERTY":
            return bool(value)
        case "EQ":
            return bool(value == asked["value"])
        case "GTE":
            return bool(value) and int(value) >= int(asked["value"])
        case "GT":
            return bool(value) and int(value) > int(asked["value"])
    raise AssertionError(asked)


@pytest.fixture
def search(stub: Stub) -> Search:
    return Search(stub)


async def listed(crm: Crm, changed_since: datetime | None = None) -> list[str]:
    return [deal.id for deal in await crm.won_deals(won_from=WON_FROM, changed_since=changed_since)]


async def test_won_deals_come_with_the_invoice_they_show(crm: Crm, search: Search) -> None:
    search.deal(10, billing_invoice_id=" in_1 ")
    search.deal(9, billing_invoice_id=None)
    changed_at = MIDNIGHT_IN_PARIS + timedelta(days=9)
    assert await crm.won_deals(won_from=WON_FROM, changed_since=None) == (
        WonDeal(id="9", changed_at=changed_at),
        WonDeal(id="10", invoice_id="in_1", changed_at=changed_at),
    )


async def test_open_and_lost_deals_are_not_listed(crm: Crm, search: Search) -> None:
    search.deal(1, hs_is_closed_won="false")
    search.deal(2, hs_is_closed_won=None)
    search.deal(3)
    assert await listed(crm) == ["3"]


async def test_the_first_day_begins_at_the_company_s_midnight(crm: Crm, search: Search) -> None:
    search.deal(1, closedate=ms(MIDNIGHT_IN_PARIS - timedelta(seconds=1)))
    search.deal(2, closedate=ms(MIDNIGHT_IN_PARIS))
    assert await listed(crm) == ["2"]


async def test_a_won_deal_without_a_close_date_is_not_forgotten(crm: Crm, search: Search) -> None:
    search.deal(1, closedate=None)
    search.deal(2, closedate=None, hs_is_closed_won="false")
    assert await listed(crm) == ["1"]


async def test_only_changed_deals_are_listed_when_asked(crm: Crm, search: Search) -> None:
    since = datetime(2026, 11, 20, 10, 0, 0, 500_000, tzinfo=UTC)
    search.deal(1, hs_lastmodifieddate=str(int(ms(since)) + 499))
    search.deal(2, hs_lastmodifieddate=str(int(ms(since)) + 500))
    search.deal(3, closedate=None, hs_lastmodifieddate=ms(since + timedelta(days=1)))
    search.deal(4, closedate=None, hs_lastmodifieddate=ms(since - timedelta(days=1)))
    assert await listed(crm, since) == ["2", "3"]


async def test_a_changed_deal_that_shows_an_invoice_is_listed_though_it_is_won_no_more(
    crm: Crm, search: Search
) -> None:
    since = MIDNIGHT_IN_PARIS + timedelta(days=9)
    search.deal(1, hs_is_closed_won="false", billing_invoice_id="in_1")
    search.deal(2, hs_is_closed_won="false")
    search.deal(3, hs_is_closed_won="false", billing_invoice_id="in_3", hs_lastmodifieddate=ms(WINTER))
    assert await listed(crm, since) == ["1"]
    assert await listed(crm) == []


async def test_a_time_of_change_that_cannot_be_read_stays_open(crm: Crm, search: Search) -> None:
    search.deal(1, hs_lastmodifieddate="yesterday")
    search.deal(2, hs_lastmodifieddate=None)
    assert [d.changed_at for d in await crm.won_deals(won_from=WON_FROM, changed_since=None)] == [None, None]


async def test_more_deals_than_a_search_can_page_through_are_all_listed(
    crm: Crm, stub: Stub, search: Search
) -> None:
    numbers = [*range(1, 999), *range(10_000, 10_007)]
    for number in reversed(numbers):
        search.deal(number, closedate=None if number % 7 == 0 else ms(MIDNIGHT_IN_PARIS))
    assert await listed(crm) == [str(n) for n in numbers]
    assert stub.count(f"POST {SEARCH}") == 6


async def test_a_full_last_page_ends_the_listing(crm: Crm, stub: Stub, search: Search) -> None:
    for number in range(1, 201):
        search.deal(number)
    assert len(await listed(crm)) == 200
    assert stub.count(f"POST {SEARCH}") == 1


async def test_pages_keep_a_distance(
    crm: Crm, stub: Stub, search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All apps of an account share five searches a second."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(searching, "PAUSE", 0.25)
    monkeypatch.setattr("asyncio.sleep", sleep)
    for number in range(1, 402):
        search.deal(number)
    assert len(await listed(crm)) == 401
    assert [seconds for seconds in slept if seconds] == [0.25, 0.25]


async def test_without_a_mapped_property_no_deal_shows_an_invoice(connect: Connect, search: Search) -> None:
    search.deal(1, billing_invoice_id="in_1")
    crm = connect(mapping={"invoice": {"id": ""}})
    (deal,) = await crm.won_deals(won_from=WON_FROM, changed_since=None)
    assert (deal.id, deal.invoice_id) == ("1", "")


@pytest.mark.parametrize(
    "ids", [["2", "1"], ["0"], [], ["x"]], ids=["out of order", "no progress", "empty", "no number"]
)
async def test_an_order_in_which_deals_would_be_skipped_is_refused(
    crm: Crm, stub: Stub, ids: list[str]
) -> None:
    page = {"results": [{"id": i, "properties": {}} for i in ids], "paging": {"next": {"after": "200"}}}

    def answer(_: Asked) -> Reply:
        assert stub.count(f"POST {SEARCH}") <= MOST_SEARCHES
        return Reply({"total": 900} | page)

    stub.on(f"POST {SEARCH}", answer)
    with pytest.raises(Poison):
        await listed(crm)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply({"status": "error", "policyName": "SECONDLY"}, 429), RateLimited),
        (Reply({"status": "error"}, 502), Transient),
    ],
)
async def test_a_listing_that_breaks_off_is_never_taken_for_the_whole(
    crm: Crm, stub: Stub, search: Search, reply: Reply, expected: type[Exception]
) -> None:
    for number in range(1, 302):
        search.deal(number)
    stub.on(f"POST {SEARCH}", lambda a: reply if stub.count(f"POST {SEARCH}") == 2 else search.answer(a))
    with pytest.raises(expected):
        await listed(crm)


@pytest.mark.parametrize(
    ("account", "currency"),
    [(Reply({"portalId": 1, "companyCurrency": "eur"}), "EUR"), (Reply({"status": "error"}, 403), "")],
)
async def test_a_listed_deal_that_names_no_currency_has_the_account_s_which_is_asked_for_once(
    crm: Crm, stub: Stub, search: Search, account: Reply, currency: str
) -> None:
    stub.on(f"GET {ACCOUNT}", account)
    search.deal(1, amount="1200", deal_currency_code="CHF")
    for number in range(2, 2 + searching.PAGE):
        search.deal(number, amount="1200", deal_currency_code=None)
    first = await crm.list_deals(won_from=WON_FROM, after="")
    rest = await crm.list_deals(won_from=WON_FROM, after=first.after)
    found = [each.currency for each in (*first.deals, *rest.deals)]
    assert found == ["CHF"] + [currency] * searching.PAGE
    assert stub.count(f"GET {ACCOUNT}") == 1


async def test_deals_are_listed_part_by_part_with_what_they_show(crm: Crm, search: Search) -> None:
    """Won ones, and those that show an invoice although they are lost or closed long ago."""
    long_ago = ms(WINTER)
    search.deal(
        1,
        dealname="Refonte",
        amount="1200.5",
        deal_currency_code="EUR",
        billing_invoice_id="in_1",
        billing_amount_net="1000",
        billing_amount_credited="beaucoup",
        billing_payment_status="paid",
        hubspot_owner_id="64492917",
        pipeline="default",
    )
    search.deal(2, hs_is_closed_won="false", closedate=long_ago, billing_invoice_id="in_2")
    search.deal(3, hs_is_closed_won="false")
    search.deal(4, closedate=long_ago)
    for number in range(1000, 1000 + searching.PAGE):
        search.deal(number, closedate=None)

    first = await crm.list_deals(won_from=WON_FROM, after="")
    rest = await crm.list_deals(won_from=WON_FROM, after=first.after)

    assert [each.id for each in first.deals[:3]] == ["1", "2", "1000"]
    assert len(first.deals) + len(rest.deals) == 2 + searching.PAGE
    assert rest.after == ""
    one, two = first.deals[:2]
    assert (one.name, one.won, one.amount, one.currency) == ("Refonte", True, Decimal("1200.5"), "EUR")
    assert one.closed_on == date(2026, 11, 10)
    assert (one.owner_id, one.pipeline_id, two.owner_id) == ("64492917", "default", "")
    assert one.shown == Shown(invoice_id="in_1", net=Decimal(1000), payment="paid")
    assert (two.won, two.shown.invoice_id) == (False, "in_2")
