"""Whatever is typed, and wherever it is written to: a sentence and a status, never a traceback.

Every command and option is played with input that cannot be, each in a process of its own.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click
import pytest

from starters.cli.main import app
from tests.cli.conftest import SECRETS, Company
from tests.cli.played import CODE, ROOT, Player, alone
from tests.front_door.stack import free_port
from tests.patience import patience

pytestmark = pytest.mark.slow

USAGE, FAILED, CLOSED_PIPE = 2, 1, 141


@dataclass(frozen=True)
class Case:
    """What is typed, and what must be said; `{file}` is a file that is no folder, `{busy}` a busy port."""

    typed: str
    says: str
    status: int = USAGE
    environment: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join((self.typed, *(f"{name}={value}" for name, value in self.environment.items())))


CONFIGURED = (
    *(
        "setup",
        "up",
        "worker",
        "starter",
        "flows start 1",
        "flows list",
        "flows show 1",
        "flows why 1",
        "invoices --month 2026-10 --csv x.csv",
        "audit messages --month 2026-10",
        "inbox list",
        "inbox show 1",
        "inbox retry 1",
    ),
    *(
        "inbox skip 1",
        "inbox cancel 1",
        "inbox choose 1 a",
        "reconcile --once --since 2026-01-31 --page x.html",
        "audit verify",
    ),
    *("audit export", "quarantine list", "quarantine show 1", "shadow report", "shadow score", "credit 1"),
    *(
        "shadow ladder",
        "shadow promote --owner a --reason x --under 5",
        "shadow demote --pipeline a --reason x --to draft",
        "shadow promote --everybody --reason x",
    ),
    *("contacts diff --fix --csv x.csv", "contacts undo 1", "report --week 2026-W01 --out x"),
    "data-quality --since 2026-01-31 --out x --csv x",
    *("backup {folder}/new", "restore {file}", "connect stripe"),
    *("payments link in_1 1", "backfill --since 2026-01-01 --dry-run"),
    *("dunning list", "dunning show cus_1", "dunning preview cus_1 --language en --html x.html"),
    *(
        "dunning pause cus_1 --until 2026-12-31 --reason x",
        "dunning resume cus_1",
        "dunning dispute cus_1 F-1",
    ),
    *("dunning settled cus_1 F-1", "dunning promise cus_1 2026-12-31 --amount 400"),
    *("dunning instalments cus_1 2026-12-31=400", "dunning collection cus_1", "dunning insolvency cus_1"),
    *("dunning stop cus_1", "dunning remind cus_1", "dunning bounced cus_1 a@example.fr"),
    *("dunning approve cus_1", "dunning check --policy other.toml"),
    "dunning simulate --policy a.toml --against b.toml --csv past.csv --since 2026-01-01 --out folder",
)
BAD_FILES = (
    *(
        Case(f"{command} --config {{file}}/raccord.toml", "cannot be read: Not a directory")
        for command in CONFIGURED
    ),
    Case("inbox list --config {folder}", "cannot be read: Is a directory"),
    Case("inbox list --config {folder}/none.toml", "There is no settings file"),
    Case("inbox list --config {garbage}", "is not UTF-8"),
    Case("doctor --config {garbage}", "is not UTF-8", FAILED),
    Case("init {file}/raccord.toml", "Not a directory"),
    Case("init {folder}", "exists already"),
    Case("init --answers {garbage}", "is not UTF-8"),
    Case("init --answers {folder}", "is a directory"),
)
BAD_WORDS = (
    Case("sandbox --port 80000", "80000 is not in the range"),
    Case("sandbox --smtp-port 80000", "80000 is not in the range"),
    Case("sandbox --port many", "not a valid integer"),
    Case("sandbox --port {busy}", "Address already in use. Choose another one, or stop what has it"),
    Case("sandbox --webhook foo", "write vendor=URL"),
    Case("sandbox --webhook hubspot=foo", "is no address"),
    Case("sandbox --webhook hubspot=http://x:99999/", "is no address"),
    Case("sandbox --webhook nobody=http://127.0.0.1/", "There is no vendor 'nobody'"),
    Case("sandbox --link foo", "write LABEL=http"),
    Case("sandbox --link ui=foo", "write LABEL=http"),
    Case("demo --day 0", "0 is not in the range"),
    Case("demo --day soon", "not a valid integer"),
    Case("demo --only nothing", "there is no such scenario"),
    Case("demo --pair hubspot-sage", "there are hubspot-stripe, pipedrive-pennylane."),
    Case("demo --pair pipedrive-pennylane --only refund", "Pennylane's pages do not say"),
    Case("demo --json {file}/results.json", "results cannot be written", FAILED),
    Case("demo --json {folder}", "results cannot be written", FAILED),
    Case("flows list --state 'x", "a state is one word"),
    Case("flows list --lang de", "is not one of 'fr', 'en'"),
    Case("flows show nothing", "is no id of a deal"),
    Case("flows why /", "is no id of a deal"),
    Case("invoices --month soon", "soon is no month"),
    Case("audit messages --month 2026-13", "2026-13 is no month"),
    Case("quarantine show first", "not a valid integer"),
    Case("quarantine show 99", "quarantine list", FAILED),
    Case("inbox show nobody", "there is no question nobody", FAILED),
    Case("inbox choose nobody yes", "there is no question nobody", FAILED),
    Case("inbox choose", "Missing argument"),
    Case("reconcile", "there is no proof yet", FAILED),
    Case("reconcile --since 2026-01-31", "goes with `--once`"),
    Case("reconcile --once --since soon", "does not match the format"),
    Case("reconcile --page {folder}", "is a directory"),
    Case("report --week soon", "is no week: write it as"),
    Case("report --out {file}", "is a file"),
    Case("report --week 2199-W01", "is not over"),
    Case("data-quality --since soon", "does not match the format"),
    Case("data-quality --out {file}", "is a file"),
    Case("data-quality --csv {file}", "is a file"),
    Case("backfill --since yesterday", "does not match the format"),
    Case("backfill --since 2026-01-01", "is in shadow"),
    Case("payments link in_1 nothing", "is no id of a deal"),
    Case("connect nobody", "no connection is called nobody"),
    Case("connect stripe --code", "stripe has no page to agree on"),
    Case("backup {folder}", "is a directory"),
    Case("restore {folder}/none", "does not exist"),
    Case("restore {file}", "no backup that Raccord made", FAILED),
    Case("dunning pause cus_1 --until soon", "does not match the format"),
    Case("dunning promise cus_1", "Missing argument 'DAY'"),
    Case("dunning instalments cus_1", "Missing argument"),
    Case("dunning approve", "name the customers, or say --all"),
    Case("dunning check --policy {folder}/none.toml", "is not there: name a file with the section [dunning]"),
    Case("dunning check --policy {garbage}", "is not UTF-8"),
    Case("dunning check --policy {folder}", "cannot be read: Is a directory"),
    Case("dunning simulate --csv {folder}/none.csv --since 2026-01-01", "cannot be read: No such file"),
    Case("dunning simulate --csv {garbage} --since 2026-01-01", "is not a CSV file in UTF-8"),
    Case("dunning simulate --csv {file} --since 2026-01-01", "has no column `customer`"),
    Case("dunning simulate --csv {past} --since 2026-01-01 --out {file}/out", "Not a directory", FAILED),
    Case("vendor new Stripe! --kind billing", "is no name for a vendor's package"),
    Case("vendor new stripe --kind billing", "raccord/vendors/stripe is there already"),
    Case("vendor new desk --kind messenger", "is a section of raccord.toml already"),
    Case("vendor new other --kind erp", "is not one of 'crm', 'billing'"),
    Case("vendor new other", "Missing option '--kind'"),
    Case("nothing", "No such command"),
    Case("inbox --nothing", "No such option"),
)
BAD_SETTINGS = (
    Case("up", "data directory", FAILED, {"RACCORD_DATA__DIRECTORY": "{file}/data"}),
    Case("worker", "key file", USAGE, {"RACCORD_DATA__DIRECTORY": "{file}/data"}),
    Case("up", "keys.json cannot be written", FAILED, {"RACCORD_DATA__KEY_FILE": "{file}/keys.json"}),
    Case("inbox list", "is not a key file", USAGE, {"RACCORD_DATA__KEY_FILE": "{file}"}),
    Case("inbox list", "Is a directory", USAGE, {"RACCORD_DATA__KEY_FILE": "{folder}"}),
    Case("inbox list", "database_url is the address of no database", FAILED, {"RACCORD_DATABASE_URL": "foo"}),
    Case("inbox list", "database_url is the", FAILED, {"RACCORD_DATABASE_URL": "mysql://a:secret@b/c"}),
    Case(
        "inbox list", "database says", FAILED, {"RACCORD_DATABASE_URL": "postgres://a:secret@127.0.0.1:1/c"}
    ),
    Case("audit verify", "out of reach", FAILED, {"RACCORD_DATABASE_URL": "sqlite:////proc/records.db"}),
    Case("quarantine list", "out of reach", FAILED, {"RACCORD_DATABASE_URL": "sqlite:///{file}/records.db"}),
    Case("inbox list", "receiver.port", USAGE, {"RACCORD_RECEIVER__PORT": "80000"}),
    Case("inbox list", "written as JSON", USAGE, {"RACCORD_VAT__RATES": "[20"}),
    Case("flows start 1", "/nowhere.pem, which", FAILED, {"TEMPORAL_TLS_CLIENT_CERT_PATH": "/nowhere.pem"}),
    Case("doctor", "/nowhere.pem, which", FAILED, {"TEMPORAL_TLS_CLIENT_CERT_PATH": "/nowhere.pem"}),
    Case("inbox list", "the folder of secrets", USAGE, {"RACCORD_SECRETS_DIR": "{file}"}),
)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A company with an accent in its audit, a file, a folder, bytes that are no text, a busy port."""
    tmp_path = tmp_path_factory.mktemp("places")
    company = Company(tmp_path)
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "garbage").write_bytes(b"\x93\xff\x00")
    company.remember(
        lambda records: records.audit.note(
            effect="test", object="hubspot:1", actor="Zoé", cause="é", detail={"say": "déjà → vu"}
        )
    )
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        (tmp_path / "past").write_text("customer,invoice,amount,issued,due\n")
        named = {name: str(tmp_path / name) for name in ("file", "folder", "garbage", "past")}
        yield named | {"busy": str(busy.getsockname()[1]), "config": str(company.file)}


