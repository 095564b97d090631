"""`raccord sandbox` says how to get in, as a shell reads it."""

import subprocess
import sys
from pathlib import Path

import pytest

from starters.demo.access import access, exports
from starters.demo.place import Place
from starters.demo.programmes import PROGRAMMES
from tests.patience import patience


def shell(script: str) -> str:
    command = ["sh", "-ec", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=patience(10))
    return done.stdout


def test_what_it_prints_sets_addresses_and_credentials() -> None:
    said = shell(access(8090) + 'echo "$RACCORD_HUBSPOT__BASE_URL $RACCORD_STRIPE__API_KEY"')
    assert said == "http://127.0.0.1:8090/hubspot rk_test_sandbox0000000000000000\n"


def test_odd_values_arrive_as_they_are_and_empty_ones_are_gone() -> None:
    odd = 'it\'s $HOME `id` \\ "x"'
    script = "export GONE=there\n" + exports({"ODD": odd, "GONE": ""})
    assert shell(script + 'printf "%s|%s" "$ODD" "${GONE-unset}"') == f"{odd}|unset"


def test_the_file_of_the_demo_leads_to_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever ran `make demo` has activated nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    script = (
        f". {Place.make(PROGRAMMES['hubspot-stripe'].pair).shell_file}\ncommand -v raccord\ncommand -v sh"
    )
    ours, theirs = shell(script).split()
    assert ours == str(Path(sys.executable).with_name("raccord"))
    assert theirs in {"/usr/bin/sh", "/bin/sh"}
