"""A French reader of doctor, setup and a start finds no line in English, an English one none in French."""

import re
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click import unstyle
from rich.console import Console

from raccord.connectors.connection import Check, CheckState, Kind
from raccord.domain.rules.modes import WITH_A_MODE, Mode
from raccord.domain.rules.rollout import Rollout
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.identity import WorkerIdentity
from raccord.texts import say_param
from starters.cli import setup
from starters.cli.doctor import examine as examining
from starters.cli.doctor import page, temporal
from starters.cli.doctor.examine import examine
from starters.cli.language import ASKED, LANGUAGES_SPOKEN
from starters.demo.hints import next_step
from starters.demo.place import Place
from starters.demo.programmes import PROGRAMMES, Programme
from starters.demo.show import Show
from starters.embedded.banner import banner
from tests.fakes.billing import FakeBilling
from tests.fakes.crm import FakeCrm
from tests.fakes.mailer import FakeMailer
from tests.settings.written import SMTP, configuration
from tests.texts.reading import foreign
from workers.connections import Connections, Opened

_LINK = re.compile(r"http://\S+")
SETTINGS = """
mailer = "smtp"
invoice_deals_won_from = 2026-01-01
temporal.embedded_port = 1
[modes]
deal_won = "live"
payment = "live"
[data]
directory = "{directory}"
[report]
to = ["direction@hexalab.example"]
"""


class Crm(FakeCrm):
    async def check(self) -> tuple[Check, ...]:
        return ()

    async def set_up(self, *, dry: bool = False) -> tuple[Check, ...]:  # noqa: ARG002
        return ()


@pytest.fixture
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Configuration:
    found = configuration(tmp_path, SETTINGS.format(directory=tmp_path / "data") + SMTP)
    KeyRing.create(found.settings.key_file)
    ports: dict[Kind, Any] = {Kind.CRM: Crm(), Kind.BILLING: FakeBilling(), Kind.MAILER: FakeMailer()}
    rows = Connections(tuple(Opened(each, ports[each.kind]) for each in found.connections))
    for module in (examining, setup):
        monkeypatch.setattr(module, "opened", lambda _: nullcontext(rows))
    monkeypatch.setattr(temporal, "WITHIN", timedelta(0))
    return found


@pytest.fixture(autouse=True)
def nothing_asked() -> Iterator[None]:
    token = ASKED.set("")
    yield
    ASKED.reset(token)


def both(said: dict[str, str], folder: Path) -> None:
    """Compare the runs of a command: where a line is the same in both, it names things and says nothing."""
    said = {language: _LINK.sub("…", text.replace(str(folder), "…")) for language, text in said.items()}
    lines = {
        language: {line.strip() for line in unstyle(text).splitlines()} for language, text in said.items()
    }
    assert len(lines["fr"]) > 5
    assert {line for line in lines["fr"] & lines["en"] if foreign(line, "fr") or foreign(line, "en")} == set()
    for language, text in said.items():
        wrong = {line: words for line in lines[language] if (words := foreign(line, language))}
        assert wrong == {}, text


async def test_doctor(loaded: Configuration) -> None:
    examined = await examine(loaded.path)
    both(
        {
            language: "\n".join(page.lines(examined, language, doctor="raccord doctor", up="raccord up"))
            for language in LANGUAGES_SPOKEN
        },
        loaded.path.parent,
    )


async def test_doctor_without_settings(tmp_path: Path) -> None:
    examined = await examine(tmp_path / "raccord.toml")
    both(
        {
            language: "\n".join(page.lines(examined, language, doctor="raccord doctor", up="raccord up"))
            for language in LANGUAGES_SPOKEN
        },
        tmp_path,
    )


@pytest.mark.parametrize("dry", [True, False])
async def test_setup(loaded: Configuration, dry: bool, capsys: pytest.CaptureFixture[str]) -> None:
    said = {}
    for language in LANGUAGES_SPOKEN:
        ASKED.set(language)
        await setup.set_up(loaded, None, as_json=False, dry=dry)
        said[language] = capsys.readouterr().out
    lines = {language: unstyle(text).splitlines() for language, text in said.items()}
    assert lines["fr"][-1] != lines["en"][-1]
    assert [word for line in lines["fr"] for word in foreign(line, "fr")] == []


def test_the_banner_of_a_start(loaded: Configuration) -> None:
    worker = WorkerIdentity.of_this_process(dict.fromkeys(WITH_A_MODE, Mode.LIVE), "TEST")
    both({language: banner(loaded, worker, language) for language in LANGUAGES_SPOKEN}, loaded.path.parent)


def test_the_banner_says_where_whoever_was_not_promoted_begins(loaded: Configuration) -> None:
    worker = WorkerIdentity.of_this_process(dict.fromkeys(WITH_A_MODE, Mode.LIVE), "TEST")
    assert "promote" not in banner(loaded, worker, "fr")
    settings = loaded.settings.model_copy(update={"rollout": Rollout(begin=Mode.SHADOW)})
    begun = replace(loaded, settings=settings)
    assert "shadow pour tous ceux que `raccord shadow promote`" in banner(begun, worker, "fr")


@pytest.mark.parametrize("programme", PROGRAMMES.values(), ids=PROGRAMMES)
def test_the_demo_before_it_plays_and_once_everything_runs(tmp_path: Path, programme: Programme) -> None:
    place = Place(programme.pair, tmp_path, {"sandbox": 1, "ui": 2}, reports_weeks=False)
    names = [each.name for each in programme.scenarios] + [each.name for each in programme.left_out]
    said = {}
    for language in LANGUAGES_SPOKEN:
        page = StringIO()
        console = Console(file=page, width=200)
        console.print(Show(programme.scenarios, print, language, programme.left_out).table())
        console.print(next_step(place, place, language), soft_wrap=True, highlight=False)
        said[language] = page.getvalue()
        for name in names:
            said[language] = said[language].replace(f" {name} ", " … ")
    assert len(said["fr"].splitlines()) > len(names) + 20
    both(said, tmp_path)


async def test_what_is_wrong_with_settings_is_a_line_each(tmp_path: Path) -> None:
    (tmp_path / "raccord.toml").write_text("nobody = 1\n", "utf-8")
    examined = await examine(tmp_path / "raccord.toml")
    (found,) = (check for check in examined.checks if check.state is CheckState.FAIL)
    assert len(say_param(found.seen, "fr").splitlines()) == 3
