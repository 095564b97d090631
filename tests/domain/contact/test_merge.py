"""What goes over between two sides, and what never does."""

from datetime import timedelta

import pytest

from raccord.domain.contact.differences import Fate, differences
from raccord.domain.contact.merge import What, judge
from raccord.domain.contact.plan import Topic, plan_of
from raccord.domain.contact.questions import conflict
from raccord.domain.contact.validity import Flaw
from raccord.domain.rules.contact import Standing
from raccord.domain.values.address import Address
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.details import Details, Edit, Field, Side
from tests.domain.contact.world import ACME, LINKED, World, says
from tests.domain.samples import OTHER_SIREN, OTHER_SIRET, OTHER_VAT, SIREN
from tests.fakes.details import PERSON

BOTH = pytest.mark.parametrize("side", list(Side))


@pytest.fixture
def world() -> World:
    """Both sides say the same, and that is remembered."""
    found = World()
    found.look()
    return found


@BOTH
@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Field.NAME, "Acme Conseil"),
        (Field.EMAIL, "factures@acme.fr"),
        (Field.PHONE, "+33 4 72 00 00 00"),
        (Field.ADDRESS, Address(line1="2 quai Rambaud", postal_code="69002", city="Lyon", country="FR")),
        (Field.LANGUAGE, "en"),
    ],
)
def test_an_edit_goes_over_once_and_never_comes_back(
    world: World, side: Side, field: Field, value: object
) -> None:
    world.types(side, **{field.value: value})
    world.look()
    assert getattr(world.says(side.other), field) == value
    world.look()
    world.look()
    assert len(world.crm.wrote + world.billing.wrote) == 1


def test_what_differed_before_the_link_is_never_carried_over() -> None:
    world = World()
    world.crm.kept["12"].details = says(phone="04 00 00 00 00", email="vieux@acme.fr")
    world.look()
    world.look()
    assert world.billing.wrote == world.crm.wrote == []
    world.types(Side.CRM, phone="04 11 11 11 11")
    world.look()
    assert world.billing.wrote == [("cus_1", frozenset({Field.PHONE}))]


def test_an_edit_after_the_link_counts_though_nothing_was_remembered_yet() -> None:
    world = World()
    world.types(Side.BILLING, email="factures@acme.fr")
    world.look()
    assert world.says(Side.CRM).email == "factures@acme.fr"


def test_an_edit_of_which_nobody_knows_when_is_none_as_long_as_nothing_was_agreed() -> None:
    world = World()
    world.crm.tells_edits = False
    world.types(Side.CRM, email="factures@acme.fr")
    world.look()
    assert world.billing.wrote == []


@BOTH
def test_a_value_that_was_taken_away_is_never_taken_away_elsewhere(world: World, side: Side) -> None:
    world.types(side, phone="", address=Address(), email=" - ")
    world.look()
    assert world.says(side.other) == ACME
    world.types(side.other, phone="04 11 11 11 11")
    world.look()
    assert world.says(side).phone == "04 11 11 11 11"


@BOTH
@pytest.mark.parametrize(
    "same",
    [
        {"phone": "+33 (0)1.42.68.53.00"},
        {"phone": "0033142685300"},
        {"email": "Compta@ACME.fr"},
        {"name": "ACME."},
        {"siren": "732 829 320"},
        {"vat_number": "FR 44 732 829 320"},
        {"language": "fr-FR"},
        {"address": Address(line1="1, Rue de la  Paix", postal_code="75002", city="PARIS", country="FR")},
        {
            "address": Address(
                line1="1 rue de", line2="la Paix", postal_code="75002", city="Paris", country="FR"
            )
        },
    ],
)
def test_another_way_of_writing_is_no_edit(world: World, side: Side, same: dict[str, object]) -> None:
    world.types(side, **same)
    world.look()
    assert world.crm.wrote == world.billing.wrote == []


