"""Which customer a company is, and whether billing prints of it what the CRM says: proven, or asked."""

import asyncio
from typing import Any

import pytest

from tests.domain.spoken import say_remedy
from tests.front_door.account import TWO_LINES_GROSS, siren, siret
from tests.front_door.desk import (
    EXPORTED,
    LOOK_AGAIN,
    billed_to,
    hand_written,
    issue_as_printed,
    known_to_billing,
    message_about,
    message_saying,
)
from tests.front_door.judge import invoice_is_right
from tests.front_door.stack import Lane, until


async def test_a_customer_is_chosen_by_a_button(desk: Lane) -> None:
    mail = "partage@groupe.example"
    theirs = await desk.account.stripe_post("/v1/customers", name="Groupe Autre", email=mail)
    its_siren = siren(48211990)
    deal = await desk.account.deal(await desk.account.company(billing_email=mail, siren=its_siren))
    await desk.account.win(deal)
    row = await desk.question(deal, cause="customer_choice")
    assert [o.id for o in row.question.options] == [theirs["id"], "new"]
    await desk.account.press(await message_about(desk, deal), "Groupe Autre")
    # What its invoice would lack has to be completed; that its name is another one may stay.
    assert await asked_of_buyer(desk, deal) == ["address", "siren", "name"]
    place = {"address[line1]": "9 rue du Port", "address[city]": "Nantes", "address[country]": "FR"}
    await desk.account.stripe_post(f"/v1/customers/{theirs['id']}", **place)
    await desk.account.stripe_post(f"/v1/customers/{theirs['id']}/tax_ids", type="fr_siren", value=its_siren)
    lacking = "ne porterait pas le SIREN"
    await desk.account.press(await message_saying(desk, deal, lacking), LOOK_AGAIN)
    await issue_as_printed(desk, deal)
    assert (await desk.outcome(deal))["ending"] == "invoiced"
    invoice = await invoice_is_right(desk.account, deal, gross=TWO_LINES_GROSS)
    assert invoice["customer"] == theirs["id"]


async def known_by_name(lane: Lane, name: str, number: str = "") -> dict[str, Any]:
    """Make a customer in Stripe's own pages, whose e-mail the CRM does not know."""
    form = {"name": name, "email": "compta@ailleurs.example", "address[country]": "FR"}
    form |= {"address[line1]": "9 rue du Port", "address[city]": "Nantes"}
    if number:
        form |= {"tax_id_data[0][type]": "fr_siren", "tax_id_data[0][value]": number}
    made: dict[str, Any] = await lane.account.stripe_post("/v1/customers", **form)

    async def searchable() -> bool:
        query = f"email:'{form['email']}'"
        found = await lane.account.stripe("/v1/customers/search", query=query)
        return made["id"] in {customer["id"] for customer in found}

    await until(searchable, what=f"{name} is in Stripe's search, which lags")
    return made


@pytest.mark.parametrize("name", ["Été & Fils", 'L\'Été \\ “Fils” "SA"'])
async def test_a_customer_of_another_email_is_found_by_name_and_proven_by_its_siren(
    desk: Lane, name: str
) -> None:
    number = siren(48212000 + len(name))
    theirs = await known_by_name(desk, name, number)
    by_hand = await hand_written(desk, theirs["id"], amount=109990)
    deal = await desk.account.deal(await desk.account.company(name=name, siren=number))
    await desk.account.win(deal)
    row = await desk.question(deal, cause="by_hand")
    assert [o.id for o in row.question.options] == [by_hand["id"]]
    await desk.account.press(await message_about(desk, deal), "C'est cette facture")
    assert (await desk.outcome(deal))["ending"] == "already_invoiced"


async def test_a_customer_of_the_same_name_alone_is_a_question(desk: Lane) -> None:
    theirs = await known_by_name(desk, "Homonyme SARL")
    deal = await desk.account.deal(await desk.account.company(name="homonyme  sarl"))
    await desk.account.win(deal)
    row = await desk.question(deal, cause="customer_choice")
    assert [o.id for o in row.question.options] == [theirs["id"], "new"]
    await desk.account.press(await message_about(desk, deal), "Créer un nouveau client")
    assert (await desk.outcome(deal))["ending"] == "invoiced"
    invoice = await invoice_is_right(desk.account, deal, gross=TWO_LINES_GROSS)
    assert invoice["customer"] != theirs["id"]


async def test_two_companies_with_one_siren_are_asked_about_once(desk: Lane) -> None:
    same = siren(55598765)
    one = await desk.account.deal(await desk.account.company(siren=same))
    await desk.account.win(one)
    await desk.outcome(one)
    other = await desk.account.company(siren=same)
    two = await desk.account.deal(other)
    await desk.account.win(two)
    await desk.question(two, cause="same_siren")
    await desk.account.press(await message_about(desk, two), "Même client")
    await issue_as_printed(desk, two)
    assert (await desk.outcome(two))["ending"] == "invoiced"
    customers = {(await desk.account.invoices(deal))[0]["customer"] for deal in (one, two)}
    assert len(customers) == 1
    three = await desk.account.deal(
        other, lines=[{"name": "C", "quantity": "1", "price": "7", "vat_rate": "20"}]
    )
    await desk.account.win(three)
    assert (await desk.outcome(three))["ending"] == "invoiced"


