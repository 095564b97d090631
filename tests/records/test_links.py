import asyncio
from datetime import UTC, datetime

import pytest

from raccord.domain.values.deal import DealRef
from raccord.records.links import DealLink, LinkConflict
from raccord.records.records import Records

DEAL = DealRef(connection="hubspot", id="123")


async def test_a_customer_is_found_by_identity_and_billing_connection(records: Records) -> None:
    assert await records.links.customer("9f", "stripe") is None
    await records.links.link_customer("9f", "stripe", "cus_1", "77")
    assert await records.links.customer("9f", "stripe") == "cus_1"
    assert await records.links.customer("9f", "stripe-uk") is None
    assert await records.links.customer("8e", "stripe") is None


async def test_linking_a_customer_again_changes_nothing(records: Records) -> None:
    for company in ("77", "77", "78"):
        await records.links.link_customer("9f", "stripe", "cus_1", company)
    assert await records.links.customer("9f", "stripe") == "cus_1"


async def test_an_identity_never_becomes_a_second_customer(records: Records) -> None:
    await records.links.link_customer("9f", "stripe", "cus_1", "77")
    with pytest.raises(LinkConflict, match=r"cus_1.*cus_2") as conflict:
        await records.links.link_customer("9f", "stripe", "cus_2", "77")
    assert (conflict.value.linked, conflict.value.offered) == ("cus_1", "cus_2")
    assert await records.links.customer("9f", "stripe") == "cus_1"


async def test_of_simultaneous_links_one_wins_and_the_others_are_told(records: Records) -> None:
    links = (records.links.link_customer("9f", "stripe", f"cus_{n}", "77") for n in range(8))
    results = await asyncio.gather(*links, return_exceptions=True)
    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, LinkConflict) for result in results) == 7


async def test_a_deal_never_seen_has_the_default_link(records: Records) -> None:
    assert await records.links.deal(DEAL, "stripe") == DealLink()


async def test_only_the_given_fields_of_a_deal_change(records: Records) -> None:
    before = datetime.now(UTC)
    await records.links.update_deal(DEAL, "stripe", customer_id="cus_1", invoice_id="in_1")
    await records.links.update_deal(DEAL, "stripe", number="F-1", delivered=True)
    link = await records.links.deal(DEAL, "stripe")
    assert link.updated_at
    assert before <= link.updated_at <= datetime.now(UTC)
    assert link == DealLink(
        revision=1,
        customer_id="cus_1",
        invoice_id="in_1",
        number="F-1",
        delivered=True,
        updated_at=link.updated_at,
    )


async def test_a_field_of_a_deal_can_be_emptied(records: Records) -> None:
    await records.links.update_deal(DEAL, "stripe", invoice_id="in_1", number="F-1")
    await records.links.update_deal(DEAL, "stripe", invoice_id=None, number=None, revision=2)
    link = await records.links.deal(DEAL, "stripe")
    assert (link.revision, link.invoice_id, link.number) == (2, None, None)


async def test_deals_of_other_connections_are_other_deals(records: Records) -> None:
    await records.links.update_deal(DEAL, "stripe", number="F-1")
    assert (await records.links.deal(DEAL, "pennylane")).number is None
    other = DealRef(connection="pipedrive", id=DEAL.id)
    assert (await records.links.deal(other, "stripe")).number is None


async def test_a_customer_that_billing_deleted_is_replaced_only_by_name(records: Records) -> None:
    await records.links.link_customer("9f", "stripe", "cus_1", "77")
    with pytest.raises(LinkConflict):
        await records.links.link_customer("9f", "stripe", "cus_2", "77", replacing="cus_0")
    await records.links.link_customer("9f", "stripe", "cus_2", "77", replacing="cus_1")
    assert await records.links.customer("9f", "stripe") == "cus_2"


async def test_a_deposit_stays_known_when_the_link_goes_on_to_the_balance(records: Records) -> None:
    await records.links.update_deal(
        DEAL, "stripe", invoice_id="in_1", number="F-1", deposit_id="in_1", deposit_number="F-1"
    )
    (only,) = await records.links.without_document("stripe", most=10)
    assert (only.invoice_id, only.number) == ("in_1", "F-1")
    await records.links.update_deal(DEAL, "stripe", invoice_id="in_2", number=None)
    assert await records.links.invoiced_deals("hubspot") == {"123"}
    assert await records.links.deal_of_invoice("in_1", "stripe") == DEAL
    assert await records.links.deal_of_invoice("in_2", "stripe") == DEAL
    await records.links.update_deal(DEAL, "stripe", number="F-2")
    found = await records.links.without_document("stripe", most=10)
    assert {(each.invoice_id, each.number) for each in found} == {("in_1", "F-1"), ("in_2", "F-2")}
