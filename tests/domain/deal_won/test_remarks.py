"""What the channel is told of an issued invoice."""

from datetime import UTC, date, datetime

import pytest

from raccord.domain.deal_won.remarks import Remark, worth_telling
from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.values.deal import DealRef
from raccord.domain.values.money import Money
from raccord.domain.values.names import THE_DEAL
from raccord.texts.remarks import remark_notice
from raccord.texts.voice import Voice


def warning(cause: Cause) -> Problem:
    return problem(cause, THE_DEAL, "service_date", "service_date.far_away", day=date(2027, 9, 1))


def test_a_missing_service_date_is_not_worth_a_message_but_an_odd_one_is() -> None:
    dates, terms = warning(Cause.DATE), warning(Cause.TERMS)
    assert worth_telling((dates, terms), dated=False) == (terms,)
    assert worth_telling((dates, terms), dated=True) == (dates, terms)


@pytest.mark.parametrize(
    ("language", "title", "gross"),
    [
        ("fr", "Facture F-1 émise, avec 1 avertissement", "120,00 €"),
        ("en", "Invoice F-1 issued, with 1 warning", "€120.00"),
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
        "Refonte",
        gross,
    ]
    assert ("plus d'un an" if language == "fr" else "more than a year") in notice.points[0]
    assert notice.buttons == ()
    assert notice.footer == ("Contact\u00a0: Anne · LIVE" if language == "fr" else "Contact: Anne · LIVE")