async def test_two_sites_of_one_siren_are_two_customers_and_asked_about_once(desk: Lane) -> None:
    same, mail = siren(55598777), "compta@chaine.example"
    chain = {"siren": same, "name": "Chaîne SAS", "billing_email": mail}
    head, site = [await desk.account.company(siret=siret(same, site=n), **chain) for n in (1, 2)]
    first = await desk.account.deal(head)
    await desk.account.win(first)
    theirs = await billed_to(desk, first)
    at_once = [await desk.account.deal(site) for _ in range(2)]
    await asyncio.gather(*(desk.account.win(deal) for deal in at_once))
    for deal in at_once:
        row = await desk.question(deal, cause="same_siren")
        assert [o.id for o in row.question.options] == ["same", "site"]
    questions = [await message_about(desk, deal) for deal in at_once]
    await asyncio.gather(*(desk.account.press(each, "Un autre établissement") for each in questions))
    (own,) = {await billed_to(desk, deal) for deal in at_once}
    later = [await desk.account.deal(company) for company in (site, head)]
    for deal in later:
        await desk.account.win(deal)
    assert [await billed_to(desk, deal) for deal in later] == [own, theirs]
    assert {c["id"] for c in await desk.account.stripe("/v1/customers", email=mail)} == {own, theirs}


async def test_a_company_without_a_siret_is_no_site_of_its_own(desk: Lane) -> None:
    same = siren(55598785)
    one = await desk.account.deal(await desk.account.company(siren=same))
    await desk.account.win(one)
    await desk.outcome(one)
    two = await desk.account.deal(await desk.account.company(siren=same, siret=siret(same, site=2)))
    await desk.account.win(two)
    row = await desk.question(two, cause="same_siren")
    assert [o.id for o in row.question.options] == ["same"]
    (problem,) = row.question.problems
    assert "donnez à chacun son SIRET" in say_remedy(problem, "fr")


async def test_a_merged_company_stays_one_customer(desk: Lane) -> None:
    abroad = {"country": "United States", "zip": "10001", "siren": ""}
    kept, gone = [await desk.account.company(**abroad) for _ in range(2)]
    first = await desk.account.deal(gone, lines=EXPORTED)
    await desk.account.win(first)
    await desk.outcome(first)
    (before,) = await desk.account.invoices(first)
    assert "Exportation." in before["footer"]
    left = await desk.account.merge("companies", kept, gone)
    second = await desk.account.deal(left, lines=[EXPORTED[0] | {"price": "9"}])
    await desk.account.win(second)
    await issue_as_printed(desk, second)
    assert (await desk.outcome(second))["ending"] == "invoiced"
    (after,) = await desk.account.invoices(second)
    assert after["customer"] == before["customer"]


async def test_a_customer_that_billing_exempts_is_named_with_its_tax_status(desk: Lane) -> None:
    deal, _ = await known_to_billing(desk, tax_exempt="reverse")
    row = await desk.question(deal, cause="totals")
    (draft,) = await desk.account.invoices(deal)
    (problem,) = row.question.problems
    assert draft["customer_name"] in say_remedy(problem, "en")
    assert "tax status" in say_remedy(problem, "en")
    assert "statut fiscal" in say_remedy(problem, "fr")
    await desk.account.stripe_post(f"/v1/customers/{draft['customer']}", tax_exempt="none")
    await desk.account.press(await message_about(desk, deal), LOOK_AGAIN)
    assert (await desk.outcome(deal))["ending"] == "invoiced"
    await invoice_is_right(desk.account, deal, gross=TWO_LINES_GROSS)


async def asked_of_buyer(lane: Lane, deal: str) -> list[str]:
    row = await lane.question(deal, cause="buyer")
    return [p.field for p in row.question.problems]


async def test_a_customer_without_an_address_is_completed_before_it_is_invoiced(desk: Lane) -> None:
    deal, complete = await known_to_billing(desk, address="")
    assert await asked_of_buyer(desk, deal) == ["address"]
    assert (await desk.question(deal)).question.options == ()
    (draft,) = await desk.account.invoices(deal)
    assert draft["status"] == "draft"
    await desk.account.stripe_post(f"/v1/customers/{draft['customer']}", **complete)
    await desk.account.press(await message_saying(desk, deal, "l'adresse du client"), LOOK_AGAIN)
    assert (await desk.outcome(deal))["ending"] == "invoiced"
    invoice = await invoice_is_right(desk.account, deal, gross=TWO_LINES_GROSS)
    assert invoice["customer_address"]["line1"] == complete["address[line1]"]


async def test_a_customer_of_another_name_is_invoiced_so_when_a_person_says_so(desk: Lane) -> None:
    deal, _ = await known_to_billing(desk, name="Ancienne Raison Sociale")
    await issue_as_printed(desk, deal)
    assert (await desk.outcome(deal))["ending"] == "invoiced"
    invoice = await invoice_is_right(desk.account, deal, gross=TWO_LINES_GROSS)
    assert invoice["customer_name"] == "Ancienne Raison Sociale"
