"""The seeded account: clean where it says nothing, dirty exactly where it says so."""

from decimal import Decimal
from typing import Any

import pytest
from stdnum.eu import vat
from stdnum.fr import siren, siret

from sandbox.core.delivery import Delivery
from sandbox.data import rows
from sandbox.hubspot import account as standing
from sandbox.hubspot.vendor import HubSpotVendor


@pytest.fixture(scope="module")
def account() -> dict[str, Any]:
    return HubSpotVendor(delivery=Delivery()).state()


def slug(deal: dict[str, Any]) -> str:
    return str(deal["properties"]["dealname"].partition(" · ")[0])


def company_of(wanted: str) -> dict[str, str]:
    deal = next(deal for deal in rows("deals") if slug(deal) == wanted)
    return next(c["properties"] for c in rows("companies") if c["id"] == deal["companies"][0]["id"])


def outside_union(company: dict[str, Any]) -> bool:
    return company["properties"].get("country") in ("United States", "Japan", "Suisse")


def test_every_number_of_a_company_is_valid_except_where_it_should_not_be() -> None:
    wrong = {
        company["properties"]["name"]
        for company in rows("companies")
        if not all(
            check.is_valid(company["properties"][name])
            for name, check in (("siren", siren), ("siret", siret), ("vat_number", vat))
            if name in company["properties"] and not (check is vat and outside_union(company))
        )
    }
    assert wrong == {company_of("invalid-siret")["name"]}


def test_la_poste_needs_its_own_checksum() -> None:
    number = company_of("la-poste")["siret"]
    luhn = sum(sum(divmod(int(digit) * (1 + place % 2), 10)) for place, digit in enumerate(reversed(number)))
    assert luhn % 10 != 0
    assert sum(map(int, number)) % 5 == 0


def test_all_deals_are_open_and_their_amounts_are_their_lines(account: dict[str, Any]) -> None:
    lines = {line["id"]: line["properties"] for line in account["line_items"]}
    differing = set()
    for deal in account["deals"]:
        assert deal["properties"]["hs_is_closed"] == "false"
        amounts = [lines[line].get("amount") or "0" for line in deal["associations"].get("line_items", {})]
        if sum(map(Decimal, amounts)) != Decimal(deal["properties"]["amount"]):
            differing.add(slug(deal))
    assert differing == {"amount-mismatch", "no-lines", "empty-quantity", "price-text"}


def test_the_first_deal_is_the_ordinary_one(account: dict[str, Any]) -> None:
    deal = account["deals"][0]
    lines = [line for line in account["line_items"] if line["id"] in deal["associations"]["line_items"]]
    assert (slug(deal), len(lines)) == ("ordinary", 3)
    assert {line["properties"]["vat_rate"] for line in lines} == {"20", "5.5"}
    assert [line["properties"].get("hs_discount_percentage") for line in lines].count("10") == 1


def test_seeded_values_name_known_properties_only() -> None:
    schemas = standing.schemas(custom=True, payment=True)
    for kind in ("companies", "contacts", "deals"):
        for row in rows(kind):
            assert set(row["properties"]) <= set(schemas[kind].properties)
    for deal in rows("deals"):
        for line in deal["lines"]:
            assert set(line["properties"]) <= set(schemas["line_items"].properties)


def test_deal_names_are_unique() -> None:
    names = [slug(deal) for deal in rows("deals")]
    assert len(names) == len(set(names)) >= 44
