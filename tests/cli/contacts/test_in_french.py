"""What both sides say differently is told in the language of whoever asks."""

import csv
from pathlib import Path

import pytest

from raccord.domain.contact.differences import Difference, Fate
from raccord.domain.values.details import Field
from starters.cli import display
from starters.cli.contacts.diff import page, written
from tests.texts.reading import foreign

FOUND = [
    Difference(
        customer_id="cus_1",
        customer="Hexalab",
        company="hubspot:9001000123",
        field=Field.PHONE,
        crm="+33 4 72 00 00 00",
        billing="+33 4 72 00 00 01",
        fate=fate,
    )
    for fate in Fate
]


@pytest.mark.parametrize(
    ("language", "said", "end"),
    [
        ("fr", "téléphone", "2 clients liés comparés, 4 différences\u202f; 1 à traiter"),
        ("en", "phone", "2 linked customers compared, 4 differences; 1 with something to do"),
    ],
)
@pytest.mark.parametrize("fix", [True, False])
def test_it_is_listed_in_both_languages(
    monkeypatch: pytest.MonkeyPatch, language: str, said: str, end: str, fix: bool
) -> None:
    monkeypatch.setattr(display, "columns", lambda: 80)
    lines = list(page(FOUND, 2, 1, language, fix=fix))
    assert any(said in line for line in lines)
    assert end in " ".join(lines)
    assert [word for line in lines for word in foreign(line, language)] == []
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(("language", "fate"), [("fr", "question posée"), ("en", "a person is asked")])
def test_a_spreadsheet_is_headed_in_both_languages(tmp_path: Path, language: str, fate: str) -> None:
    written(tmp_path / "found.csv", FOUND, language)
    with (tmp_path / "found.csv").open(encoding="utf-8-sig") as file:
        heading, *rows = csv.reader(file)
    assert foreign(" ".join(heading), language) == ()
    assert fate in {row[-1] for row in rows}
