"""What a credit note would come to is said in the language of whoever asks."""

import pytest
from click import unstyle

from raccord.domain.values.invoice import CreditPreview
from starters.cli import display
from starters.cli.credit import text
from tests.domain.samples import DEAL, invoice
from tests.texts.reading import foreign


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ("Rien n'a été émis.", "avoir, TTC", "facture, TTC", "La prochaine vérification")),
        ("en", ("Nothing has been issued.", "credit, gross", "invoice, gross", "The next sweep")),
    ],
)
@pytest.mark.parametrize("whole", [True, False])
def test_it_is_said_in_both_languages(
    language: str, said: tuple[str, ...], whole: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(display, "columns", lambda: 80)
    found, page = invoice(), "https://billing.test/in_1"
    preview = CreditPreview(
        credited=found.totals.gross,
        totals=found.totals if whole else None,
        page=page,
        request="POST /v1/credit_notes",
    )
    lines = [unstyle(line) for line in text(DEAL, found, preview, "TEST", language)]
    told = " ".join(" ".join(lines).split())
    assert [part for part in (*said, page) if part not in told] == []
    assert [word for line in lines for word in foreign(line, language)] == []
    assert max(map(len, lines)) <= 80
