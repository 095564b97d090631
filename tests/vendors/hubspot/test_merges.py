"""Merged records: HubSpot answers for an old id with the survivor, which may not say whom it took in."""

import pytest

from raccord.connectors.crm import Crm
from tests.vendors.hubspot.account import DEAL, ROOT, Account, batch, link, links
from tests.vendors.hubspot.stub import Asked, Reply


def company(record_id: str) -> str:
    return f"{ROOT}/v3/objects/companies/{record_id}"


def contact(record_id: str) -> str:
    return f"{ROOT}/v3/objects/contacts/{record_id}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, ()),
        ("", ()),
        ("41", ("41",)),
        ("41;40", ("41", "40")),
        (" 41 ; ;40;41;", ("41", "40")),
        ("42;41;7x;../1;٤٢;" + "9" * 21, ("41",)),
    ],
)
async def test_a_survivor_names_whom_it_took_in(
    crm: Crm, account: Account, text: str | None, expected: tuple[str, ...]
) -> None:
    account.deal["hs_merged_object_ids"] = text
    account.records["companies"]["7"]["hs_merged_object_ids"] = text
    deal = await crm.read_deal("42")
    assert (deal.merged, deal.unreadable) == (expected, ())
    assert set(deal.companies[0].merged) - {"42"} == set(expected)
    assert "hs_merged_object_ids" in account.stub.last(f"GET {DEAL}").all("properties")
    assert "hs_merged_object_ids" in account.stub.last("POST " + batch("companies")).json["properties"]


async def test_of_a_merged_deal_the_survivor_is_returned_and_names_it(crm: Crm, account: Account) -> None:
    account.stub.on(f"GET {ROOT}/v3/objects/deals/41", lambda _: Reply(account.as_deal("42")))
    assert "hs_merged_object_ids" not in account.deal
    deal = await crm.read_deal("41")
    assert (deal.ref.id, deal.merged) == ("42", ("41",))
    account.deal["hs_merged_object_ids"] = "40;41"
    deal = await crm.read_deal("41")
    assert (deal.ref.id, deal.merged) == ("42", ("40", "41"))


async def test_a_company_that_a_batch_answers_for_under_another_id_is_the_one_asked_for(
    crm: Crm, account: Account
) -> None:
    account.stub.on(
        "POST " + batch("companies"), Reply({"results": [{"id": "77", "properties": {"name": "Fusion"}}]})
    )
    deal = await crm.read_deal("42")
    assert ([c.id for c in deal.companies], deal.unreadable) == (["77"], ())
    assert deal.companies[0].merged == ("7",)
    assert account.stub.count("GET " + company("7")) == 0


async def test_a_company_that_a_batch_leaves_out_is_looked_for_by_itself(crm: Crm, account: Account) -> None:
    del account.records["companies"]["7"]
    account.stub.on("GET " + company("7"), Reply({"id": "77", "properties": {"name": "Fusion"}}))
    deal = await crm.read_deal("42")
    assert ([(c.id, c.merged) for c in deal.companies], deal.unreadable) == ([("77", ("7",))], ())
    assert "siren" in account.stub.last("GET " + company("7")).all("properties")


async def test_two_companies_merged_into_one_are_one(crm: Crm, account: Account) -> None:
    both = {"results": [link("7", 341), link("8", 341)]}
    account.stub.on("GET " + links("deals", "42", "companies"), Reply(both))
    survivor = {"id": "77", "properties": {"name": "Fusion"}}
    account.stub.on("POST " + batch("companies"), Reply({"results": [survivor]}))
    for old in ("7", "8"):
        account.stub.on(f"GET {company(old)}", Reply(survivor))
    deal = await crm.read_deal("42")
    assert [(c.id, c.merged) for c in deal.companies] == [("77", ("7", "8"))]
    assert deal.unreadable == ()


async def test_a_company_that_is_gone_beside_one_that_was_merged_is_named(crm: Crm, account: Account) -> None:
    both = {"results": [link("7", 341), link("8", 341)]}
    account.stub.on("GET " + links("deals", "42", "companies"), Reply(both))
    survivor = {"id": "77", "properties": {"name": "Fusion"}}
    account.stub.on("POST " + batch("companies"), Reply({"results": [survivor]}))
    account.stub.on("GET " + company("7"), Reply(survivor))
    deal = await crm.read_deal("42")
    assert [(c.id, c.merged) for c in deal.companies] == [("77", ("7",))]
    assert [(u.record, u.field) for u in deal.unreadable] == [("company 8", "id")]


@pytest.mark.parametrize("named", [None, "7"])
async def test_a_company_read_under_its_old_id_names_it(
    crm: Crm, account: Account, named: str | None
) -> None:
    properties = {"name": "Fusion", "hs_merged_object_ids": named}
    account.stub.on("GET " + company("7"), Reply({"id": "77", "properties": properties}))
    found = await crm.read_company("7")
    assert found
    assert (found.id, found.merged) == ("77", ("7",))


@pytest.mark.parametrize("by_batch", [True, False])
async def test_a_merged_contact_is_the_survivor_and_keeps_the_billing_label(
    crm: Crm, account: Account, by_batch: bool
) -> None:
    survivor = {"id": "55", "properties": {"email": "compta@example.fr"}}
    account.associations["contacts"] = {"results": [{"id": "6", "type": "deal_to_contact"}]}

    def read(asked: Asked) -> Reply:
        return Reply({"results": [survivor] if by_batch else []})

    account.stub.on("POST " + batch("contacts"), read)
    account.stub.on("GET " + contact("6"), Reply(survivor))
    deal = await crm.read_deal("42")
    assert [(c.id, c.email, c.billing) for c in deal.contacts] == [("55", "compta@example.fr", True)]
    assert deal.unreadable == ()


async def test_a_line_that_is_gone_is_not_looked_for_again(crm: Crm, account: Account) -> None:
    del account.records["line_items"]["90"]
    await crm.read_deal("42")
    assert account.stub.count(f"GET {ROOT}/v3/objects/line_items/90") == 0