@pytest.mark.parametrize("tells", [True, False])
def test_what_a_vendor_makes_of_our_write_is_no_edit(world: World, tells: bool) -> None:
    world.billing.tells_edits = tells
    world.billing.rewrites = lambda details: details.model_copy(update={"phone": "+33 4 99"})
    world.types(Side.CRM, phone="04 72 00 00 00")
    world.look()
    world.look()
    assert world.says(Side.CRM).phone == "04 72 00 00 00"
    assert len(world.billing.wrote) == 1
    world.types(Side.BILLING, phone="04 88 88 88 88")
    world.look()
    assert world.says(Side.CRM).phone == "04 88 88 88 88"


def test_what_we_wrote_and_forgot_is_no_edit_either(world: World) -> None:
    """The process died before it remembered, and the vendor wrote the value in its own way."""
    world.billing.rewrites = lambda details: details.model_copy(update={"phone": "+33 4 99"})
    world.types(Side.CRM, phone="04 72 00 00 00")
    before = dict(world.agreed["12"])
    world.look()
    world.agreed["12"] = before
    plan = world.look()
    assert plan.doubts == ()
    assert world.says(Side.CRM).phone == "04 72 00 00 00"
    assert world.crm.wrote == []


def test_what_a_person_types_right_after_our_write_is_an_edit(world: World) -> None:
    def typed_meanwhile(details: Details) -> Details:
        source = details.model_copy(update={"phone": "04 88 88 88 88"})
        history = world.billing.kept["cus_1"].history[Field.PHONE]
        history.append(Edit(at=world.now + timedelta(seconds=1), by=PERSON))
        return source

    world.types(Side.CRM, phone="04 72 00 00 00")
    world.billing.rewrites = typed_meanwhile
    world.look()
    world.billing.rewrites = lambda details: details
    world.look()
    assert world.says(Side.CRM).phone == world.says(Side.BILLING).phone == "04 88 88 88 88"


def test_an_edit_that_a_side_does_not_tell_of_yet_is_not_taken_for_our_last_write(world: World) -> None:
    """What happened is listed later than it shows: the last that is told of the field is ours."""
    world.types(Side.CRM, phone="04 72 00 00 00")
    world.look()
    world.types(Side.BILLING, phone="04 88 88 88 88")
    told = world.billing.kept["cus_1"].history[Field.PHONE].pop()
    world.look()
    world.billing.kept["cus_1"].history[Field.PHONE].append(told)
    world.look()
    assert world.says(Side.CRM).phone == world.says(Side.BILLING).phone == "04 88 88 88 88"


def test_an_edit_before_the_link_is_none() -> None:
    world = World()
    world.now = LINKED - timedelta(hours=1)
    world.types(Side.CRM, phone="04 00 00 00 00")
    world.now = LINKED
    assert world.look().writes == ()


def test_what_several_companies_say_alike_is_written_once_on_their_customer() -> None:
    world = World("12", "13")
    world.look()
    for company in ("12", "13"):
        world.types_at(Side.CRM, company, {"email": "tous@acme.fr"})
    plan = world.look()
    assert (len(plan.writes), plan.doubts) == (1, ())
    assert world.look().writes == ()


def test_a_side_that_does_not_show_our_write_yet_is_looked_at_again(world: World) -> None:
    world.billing.tells_edits = False
    world.types(Side.CRM, phone="04 72 00 00 00")
    world.billing.lags = 2
    world.look()
    (pair,) = world.pairs()
    wrote_at = world.now
    soon = judge(pair, Field.PHONE, Standing.NEWEST, wrote_at + timedelta(seconds=5))
    assert (soon.what, soon.until) == (What.STALE, wrote_at + timedelta(minutes=2))
    late = judge(pair, Field.PHONE, Standing.NEWEST, wrote_at + timedelta(minutes=2))
    assert (late.what, late.origin) == (What.WRITE, Side.BILLING)


def test_an_old_value_that_a_person_typed_again_is_an_edit_at_once(world: World) -> None:
    world.types(Side.CRM, phone="04 72 00 00 00")
    world.look()
    world.types(Side.BILLING, phone=ACME.phone)
    (pair,) = world.pairs()
    assert judge(pair, Field.PHONE, Standing.NEWEST, world.now).origin is Side.BILLING


