"""Products on deals, discounts and instalments (pipedrive.md 1)."""

from typing import Any

import pytest

from tests.sandbox.pipedrive.bench import DEAL, Pipedrive


async def lines(pipedrive: Pipedrive, deal: int = DEAL) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await pipedrive.data("GET", f"/v2/deals/{deal}/products?limit=500")
    return found


async def bare(pipedrive: Pipedrive) -> int:
    """A deal without products."""
    return await pipedrive.person.create("deal", title="Nu", value=500)


async def test_the_seeded_lines_have_prices_discounts_and_taxes(pipedrive: Pipedrive) -> None:
    first, second, _ = await lines(pipedrive)
    assert (first["name"], first["item_price"], first["quantity"]) == ("Site vitrine 5 pages", 2400, 1)
    assert (first["tax"], first["tax_method"], first["sum"]) == (20, "exclusive", 2880)
    assert (second["discount"], second["discount_type"], second["sum"]) == (10, "percentage", 1404)


async def test_a_deal_without_products_has_its_value_alone(pipedrive: Pipedrive) -> None:
    deal = await bare(pipedrive)
    assert (await lines(pipedrive, deal), (await pipedrive.deal(deal))["value"]) == ([], 500)


async def test_a_deals_value_follows_its_lines(pipedrive: Pipedrive) -> None:
    deal = await bare(pipedrive)
    line = await pipedrive.person.add_line(deal, "Audit", 100, 3, tax=20)
    assert (await pipedrive.deal(deal))["value"] == 360
    await pipedrive.person.edit_line(deal, line, quantity=1)
    assert (await pipedrive.deal(deal))["value"] == 120
    await pipedrive.person.add_line(deal, "Suivi", 10)
    await pipedrive.person.remove_line(deal, line)
    assert ((await pipedrive.deal(deal))["value"], len(await lines(pipedrive, deal))) == (10, 1)


async def test_or_it_stays_as_somebody_typed_it(pipedrive: Pipedrive) -> None:
    await pipedrive.settings(lines_move_value=False)
    deal = await bare(pipedrive)
    await pipedrive.person.add_line(deal, "Audit", 100)
    assert (await pipedrive.deal(deal))["value"] == 500


async def test_a_deals_discount_stands_apart_from_its_lines(pipedrive: Pipedrive) -> None:
    deal = await bare(pipedrive)
    await pipedrive.person.add_line(deal, "Audit", 100)
    discount = await pipedrive.person.discount(deal, 10, words="10%")
    await pipedrive.person.discount(deal, 5, kind="amount")
    found = await pipedrive.data("GET", f"/v2/deals/{deal}/discounts")
    assert [(each["type"], each["amount"]) for each in found] == [("percentage", 10), ("amount", 5)]
    assert (found[0]["id"], found[0]["description"]) == (discount, "10%")
    assert ((await lines(pipedrive, deal))[0]["sum"], (await pipedrive.deal(deal))["value"]) == (100, 85)


async def test_a_line_that_is_switched_off_is_listed_and_does_not_count(pipedrive: Pipedrive) -> None:
    deal = await bare(pipedrive)
    await pipedrive.person.add_line(deal, "Audit", 100)
    await pipedrive.person.add_line(deal, "Option", 50, is_enabled=False)
    assert [each["is_enabled"] for each in await lines(pipedrive, deal)] == [True, False]
    assert (await pipedrive.deal(deal))["value"] == 100


@pytest.mark.parametrize(
    ("method", "with_tax", "total"),
    [("exclusive", True, 120), ("exclusive", False, 100), ("inclusive", True, 100), ("none", True, 100)],
)
async def test_tax_is_on_top_in_the_price_or_not_at_all(
    pipedrive: Pipedrive, method: str, with_tax: bool, total: int
) -> None:
    await pipedrive.settings(sum_with_tax=with_tax)
    deal = await bare(pipedrive)
    await pipedrive.person.add_line(deal, "Audit", 100, tax=20, tax_method=method)
    [line] = await lines(pipedrive, deal)
    assert (line["sum"], line["tax_method"], line["tax"]) == (total, method, 20)


