"""The tables of a report as files for a spreadsheet."""

import csv
from io import StringIO

import pytest

from raccord.texts.report.csv_files import csv_files
from tests.texts.told_weeks import HOSTILE, ordinary, quiet, told


def _read(content: bytes, delimiter: str) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig")), delimiter=delimiter))


FRENCH = csv_files(told(ordinary(), "fr"))
ENGLISH = csv_files(told(ordinary(), "en"))


def test_each_table_is_a_file_of_its_week() -> None:
    assert len(FRENCH) == 12
    assert {"2026-W48-gaps.csv", "2026-W48-weeks.csv", "2026-W48-by_hand.csv"} <= set(FRENCH)
    assert all(content.startswith(b"\xef\xbb\xbf") for content in FRENCH.values())


@pytest.mark.parametrize(("files", "delimiter"), [(FRENCH, ";"), (ENGLISH, ",")])
def test_every_line_has_a_cell_for_each_title(files: dict[str, bytes], delimiter: str) -> None:
    for content in files.values():
        lines = _read(content, delimiter)
        assert len({len(line) for line in lines}) == 1


def test_amounts_are_numbers_as_the_language_has_them() -> None:
    french = _read(FRENCH["2026-W48-adjustments.csv"], ";")
    assert french[2][-4:-1] == ["EUR", "-120,00", "EUR"]
    assert _read(ENGLISH["2026-W48-adjustments.csv"], ",")[2][-4:-1] == ["EUR", "-120.00", "EUR"]
    weeks = _read(FRENCH["2026-W48-weeks.csv"], ";")
    assert weeks[1][:7] == ["2026-W37", "2026-09-07", "31200,00", "28450,00", "22110,50", "81200,00", "44,1"]


def test_an_amount_whose_title_names_no_currency_has_it_beside() -> None:
    titles, *lines = _read(FRENCH["2026-W48-deals.csv"], ";")
    at = titles.index("Gagné")
    assert titles[at + 1] == "Gagné, devise"
    assert {line[at + 1] for line in lines} == {"EUR", "USD"}


def test_no_cell_is_a_formula() -> None:
    for content in FRENCH.values():
        for line in _read(content, ";"):
            for cell in line:
                number = cell.removeprefix("-").replace(",", "").isdecimal()
                assert number or not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    named = [line[1] for line in _read(FRENCH["2026-W48-deals.csv"], ";")[1:]]
    assert [each.removeprefix("'") for each in named] == list(HOSTILE)


def test_what_can_be_opened_has_its_link_last() -> None:
    titles, *lines = _read(FRENCH["2026-W48-gaps.csv"], ";")
    assert titles[-1] == "Lien"
    assert lines[1][-1].startswith("https://")


def test_a_table_without_rows_has_its_titles() -> None:
    for content in csv_files(told(quiet(), "fr")).values():
        assert _read(content, ";")[0]
