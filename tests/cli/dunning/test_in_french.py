"""What `raccord dunning` says is said in French to who reads French, and in English to who reads English."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from starters.cli import display
from tests.cli.dunning.conftest import TODAY, House, account, owed, sent
from tests.cli.dunning.test_rules import GENTLE, PAST
from tests.cli.dunning.test_saying import REFUSED, SOON
from tests.texts.reading import foreign

_NAMED = re.compile(r"[\w-]+\.(?:csv|svg|toml|html)|@\S+|\bF-\d|cus_\w+|Globex|Initech|Hooli|Umbrella")
SAID = (
    ("list",),
    ("show", "cus_1"),
    ("pause", "cus_1"),
    ("promise", "cus_1", SOON, "--amount", "9000"),
    ("instalments", "cus_1", f"{SOON}=7"),
    ("approve", "--all"),
    ("preview", "cus_1", "--html", "mail.html"),
    ("preview", "cus_paid"),
    ("check", "--policy", "gentle.toml"),
    ("check", "--policy", "nothing.toml"),
    ("simulate", "--since", "2026-09-01", "--csv", "past.csv"),
    ("simulate", "--since", "2026-09-01", "--csv", "past.csv", "--against", "gentle.toml", "--out", "."),
    ("simulate", "--since", "2026-09-01", "--csv", "wrong.csv"),
    ("simulate", "--since", "2026-09-01", "--csv", "none.csv"),
    ("simulate", "--since", str(TODAY + timedelta(days=1))),
)


@pytest.fixture
def street(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(display, "columns", lambda: 80)
    for name, content in (("gentle.toml", GENTLE), ("past.csv", PAST), ("wrong.csv", "customer\nC1\n")):
        Path(name).write_text(content, "utf-8")
    house.billing.owes(
        account("cus_1", "Globex", owed("F-1", 9)),
        account("cus_2", "Initech", owed("F-2", 90)),
        account("cus_paid", "Hooli"),
    )
    house.remember("cus_2", sent(60, ("F-2", 1)))
    return house


@pytest.mark.parametrize("typed", [*SAID, *(typed for typed, _ in REFUSED)], ids=" ".join)
def test_each_language_is_the_reader_s_own(street: House, typed: tuple[str, ...]) -> None:
    lines = {}
    for language in ("fr", "en"):
        street.company.speak(language)
        said = street.dunning(*typed).output
        lines[language] = {" ".join(_NAMED.sub("…", line).split()) for line in said.splitlines()}
        assert {line: found for line in lines[language] if (found := foreign(line, language))} == {}, said
        if typed[0] in ("check", "simulate"):
            told = [line for line in said.splitlines() if not line.startswith("raccord: ")]
            assert max(map(len, told), default=0) <= 80, said
    assert {line for line in lines["fr"] & lines["en"] if re.search(r"[^\W\d_]{3}", line)} == set()
