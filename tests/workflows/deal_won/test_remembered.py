"""What a person says once of a company: nobody asks again, until it can be true no more."""

from decimal import Decimal
from typing import Any

from raccord.domain.desk.question import Choice
from raccord.domain.rules.modes import Mode
from raccord.domain.values.parties import Contact
from tests.domain import samples
from tests.workflows.house import House, needs_server

pytestmark = needs_server
ACME, OTHER_DEAL = "hubspot:12", "deal-won/hubspot/8"
ANNE = Contact(id="3", email="anne@acme.fr", first_name="Anne")
BEN = Contact(id="4", email="ben@acme.fr", first_name="Ben")
CEM = Contact(id="5", email="cem@acme.fr", first_name="Cem")


def having(*contacts: Contact, **changes: Any) -> dict[str, Any]:
    return {"companies": (samples.company(email="", **changes),), "contacts": contacts}


def sent_to(house: House) -> list[str]:
    return [customer.email for customer in house.billing.customers.values()]


async def test_the_contact_who_was_chosen_is_remembered_for_the_company(at_home: House) -> None:
    at_home.edit(**having(ANNE, BEN))
    await at_home.work()
    await at_home.change()
    row = await at_home.question("email")
    await at_home.answer(row, Choice.CHOOSE, "billing_contact=4")
    assert (await at_home.end())["ending"] == "invoiced"
    assert sent_to(at_home) == ["ben@acme.fr"]
    assert await at_home.records.answers.of([ACME]) == {"billing_contact": "4"}


async def test_no_later_deal_asks_again_even_one_without_that_contact(at_home: House) -> None:
    await at_home.records.answers.give(ACME, "billing_contact", "4", OTHER_DEAL)
    at_home.crm.contacts.append(BEN)
    at_home.edit(**having(ANNE, CEM))
    await at_home.work()
    assert (await at_home.outcome())["ending"] == "invoiced"
    assert sent_to(at_home) == ["ben@acme.fr"]
    assert await at_home.records.waiting.list(open_only=False) == ()


async def test_a_contact_who_is_gone_is_asked_about_anew(at_home: House) -> None:
    await at_home.records.answers.give(ACME, "billing_contact", "4", OTHER_DEAL)
    at_home.edit(**having(ANNE, CEM))
    await at_home.work()
    await at_home.change()
    row = await at_home.question("email")
    await at_home.answer(row, Choice.CHOOSE, "billing_contact=5")
    assert (await at_home.end())["ending"] == "invoiced"
    assert sent_to(at_home) == ["cem@acme.fr"]
    assert await at_home.records.answers.of([ACME]) == {"billing_contact": "5"}


async def test_what_the_crm_says_later_comes_before_the_answer(at_home: House) -> None:
    await at_home.records.answers.give(ACME, "billing_contact", "4", OTHER_DEAL)
    at_home.edit(**having(ANNE.model_copy(update={"billing": True}), BEN))
    await at_home.work()
    assert (await at_home.outcome())["ending"] == "invoiced"
    assert sent_to(at_home) == ["anne@acme.fr"]


async def test_two_answers_are_given_one_after_the_other(at_home: House) -> None:
    at_home.edit(**having(ANNE, BEN, name="ND"))
    await at_home.work()
    await at_home.change()
    row = await at_home.question("address")
    contact, other, name = (option.id for option in row.question.options)
    await at_home.answer(row, Choice.CHOOSE, name)
    row = await at_home.question("email")
    assert [option.id for option in row.question.options] == [contact, other]
    await at_home.answer(row, Choice.CHOOSE, contact)
    assert (await at_home.end())["ending"] == "invoiced"
    assert (await at_home.records.answers.of([ACME])).keys() == {"billing_contact", name.partition("=")[0]}
    # The next deal of the company is asked about neither.
    at_home.billing.invoices.clear()
    await at_home.records.waiting.withdraw(row.flow)
    assert (await at_home.outcome(thorough=True))["ending"] == "invoiced"


async def test_what_a_deal_sells_is_said_once_and_of_that_deal(at_home: House) -> None:
    free = samples.line(vat_rate=Decimal(0))
    at_home.edit(companies=(samples.abroad("US", vat_number="EIN 93-1234567"),), lines=(free,))
    await at_home.work(desk='[vat.zero_rate_reasons]\nexport_fr = "Exportation."')
    await at_home.change()
    row = await at_home.question("vat")
    assert [option.id for option in row.question.options] == ["sold/7=goods", "sold/7=services"]
    await at_home.answer(row, Choice.CHOOSE, "sold/7=goods")
    assert (await at_home.end())["ending"] == "invoiced"
    (order,) = at_home.billing.orders.values()
    assert order.footer.startswith("Exportation.\nNature de l'opération : livraison de biens.")
    assert await at_home.records.answers.of([ACME]) == {"sold/7": "goods"}


async def test_shadow_knows_the_answers_and_asks_nobody(at_home: House) -> None:
    at_home.edit(**having(ANNE, BEN))
    await at_home.work(Mode.SHADOW)
    assert (await at_home.outcome())["ending"] == "problems"
    await at_home.records.answers.give(ACME, "billing_contact", "4", OTHER_DEAL)
    assert (await at_home.outcome())["ending"] == "shadow"
