"""Lists, cursors, filters, search and expansion."""

import asyncio
from typing import Any

import pytest
import stripe

from tests.sandbox.stripe_bench import Bench, line


async def numbered(bench: Bench, count: int) -> list[str]:
    """Ids of new customers, newest first."""
    ids = [(await bench.customer(metadata={"n": str(n)})).id for n in range(count)]
    return ids[::-1]


async def test_cursors_walk_forwards_and_backwards_without_gaps(bench: Bench) -> None:
    ids, customers = await numbered(bench, 7), bench.client.v1.customers
    first = await customers.list_async({"limit": 3})
    assert ([each.id for each in first.data], first.has_more) == (ids[:3], True)
    last = await customers.list_async({"limit": 10, "starting_after": ids[3]})
    assert ([each.id for each in last.data], last.has_more) == (ids[4:], False)
    back = await customers.list_async({"limit": 2, "ending_before": ids[4]})
    assert ([each.id for each in back.data], back.has_more) == (ids[2:4], True)
    assert [each.id async for each in (await customers.list_async({"limit": 2})).auto_paging_iter()] == ids


async def test_a_page_holds_ten_unless_asked_and_never_more_than_a_hundred(bench: Bench) -> None:
    await numbered(bench, 11)
    page = await bench.client.v1.customers.list_async()
    assert (len(page.data), page.has_more) == (10, True)
    for limit in (0, 101):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            await bench.client.v1.customers.list_async({"limit": limit})
        assert refused.value.code == "parameter_invalid_integer"


async def test_an_unknown_cursor_is_refused(bench: Bench) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await bench.client.v1.customers.list_async({"starting_after": "cus_none"})
    assert (refused.value.code, refused.value.param) == ("resource_missing", "starting_after")


async def test_invoices_are_filtered_by_customer_status_and_times(bench: Bench) -> None:
    invoices = bench.client.v1.invoices
    customer = (await bench.customer()).id
    draft = await bench.draft(line(), customer=customer)
    issued = await bench.issued(line(), customer=customer)
    other = await bench.issued(line())
    # The draft is due first: all were made within a second or two.
    assert draft.due_date is not None

    async def found(**params: Any) -> list[str]:
        return [each.id for each in (await invoices.list_async(params)).data]  # type: ignore[arg-type]

    assert await found(customer=customer) == [issued.id, draft.id]
    assert await found(customer=customer, status="open") == [issued.id]
    assert await found(status="open") == [other.id, issued.id]
    assert await found(due_date={"lt": draft.due_date}) == []
    assert len(await found(due_date={"gte": draft.due_date})) == 3
    assert len(await found(created={"gte": draft.created - 1, "lte": other.created})) == 3
    assert await found(created={"lt": draft.created}) == []
    assert await found(collection_method="charge_automatically") == []


async def test_search_finds_by_metadata_only_after_its_lag(bench: Bench) -> None:
    await bench.settings(search_lag=0.3)
    draft = await bench.draft(metadata={"crm_deal_id": "hubspot:7"})
    query = {"query": "metadata['crm_deal_id']:'hubspot:7'"}
    search: Any = bench.client.v1.invoices.search_async
    assert (await search(query)).data == []
    assert [each.id for each in (await bench.client.v1.invoices.list_async()).data] == [draft.id]
    await asyncio.sleep(0.35)
    assert [each.id for each in (await search(query)).data] == [draft.id]


async def test_a_stale_list_hides_what_was_just_created(bench: Bench) -> None:
    customer = await bench.customer()
    await bench.fault(method="GET", path="/v1/customers", effect={"stale": 60}, times=1)
    assert (await bench.client.v1.customers.list_async({"email": "compta@ateliers.example"})).data == []
    assert [each.id for each in (await bench.client.v1.customers.list_async()).data] == [customer.id]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("metadata['n']:'1'", ["1"]),
        ('metadata["n"]:"1" OR metadata["n"]:"2"', ["2", "1"]),
        ("email:'compta@ateliers.example' AND -metadata['n']:'1'", ["2", "0"]),
        ("name~'réunis' AND created>1000", ["2", "1", "0"]),
        ("metadata['absent']:null", ["2", "1", "0"]),
        ("phone:null AND created<1000", []),
    ],
)
async def test_the_search_language(bench: Bench, query: str, numbers: list[str]) -> None:
    await numbered(bench, 3)
    found = await bench.client.v1.customers.search_async({"query": query})
    assert [each.to_dict()["metadata"]["n"] for each in found.data] == numbers


@pytest.mark.parametrize(
    "query",
    ["metadata['n']", "balance:'1'", "email:'a' AND name:'b' OR name:'c'", "email:'a' nonsense", "email>'a'"],
)
async def test_a_query_that_cannot_be_read_is_refused(bench: Bench, query: str) -> None:
    await bench.customer()
    with pytest.raises(stripe.InvalidRequestError) as refused:
        await bench.client.v1.customers.search_async({"query": query})
    assert refused.value.param == "query"


async def test_search_pages_by_token(bench: Bench) -> None:
    ids = await numbered(bench, 5)
    first = await bench.client.v1.customers.search_async({"query": "created>1", "limit": 2})
    assert first.next_page
    assert [each.id async for each in first.auto_paging_iter()] == ids


async def test_expand_replaces_ids_by_objects(bench: Bench) -> None:
    customer = await bench.customer(tax_id_data=[{"type": "fr_siren", "value": "732829320"}])
    await bench.issued(customer=customer.id)
    page = await bench.client.v1.invoices.list_async({"expand": ["data.customer.tax_ids", "data.payments"]})
    shown: Any = page.data[0]
    assert shown.customer.email == "compta@ateliers.example"
    assert shown.customer.tax_ids.data[0].value == "732829320"
    assert shown.payments.data[0].status == "open"
    payments = await bench.client.v1.invoice_payments.list_async({"expand": ["data.invoice"]})
    assert payments.data[0].invoice.id == shown.id  # type: ignore[union-attr]
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        await bench.client.v1.invoices.list_async({"expand": ["data.total"]})
