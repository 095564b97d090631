from collections import Counter

from raccord.records.ignored import MOST_REASONS, OTHER
from raccord.records.records import Records


async def counts(records: Records) -> dict[tuple[str, str], int]:
    return {(each.source, each.reason): each.count for each in await records.ignored.list()}


async def test_what_is_ignored_adds_up_by_connection_and_reason(records: Records) -> None:
    await records.ignored.add({("hubspot", "ticket.creation"): 2, ("slack", "ticket.creation"): 1})
    await records.ignored.add({("hubspot", "ticket.creation"): 5, ("hubspot", "other-account"): 1})
    assert await counts(records) == {
        ("hubspot", "ticket.creation"): 7,
        ("slack", "ticket.creation"): 1,
        ("hubspot", "other-account"): 1,
    }
    assert (await records.ignored.list())[0].reason == "ticket.creation"


async def test_reasons_without_end_are_counted_together(records: Records) -> None:
    await records.ignored.add(Counter(("hubspot", f"novelty.{n}") for n in range(MOST_REASONS + 50)))
    await records.ignored.add({("hubspot", "novelty.0"): 1, ("hubspot", "another"): 1})
    found = await counts(records)
    assert len(found) == MOST_REASONS + 1
    assert (found["hubspot", OTHER], found["hubspot", "novelty.0"]) == (51, 2)
