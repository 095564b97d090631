"""`raccord vendor new`: writes what a vendor begins with into the checkout that this is."""

import keyword
import re
from pathlib import Path

import click

from raccord.connectors.connection import Kind
from raccord.domain.values.message import message
from raccord.settings.model import Settings
from raccord.texts import say
from starters.cli.common import fail
from starters.cli.language import spoken

ROOT = Path(__file__).parents[3]
"""Where this runs from: a checkout, or the folder of an environment's packages."""
LONGEST = 24
"""Of a name: with a longer one, lines of the files would be too long for the linter."""
_NAME = re.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*")
_GUIDE = "docs/new-vendor.md"


def begin(name: str, kind: Kind, *, root: Path = ROOT) -> int:
    """Write the files of a new vendor, and say what comes next. Ends the command where it cannot."""
    if not (root / "tools" / "skeleton").is_dir():
        fail(message("vendor.no_checkout", folder=str(root)))
    if not _NAME.fullmatch(name) or len(name) > LONGEST or keyword.iskeyword(name):
        fail(message("vendor.bad_name", name=name, most=LONGEST))
    if name in Settings.model_fields:
        fail(message("vendor.section", name=name))
    # Only a checkout has it.
    from tools.skeleton import changed, skeleton  # noqa: PLC0415

    files = skeleton(name, kind)
    for place in files:
        if there := next((each for each in (place.parent, place) if _taken(root / each, name)), None):
            fail(message("vendor.there", path=str(there)))
    edits = changed(root, name)
    for place, text in (files | edits).items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(text, "utf-8")
    _told(name, tuple(map(str, files)), tuple(map(str, edits)))
    return 0


def _taken(path: Path, name: str) -> bool:
    """Whether it is there and a vendor's own: `docs/vendors` is everybody's."""
    return name in (path.name, path.stem) and path.exists()


def _told(name: str, written: tuple[str, ...], edited: tuple[str, ...]) -> None:
    suite = f'make test ARGS="-n0 --tb=line tests/connectors/conformance -k {name}"'
    lines = (
        say(message("vendor.written", name=name), spoken()),
        *(f"  {each}" for each in written),
        say(message("vendor.named_in"), spoken()),
        *(f"  {each}" for each in edited),
        say(message("vendor.hidden", name=name), spoken()),
        say(message("vendor.missing", suite=suite, guide=_GUIDE), spoken()),
    )
    click.echo("\n".join(lines))
