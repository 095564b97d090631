"""What a deal's end adds to the day's digest."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from raccord.domain.deal_won.findings import computed_of, finding_on
from raccord.domain.deal_won.outcome import DealWonEnd, Ending, NotForUs
from raccord.domain.deal_won.quality import examine
from raccord.domain.rules.einvoicing import EInvoicing, EInvoicingMode
from raccord.domain.rules.invoicing import IndividualRule
from raccord.domain.rules.modes import Mode
from raccord.domain.service.findings import FindingKind
from raccord.domain.values.message import message
from raccord.domain.values.money import Money
from tests.domain.deal_won.selling import at
from tests.domain.samples import TODAY, abroad, company, deal, policy, rules, totals

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
SWITCH = date(2027, 9, 1)
ISSUED = DealWonEnd(ending=Ending.INVOICED, mode=Mode.LIVE, invoice_id="in_1", number="F-1", totals=totals())


def kind_of(end: DealWonEnd, found: Any = None) -> FindingKind | None:
    finding = finding_on(found or deal(), end, rules(), at=NOW, today=TODAY)
    return finding.kind if finding else None


def shadow(ending: Ending, **changes: Any) -> DealWonEnd:
    return DealWonEnd(ending=ending, mode=Mode.SHADOW, **changes)


def test_a_clean_deal_would_be_invoiced_with_its_amounts_and_warnings() -> None:
    odd = deal(service_date=TODAY.replace(year=2020))
    warnings = examine(odd, policy(), TODAY).warnings
    end = shadow(Ending.SHADOW, totals=totals(), warnings=warnings)
    found = finding_on(odd, end, rules(), at=NOW, today=TODAY)
    assert found
    assert (found.kind, found.name) == (FindingKind.WOULD_INVOICE, "Refonte")
    assert (found.net, found.gross) == (Money.of_minor(10000, "EUR"), Money.of_minor(12000, "EUR"))
    assert found.points == warnings != ()


def test_that_a_deal_has_no_service_date_is_not_repeated_of_each() -> None:
    warnings = examine(deal(), policy(), TODAY).warnings
    end = shadow(Ending.SHADOW, totals=totals(), warnings=warnings)
    found = finding_on(deal(), end, rules(), at=NOW, today=TODAY)
    assert warnings
    assert found
    assert found.points == ()


def test_a_dirty_deal_would_be_asked_about_with_its_own_amount() -> None:
    dirty = at(postal_code="")
    problems = examine(dirty, policy(), TODAY).problems
    found = finding_on(dirty, shadow(Ending.PROBLEMS, problems=problems), rules(), at=NOW, today=TODAY)
    assert found
    assert (found.kind, found.net, found.gross) == (
        FindingKind.WOULD_ASK,
        Money.of_minor(10000, "EUR"),
        None,
    )
    assert found.points == problems != ()


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (shadow(Ending.NOT_FOR_US, reason=NotForUs.BEFORE_CUT_OVER), FindingKind.NOT_FOR_US),
        (shadow(Ending.NOT_FOR_US, reason=NotForUs.OUTSIDE_ROLLOUT_AMOUNT), FindingKind.NOT_FOR_US),
        (
            shadow(Ending.SHADOW, invoice_id="in_9", findings=(message("finding.already_invoiced"),)),
            FindingKind.NOT_FOR_US,
        ),
        (shadow(Ending.NOT_FOR_US, reason=NotForUs.NOT_WON), None),
        (shadow(Ending.NOT_FOR_US, reason=NotForUs.DELETED), None),
        (shadow(Ending.NOT_FOR_US, reason=NotForUs.MERGED), None),
        (ISSUED, None),
        (DealWonEnd(ending=Ending.NOT_FOR_US, mode=Mode.LIVE, reason=NotForUs.BEFORE_CUT_OVER), None),
    ],
)
def test_only_what_shadow_left_alone_is_listed_beside_it(
    end: DealWonEnd, expected: FindingKind | None
) -> None:
    assert kind_of(end) is expected


@pytest.mark.parametrize(
    ("mode", "today", "missing"),
    [
        (EInvoicingMode.OFF, SWITCH - timedelta(days=1), False),
        (EInvoicingMode.OFF, SWITCH, True),
        (EInvoicingMode.VENDOR, SWITCH, False),
        (EInvoicingMode.ELSEWHERE, SWITCH, False),
    ],
)
@pytest.mark.parametrize("service_date", [None, SWITCH])
def test_from_the_switch_date_on_nobody_forgets_the_platform(
    mode: EInvoicingMode, today: date, missing: bool, service_date: date | None
) -> None:
    by = rules(einvoicing=EInvoicing(mode=mode))
    found = finding_on(deal(service_date=service_date), ISSUED, by, at=NOW, today=today)
    assert (found.kind if found else None) is (FindingKind.NOT_TRANSMITTED if missing else None)
    assert (found.number if found else "") == ("F-1" if missing else "")


def test_a_large_company_switches_when_it_says() -> None:
    by = rules(einvoicing=EInvoicing(starts_on=date(2026, 9, 1)))
    assert finding_on(deal(), ISSUED, by, at=NOW, today=TODAY)


@pytest.mark.parametrize("customer", [company(siret="", individual=True), abroad("CH"), abroad("MC")])
def test_consumers_and_customers_abroad_need_no_platform(customer: Any) -> None:
    by = rules(individuals=IndividualRule.INVOICE)
    assert finding_on(deal(companies=(customer,)), ISSUED, by, at=NOW, today=SWITCH) is None


def test_the_platform_is_no_matter_of_each_invoice() -> None:
    by = policy(invoice=rules(einvoicing=EInvoicing(starts_on=date(2026, 9, 1))))
    warned = examine(deal(service_date=TODAY, amount=Decimal(100)), by, TODAY).warnings
    assert [w.field for w in warned] == []


def test_what_would_be_invoiced_is_kept_and_nothing_of_it_depends_on_the_day_of_the_look() -> None:
    kept = []
    for day in (TODAY, TODAY + timedelta(days=9)):
        plan = examine(deal(), policy(), day).plan
        assert plan
        kept.append(computed_of(deal(), plan, policy()))
    assert kept[0] == kept[1]
    end = shadow(Ending.SHADOW, totals=totals())
    found = finding_on(deal(), end, rules(), at=NOW, today=TODAY, computed=kept[0])
    assert found
    assert found.computed
    assert (found.computed.totals.gross, found.computed.sold_on) == (
        Money.of_minor(12000, "EUR"),
        deal().won_on,
    )


def test_of_a_deal_with_a_deposit_no_invoice_is_kept() -> None:
    plan = examine(deal(deposit_percent=Decimal(30)), policy(), TODAY).plan
    assert plan
    assert computed_of(deal(), plan, policy()) is None
