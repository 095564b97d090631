"""Who is not for us, when totals are proven, and what an operator reads at the end."""

from datetime import date
from decimal import Decimal

import pytest

from raccord.domain.deal_won.outcome import (
    DealWonEnd,
    Ending,
    NotForUs,
    gate,
    other_rounding,
    proof,
    shadow_findings,
)
from raccord.domain.deal_won.quality import examine
from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.rules.invoicing import Delivery
from raccord.domain.rules.modes import Mode
from raccord.domain.rules.rollout import Rollout
from raccord.domain.values.deal import Deal
from raccord.domain.values.message import RecordKind, RecordName, message
from raccord.domain.values.parties import Owner
from raccord.domain.values.totals import VatRounding
from raccord.texts.ends import end_markdown
from tests.domain.samples import TODAY, customer, deal, invoice, line, policy, priced, rules, totals
from tests.domain.spoken import spoken

PER_LINE, PER_RATE = VatRounding.PER_LINE, VatRounding.PER_RATE
FIRST = date(2026, 11, 1)
THREE = [priced("1", "1.01", "20")] * 3


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (deal(), None),
        (deal(won=False), NotForUs.NOT_WON),
        (deal(won=False, won_on=date(2020, 1, 1)), NotForUs.NOT_WON),
        (deal(won_on=date(2026, 10, 31)), NotForUs.BEFORE_CUT_OVER),
        (deal(won_on=FIRST), None),
        # Whether it precedes the cut-over is a question, so the quality gate asks it.
        (deal(won_on=None), None),
    ],
)
def test_only_deals_won_since_the_cut_over_are_ours(found: Deal, reason: NotForUs | None) -> None:
    assert gate(found, policy(invoice_deals_won_from=FIRST)) is reason


def test_without_a_cut_over_every_won_deal_is_ours() -> None:
    assert gate(deal(won_on=date(1999, 1, 1)), policy()) is None


@pytest.mark.parametrize(
    ("rollout", "reason"),
    [
        (Rollout(owners=("marie@acme.fr",)), NotForUs.OUTSIDE_ROLLOUT_OWNER),
        (Rollout(owners=("9",)), None),
        (Rollout(pipelines=("direct",)), NotForUs.OUTSIDE_ROLLOUT_PIPELINE),
        (Rollout(max_amount=Decimal("99.99")), NotForUs.OUTSIDE_ROLLOUT_AMOUNT),
        (Rollout(max_amount=Decimal("100")), None),
    ],
)
def test_a_deal_outside_the_rollout_says_which_limit(rollout: Rollout, reason: NotForUs | None) -> None:
    assert gate(deal(owner=Owner(id="9")), policy(rollout=rollout)) is reason


def test_the_limit_is_judged_by_the_lines_and_not_by_a_typed_amount() -> None:
    small_on_paper = deal(amount=Decimal(1), lines=(line(quantity=Decimal(100)),))
    assert gate(small_on_paper, policy(rollout=Rollout(max_amount=Decimal(500)))) is (
        NotForUs.OUTSIDE_ROLLOUT_AMOUNT
    )


def test_totals_equal_to_the_minor_unit_are_proven() -> None:
    mine = totals(*THREE, rounding=PER_LINE)
    other = totals(*THREE, rounding=PER_RATE)
    assert proof(mine, other, invoice(totals=mine)) == ()


def test_one_cent_is_a_difference() -> None:
    mine = totals(priced("1", "100.00", "20"))
    theirs = totals(priced("1", "100.01", "20"))
    said = proof(mine, mine, invoice(totals=theirs))
    assert spoken(said) == "net €100.00 / €100.01, gross €120.00 / €120.01"


@pytest.mark.parametrize("mine", VatRounding)
def test_the_proof_says_when_the_other_rounding_rule_matches_exactly(mine: VatRounding) -> None:
    expected, other = totals(*THREE, rounding=mine), totals(*THREE, rounding=other_rounding(mine))
    said = proof(expected, other, invoice(totals=other))
    assert said[-1].code == "totals.other_rounding"
    assert spoken(said).endswith("exactly what the other VAT rounding rule gives")
    assert "VAT 20%" in spoken(said)
    assert "TVA 20 %" in spoken(said, "fr")


def test_the_proof_blames_no_rounding_rule_that_does_not_match() -> None:
    expected, other = totals(*THREE, rounding=PER_LINE), totals(*THREE, rounding=PER_RATE)
    said = proof(expected, other, invoice(totals=totals(priced("1", "4", "20"))))
    assert said
    assert "totals.other_rounding" not in {each.code for each in said}


def test_the_same_figures_in_another_currency_are_not_proven() -> None:
    dollars = totals(*THREE, currency="USD")
    assert proof(totals(*THREE), totals(*THREE), invoice(totals=dollars))