@pytest.fixture(scope="module")
def player() -> Iterator[Player]:
    with Player() as found:
        yield found


def _environment(places: dict[str, str], **more: str) -> dict[str, str]:
    # Others on this machine may hold the documented ports.
    own = ("RECEIVER__PORT", "TEMPORAL__EMBEDDED_PORT", "TEMPORAL__EMBEDDED_UI_PORT", "TEMPORAL__CODEC_PORT")
    ports = {f"RACCORD_{name}": str(free_port()) for name in own}
    off = {"RACCORD_METRICS__WORKER_PORT": "0", "RACCORD_METRICS__RECEIVER_PORT": "0"}
    english = {"LC_ALL": "en_GB.UTF-8"}
    return SECRETS | {"RACCORD_CONFIG": places["config"]} | ports | off | english | more


@pytest.mark.parametrize("case", [*BAD_FILES, *BAD_WORDS, *BAD_SETTINGS], ids=str)
def test_it_is_answered_with_a_sentence(case: Case, places: dict[str, str], player: Player) -> None:
    environment = {name: value.format(**places) for name, value in case.environment.items()}
    words = case.typed.format(**places).split()
    done = player.play(words, _environment(places, **environment), cwd=Path(places["folder"]))
    assert "Traceback" not in done.said, done.said
    assert case.says in done.said
    assert done.status == case.status, done.said
    assert "secret@" not in done.said


