from raccord.records.records import Records

FLOW, OTHER_FLOW = "deal-won/hubspot/1", "deal-won/hubspot/2"
ACME, OTHER = "hubspot:12", "hubspot:13"


async def test_the_last_answer_on_a_topic_counts(records: Records) -> None:
    await records.answers.give(ACME, "billing_contact", "3", FLOW)
    await records.answers.give(ACME, "so/ab12", "yes", FLOW)
    await records.answers.give(ACME, "billing_contact", "4", FLOW)
    await records.answers.give(OTHER, "billing_contact", "9", OTHER_FLOW)
    assert await records.answers.of([ACME]) == {"billing_contact": "4", "so/ab12": "yes"}


async def test_a_company_that_was_merged_keeps_what_was_said_of_the_others(records: Records) -> None:
    await records.answers.give("hubspot:11", "billing_contact", "3", FLOW)
    await records.answers.give(ACME, "billing_contact", "4", FLOW)
    await records.answers.give("hubspot:11", "so/ab12", "yes", FLOW)
    assert await records.answers.of([ACME, "hubspot:11"]) == {"billing_contact": "4", "so/ab12": "yes"}
    assert await records.answers.of(["hubspot:99"]) == {}
    assert await records.answers.of([]) == {}


async def test_what_one_deal_s_flow_was_told_is_forgotten_with_it(records: Records) -> None:
    await records.answers.give(ACME, "billing_contact", "3", FLOW)
    await records.answers.give(ACME, "so/ab12", "yes", OTHER_FLOW)
    assert await records.answers.withdraw(FLOW) == 1
    assert await records.answers.of([ACME]) == {"so/ab12": "yes"}