@pytest.mark.parametrize("rule", VatRounding)
def test_there_are_two_rounding_rules(rule: VatRounding) -> None:
    assert other_rounding(rule) is not rule
    assert other_rounding(other_rounding(rule)) is rule


COMPANY = RecordName(kind=RecordKind.COMPANY, id="12", name="Acme")


def missing(field: str) -> Problem:
    return problem(Cause.IDENTIFIER, COMPANY, field, "company.siren_missing")


def markdown(end: DealWonEnd) -> str:
    return end_markdown(end.told(deal().ref.subject), "en")


@pytest.mark.parametrize("reason", NotForUs)
def test_every_reason_not_to_act_is_a_sentence(reason: NotForUs) -> None:
    text = spoken(DealWonEnd(ending=Ending.NOT_FOR_US, reason=reason).summary)
    assert text.startswith("Out of scope: the deal ") or text.startswith("Out of scope: its ")
    assert text.endswith(".")
    assert reason.value not in text


def test_no_two_reasons_read_the_same() -> None:
    texts = {markdown(DealWonEnd(ending=Ending.NOT_FOR_US, reason=r)) for r in NotForUs}
    assert len(texts) == len(NotForUs)


def test_problems_are_a_numbered_list_of_what_to_do() -> None:
    text = markdown(DealWonEnd(ending=Ending.PROBLEMS, problems=(missing("siret"), missing("zip"))))
    assert text == (
        "**Dry run: a person would be asked to settle 2 points; nothing was written**\n\n"
        "1. **company Acme · SIRET**: The company's SIREN or SIRET is missing. "
        "*Enter the SIRET (14 digits) or the SIREN (9 digits).*\n"
        "1. **company Acme · postal code**: The company's SIREN or SIRET is missing. "
        "*Enter the SIRET (14 digits) or the SIREN (9 digits).*"
    )


@pytest.mark.parametrize("ending", [Ending.INVOICED, Ending.ALREADY_INVOICED])
def test_an_invoice_is_named_by_number_and_amount(ending: Ending) -> None:
    end = DealWonEnd(ending=ending, mode=Mode.LIVE, number="F-7", totals=totals())
    assert markdown(end) == "**Invoice F-7 (€120.00 gross) is issued and shown on the deal.**"


def test_an_end_names_what_was_warned_of() -> None:
    end = DealWonEnd(ending=Ending.INVOICED, number="F-7", totals=totals(), warnings=(missing("siret"),))
    assert "1. **company Acme · SIRET**" in markdown(end)


def test_shadow_says_that_nothing_was_written() -> None:
    end = DealWonEnd(ending=Ending.SHADOW, findings=(message("finding.new_customer"),))
    assert (
        markdown(end) == "**Dry run (shadow mode): computed, not checked; nothing was written**\n\n"
        "1. would create a customer"
    )


@pytest.mark.parametrize("ending", Ending)
def test_no_ending_shows_none_to_a_reader(ending: Ending) -> None:
    text = markdown(DealWonEnd(ending=ending, number="F-7", totals=totals(), reason=NotForUs.NOT_WON))
    assert "None" not in text
    assert "Ending" not in text


def test_shadow_findings_say_what_live_mode_would_do() -> None:
    under = policy()
    lines = (line(), line(id="2", vat_rate=Decimal("5.5")))
    plan = examine(deal(lines=lines, service_date=TODAY), under, TODAY).plan
    assert plan
    assert [spoken(finding) for finding in shadow_findings(plan, under, None)] == [
        "would create a customer",
        "would issue one invoice of 2 lines: net €200.00, VAT 5.5%: €5.50, 20%: €20.00, gross €225.50",
        "would have it e-mailed by the billing system",
        "would write the number, link and due date to the deal",
    ]


def test_shadow_findings_name_the_customer_and_the_silence() -> None:
    under = policy(invoice=rules(delivery=Delivery.NONE))
    plan = examine(deal(), under, TODAY).plan
    assert plan
    acme = customer("cus_1", name="Acme SA")
    said = [spoken(finding) for finding in shadow_findings(plan, under, acme)]
    assert said[0] == "would use customer Acme SA"
    assert "would not e-mail it" in said


def test_shadow_uses_the_vendors_rounding_rule() -> None:
    three = tuple(line(id=str(i), quantity=Decimal(1), unit_price=Decimal("1.01")) for i in range(3))
    said = {}
    for rule in VatRounding:
        under = policy(vat_rounding=rule)
        plan = examine(deal(lines=three), under, TODAY).plan
        assert plan
        said[rule] = spoken(shadow_findings(plan, under, None)[1])
    assert "gross €3.63" in said[PER_LINE]
    assert "gross €3.64" in said[PER_RATE]


def test_a_result_survives_its_journey_through_the_workflow() -> None:
    result = DealWonEnd(ending=Ending.PROBLEMS, problems=(missing("siret"),), totals=totals())
    assert DealWonEnd.model_validate_json(result.model_dump_json()) == result
