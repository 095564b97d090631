"""Where an invoice goes, and that it goes out whatever became of it at once."""

from tests.front_door.account import TWO_LINES_GROSS
from tests.front_door.judge import invoice_is_right, one_delivery
from tests.front_door.stack import Lane
from tests.front_door.test_endings import end_of


async def _customer_of(lane: Lane, company: str) -> str:
    """Win a first deal of the company, and return the customer that its invoice made."""
    deal = await lane.account.deal(company)
    await lane.account.win(deal)
    await end_of(lane, deal)
    (invoice,) = await lane.account.invoices(deal)
    return str(invoice["customer"])


async def test_an_invoice_that_would_go_to_another_address_than_the_crms_is_asked_about(lane: Lane) -> None:
    company = await lane.account.company()
    customer = await _customer_of(lane, company)
    await lane.account.stripe_post(f"/v1/customers/{customer}", email="ancienne@adresse.example")
    deal = await lane.account.deal(company)
    await lane.account.win(deal)
    row = await lane.question(deal, cause="buyer")
    assert [p.field for p in row.question.problems] == ["billing_email"]
    assert await lane.account.mails("ancienne@adresse.example") == []
    answered = await lane.command("inbox", "choose", row.incident, "as_printed")
    assert answered.returncode == 0, answered.stderr
    await end_of(lane, deal)
    invoice = await invoice_is_right(lane.account, deal, gross=TWO_LINES_GROSS)
    assert invoice["customer_email"] == "ancienne@adresse.example"
    await one_delivery(lane.account, invoice)


async def test_an_invoice_that_a_credit_settles_at_once_is_mailed_all_the_same(lane: Lane) -> None:
    company = await lane.account.company()
    customer = await _customer_of(lane, company)
    await lane.account.stripe_post(f"/v1/customers/{customer}", balance="-10000000")
    deal = await lane.account.deal(company)
    await lane.account.win(deal)
    assert (await end_of(lane, deal))["ending"] == "invoiced"
    (invoice,) = await lane.account.invoices(deal)
    assert (invoice["status"], invoice["amount_due"]) == ("paid", 0)
    await one_delivery(lane.account, invoice)
    assert (await lane.account.shown(deal))["billing_status"] == "paid"


async def test_of_several_contacts_one_is_chosen_once_for_the_company(lane: Lane) -> None:
    company = await lane.account.company(billing_email="")
    first, second = [await lane.account.deal(company) for _ in range(2)]
    for name in ("anne", "ben"):
        contact = {"email": f"{name}@{company}.example", "firstname": name.title()}
        await lane.account.create("contacts", contact, ("deals", first, 4), ("deals", second, 4))
    await lane.account.win(first)
    row = await lane.question(first, cause="email")
    assert [each.id.partition("=")[0] for each in row.question.options] == ["billing_contact"] * 2
    answered = await lane.command("inbox", "choose", row.incident, row.question.options[1].id)
    assert answered.returncode == 0, answered.stderr
    await end_of(lane, first)
    await lane.account.win(second)
    assert (await end_of(lane, second))["ending"] == "invoiced"
    for deal in (first, second):
        invoice = await invoice_is_right(lane.account, deal, gross=TWO_LINES_GROSS)
        assert invoice["customer_email"] == f"ben@{company}.example"
        await one_delivery(lane.account, invoice)
