"""What a start needs of its machine: ports, the data directory, and children that die with their parent."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from raccord.ports import Place, listen, refusals
from starters.embedded import launch
from starters.embedded.lock import CannotHold, held
from tests.installed import ROOT
from tests.patience import patience
from tests.texts.reading import foreign

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills children with their parent")


def run(*command: str, language: str = "en") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=os.environ | {"LC_ALL": language, "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=patience(30),
    )


def purge(directory: Path, *sure: str, language: str = "en") -> "subprocess.CompletedProcess[str]":
    """As before anything is installed: with what Python itself brings alone."""
    return run("-S", "-m", "starters.embedded.purge", str(directory), *sure, language=language)


@ON_LINUX
@pytest.mark.parametrize("gone", [False, True])
def test_a_child_whose_parent_is_gone_already_never_runs(tmp_path: Path, gone: bool) -> None:
    mark = tmp_path / "ran"
    code = f"open({str(mark)!r}, 'w')"
    parent = 1 if gone else os.getpid()
    done = run("-I", "-S", str(launch.__file__), str(parent), sys.executable, "-c", code)
    assert (done.returncode, done.stderr) == (0, "")
    assert mark.exists() is not gone


def test_two_of_our_own_settings_cannot_name_one_port() -> None:
    with listen(Place("127.0.0.1", 0, "")) as probe:
        port = probe.getsockname()[1]
    places = [Place("127.0.0.1", port, "receiver.port"), Place("127.0.0.1", port, "temporal.codec_port")]
    (said,) = refusals(places)
    assert (
        str(said)
        == f"receiver.port and temporal.codec_port are both {port}: set one of them to another port."
    )


def test_an_address_that_is_not_ours_is_told_in_a_sentence() -> None:
    (found,) = refusals([Place("192.0.2.1", 8080, "receiver.port")])
    said = str(found)
    assert said.startswith("nobody can listen at 192.0.2.1:8080 (receiver.port): ")
    assert said.endswith(". Correct it in raccord.toml.")
    assert "while" not in said


def test_a_data_directory_is_held_by_one(tmp_path: Path) -> None:
    directory = tmp_path / "new" / "data"
    with held(directory, "`one`"), pytest.raises(CannotHold, match=r"`one` \(pid"), held(directory, "`two`"):
        pytest.fail("it is held twice")
    with held(directory, "`two`"):
        pass


def test_a_data_directory_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(CannotHold, match="cannot be used: Not a directory"),
        held(tmp_path / "file" / "data", ""),
    ):
        pytest.fail("there is no such directory")


class TestPurge:
    @pytest.fixture
    def data(self, tmp_path: Path) -> Path:
        directory = tmp_path / ".raccord"
        directory.mkdir()
        (directory / "keys.json").touch()
        return directory

    def test_it_removes_nothing_without_a_terminal_unless_told(self, data: Path) -> None:
        done = purge(data)
        assert (done.returncode, "make purge YES=yes" in done.stderr) == (1, True)
        assert (data / "keys.json").exists()
        assert purge(data, "yes").returncode == 0
        assert not data.exists()

    def test_it_says_so_in_the_terminal_s_language(self, data: Path) -> None:
        asked, done = purge(data, language="fr_FR.UTF-8"), purge(data, "yes", language="fr_FR.UTF-8")
        said = asked.stdout + asked.stderr + done.stdout
        lines = said.replace(str(data), "…").splitlines()
        assert [(line, wrong) for line in lines if (wrong := foreign(line, "fr"))] == []
        assert lines[0].endswith(" va être supprimé définitivement, avec")
        assert lines[1].split(maxsplit=1)[0] == "keys.json"
        assert "make purge YES=yes" in lines[2]
        assert lines[3].endswith(" a été supprimé.")

    def test_it_removes_nothing_that_somebody_works_with(self, data: Path) -> None:
        with held(data, "`raccord up`"):
            done, in_french = purge(data, "yes"), purge(data, "yes", language="fr")
        assert done.returncode == 1
        assert done.stderr.startswith("Nothing was removed: `raccord up` (pid ")
        assert in_french.stderr.startswith("Rien n'a été supprimé\u00a0: `raccord up` (pid ")
        assert foreign(in_french.stderr.replace(str(data), "…"), "fr") == ()
        assert (data / "keys.json").exists()

    def test_make_clean_keeps_the_data(self) -> None:
        said = subprocess.run(
            ["make", "--dry-run", "clean"], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert ".raccord" not in said.stdout