@pytest.mark.parametrize(
    ("standing", "stands"),
    [
        (Standing.CRM, "crm@acme.fr"),
        (Standing.BILLING, "billing@acme.fr"),
        (Standing.NEWEST, "billing@acme.fr"),
    ],
)
def test_whose_word_counts_where_both_were_edited(standing: Standing, stands: str) -> None:
    world = World(standings={Field.EMAIL: standing})
    world.look()
    world.types(Side.CRM, email="crm@acme.fr")
    world.types(Side.BILLING, email="billing@acme.fr")
    world.look()
    assert world.says(Side.CRM).email == world.says(Side.BILLING).email == stands


@pytest.mark.parametrize("standing", [Standing.ASK, Standing.NEWEST])
def test_a_conflict_is_a_question_where_a_person_says_or_no_time_is_known(standing: Standing) -> None:
    world = World(standings={Field.EMAIL: standing})
    world.look()
    world.billing.tells_edits = world.crm.tells_edits = standing is Standing.ASK
    world.types(Side.CRM, email="crm@acme.fr")
    world.types(Side.BILLING, email="billing@acme.fr")
    plan = world.look(lambda _: "billing")
    assert [doubt.topic for doubt in plan.doubts] == [Topic.CONFLICT]
    assert world.says(Side.CRM).email == "billing@acme.fr"
    assert world.look().doubts == ()


def test_both_edited_to_the_same_is_agreed(world: World) -> None:
    for side in Side:
        world.types(side, email="Factures@acme.fr")
    assert world.look().writes == ()
    assert world.look().agreed == {}


@BOTH
@pytest.mark.parametrize(
    ("changes", "flaw"),
    [
        ({"email": "compta(at)acme.fr"}, Flaw.EMAIL),
        ({"siren": "732829321"}, Flaw.CHECK_DIGITS),
        ({"siret": "73282932000075"}, Flaw.CHECK_DIGITS),
        ({"vat_number": "FR45732829320"}, Flaw.CHECK_DIGITS),
        ({"siret": OTHER_SIRET}, Flaw.OTHER_SIREN),
        ({"vat_number": OTHER_VAT}, Flaw.OTHER_SIREN),
        ({"address": Address(line1="1 rue Rubis", postal_code="7500", city="Paris", country="FR")},
         Flaw.POSTAL_CODE),
        ({"address": Address(line1="1 rue Rubis", postal_code="75002", city="Bruxelles", country="BE")},
         Flaw.POSTAL_CODE),
        ({"address": Address(line1="1 rue Rubis", postal_code="1000", city="Paris")}, Flaw.COUNTRY),
    ],
)  # fmt: skip
def test_what_cannot_be_right_stays_where_it_was_typed(
    world: World, side: Side, changes: dict[str, object], flaw: Flaw
) -> None:
    world.types(side, **changes)
    (doubt,) = world.look().doubts
    assert (doubt.topic, doubt.origin, doubt.flaw) == (Topic.INVALID, side, flaw)
    assert world.says(side.other) == ACME
    assert world.look().doubts == ()


def test_a_number_that_the_authority_does_not_know_is_a_question(world: World) -> None:
    world.billing.unverified = {Field.VAT_NUMBER}
    german = "DE136695976"
    world.types(Side.BILLING, vat_number=german)
    (doubt,) = world.look(lambda _: "nevertheless").doubts
    assert doubt.flaw is Flaw.UNVERIFIED
    assert world.says(Side.CRM).vat_number == german


@BOTH
@pytest.mark.parametrize("standing", list(Standing))
def test_another_legal_entity_is_always_one_question(side: Side, standing: Standing) -> None:
    world = World(standings=dict.fromkeys(Field, standing))
    world.look()
    world.types(side, siren=OTHER_SIREN, siret=OTHER_SIRET, vat_number=OTHER_VAT)
    (doubt,) = world.look(lambda _: "same").doubts
    assert (doubt.topic, doubt.origin) == (Topic.ENTITY, side)
    assert set(doubt.fields) == {Field.SIREN, Field.SIRET, Field.VAT_NUMBER}
    assert world.says(side.other).siren == OTHER_SIREN
    assert world.look().doubts == ()


def test_a_number_where_there_was_none_goes_over_as_it_names_the_same_company(world: World) -> None:
    world.types(Side.BILLING, siren="", siret="", vat_number="")
    world.look()
    world.types(Side.CRM, siren=SIREN[:8])
    world.look()
    world.types(Side.CRM, siren=SIREN)
    world.look()
    assert world.says(Side.BILLING).siren == SIREN


