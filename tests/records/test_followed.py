from raccord.records.records import Records


async def test_a_record_leads_to_every_flow_that_follows_it(records: Records) -> None:
    await records.followed.follow("deal-won/hubspot/1", ["hubspot/line item/7", "hubspot/company/3"])
    await records.followed.follow("deal-won/hubspot/2", ["hubspot/company/3", "hubspot/company/3"])
    assert await records.followed.flows_of(["hubspot/company/3"]) == {
        "deal-won/hubspot/1": "hubspot/company/3",
        "deal-won/hubspot/2": "hubspot/company/3",
    }
    assert await records.followed.flows_of(["hubspot/line item/7"]) == {
        "deal-won/hubspot/1": "hubspot/line item/7"
    }
    assert await records.followed.flows_of(["hubspot/line item/8"]) == {}


async def test_following_again_forgets_what_the_deal_no_longer_has(records: Records) -> None:
    await records.followed.follow("deal-won/hubspot/1", ["hubspot/line item/7"])
    await records.followed.follow("deal-won/hubspot/1", ["hubspot/line item/8"])
    assert await records.followed.flows_of(["hubspot/line item/7"]) == {}
    assert await records.followed.flows_of(["hubspot/line item/8"]) == {
        "deal-won/hubspot/1": "hubspot/line item/8"
    }


async def test_any_number_of_records_are_looked_up_at_once(records: Records) -> None:
    await records.followed.follow("deal-won/hubspot/1", ["hubspot/line item/2999"])
    found = await records.followed.flows_of([f"hubspot/line item/{n}" for n in range(3_000)])
    assert found == {"deal-won/hubspot/1": "hubspot/line item/2999"}
