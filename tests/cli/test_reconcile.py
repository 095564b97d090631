from datetime import UTC, date, datetime
from decimal import Decimal

import click
import pytest

from raccord.domain.proof.gap import Gap, GapKind, Standing
from raccord.domain.proof.proof import Proof
from raccord.domain.service.sweep import SweepResult
from raccord.domain.values.money import Money
from raccord.texts.proofs import page
from starters.cli import display
from starters.cli.proof import show
from starters.cli.reconcile import told

AT = datetime(2026, 11, 27, 3, 20, tzinfo=UTC)
GAPS = (
    Gap(
        kind=GapKind.AMOUNTS_DIFFER,
        name="Refonte du site des Ateliers du Canal",
        number="F-2026-0412",
        here=Money(amount=Decimal("1000.00"), currency="EUR"),
        there=Money(amount=Decimal("1305.39"), currency="EUR"),
        since=date(2026, 10, 2),
        standing=Standing.ASKED,
    ),
    Gap(kind=GapKind.OF_NO_DEAL, number="F-2026-0007", url="https://billing.example/in_7"),
)
PROOF = Proof(
    day=AT.date(),
    since=date(2026, 1, 1),
    began_at=AT,
    ended_at=AT,
    counts={gap.kind: 1 for gap in GAPS},
    gaps=GAPS,
)


def test_every_number_of_a_sweep_is_told() -> None:
    numbers = {
        name: place
        for place, (name, field) in enumerate(SweepResult.model_fields.items(), start=101)
        if field.annotation is int
    }
    said = click.unstyle("\n".join(told(SweepResult.model_validate(numbers), "en")))
    assert [count for count in numbers.values() if f"{count} " not in said] == []


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_no_line_of_a_proof_is_longer_than_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], language: str, width: int
) -> None:
    monkeypatch.setattr(display, "columns", lambda: width)
    show(PROOF, language)
    lines = click.unstyle(capsys.readouterr().out).splitlines()
    assert max(map(len, lines)) <= width
    assert "F-2026-0412" in "\n".join(lines)


def test_the_page_links_the_invoice_of_a_gap_without_a_deal() -> None:
    assert '<a href="https://billing.example/in_7">F-2026-0007</a>' in page(PROOF, "Hexalab SAS", "en")
