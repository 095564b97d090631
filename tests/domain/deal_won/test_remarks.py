"""What the channel is told of an issued invoice."""

from datetime import UTC, datetime

import pytest

from raccord.domain.deal_won.remarks import Remark, remark_notice, worth_telling
from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.desk.wording import Voice
from raccord.domain.values.deal import DealRef
from raccord.domain.values.money import Money


def warning(cause: Cause) -> Problem:
    return problem(cause, "deal", "field", reason=("raison", "reason"), remedy=("remède", "remedy"))


def test_a_missing_service_date_is_not_worth_a_message_but_an_odd_one_is() -> None:
    date, terms = warning(Cause.DATE), warning(Cause.TERMS)
    assert worth_telling((date, terms), dated=False) == (terms,)
    assert worth_telling((date, terms), dated=True) == (date, terms)


@pytest.mark.parametrize(
    ("language", "title", "gross"),
    [
        ("fr", "Facture F-1 émise, avec 1 avertissement(s)", "120,00 €"),
        ("en", "Invoice F-1 issued, with 1 warning(s)", "€120.00"),
    ],
)
def test_a_remark_names_invoice_amount_and_reason_in_the_company_s_language(
    language: str, title: str, gross: str
) -> None:
    remark = Remark(
        deal=DealRef(connection="hubspot", id="7"),
        deal_name="Refonte",
        deal_url="https://crm.example/7",
        number="F-1",
        gross=Money.of_minor(12000, "EUR"),
        points=(warning(Cause.TERMS),),
        at=datetime(2026, 11, 23, 9, tzinfo=UTC),
    )
    notice = remark_notice(remark, Voice(language=language, stage="LIVE", contact="Anne"))
    assert title in notice.title
    assert [f.value.replace("\u202f", " ").replace("\u00a0", " ") for f in notice.facts] == [
        "Refonte (7)",
        gross,
    ]
    assert ("raison" if language == "fr" else "reason") in notice.points[0]
    assert notice.buttons == ()
    assert notice.footer == "Contact : Anne · LIVE"