def test_every_command_and_option_is_played() -> None:
    """A new command or option brings its cases."""
    played = " ".join(case.typed for case in (*BAD_FILES, *BAD_WORDS, *BAD_SETTINGS)).split()
    never_wrong = {
        "--help",
        "--json",
        "--all",
        "--exit",
        "--mail",
        "--once",
        "--version",
        "--state",
        "--year",
    }
    for command in _commands(app):
        assert command.name in played, command.name
        options = {o for p in command.params if isinstance(p, click.Option) for o in p.opts if o[:2] == "--"}
        assert options - never_wrong <= set(played), command.name


def _commands(group: click.Group) -> Iterator[click.Command]:
    for command in group.commands.values():
        if isinstance(command, click.Group):
            yield from _commands(command)
        else:
            yield command


class TestOutput:
    WRITERS = (
        "audit export",
        "audit verify --json",
        "inbox list",
        "doctor",
        "quarantine list --json",
        "--help",
    )

    @pytest.mark.parametrize("typed", WRITERS)
    def test_a_full_disk_is_told(self, typed: str, places: dict[str, str], player: Player) -> None:
        done = player.play(
            typed.split(), _environment(places), cwd=Path(places["folder"]), stdout="/dev/full"
        )
        assert done.stderr == "raccord: the system refused: No space left on device.\n"
        assert done.status == FAILED

    def test_a_closed_pipe_ends_it_quietly(self, places: dict[str, str]) -> None:
        reader, writer = os.pipe()
        os.close(reader)
        try:
            done = subprocess.run(
                [sys.executable, "-c", CODE, "audit", "export"],
                env=os.environ | _environment(places, PYTHONPATH=str(ROOT)),
                stdout=writer,
                stderr=subprocess.PIPE,
                check=False,
                timeout=patience(60),
            )
        finally:
            os.close(writer)
        assert (done.returncode, done.stderr) == (CLOSED_PIPE, b"")

    @pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
    @pytest.mark.parametrize("typed", ["audit export", "doctor --config {folder}/none.toml"])
    def test_a_terminal_of_few_characters_is_written_to(
        self, typed: str, encoding: str, places: dict[str, str]
    ) -> None:
        environment = _environment(places, PYTHONIOENCODING=encoding)
        done = alone(typed.format(**places).split(), environment, cwd=Path(places["folder"]))
        assert "Traceback" not in done.said, done.said
        assert done.stdout.isascii()
        exact = "d\\u00e9j\\u00e0 \\u2192 vu" if typed == "audit export" else "-> `raccord init"
        assert exact in done.stdout
