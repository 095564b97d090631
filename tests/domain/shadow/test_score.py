"""Which invoice is whose: only what is certain is compared."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from raccord.domain.service.findings import Finding, FindingKind
from raccord.domain.shadow.comparing import Comparison
from raccord.domain.shadow.computed import Computed
from raccord.domain.shadow.score import Match, Seen, Standing, between, matched, scored
from raccord.domain.values.deal import DealRef
from raccord.domain.values.invoice import InvoiceReference, InvoiceState
from tests.domain.samples import invoice, priced, profile, totals

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
SOLD = date(2026, 11, 20)
OTHER = totals(priced("1", "90", "20"))


def seen(id: str = "7", **changes: Any) -> Seen:
    computed = Computed(profile=profile(), lines=(), totals=totals(), sold_on=SOLD)
    deal = DealRef(connection="crm", id=id)
    finding = Finding(kind=FindingKind.WOULD_INVOICE, deal=deal, computed=computed, at=NOW)
    return Seen(**({"finding": finding, "computed": computed, "customer_id": "cus_1"} | changes))


def the(*all_seen: Seen) -> list[tuple[Standing | None, str]]:
    found = matched(all_seen)
    return [
        (None if match.invoice else match.standing, match.why.code if match.why else "") for match in found
    ]


def by_hand(id: str = "in_1", **changes: Any) -> Any:
    return invoice(id=id, number=f"F-{id}", issued_on=SOLD, **changes)


def test_the_one_invoice_of_the_same_amount_is_its() -> None:
    assert matched((seen(others=(by_hand(), by_hand("in_2", totals=OTHER))),)) == (Match(invoice=by_hand()),)


def test_a_net_amount_is_enough_so_that_another_vat_is_seen() -> None:
    other_vat = by_hand(totals=totals(priced("1", "100", "10")))
    assert the(seen(others=(other_vat,))) == [(None, "")]


def test_without_an_invoice_it_waits() -> None:
    assert the(seen()) == [(Standing.WAITING, "")]


def test_a_draft_or_what_was_voided_or_credited_is_no_invoice() -> None:
    gone = (
        by_hand(state=InvoiceState.DRAFT),
        by_hand("2", state=InvoiceState.VOID),
        by_hand("3", credited="120"),
    )
    assert the(seen(others=gone)) == [(Standing.WAITING, "")]


def test_of_several_alike_none_is_taken() -> None:
    assert the(seen(others=(by_hand(), by_hand("in_2")))) == [(Standing.UNSURE, "score.several")]


def test_one_invoice_is_not_taken_for_two_deals() -> None:
    twice = (seen("7", others=(by_hand(),)), seen("8", others=(by_hand(),)))
    assert the(*twice) == [(Standing.UNSURE, "score.shared")] * 2


def test_an_invoice_of_another_amount_is_nobody_s_word() -> None:
    assert the(seen(others=(by_hand(totals=OTHER),))) == [(Standing.UNSURE, "score.other_amount")]


def test_what_is_another_deal_s_or_older_than_the_sale_says_nothing() -> None:
    old = by_hand("in_2", totals=OTHER).model_copy(update={"issued_on": SOLD - timedelta(days=9)})
    assert (
        the(seen(others=(by_hand(), old)), seen("8", others=(by_hand("in_1"), old)))[0][1] == "score.shared"
    )
    assert the(seen(others=(old,))) == [(Standing.WAITING, "")]


def test_what_a_person_said_goes_before_any_amount() -> None:
    said = by_hand("in_9", totals=OTHER)
    assert matched((seen(said=(said,), others=(by_hand(),)),)) == (Match(invoice=said),)


def test_a_customer_that_is_not_certain_makes_no_certain_invoice() -> None:
    assert the(seen(customer_id=None, others=(by_hand(),))) == [(Standing.UNSURE, "score.customer_unsure")]


def test_what_raccord_invoiced_meanwhile_is_not_scored() -> None:
    ours = by_hand(reference=InvoiceReference(deal=DealRef(connection="crm", id="7")))
    assert the(seen(said=(ours,))) == [(Standing.BY_RACCORD, "")]


def test_days_are_counted_from_the_look_and_a_comparison_decides() -> None:
    later = NOW + timedelta(days=12, hours=3)
    assert scored(seen(), Match(), None, later).days == 12
    found = scored(seen(), Match(invoice=by_hand()), Comparison(), later)
    assert (found.standing, found.days) == (Standing.AGREES, 12)


def test_invoices_are_looked_for_around_the_sale_and_until_today() -> None:
    since, until = between(seen().computed, NOW.date(), date(2026, 12, 24))
    assert (since, until) == (date(2026, 9, 21), date(2026, 12, 25))
    assert Decimal((until - since).days) > 60
