"""A week in words. `golden/` holds what every place is told, in each language, for people to read.

A changed word is a changed golden file: with `GOLDEN=write` in the environment, this test writes them.
"""

import os
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from raccord.domain.report.changes import changes
from raccord.domain.report.publication import Cell, ColumnKind, Linked, Publication
from raccord.domain.report.report import Counted, Figures, Report
from raccord.domain.values.message import Message
from raccord.domain.values.money import Money
from raccord.texts import LANGUAGES, say
from tests.texts.reading import faults
from tests.texts.told_weeks import HOSTILE, WEEK, counted, money, ordinary, quiet, told

GOLDEN = Path(__file__).parent / "golden"
WEEKS = {"week": ordinary(), "week-quiet": quiet()}


def _written(shown: Publication) -> str:
    parts = [f"{shown.mark} {shown.company}: {shown.title}", shown.subtitle, "", *shown.sentences, ""]
    parts += [f"{label} = {value}" for label, value in shown.totals]
    for table in shown.tables:
        parts += ["", f"## {table.title} ({table.key})", " | ".join(each.title for each in table.columns)]
        parts += [f"{row.key}: {' | '.join(map(_cell, row.cells))}" for row in table.rows]
        parts += [table.note] if table.note else []
    parts += ["", *(f"{each.title} ({each.kind}, {each.unit}): {each.alternative}" for each in shown.charts)]
    return "\n".join(parts) + "\n"


def _cell(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Linked(text=text, url=url):
            return f"{text} <{url}>"
        case _:
            return str(cell)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", WEEKS)
def test_each_week_reads_as_people_agreed(name: str, language: str) -> None:
    file, written = GOLDEN / f"{name}.{language}.txt", _written(told(WEEKS[name], language))
    if os.environ.get("GOLDEN") == "write":
        file.write_text(written, "utf-8")
    assert written == file.read_text("utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", WEEKS)
def test_every_table_is_whole(name: str, language: str) -> None:
    shown = told(WEEKS[name], language)
    assert len(shown.sentences) == 5
    for table in shown.tables:
        assert len({row.key for row in table.rows}) == len(table.rows)
        assert len({each.key for each in table.columns}) == len(table.columns)
        assert all(len(row.cells) == len(table.columns) for row in table.rows)
        assert table.rows or table.note
        for row in table.rows:
            for column, cell in zip(table.columns, row.cells, strict=True):
                assert cell is None or isinstance(cell, Money) == (column.kind is ColumnKind.MONEY)
    for chart in shown.charts:
        drawn = {each.key for each in shown.table(chart.table).columns}
        assert {chart.across, *chart.values} <= drawn


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", WEEKS)
def test_our_own_words_are_of_one_language(name: str, language: str) -> None:
    shown = told(WEEKS[name], language)
    ours = [shown.title, shown.subtitle, *shown.sentences, *(label for label, _ in shown.totals)]
    for table in shown.tables:
        ours += [table.title, *(each.title for each in table.columns), *([table.note] if table.note else ())]
    ours += [text for each in shown.charts for text in (each.title, each.alternative)]
    assert {text: found for text in ours if (found := faults(text, language))} == {}
    if language == "fr":
        assert [text for text in ours if re.search(r" [:;!?»%]|« ", text)] == []


def test_amounts_of_a_column_are_of_the_currency_that_it_names() -> None:
    for table in told(ordinary(), "fr").tables:
        for at, column in enumerate(table.columns):
            held = {cell.currency for row in table.rows if isinstance(cell := row.cells[at], Money)}
            assert not column.currency or held <= {column.currency}
            assert not column.currency or column.title.endswith(column.currency)


def test_names_stay_as_people_typed_them() -> None:
    cells = [cell for row in told(ordinary(), "fr").table("deals").rows for cell in row.cells]
    assert set(HOSTILE) <= {cell for cell in cells if isinstance(cell, str)}


def test_what_is_counted_and_not_listed_is_said() -> None:
    many = ordinary(gaps=100)
    cut = many.model_copy(update={"gaps": many.gaps[:40], "more_adjustments": 2})
    shown = told(cut, "en")
    assert "And 60 more gaps" in shown.table("gaps").note
    assert "3 further deals" in shown.table("deals").note
    assert "2 further adjustments" in shown.table("adjustments").note


def test_gaps_that_nobody_looked_for_are_no_zero() -> None:
    shown = told(ordinary(proved_at=None, gaps=0), "en")
    assert dict(shown.totals)["Gaps"] == "–"
    assert "not been compared" in shown.table("gaps").note
    assert "not been compared" in shown.sentences[4]


def test_days_and_moments_are_those_of_the_company_s_zone() -> None:
    night = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)
    report = ordinary()
    waits = report.waiting[0].model_copy(update={"since": night})
    shown = told(report.model_copy(update={"waiting": (waits,), "proved_at": night}), "fr")
    assert shown.table("waiting").rows[0].cells[-1] == date(2026, 11, 30)
    assert "30/11 00:30" in shown.table("gaps").note


def test_the_currency_of_most_weeks_is_drawn_first() -> None:
    report = ordinary()
    once = [point for point in report.trend if point.won.currency == "USD"]
    francs = tuple(
        point.model_copy(
            update={
                name: money("5.00" if point.week == WEEK else "0.00", "CHF")
                for name in ("won", "issued", "received", "receivable")
            }
        )
        for point in once
    )
    shown = told(report.model_copy(update={"trend": (*francs, *report.trend)}), "fr")
    assert [each.key for each in shown.charts if each.key.startswith("flow")] == [
        "flow_EUR",
        "flow_USD",
        "flow_CHF",
    ]


def _first(now: Counted, before: Counted) -> str:
    report = quiet().model_copy(update={"figures": Figures(won=now), "before": Figures(won=before)})
    return say(changes(report, None)[0], "en")


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (counted(0), counted(0), "No deal was won, as in the week before."),
        (counted(0), counted(2, money("5.00")), "No deal was won; the week before: 2 won deals for €5.00."),
        (counted(1, money("5.00")), counted(0), "1 won deal for €5.00; nothing in the week before."),
        (
            counted(1, money("5.00")),
            counted(3, money("5.00")),
            "1 won deal for €5.00, as much as in the week before.",
        ),
        (
            counted(1, money("5.00"), money("7.00", "USD")),
            counted(1, money("6.50")),
            "1 won deal for €5.00 and $7.00, which is €1.50 less and $7.00 more than in the week before.",
        ),
    ],
)
def test_a_week_is_held_against_the_one_before(now: Counted, before: Counted, said: str) -> None:
    assert _first(now, before).replace("US$", "$") == said


def test_a_report_is_told_again_alike() -> None:
    report = ordinary()
    again = Report.model_validate_json(report.model_dump_json())
    assert told(again, "fr") == told(report, "fr")
    assert all(isinstance(each, Message) for each in again.changes)
    assert again.week == WEEK
