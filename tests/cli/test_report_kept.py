"""`raccord report --out`: a week as files that need nothing else."""

from pathlib import Path

import click
import pytest

from starters.cli.report import keep
from tests.texts.told_weeks import ordinary, told

SHOWN = told(ordinary(), "fr")


def test_a_week_is_kept_as_a_page_its_tables_and_its_charts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "reports" / "last"
    for _ in range(2):
        keep(SHOWN, folder)
        names = {each.name for each in folder.iterdir()}
        assert len(names) == 1 + len(SHOWN.tables) + len(SHOWN.charts)
        assert {"report.html", "2026-W48-gaps.csv", "2026-W48-flow_EUR.png"} <= names
    assert str(folder / "report.html") in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(click.exceptions.Exit):
        keep(SHOWN, tmp_path / "file" / "reports")
    assert "the report cannot be kept" in capsys.readouterr().err
