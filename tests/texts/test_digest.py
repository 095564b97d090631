"""What the channel reads once a day."""

from datetime import UTC, date, datetime

import pytest

from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.service.findings import Digest, Finding, FindingKind, digest_of
from raccord.domain.values.deal import DealRef
from raccord.domain.values.message import Message, message
from raccord.domain.values.money import Money
from raccord.domain.values.names import THE_DEAL, THE_SETTINGS
from raccord.texts.digest import digest_notice
from raccord.texts.voice import Voice

NOW = datetime(2026, 11, 27, 8, tzinfo=UTC)
MISSING = problem(Cause.AMOUNT, THE_DEAL, "amount", "deal.nothing_to_pay")
SINCE = problem(
    Cause.DATE, THE_SETTINGS, "einvoicing.mode", "einvoicing.not_transmitted", since=date(2026, 9, 1)
)


def found(
    kind: FindingKind, id: str, net: int | None, *points: Message | Problem, currency: str = "EUR"
) -> Finding:
    return Finding(
        kind=kind,
        deal=DealRef(connection="hubspot", id=id),
        name=f"Affaire {id}",
        url="https://crm.example/1",
        number=f"F-{id}",
        net=None if net is None else Money.of_minor(net, currency),
        points=points,
        at=NOW,
    )


def told(*findings: Finding, language: str = "fr") -> list[str]:
    """Return the lines of the message: title, facts, points; with plain spaces."""
    digest = digest_of(findings, NOW)
    assert digest
    notice = digest_notice(
        Digest.model_validate_json(digest.model_dump_json()), Voice(language=language, stage="LIVE")
    )
    lines = [notice.title, *(f"{f.label}: {f.value}" for f in notice.facts), *notice.points]
    return [line.replace("\u00a0", " ").replace("\u202f", " ") for line in lines]


def test_shadow_is_told_in_french_with_counts_amounts_and_reasons() -> None:
    assert told(
        found(FindingKind.WOULD_ASK, "2", None, MISSING, MISSING, MISSING),
        found(FindingKind.WOULD_INVOICE, "1", 512050),
        found(FindingKind.WOULD_INVOICE, "3", 10000, currency="CHF"),
        found(FindingKind.NOT_FOR_US, "4", 100, message("not_for_us.outside_rollout_owner")),
    ) == [
        "🗒️ Essai à blanc : ce que Raccord ferait, et n'a pas fait",
        "À facturer: 2 affaires, 100,00 CHF, 5 120,50 € HT",
        "Question à poser: 1 affaire",
        "Sans facture: 1 affaire, 1,00 € HT",
        "À facturer : Affaire 1 (5 120,50 € HT)",
        "À facturer : Affaire 3 (100,00 CHF HT)",
        "Question à poser : Affaire 2 — affaire · montant : L'affaire ne comporte rien à payer. "
        "(et 2 autres points)",
        "Sans facture : Affaire 4 (1,00 € HT) — "
        "Hors périmètre : son commercial n'est pas dans le déploiement en cours (`[rollout]`).",
        "La liste entière : raccord shadow report",
    ]


def test_of_many_the_first_ten_are_named_and_the_others_counted() -> None:
    lines = told(*(found(FindingKind.WOULD_INVOICE, str(n), 10000) for n in range(25)), language="en")
    assert "To invoice: 25 deals, €2,500.00 net" in lines
    assert [line for line in lines if "Affaire 9 " in line] == ["To invoice: Affaire 9 (€100.00 net)"]
    assert [line for line in lines if "Affaire 10 " in line] == []
    assert "To invoice: and 15 others" in lines


@pytest.mark.parametrize(
    ("language", "counted", "said"),
    [
        ("fr", "À transmettre par une plateforme agréée: 3 factures, 300,00 € HT", "01/09/2026"),
        ("en", "To be transmitted by an approved platform: 3 invoices, €300.00 net", "2026"),
    ],
)
def test_what_nobody_transmits_is_counted_with_its_numbers_and_said_once(
    language: str, counted: str, said: str
) -> None:
    invoices = (found(FindingKind.NOT_TRANSMITTED, str(n), 10000, SINCE) for n in range(3))
    title, fact, numbers, *why = told(*invoices, language=language)
    assert fact == counted
    assert "F-0, F-1, F-2" in numbers
    (only,) = why
    assert said in only
    assert "elsewhere" in only
    assert "blanc" not in title
    assert "shadow" not in title


def test_without_findings_nobody_is_told_anything() -> None:
    assert digest_of((), NOW) is None
