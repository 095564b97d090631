"""A folder keeps what every place for reports promises: each week once, whatever happens, and people's own.

The suite of `tests/connectors/conformance` speaks to simulators; no request leaves here, so that its
promises are held against a disk that refuses.
"""

import os
from contextlib import suppress
from dataclasses import replace as changed
from pathlib import Path

import pytest
from pydantic import ValidationError

from raccord.connectors.connection import CheckState, Kind
from raccord.connectors.errors import Forbidden, Transient
from raccord.connectors.registry import load
from raccord.connectors.report_sink import ReportSink
from raccord.domain.values.clock import BusinessClock
from raccord.vendors.folder.settings import FolderSettings
from tests.texts.told_weeks import HOSTILE, WEEK, ordinary, quiet, told

SHOWN = told(ordinary(), "fr")
SMALL = changed(SHOWN, tables=tuple(map(SHOWN.table, ("gaps", "weeks"))), charts=SHOWN.charts[:1])


def sink(directory: Path) -> ReportSink:
    vendor = load(Kind.REPORT_SINK, "folder")
    port: ReportSink = vendor.connect(
        "dossier",
        vendor.settings.model_validate({"vendor": "folder", "directory": directory}),
        BusinessClock(),
    )
    return port


def there(directory: Path) -> dict[str, bytes]:
    return {
        str(each.relative_to(directory)): each.read_bytes()
        for each in sorted(directory.rglob("*"))
        if each.is_file()
    }


async def test_a_week_is_a_folder_of_files_and_published_again_it_is_the_same(tmp_path: Path) -> None:
    where = await sink(tmp_path).publish(SHOWN)
    assert where == str(tmp_path / "2026-W48" / "report.html")
    shown = there(tmp_path)
    names = {name.removeprefix("2026-W48/") for name in shown}
    assert {"index.html", "report.html", "2026-W48-gaps.csv", "2026-W48-flow_EUR.png"} <= names
    assert len(names) == 3 + len(SHOWN.tables) + len(SHOWN.charts)
    touched = (tmp_path / "2026-W48" / "report.html").stat().st_mtime_ns
    assert await sink(tmp_path).publish(SHOWN) == where
    assert there(tmp_path) == shown
    assert (tmp_path / "2026-W48" / "report.html").stat().st_mtime_ns == touched


async def test_weeks_stand_side_by_side_and_the_newest_is_listed_first(tmp_path: Path) -> None:
    await sink(tmp_path).publish(SHOWN)
    await sink(tmp_path).publish(changed(SHOWN, week=WEEK.back(1)))
    (tmp_path / "2026-w01").mkdir()
    (tmp_path / "2026-w01" / "report.html").write_text("mine")
    listed = (tmp_path / "index.html").read_text("utf-8")
    assert 0 < listed.index("2026-W48/report.html") < listed.index("2026-W47/report.html")
    assert "Du 23 au 29\u00a0novembre 2026" in listed
    assert "2026-w01" not in listed


async def test_what_is_no_more_shown_goes_and_what_people_put_there_stays(tmp_path: Path) -> None:
    await sink(tmp_path).publish(SHOWN)
    mine = tmp_path / "2026-W48" / "2026-W48-notes.csv"
    mine.write_text("mine")
    (tmp_path / "lisez-moi.txt").write_text("mine")
    await sink(tmp_path).publish(told(quiet(), "fr"))
    assert not list(tmp_path.glob("2026-W48/*.png"))
    assert mine.read_text() == (tmp_path / "lisez-moi.txt").read_text() == "mine"
    await sink(tmp_path).publish(SHOWN)
    assert len(list(tmp_path.glob("2026-W48/*.png"))) == len(SHOWN.charts)


@pytest.fixture
def breaking(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The disk is full from the write of this number on, once."""
    left = [-1]
    fsync = os.fsync

    def full(descriptor: int) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise OSError(28, "No space left on device")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    return left


async def test_a_report_that_broke_off_anywhere_is_completed(tmp_path: Path, breaking: list[int]) -> None:
    usual = tmp_path / "usual"
    usual.mkdir()
    await sink(usual).publish(SMALL)
    broke = 0
    for place in range(1, len(there(usual)) + 3):
        folder = tmp_path / str(place)
        folder.mkdir()
        await sink(folder).publish(told(quiet(), "fr"))
        breaking[0] = place
        with suppress(Transient):
            await sink(folder).publish(SMALL)
        broke += breaking[0] <= 0
        breaking[0] = -1
        assert not list(folder.rglob(".raccord-*"))
        await sink(folder).publish(SMALL)
        assert there(folder) == there(usual)
    assert broke >= len(there(usual)) - 1


async def test_of_a_report_that_broke_off_nothing_is_left_over(tmp_path: Path, breaking: list[int]) -> None:
    usual = tmp_path / "usual"
    usual.mkdir()
    await sink(usual).publish(changed(SMALL, charts=()))
    for place in range(1, len(SMALL.tables) + len(SMALL.charts) + 4):
        folder = tmp_path / str(place)
        folder.mkdir()
        breaking[0] = place
        with suppress(Transient):
            await sink(folder).publish(SMALL)
        breaking[0] = -1
        await sink(folder).publish(changed(SMALL, charts=()))
        assert there(folder) == there(usual)


async def test_what_a_killed_writer_left_is_swept_away(tmp_path: Path) -> None:
    (tmp_path / "2026-W48").mkdir()
    for each in (tmp_path, tmp_path / "2026-W48"):
        (each / ".raccord-abc").write_bytes(b"half")
    await sink(tmp_path).publish(SHOWN)
    assert not list(tmp_path.rglob(".raccord-*"))


async def test_a_list_of_our_files_that_leads_elsewhere_takes_nothing(tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("mine")
    (tmp_path / "2026-W48").mkdir()
    (tmp_path / "2026-W48" / ".raccord.json").write_text('["../mine.txt", "", "..", ".", 7]')
    await sink(tmp_path).publish(SHOWN)
    assert mine.read_text() == "mine"


async def test_what_people_typed_is_text(tmp_path: Path) -> None:
    await sink(tmp_path).publish(SHOWN)
    page = (tmp_path / "2026-W48" / "report.html").read_text("utf-8")
    assert "<script>" not in page
    sheet = (tmp_path / "2026-W48" / "2026-W48-deals.csv").read_text("utf-8-sig")
    for name in HOSTILE[1:4]:
        assert f";'{name};" in sheet


async def test_a_folder_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    port = sink(tmp_path / "share")
    for call in (port.probe, lambda: port.publish(SHOWN)):
        with pytest.raises(Forbidden, match=r"directory of \[dossier\]"):
            await call()
    (found,) = await port.check()
    assert (found.state, found.remedy[:20]) == (CheckState.FAIL, "Correct directory of")
    assert not (tmp_path / "share").exists()


async def test_a_folder_that_may_not_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(Forbidden, match="may not be written"):
        await sink(tmp_path).publish(SHOWN)
    (found,) = await sink(tmp_path).check()
    assert found.state is CheckState.FAIL
    assert there(tmp_path) == {}


async def test_doctor_changes_nothing(tmp_path: Path) -> None:
    (found,) = await sink(tmp_path).check()
    assert found.state is CheckState.OK
    assert there(tmp_path) == {}


def test_a_folder_has_no_address() -> None:
    assert FolderSettings.model_validate({"directory": "/srv/reports"}).base_url == ""
    with pytest.raises(ValidationError, match=r"unfit\.folder"):
        FolderSettings.model_validate({"directory": "/srv/reports", "base_url": "https://x.example"})
