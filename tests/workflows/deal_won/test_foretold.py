"""What is said of a deal before anything is switched on is what its flow asks once it is."""

from decimal import Decimal
from typing import Any

from raccord.domain.data_quality.verdict import Standing, as_if_live, verdict
from raccord.domain.desk.problems import Problem
from raccord.domain.rules.modes import Mode
from raccord.domain.values.listed import WholeDeal
from raccord.domain.values.parties import Contact
from tests.domain import samples
from tests.workflows.house import REF, House, needs_server

pytestmark = needs_server

DEALS: tuple[dict[str, Any], ...] = (
    {},
    {"companies": ()},
    {"companies": (samples.company(), samples.company(id="13", name="Other"))},
    {"companies": (samples.company(siret="", address=samples.address(postal_code="", country=None)),)},
    {"companies": (samples.company(siret="73282932000075", vat_number="FR00732829320"),)},
    {"companies": (samples.company(email="compta chez acme"),)},
    {"companies": (samples.company(email=""),), "contacts": ()},
    {
        "companies": (samples.company(email=""),),
        "contacts": (Contact(id="3", email="a@acme.fr"), Contact(id="4", email="b@acme.fr")),
    },
    {"companies": (samples.abroad("DE", vat_number=""),), "lines": (samples.line(vat_rate=Decimal(0)),)},
    {"lines": ()},
    {"lines": (samples.line(name="", quantity=None, unit_price=None),)},
    {"lines": (samples.line(vat_rate=None), samples.line(id="42", vat_rate=Decimal("19.6")))},
    {"amount": Decimal("99.00")},
    {"currency": None},
    {"currency": "USD"},
    {"won_on": None},
    {"lines": (samples.line(unit_price=Decimal(0)),)},
)


async def test_a_deal_is_asked_about_exactly_what_was_foretold(at_home: House) -> None:
    await at_home.work(Mode.SHADOW)
    policies = at_home.policies[0]
    clean = at_home.crm.deals[REF.id]
    standings = set()
    for number, changes in enumerate(DEALS):
        deal = clean.model_copy(update=changes)
        at_home.have(deal)
        policy = await policies.deal_won()
        since = policy.invoice_deals_won_from
        assert since
        told = verdict(WholeDeal(deal=deal), as_if_live(policy, since), await at_home.today())
        end = await at_home.outcome(key=str(number))
        asked = tuple(Problem.model_validate(each) for each in end["problems"])
        assert (told.problems, told.standing is Standing.ASKS) == (asked, end["ending"] == "problems"), (
            changes
        )
        standings.add(told.standing)
    assert standings == {Standing.PASSES, Standing.ASKS}
