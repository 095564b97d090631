"""`raccord report` in a terminal: the week in as many columns as there are, and where else it stands."""

import click
import pytest

from raccord.domain.report.place import Place
from raccord.domain.report.policy import Ending
from starters.cli import display
from starters.cli.report import show, tell
from tests.texts.told_weeks import WEEK, ordinary, told

SHEET = "https://docs.google.com/spreadsheets/d/1SandboxPilotageHexalab000000000000000000000/edit#gid=202648"


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("width", [60, 80, 200])
def test_no_line_of_a_week_is_longer_than_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], language: str, width: int
) -> None:
    monkeypatch.setattr(display, "columns", lambda: width)
    shown = told(ordinary(9), language)
    show(shown)
    said = click.unstyle(capsys.readouterr().out)
    assert max(map(len, said.splitlines())) <= width
    assert said.startswith(f"[TEST] {shown.title}")
    words = said.split()
    assert [total for total in shown.totals if not set(total[1].split()) <= set(words)] == []


def test_the_places_are_said_below_with_what_keeps_one_off(capsys: pytest.CaptureFixture[str]) -> None:
    why = "Notion answers 503: its service is unavailable."
    tell(Ending(week=WEEK, places=(Place(name="sheets", at=SHEET), Place(name="notion", trouble=why))))
    assert click.unstyle(capsys.readouterr().err).splitlines() == [
        f"sheets: {SHEET}",
        f"raccord: notion is not up to date: {why}",
    ]


def test_where_no_place_shows_it_the_way_to_all_of_it_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    tell(Ending(week=WEEK))
    assert f"raccord report --week {WEEK} --out FOLDER" in capsys.readouterr().err