async def test_the_tax_method_of_one_line_is_that_of_all(pipedrive: Pipedrive) -> None:
    deal = await bare(pipedrive)
    await pipedrive.person.add_line(deal, "Un", 100, tax=20, tax_method="inclusive")
    await pipedrive.person.add_line(deal, "Deux", 100, tax=20, tax_method="none")
    assert {each["tax_method"] for each in await lines(pipedrive, deal)} == {"none"}


@pytest.mark.parametrize(("per_unit", "total"), [(False, 290), (True, 270)])
async def test_a_discount_of_an_amount_is_the_lines_or_each_units(
    pipedrive: Pipedrive, per_unit: bool, total: int
) -> None:
    await pipedrive.settings(discount_per_unit=per_unit)
    deal = await bare(pipedrive)
    await pipedrive.person.add_line(deal, "Audit", 100, 3, discount=10, discount_type="amount")
    assert (await lines(pipedrive, deal))[0]["sum"] == total


@pytest.mark.parametrize(
    "wrong",
    [
        {"item_price": "100"},
        {"item_price": None},
        {"quantity": -1},
        {"product_id": 9999},
        {"tax_method": "both"},
        {"billing_frequency": "weekly"},
        {"billing_frequency": "monthly", "billing_frequency_cycles": 209},
        {"billing_frequency_cycles": 3},
        {"name": "Autre"},
    ],
)
async def test_a_line_that_cannot_be_is_refused(pipedrive: Pipedrive, wrong: dict[str, Any]) -> None:
    body = {"product_id": 1, "item_price": 1, "quantity": 1} | wrong
    body = {name: value for name, value in body.items() if value is not None}
    assert (await pipedrive.refused("POST", f"/v2/deals/{DEAL}/products", json=body))[0] == 400
    assert len(await lines(pipedrive)) == 3


async def test_a_line_recurs_and_then_there_are_no_installments(pipedrive: Pipedrive) -> None:
    deal = await bare(pipedrive)
    more: dict[str, Any] = {
        "billing_frequency": "monthly",
        "billing_frequency_cycles": 12,
        "billing_start_date": "2026-12-01",
    }
    await pipedrive.person.add_line(deal, "Abonnement", 30, **more)
    [line] = await lines(pipedrive, deal)
    assert {name: line[name] for name in more} == more
    body = {"amount": 10, "billing_date": "2026-12-01"}
    with pytest.raises(Exception, match="installments"):
        await pipedrive.person.call("POST", f"/console/deals/{deal}/installments", json=body)


async def test_installments_and_lines_of_many_deals_come_in_one_call(pipedrive: Pipedrive) -> None:
    body = {"amount": 10, "billing_date": "2026-12-01", "description": "Acompte"}
    await pipedrive.person.call("POST", "/console/deals/2/installments", json=body)
    [row] = await pipedrive.data("GET", "/v2/deals/installments?deal_ids=1,2")
    assert (row["deal_id"], row["amount"], row["billing_date"]) == (2, 10, "2026-12-01")
    found = await pipedrive.data("GET", "/v2/deals/products?deal_ids=1,2&limit=500")
    assert {each["deal_id"] for each in found} == {1, 2}
    many = ",".join(map(str, range(101)))
    for name in ("products", "installments"):
        assert (await pipedrive.refused("GET", f"/v2/deals/{name}?deal_ids={many}"))[0] == 400
        assert (await pipedrive.refused("GET", f"/v2/deals/{name}"))[0] == 400


async def test_products_are_listed_and_read(pipedrive: Pipedrive) -> None:
    found = await pipedrive.data("GET", "/v2/products?ids=1,2")
    one = await pipedrive.data("GET", "/v2/products/1")
    assert (found[0], one["name"], one["prices"][0]["price"]) == (one, "Site vitrine 5 pages", 2400)
