"""A deal with more text than a flow can carry: cut at the connector's edge, and invoiced once."""

import pytest

from tests.front_door.judge import by_a_person, invoice_is_right, one_delivery, one_write_to_the_deal
from tests.front_door.stack import Lane

LONG, LINES = 60_000, 50
"""Just below what HubSpot keeps in one property (65,536), in as many lines as make 6 MB."""
LONGEST_LINE = 500
"""Of an invoice line's description at the billing system."""
MOST_READS = 8


@pytest.mark.timeout(240)
async def test_a_deal_of_six_megabytes_is_read_a_few_times_and_becomes_one_invoice(lane: Lane) -> None:
    account = lane.account
    line = {"quantity": "1", "price": "10.00", "vat_rate": "20", "description": "d" * LONG}
    deal = await account.deal(lines=[line | {"name": f"{number} " + "n" * LONG} for number in range(LINES)])
    await account.win(deal)
    assert (await lane.outcome(deal, within=120))["ending"] == "invoiced"
    invoice = await invoice_is_right(account, deal, gross=LINES * 1200)
    await one_delivery(account, invoice)
    await one_write_to_the_deal(account, deal)
    texts = [each["description"] for each in await account.stripe(f"/v1/invoices/{invoice['id']}/lines")]
    assert len(texts) == LINES
    assert max(len(text) for text in texts) <= LONGEST_LINE
    assert all("…" in text for text in texts), texts[0]
    reads = [
        r
        for r in await account.requests(vendor="hubspot")
        if r["method"] == "GET" and r["path"].endswith(f"/deals/{deal}") and not by_a_person(r)
    ]
    assert 2 <= len(reads) <= MOST_READS
