import pytest
from sqlalchemy import Connection

from raccord.domain.values.deal import DealRef
from raccord.records.links import DealLink, LinkConflict
from raccord.records.records import Records
from raccord.records.work import Work, together
from tests.records.rows import tampering

DEAL = DealRef(connection="hubspot", id="1")


async def test_work_begins_when_it_is_awaited(records: Records) -> None:
    claim = records.claims.claim("k", "run")
    assert await records.claims.holder("k") is None
    assert await claim
    assert await records.claims.holder("k") == "run"


async def test_reads_that_are_joined_see_one_state(records: Records, url: str) -> None:
    """Somebody changes the database between the first read and the second."""

    def change(_: Connection) -> None:
        with tampering(url) as other:
            other.execute("UPDATE claims SET owner = 'later'")

    await records.claims.claim("k", "run")
    first = records.claims.holder("k")
    between = Work(first.run, change, writes=False)
    before, _, after = await together(first, between, records.claims.holder("k"))
    assert (before, after) == ("run", "run")
    assert await records.claims.holder("k") == "later"


async def test_joined_work_gives_its_results_in_order(records: Records) -> None:
    await records.claims.claim("k", "run")
    link, (one, other) = await together(
        records.links.deal(DEAL, "stripe"), together(records.claims.holder("k"), records.claims.holder("l"))
    )
    assert (link, one, other) == (DealLink(), "run", None)


async def test_joined_writes_are_all_done_or_none(records: Records) -> None:
    await records.links.link_customer("9f", "stripe", "cus_1", "hubspot:1")
    refused = records.links.link_customer("9f", "stripe", "cus_2", "hubspot:1")
    with pytest.raises(LinkConflict):
        await together(records.claims.claim("k", "run"), refused)
    assert await records.claims.holder("k") is None
    assert await together(records.claims.claim("k", "run"), records.claims.holder("k")) == (True, "run")


async def test_joined_notes_follow_one_another_in_the_chain(records: Records) -> None:
    note = records.audit.note("deal_won.end", "hubspot:1", "raccord", "run-1", {})
    await together(note, note, records.links.update_deal(DEAL, "stripe", number="F-1"))
    found = await records.audit.verify()
    assert (found.ok, found.rows) == (True, 2)
