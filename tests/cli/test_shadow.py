"""What finance reads of the time in shadow, from a terminal."""

import json
from datetime import UTC, datetime

import pytest

from raccord.domain.desk.problems import Cause, problem
from raccord.domain.service.findings import Finding, FindingKind
from raccord.domain.values.deal import DealRef
from raccord.domain.values.money import Money
from raccord.domain.values.names import THE_DEAL
from tests.cli.conftest import Company

NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)


def found(kind: FindingKind, id: str, net: int) -> Finding:
    asked = problem(Cause.AMOUNT, THE_DEAL, "amount", "deal.nothing_to_pay")
    return Finding(
        kind=kind,
        deal=DealRef(connection="hubspot", id=id),
        name=f"Affaire {id}",
        url="https://crm.example/1",
        net=Money.of_minor(net, "EUR"),
        gross=Money.of_minor(net * 6 // 5, "EUR") if kind is FindingKind.WOULD_INVOICE else None,
        points=(asked,) if kind is FindingKind.WOULD_ASK else (),
        at=NOW,
    )


def put(company: Company) -> None:
    for each in (
        found(FindingKind.WOULD_ASK, "1", 5000),
        found(FindingKind.WOULD_INVOICE, "2", 512050),
        found(FindingKind.WOULD_INVOICE, "3", 10000),
    ):
        company.remember(lambda records, each=each: records.findings.note(each))  # type: ignore[misc]


def plain(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def test_before_anything_was_looked_at_the_report_says_how_it_will_be(company: Company) -> None:
    done = company.raccord("shadow", "report")
    assert done.exit_code == 0, done.output
    assert "raccord reconcile --once" in done.output


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "fr",
            [
                "À facturer 2 affaires, 5 220,50 € HT",
                "Question à poser 1 affaire, 50,00 € HT",
                "",
                "Décision Affaire HT TTC Pourquoi",
                "À facturer Affaire 2 5 120,50 € 6 144,60 €",
                "À facturer Affaire 3 100,00 € 120,00 €",
                "Question à poser Affaire 1 50,00 € affaire · montant : L'affaire ne comporte rien à payer.",
            ],
        ),
        (
            "en",
            [
                "To invoice 2 deals, €5,220.50 net",
                "To ask about 1 deal, €50.00 net",
                "",
                "Decision Deal Net Gross Why",
                "To invoice Affaire 2 €5,120.50 €6,144.60",
                "To invoice Affaire 3 €100.00 €120.00",
                "To ask about Affaire 1 €50.00 deal · amount: There is nothing to pay on this deal.",
            ],
        ),
    ],
)
def test_the_report_counts_adds_up_and_lists_in_the_desk_s_language(
    company: Company, language: str, expected: list[str]
) -> None:
    company.speak(language)
    put(company)
    done = company.raccord("shadow", "report")
    assert done.exit_code == 0, done.output
    assert plain(done.output) == expected


def test_a_machine_reads_the_same_with_exact_amounts(company: Company) -> None:
    put(company)
    asked, clean, _ = json.loads(company.raccord("shadow", "report", "--json").output)
    assert (asked["verdict"], asked["deal"], len(asked["why"])) == ("would_ask", "1", 1)
    assert clean["net"] == {"amount": "5120.50", "currency": "EUR"}
    assert clean["gross"] == {"amount": "6144.60", "currency": "EUR"}