def test_several_companies_of_one_customer_that_disagree_are_one_question() -> None:
    world = World("12", "13")
    world.look()
    world.types_at(Side.CRM, "12", {"email": "douze@acme.fr"})
    world.types_at(Side.CRM, "13", {"email": "treize@acme.fr"})
    (doubt,) = world.look(lambda _: "13").doubts
    assert (doubt.topic, doubt.companies) == (Topic.RIVALS, ("12", "13"))
    assert world.says(Side.BILLING).email == "treize@acme.fr"
    for _ in range(2):
        plan = world.look()
        assert (plan.doubts, plan.writes) == ((), ())
    assert len(world.billing.wrote) == 1
    assert world.says(Side.CRM, "12").email == "douze@acme.fr"


def test_what_one_company_changes_does_not_reach_the_other_by_way_of_their_customer() -> None:
    world = World("12", "13")
    world.look()
    world.types_at(Side.CRM, "12", {"email": "douze@acme.fr"})
    for _ in range(3):
        world.look()
    assert world.says(Side.BILLING).email == "douze@acme.fr"
    assert world.says(Side.CRM, "13") == ACME
    world.types(Side.BILLING, email="neuf@acme.fr")
    world.look()
    assert world.says(Side.CRM, "12").email == "neuf@acme.fr"
    assert world.says(Side.CRM, "13") == ACME


def test_a_field_that_a_side_cannot_keep_is_neither_compared_nor_written(world: World) -> None:
    world.billing.keeps = frozenset((Field.NAME,))
    world.types(Side.CRM, language="en", siret="1")
    plan = world.look()
    assert (plan.writes, plan.doubts) == ((), ())


def test_the_link_is_what_edits_are_measured_by() -> None:
    assert World().pairs()[0].since == LINKED


def test_what_differs_is_told_with_what_becomes_of_it() -> None:
    world = World()
    world.billing.kept["cus_1"].details = says(language="en")
    world.look()
    world.types(Side.CRM, phone="04 72 00 00 00", email="compta@")
    world.types(Side.BILLING, name="Acme Conseil")
    pairs = world.pairs()
    found = differences(pairs, plan_of(pairs, world.standings, world.now))
    assert {each.field: each.fate for each in found} == {
        Field.PHONE: Fate.TO_BILLING,
        Field.NAME: Fate.TO_CRM,
        Field.EMAIL: Fate.ASKED,
        Field.LANGUAGE: Fate.APART,
    }


def in_paris(street: str, *, code: str = "75002", city: str = "Paris", country: str = "FR") -> Address:
    return Address(line1=street, postal_code=code, city=city, country=country)


@pytest.mark.parametrize(
    ("moved", "region"),
    [
        (in_paris("2 rue B"), "Île-de-France"),
        (in_paris("2 rue B", code="75003"), "Île-de-France"),
        (in_paris("2 quai B", code="69002", city="Lyon"), ""),
        (in_paris("2 rue B", country="US"), ""),
    ],
    ids=["street", "postal code", "town", "country"],
)
def test_a_side_without_regions_takes_none_away_while_the_town_stays(moved: Address, region: str) -> None:
    world = World()
    world.billing.has_regions = False
    there = in_paris("1 rue A").model_copy(update={"region": "Île-de-France"})
    world.crm.kept["12"].details = says(address=there)
    world.look()
    world.types(Side.BILLING, address=moved)
    world.look()
    assert world.says(Side.CRM).address == moved.model_copy(update={"region": region})
    world.look()
    assert world.billing.wrote == []


TWO_PHONES = "01 40 00 00 01 / 06 12 34 56 78"


def test_a_text_that_the_other_side_cannot_hold_is_left_out_and_the_rest_goes_over(world: World) -> None:
    world.billing.longest = {Field.PHONE: 20}
    world.types(Side.CRM, phone=TWO_PHONES, email="factures@acme.fr")
    plan = world.look()
    assert plan.doubts == ()
    assert world.billing.wrote == [("cus_1", frozenset({Field.EMAIL}))]
    after = world.look()
    assert (after.writes, after.doubts, world.says(Side.CRM).phone) == ((), (), TWO_PHONES)
    (found,) = differences(world.pairs(), after)
    assert (found.field, found.fate) == (Field.PHONE, Fate.APART)
    world.types(Side.CRM, phone="04 72 00 00 00")
    world.look()
    assert world.says(Side.BILLING).phone == "04 72 00 00 00"


