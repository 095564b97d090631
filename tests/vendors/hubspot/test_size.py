"""A deal is read with few requests, and however much text it holds, a flow can carry it."""

import json

import pytest

from raccord.connectors.crm import Crm
from raccord.connectors.errors import Permanent
from raccord.vendors.hubspot.whole import LARGEST
from tests.vendors.hubspot.account import OWNER, ROOT, Account, batch, link, links
from tests.vendors.hubspot.stub import Reply

TEMPORAL_TAKES = 2 * 1024 * 1024
HUBSPOT_HOLDS = 60_000


def lines(account: Account, count: int, **texts: str) -> None:
    ids = [str(i) for i in range(1000, 1000 + count)]
    account.associations["line items"] = {"results": [{"id": i, "type": "a"} for i in ids]}
    account.records["line_items"] = {
        i: {"quantity": "1", "price": "10", "name": f"Ligne {i}"} | texts for i in ids
    }


@pytest.mark.parametrize("character", ["x", "é", "👩\u200d💻", "\x01", '"'])
@pytest.mark.parametrize("count", [1, 50, 250, 1000])
async def test_a_deal_always_fits(crm: Crm, account: Account, count: int, character: str) -> None:
    text = character * (HUBSPOT_HOLDS // len(json.dumps(character)))
    if count == 1000:
        text = text[: 600 * len(character)]
    name = text[: 2000 * len(character)]
    lines(account, count, description=text, name=name)
    account.deal["dealname"] = text
    deal = await crm.read_deal("42")
    assert len(deal.model_dump_json().encode()) <= LARGEST < TEMPORAL_TAKES
    assert len(deal.lines) == count
    for line in deal.lines:
        for kept, given in ((line.description, text), (line.name, name)):
            assert kept == given or kept.endswith("…")
            whole = kept.removesuffix("…")
            assert given.startswith(whole)
            assert len(whole) % len(character) == 0


async def test_what_a_billing_system_can_take_is_kept_whole(crm: Crm, account: Account) -> None:
    lines(account, 50, description="d" * 5_000, name="n" * 500)
    deal = await crm.read_deal("42")
    assert {(len(line.description), len(line.name)) for line in deal.lines} == {(5_000, 500)}


async def test_a_value_that_cannot_be_read_is_quoted_in_part(crm: Crm, account: Account) -> None:
    account.deal["amount"] = "douze " * 10_000
    (note,) = (await crm.read_deal("42")).unreadable
    assert note.value.startswith("douze douze")
    assert len(note.value) == 200


async def test_what_cannot_be_made_to_fit_is_a_question(
    crm: Crm, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("raccord.vendors.hubspot.whole.LARGEST", 10_000)
    lines(account, 250)
    with pytest.raises(Permanent, match="more text than one invoice") as caught:
        await crm.read_deal("42")
    assert caught.value.code == "too_large"


async def test_an_ordinary_deal_takes_six_requests_and_five_the_next_time(crm: Crm, account: Account) -> None:
    account.associations["companies"] = {"results": [{"id": "7", "type": "deal_to_company"}]}
    account.stub.on("GET " + links("companies", "7", "contacts"), Reply({"results": [link("5", 280)]}))
    await crm.read_deal("42")
    assert len(account.stub.seen) == 6
    await crm.read_deal("42")
    assert len(account.stub.seen) == 11
    assert account.stub.count(f"GET {OWNER}") == 1


async def test_nobody_reads_all_contacts_of_a_large_company(crm: Crm, account: Account) -> None:
    ids = [str(i) for i in range(2000, 2300)]
    account.associations["contacts"] = {"results": [{"id": i, "type": "a"} for i in reversed(ids)]}
    account.records["contacts"] |= {i: {"email": f"{i}@example.fr"} for i in ids}
    deal = await crm.read_deal("42")
    assert [c.id for c in deal.contacts] == ["6", *ids[:100]]
    assert account.stub.count("POST " + batch("contacts")) == 2
    assert account.stub.count(f"GET {ROOT}/v3/objects/contacts/2299") == 0
