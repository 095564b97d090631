"""How a problem reads in the company's language."""

import pytest

from raccord.domain.desk.problems import Cause, problem
from raccord.domain.desk.wording import said


@pytest.mark.parametrize(
    ("record", "fr"),
    [
        ("company 12", "entreprise 12"),
        ("line item 7", "ligne 7"),
        ("deal", "affaire"),
        ("draft", "brouillon"),
        ("settings", "réglages"),
        ("dealership 3", "dealership 3"),
    ],
)
def test_a_record_is_named_in_the_reader_s_language(record: str, fr: str) -> None:
    found = problem(
        Cause.ADDRESS, record, "zip", reason=("manque", "is missing"), remedy=("saisir", "enter it")
    )
    assert said(found, "fr") == f"{fr} · zip : manque → saisir"
    assert said(found, "en") == f"{record} · zip : is missing → enter it"
