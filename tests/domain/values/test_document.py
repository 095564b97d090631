"""How an invoice's PDF is called on a disk."""

import pytest

from raccord.domain.values.document import DocumentOf
from tests.domain.samples import DEAL


def named(number: str) -> str:
    return DocumentOf(billing="stripe", deal=DEAL, invoice_id="in_1", number=number).file_name


@pytest.mark.parametrize("number", ["F-2026-0042", "ABCD1234-0001", "2026.11"])
def test_a_plain_number_is_the_name(number: str) -> None:
    assert named(number) == f"{number}.pdf"


@pytest.mark.parametrize(
    "number", ["../../etc/passwd", "F/2026/1", "", ".", "..", "é", "a\nb", "C:\\x", "x" * 400, 'a"b', "a b"]
)
def test_any_other_number_makes_a_safe_name_of_its_own(number: str) -> None:
    name = named(number)
    assert "/" not in name
    assert name[0] not in ".-"
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
    assert len(name) <= 120
    assert name.endswith(".pdf")


def test_two_numbers_never_share_a_file() -> None:
    assert len({named(number) for number in ("F/1", "F_1", "F 1", "F:1")}) == 4