def test_a_text_that_the_other_side_cannot_hold_is_offered_to_nobody() -> None:
    world = World(standings=dict.fromkeys(Field, Standing.ASK))
    world.look()
    world.billing.longest = {Field.PHONE: 20}
    world.types(Side.CRM, phone=TWO_PHONES)
    world.types(Side.BILLING, phone="04 72 00 00 00")
    (pair,) = world.pairs()
    options = [option.id for option in conflict(pair, Field.PHONE, BusinessClock()).options]
    assert options == ["billing", "always billing"]


@BOTH
@pytest.mark.parametrize(
    ("typed", "field", "written"),
    [
        (
            {"address": Address(line1="2 rue B", postal_code="75003", city="Paris")},
            Field.ADDRESS,
            in_paris("2 rue B", code="75003"),
        ),
        ({"siren": f"RCS Lyon {OTHER_SIREN}", "siret": "", "vat_number": ""}, Field.SIREN, OTHER_SIREN),
        ({"siret": f"SIRET : {OTHER_SIRET}", "siren": "", "vat_number": ""}, Field.SIRET, OTHER_SIRET),
        ({"vat_number": OTHER_VAT[2:], "siren": "", "siret": ""}, Field.VAT_NUMBER, OTHER_VAT),
        ({"email": "factures@acme.fr; daf@acme.fr"}, Field.EMAIL, "factures@acme.fr"),
    ],
)
def test_what_an_invoice_understands_goes_over_as_it_is_understood(
    world: World, side: Side, typed: dict[str, object], field: Field, written: object
) -> None:
    world.types(side, **typed)
    doubts = world.look(lambda doubt: "same" if doubt.topic is Topic.ENTITY else None).doubts
    assert [doubt for doubt in doubts if doubt.topic is not Topic.ENTITY] == []
    assert getattr(world.says(side.other), field) == written
    after = world.look()
    assert (after.writes, after.doubts) == ((), ())


@BOTH
@pytest.mark.parametrize(
    "typed",
    [
        {"siren": f"{SIREN} RCS Lyon"},
        {"siret": "SIRET : 732 829 320 00074"},
        {"vat_number": "44732829320"},
        {"vat_number": "TVA : FR44732829320"},
        {"vat_number": "non assujetti"},
        {"email": "compta@acme.fr; daf@acme.fr"},
        {"address": in_paris("1 rue de la Paix").model_copy(update={"country": None})},
    ],
)
def test_what_an_invoice_understands_as_the_same_is_no_edit(
    world: World, side: Side, typed: dict[str, object]
) -> None:
    world.types(side, **typed)
    plan = world.look()
    assert (plan.writes, plan.doubts) == ((), ())


@BOTH
@pytest.mark.parametrize(("country", "number"), [("GB", "GB 980 7806 84"), ("CH", "CHE-123.456.788 TVA")])
def test_a_number_that_nobody_here_can_judge_is_left_where_it_was_typed(
    side: Side, country: str, number: str
) -> None:
    world = World()
    abroad = {"siren": "", "siret": "", "vat_number": "", "address": in_paris("1 road", country=country)}
    for kept in (world.crm.kept["12"], world.billing.kept["cus_1"]):
        kept.details = says(**abroad)
    world.look()
    world.types(side, **abroad | {"vat_number": number})
    plan = world.look()
    assert (plan.writes, plan.doubts) == ((), ())


def test_an_address_of_france_is_the_same_once_its_number_is_known() -> None:
    world = World()
    bare = {"siren": "", "siret": "", "vat_number": "", "address": Address(postal_code="69002", city="Lyon")}
    world.crm.kept["12"].details = says(**bare)
    world.look()
    world.types(Side.CRM, **bare | {"siren": SIREN})
    assert Field.ADDRESS not in {field for each in world.look().writes for field in each.fields}
