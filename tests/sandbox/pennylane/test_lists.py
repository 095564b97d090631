"""Filters, orders, pages and changelogs."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.sandbox.pennylane.bench import Pennylane, day, filters, line


async def pages(pennylane: Pennylane, path: str, first: dict[str, Any], *, again: bool = True) -> list[int]:
    """The ids of all pages; `again`: send the query with every page."""
    answer = await pennylane.call("GET", path, params=first)
    found = [each["id"] for each in answer["items"]]
    while answer["has_more"]:
        query = {**(first if again else {}), "cursor": answer["next_cursor"]}
        answer = await pennylane.call("GET", path, params=query)
        found += [each["id"] for each in answer["items"]]
    assert answer["next_cursor"] is None
    return found


async def drafts(pennylane: Pennylane, *dates: int) -> list[int]:
    """The ids of drafts of one customer, dated in so many days each."""
    customer = (await pennylane.company())["id"]
    return [(await pennylane.draft(customer_id=customer, date=day(each)))["id"] for each in dates]


async def test_the_newest_come_first_and_pages_follow_each_other(pennylane: Pennylane) -> None:
    made = await drafts(pennylane, 0, 0, 0, 0, 0)
    assert await pages(pennylane, "/customer_invoices", {"limit": 2}) == made[::-1]
    assert await pages(pennylane, "/customer_invoices", {"limit": 2, "sort": "id"}) == made


async def test_an_order_by_date_goes_on_over_pages(pennylane: Pennylane) -> None:
    one, two, three, four = await drafts(pennylane, 2, 0, 1, 1)
    ascending = {"limit": 1, "sort": "date"}
    assert await pages(pennylane, "/customer_invoices", ascending) == [two, three, four, one]
    assert await pages(pennylane, "/customer_invoices", {"limit": 3, "sort": "-date"}) == [
        one,
        four,
        three,
        two,
    ]


async def test_without_the_filter_the_second_page_is_of_another_list(pennylane: Pennylane) -> None:
    mine = await drafts(pennylane, 0)
    await drafts(pennylane, 0)
    wanted = await drafts(pennylane, 0, 0)
    customer = (await pennylane.invoice(wanted[0]))["customer"]["id"]
    query = filters(("customer_id", "eq", customer)) | {"limit": 1}
    assert await pages(pennylane, "/customer_invoices", query) == wanted[::-1]
    careless = await pages(pennylane, "/customer_invoices", query, again=False)
    assert careless[:2] == wanted[::-1]
    assert mine[0] in careless


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"limit": 101}, "MoreThanMaximum"),
        ({"limit": 0}, "LessThanMinimum"),
        ({"limit": "x"}, "ValidateError"),
        ({"limit": "9" * 5000}, "ValidateError"),
        ({"sort": "deadline"}, "NotEnumInclude"),
        ({"cursor": "x"}, "ValidateError"),
        ({"cursor": "WzFd"}, "ValidateError"),
        ({"cursor": "eyJpZCI6ICJ4In0="}, "ValidateError"),
        ({"cursor": "eyJpZCI6IDF9", "sort": "date"}, "ValidateError"),
        ({"include": "customer"}, "NotEnumInclude"),
        (filters(("status", "eq", "late")), "ValidateError"),
        (filters(("paid", "eq", False)), "ValidateError"),
        (filters(("deadline", "lt", "2026-11-28")), "ValidateError"),
        (filters(("draft", "not_eq", True)), "ValidateError"),
        (filters(("date", "gteq", "28/11/2026")), "ValidateError"),
        (filters(("external_reference", "in", ["a"])), "ValidateError"),
    ],
)
async def test_a_query_that_makes_no_sense_is_400(
    pennylane: Pennylane, query: dict[str, Any], code: str
) -> None:
    await pennylane.draft()
    assert await pennylane.refused("GET", "/customer_invoices", params=query) == (400, code)


@pytest.mark.parametrize("said", [False, "false"])
async def test_drafts_credit_notes_and_days_are_filtered(pennylane: Pennylane, said: Any) -> None:
    customer = (await pennylane.company())["id"]
    early, late = [await pennylane.final(customer_id=customer, date=day(each)) for each in (-9, 0)]
    await pennylane.final(line("-1"), customer_id=customer)
    await pennylane.draft(customer_id=customer)
    conditions = (("draft", "eq", said), ("credit_note", "eq", said))
    assert await pennylane.found("/customer_invoices", *conditions, sort="date") == [early["id"], late["id"]]
    recent = (*conditions, ("date", "gteq", day(-7)), ("date", "lteq", day(0)))
    assert await pennylane.found("/customer_invoices", *recent) == [late["id"]]
    numbers = [early["invoice_number"]]
    assert await pennylane.found("/customer_invoices", ("invoice_number", "in", numbers)) == [early["id"]]
    ids = [str(early["id"]), late["id"]]
    assert await pennylane.found("/customer_invoices", ("id", "in", ids), sort="id") == [
        early["id"],
        late["id"],
    ]


async def test_lines_are_included_when_asked_for_20_at_most(pennylane: Pennylane) -> None:
    many = await pennylane.draft(*(line(str(each)) for each in range(1, 22)))
    answer = await pennylane.call("GET", "/customer_invoices", params={"include": "invoice_lines"})
    included = answer["included"]["invoice_lines"][str(many["id"])]
    assert (len(included["items"]), included["has_more"]) == (20, True)
    path = f"/customer_invoices/{many['id']}/invoice_lines"
    assert len(await pennylane.found(path)) == 20
    assert len(await pages(pennylane, path, {"sort": "rank"})) == 21


async def test_changes_come_oldest_first_and_page_by_page(pennylane: Pennylane) -> None:
    first, second = await drafts(pennylane, 0, 0)
    await pennylane.call("DELETE", f"/customer_invoices/{first}")
    assert await pages(pennylane, "/changelogs/customer_invoices", {"limit": 1}, again=False) == [
        first,
        second,
        first,
    ]
    rows = (await pennylane.call("GET", "/changelogs/customer_invoices"))["items"]
    assert [row["operation"] for row in rows] == ["insert", "insert", "delete"]
    assert [row["processed_at"] for row in rows] == sorted(row["processed_at"] for row in rows)


async def test_changes_are_told_from_a_moment_on(pennylane: Pennylane) -> None:
    (first,) = await drafts(pennylane, 0)
    rows = (await pennylane.call("GET", "/changelogs/customer_invoices"))["items"]
    since = datetime.fromisoformat(rows[-1]["processed_at"]) + timedelta(microseconds=1)
    await pennylane.call("PUT", f"/customer_invoices/{first}", json={"label": "x"})
    query = {"start_date": since.isoformat(), "limit": 1000}
    later = (await pennylane.call("GET", "/changelogs/customer_invoices", params=query))["items"]
    assert [(row["id"], row["operation"]) for row in later] == [(first, "update")]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"start_date": "2026-11-28"}, 400),
        ({"start_date": "2026-11-28T10:00:00"}, 400),
        ({"start_date": (datetime.now(UTC) - timedelta(weeks=4, minutes=1)).isoformat()}, 422),
        ({"start_date": datetime.now(UTC).isoformat(), "cursor": "Y2hhbmdlOjE="}, 400),
        ({"cursor": "x"}, 400),
        ({"limit": 1001}, 400),
    ],
)
async def test_a_changelog_goes_back_four_weeks(
    pennylane: Pennylane, query: dict[str, Any], status: int
) -> None:
    answer = await pennylane.raw("GET", "/changelogs/customer_invoices", params=query)
    assert answer.status_code == status


async def test_a_change_is_told_for_four_weeks(pennylane: Pennylane) -> None:
    (made,) = await drafts(pennylane, 0)
    await pennylane.settings(clock_offset=29 * 86_400)
    assert await pennylane.changes("customer_invoices", made) == []


async def test_what_is_said_to_have_happened_before_is_told_now(pennylane: Pennylane) -> None:
    made = await pennylane.final()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    await pennylane.person.pay(made["id"], at=yesterday)
    rows = (await pennylane.call("GET", "/changelogs/customer_invoices"))["items"]
    assert (await pennylane.invoice(made["id"]))["updated_at"][:10] == yesterday.date().isoformat()
    assert rows[-1]["updated_at"] < rows[0]["processed_at"] < rows[-1]["processed_at"]


async def test_a_changelog_may_lag(pennylane: Pennylane) -> None:
    await pennylane.settings(changelog_lag=600.0)
    (made,) = await drafts(pennylane, 0)
    assert await pennylane.changes("customer_invoices", made) == []
    await pennylane.settings(changelog_lag=0.0)
    assert await pennylane.changes("customer_invoices", made) == ["insert"]
