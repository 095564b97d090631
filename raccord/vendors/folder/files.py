"""Writing the files of a week so that whoever opens one finds the old or the new, and never a half."""

import json
import os
import re
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_OURS = ".raccord.json"
"""In a week's folder: the names of our files, so that none is left over and none of others' is taken."""

_NAME = re.compile(r"\w[\w.-]*")


def replace_all(folder: Path, files: Mapping[str, bytes]) -> None:
    """Make these our files in a folder, whatever an earlier attempt left. Raises `OSError`."""
    folder.mkdir(exist_ok=True)
    before = _ours(folder)
    # Before the first of them is there: what is broken off now is known to be ours the next time.
    _note(folder, before | set(files))
    for name, content in files.items():
        replace(folder / name, content)
    for name in before - set(files):
        (folder / name).unlink(missing_ok=True)
    _note(folder, set(files))


def replace(file: Path, content: bytes) -> None:
    """Write a file in one step. One that says the same already stays untouched. Raises `OSError`."""
    with suppress(FileNotFoundError):
        if file.read_bytes() == content:
            return
    descriptor, temporary = tempfile.mkstemp(prefix=".raccord-", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as output:
            output.write(content)
            output.flush()
            os.fsync(output.fileno())
        # As any file of the folder: who may open the folder, a web server too, may read the report.
        Path(temporary).chmod(0o644)
        Path(temporary).replace(file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def sweep(folder: Path) -> None:
    """Remove what a writer that was killed left half done. Raises `OSError`."""
    for left in folder.glob(".raccord-*"):
        left.unlink(missing_ok=True)


def _ours(folder: Path) -> set[str]:
    try:
        found = json.loads((folder / _OURS).read_bytes())
    except (FileNotFoundError, ValueError):
        return set()
    # A name that leads elsewhere is none of ours, whoever wrote it there.
    names = map(str, found) if isinstance(found, list) else ()
    return {each for each in names if _NAME.fullmatch(each)}


def _note(folder: Path, names: set[str]) -> None:
    replace(folder / _OURS, json.dumps(sorted(names)).encode())
