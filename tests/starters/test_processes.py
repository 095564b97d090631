from pathlib import Path

from starters.embedded.processes import Process

WHY = 'level=ERROR msg="Failed to start gRPC listener" error="bind: address already in use"'


def died(tmp_path: Path, log: str) -> str:
    place = tmp_path / "temporal.log"
    place.write_text(log, "utf-8")
    return Process("temporal", (), log=place).last_words()


def test_why_a_process_died_is_what_it_said_last(tmp_path: Path) -> None:
    said = died(tmp_path, "".join(f"line {number}\n" for number in range(40)))
    assert said.splitlines() == [f"line {number}" for number in range(25, 40)]


def test_where_in_its_code_temporal_was_does_not_hide_what_it_said(tmp_path: Path) -> None:
    trace = "".join(f"\tserver.go:{number} +0x89\n" for number in range(40))
    assert died(tmp_path, f"{WHY}\npanic: nil pointer\n\ngoroutine 1 [running]:\n{trace}") == WHY


def test_without_a_log_nothing_is_said(tmp_path: Path) -> None:
    assert Process("temporal", (), log=tmp_path / "none.log").last_words() == ""
