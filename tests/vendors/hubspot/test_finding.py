"""Finding the deal of an invoice by its number, or among those of a company."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from raccord.connectors.crm import Crm
from raccord.connectors.errors import Forbidden, Transient
from raccord.vendors.hubspot import finding
from tests.vendors.hubspot.account import ACCOUNT, ROOT, batch, links
from tests.vendors.hubspot.conftest import Connect
from tests.vendors.hubspot.stub import Asked, Reply, Stub

SEARCH = f"{ROOT}/v3/objects/deals/search"


def numbered(stub: Stub, **deals: str | None) -> None:
    found = [{"id": id[1:], "properties": {"billing_invoice_number": text}} for id, text in deals.items()]
    stub.on(f"POST {SEARCH}", Reply({"total": len(found), "results": found}))


async def test_a_deal_is_found_by_the_number_that_it_shows(crm: Crm, stub: Stub) -> None:
    numbered(stub, d7="F-1", d8=" F-1 ")
    assert await crm.deals_showing("F-1") == ("7", "8")
    (asked,) = stub.seen
    wanted = {"propertyName": "billing_invoice_number", "operator": "EQ", "value": "F-1"}
    assert asked.json["filterGroups"] == [{"filters": [wanted]}]
    assert asked.json["limit"] <= 200


async def test_a_number_that_only_looks_alike_is_another(crm: Crm, stub: Stub) -> None:
    numbered(stub, d7="f-1", d8="F-10", d9=None, d10="F-1")
    assert await crm.deals_showing("F-1") == ("10",)


async def test_without_a_number_or_a_property_for_it_nothing_is_asked(connect: Connect, stub: Stub) -> None:
    assert await connect().deals_showing(" ") == ()
    assert await connect(mapping={"invoice": {"number": ""}}).deals_showing("F-1") == ()
    assert stub.seen == []


async def test_a_search_that_fails_is_not_taken_for_nothing_found(crm: Crm, stub: Stub) -> None:
    stub.on(f"POST {SEARCH}", Reply({"status": "error"}, 502))
    with pytest.raises(Transient):
        await crm.deals_showing("F-1")


class Company:
    """A company with deals, in the shapes of HubSpot's documentation."""

    def __init__(self, stub: Stub, *, kind: str = "companies") -> None:
        self.stub = stub
        self.deals: dict[str, dict[str, str | None]] = {}
        self.reads: list[int] = []
        stub.on("GET " + links(kind, "9", "deals"), self._links)
        stub.on("POST " + batch("deals"), self._read)

    def deal(self, id: str, **properties: str | None) -> None:
        self.deals[id] = {"dealname": f"deal {id}", "deal_currency_code": "EUR", **properties}

    def _links(self, _: Asked) -> Reply:
        found = [{"toObjectId": int(i), "associationTypes": []} for i in self.deals]
        return Reply({"results": found})

    def _read(self, asked: Asked) -> Reply:
        ids = [given["id"] for given in asked.json["inputs"]]
        self.reads.append(len(ids))
        results = [{"id": i, "properties": self.deals[i]} for i in ids]
        return Reply({"status": "COMPLETE", "results": results})


@pytest.fixture
def company(stub: Stub) -> Company:
    return Company(stub)


def won(day: str, **more: str) -> dict[str, Any]:
    return {"hs_is_closed": "true", "hs_is_closed_won": "true", "closedate": f"{day}T23:30:00Z", **more}


async def test_a_deal_is_listed_with_what_tells_it_apart(crm: Crm, company: Company) -> None:
    company.deal("7", **won("2026-10-31", amount="1200.00", billing_invoice_number="F-1"))
    (found,) = await crm.deals_of_company("9")
    assert (found.ref.connection, found.ref.id, found.name) == ("hubspot", "7", "deal 7")
    assert found.url == "https://app.hubspot.com/contacts/144000001/record/0-3/7"
    assert (found.won, found.won_on) == (True, date(2026, 11, 1)), "midnight in Paris has passed"
    assert (found.amount, found.currency, found.invoice_number) == (Decimal(1200), "EUR", "F-1")


async def test_what_closed_last_comes_first_and_what_is_open_last(crm: Crm, company: Company) -> None:
    lost = {"hs_is_closed": "true", "hs_is_closed_won": "false", "closedate": "2026-10-02T08:00:00Z"}
    company.deal("1", **won("2026-10-01"))
    company.deal("2", hs_is_closed="false", closedate="2027-05-01T08:00:00Z")
    company.deal("3", **lost)
    company.deal("4", **won("2026-10-03"))
    company.deal("5", **won("soon"))
    company.deal("12", **won("2026-10-01"))
    found = await crm.deals_of_company("9")
    assert [deal.ref.id for deal in found] == ["4", "3", "12", "1", "5", "2"]
    assert [deal.won for deal in found] == [True, False, True, True, True, False]
    assert (found[4].won_on, found[1].won_on, found[5].won_on) == (None, None, None)


async def test_what_cannot_be_read_is_left_open(crm: Crm, company: Company, stub: Stub) -> None:
    stub.on(f"GET {ACCOUNT}", Reply({"portalId": 1, "companyCurrency": "chf"}))
    company.deal("7", amount="1,200", dealname=None, deal_currency_code="usd")
    company.deal("6", amount=None, deal_currency_code=None)
    usd, chf = await crm.deals_of_company("9")
    assert (usd.amount, usd.name, usd.currency, usd.invoice_number) == (None, "", "USD", "")
    assert chf.currency == "CHF"
    assert stub.count(f"GET {ACCOUNT}") == 1


async def test_a_hundred_are_listed_of_the_newest_that_are_read(
    crm: Crm, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MOST_READ", 250)
    for number in range(1, 402):
        company.deal(str(number), **won("2026-10-01" if number != 200 else "2026-10-09"))
    found = [deal.ref.id for deal in await crm.deals_of_company("9")]
    assert found == ["200", *(str(number) for number in range(401, 302, -1))]
    assert sorted(company.reads) == [50, 100, 100]


async def test_the_deals_of_a_customer_who_is_a_contact_are_the_contacts(crm: Crm, stub: Stub) -> None:
    company = Company(stub, kind="contacts")
    company.deal("7")
    assert [deal.ref.id for deal in await crm.deals_of_company("contact-9")] == ["7"]


async def test_a_company_that_is_gone_or_has_none_lists_nothing(
    crm: Crm, company: Company, stub: Stub
) -> None:
    assert await crm.deals_of_company("9") == ()
    assert await crm.deals_of_company("10") == ()
    assert company.reads == []
    refused = Reply({"status": "error", "category": "MISSING_SCOPES"}, 403)
    stub.on("GET " + links("companies", "9", "deals"), refused)
    with pytest.raises(Forbidden):
        await crm.deals_of_company("9")
