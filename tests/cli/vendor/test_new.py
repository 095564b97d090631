"""`raccord vendor new`: what it writes is as clean as the rest, and its suite says what is missing."""

import ast
import inspect
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from raccord.connectors.connection import Kind
from starters.cli.language import ASKED
from starters.cli.vendor.commands import KINDS
from starters.cli.vendor.new import LONGEST, begin
from tests.patience import patience
from tools.skeleton import SITE, skeleton
from tools.skeleton.kinds import ROLES

ROOT = Path(__file__).parents[3]
COPIED = ("raccord", "sandbox", "tests", "tools")
VENDORS = ("raccord.vendors", "sandbox", "tests.vendors")
CACHE = ROOT / ".mypy_cache"
PROGRAMS = Path(sys.executable).parent
NAMES = {kind: f"{kind.value.replace('_', '')}_{'x' * LONGEST}"[:LONGEST] for kind in ROLES}
"""As long as a name may be."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which a vendor of each kind was begun."""
    root = tmp_path_factory.mktemp("checkout")
    for room in COPIED:
        shutil.copytree(ROOT / room, root / room, ignore=shutil.ignore_patterns("__pycache__", "recorded"))
    for file in ("pyproject.toml", SITE):
        shutil.copy2(ROOT / file, root / file)
    for kind, name in NAMES.items():
        begin(name, kind, root=root)
    return root


@pytest.fixture(params=["fr", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    token = ASKED.set(request.param)
    yield request.param
    ASKED.reset(token)


def played(root: Path, program: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAMS / program, *words],
        cwd=root,
        env={"PYTHONPATH": str(root), "PATH": "", "HOME": str(root)},
        capture_output=True,
        text=True,
        check=False,
        timeout=patience(120),
    )


def written(copy: Path) -> list[str]:
    return [str(place) for kind, name in NAMES.items() for place in skeleton(name, kind)]


def test_every_kind_that_can_be_begun_is_offered() -> None:
    assert tuple(ROLES) == tuple(map(Kind, KINDS))


def test_what_is_written_is_as_the_linter_and_the_formatter_want_it(copy: Path) -> None:
    python = [each for each in written(copy) if each.endswith(".py")]
    for words in (("check", "--no-cache"), ("format", "--check", "--no-cache")):
        done = played(copy, "ruff", *words, *python, "raccord/vendors/__init__.py")
        assert done.returncode == 0, done.stdout


def test_its_types_are_right(copy: Path) -> None:
    if not CACHE.is_dir():
        pytest.skip("`make lint` first: without what it remembers, the types of all are read for these alone")
    shutil.copytree(CACHE, copy / CACHE.name)
    packages = (f"{room}.{name}" for name in NAMES.values() for room in VENDORS)
    done = played(copy, "mypy", *(word for each in packages for word in ("-p", each)))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_connector_has_every_method_of_its_port_as_the_port_has_it(copy: Path) -> None:
    for kind, name in NAMES.items():
        connector = ast.parse((copy / f"raccord/vendors/{name}/connector.py").read_text("utf-8"))
        asked = [ast.parse(inspect.getsource(port)) for port in ROLES[kind].ports]
        assert _signatures(*asked) <= _signatures(connector)


def _signatures(*modules: ast.Module) -> set[str]:
    return {
        f"{each.name}({ast.unparse(each.args)}) -> {ast.unparse(each.returns)}"
        for module in modules
        for defined in module.body
        if isinstance(defined, ast.ClassDef)
        for each in defined.body
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.returns
    }


def test_nobody_can_choose_it_and_its_page_is_found(copy: Path) -> None:
    code = "from raccord.connectors.registry import vendors; print(*vendors())"
    done = played(copy, "python", "-c", code)
    assert "stripe" in done.stdout.split(), done.stderr
    assert not set(NAMES.values()) & set(done.stdout.split())
    assert all(f": vendors/{name}.md" in (copy / SITE).read_text("utf-8") for name in NAMES.values())


def test_its_suite_is_red_and_says_in_the_ports_words_what_is_missing(copy: Path) -> None:
    name, suite = NAMES[Kind.MESSENGER], "tests/connectors/conformance"
    tests = ("test_messenger.py", "test_every_kind.py")
    words = ("-n0", "--tb=line", "-p", "no:cacheprovider", "-k", f"{name} and (message or probe or closing)")
    done = played(copy, "pytest", *words, *(f"{suite}/{each}" for each in tests))
    assert done.returncode == 1, done.stdout + done.stderr
    failed = {line.partition(": ")[2] for line in done.stdout.splitlines() if line.startswith(str(copy))}
    assert {each.partition(": ")[0] for each in failed} == {"NotImplementedError"}
    assert any("Post a message to the configured channel, marked with `ref`" in each for each in failed)
    assert any("Check credentials, permissions and the channel." in each for each in failed)
    assert " passed" in done.stdout, "what the kit does for everybody it does from the first day"


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("Teams", "Teams"),
        ("google__chat", "google__chat"),
        ("class", "class"),
        ("x" * (LONGEST + 1), str(LONGEST)),
        ("desk", "raccord.toml"),
        ("stripe", "raccord/vendors/stripe"),
        ("core", "sandbox/core"),
        (NAMES[Kind.CRM], NAMES[Kind.CRM]),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_written(
    copy: Path, name: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*")}
    with pytest.raises(click.exceptions.Exit) as ended:
        begin(name, Kind.CRM, root=copy)
    assert ended.value.exit_code == 2
    assert says in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in copy.rglob("*")} == before


def test_without_the_source_it_says_what_is_needed(
    tmp_path: Path, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(click.exceptions.Exit):
        begin("teams", Kind.MESSENGER, root=tmp_path)
    assert {"fr": "sources", "en": "checkout"}[language] in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
