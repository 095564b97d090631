"""Remove everything stored in a data directory: only after a person said so, never while `raccord up` runs.

`make purge` runs this before anything is installed, so it needs the standard library alone, in French too.
"""

import json
import re
import shutil
import sys
from pathlib import Path
from typing import NoReturn

from raccord.machine import Sentence, sentence
from starters.cli.language import spoken
from starters.cli.terminal import write_anywhere
from starters.embedded.lock import CannotHold, held

WORD = "purge"
HOLDS = {
    "keys.json": sentence("the encryption key: without it nothing that it sealed can ever be read again"),
    "records.db": sentence("links, questions with their answers, and the audit of every write"),
    "temporal.db": sentence("the flows"),
}
_FRENCH = Path(__file__).parents[1] / "cli" / "help" / "fr.po"
_ENTRY = re.compile(r'^msgid (".*")\nmsgstr (".*")$', re.MULTILINE)


def main() -> None:
    """`python -m starters.embedded.purge DIRECTORY [yes]`."""
    write_anywhere()
    directory, sure = Path(sys.argv[1]), sys.argv[2:] == ["yes"]
    place = directory.resolve()
    if not directory.is_dir():
        _end(sentence("There is nothing in {directory}.", directory=place))
    try:
        with held(directory, "`make purge`"):
            if not (sure or _confirmed(directory)):
                _end(sentence("Nothing was removed."))
            shutil.rmtree(directory)
    except CannotHold as taken:
        _end(*(sentence("Nothing was removed: {why}", why=_said(each)) for each in taken.said))
    except OSError as error:
        _end(sentence("Nothing was removed: {why}", why=error))
    _print(_said(sentence("{directory} was removed.", directory=place)))


def _confirmed(directory: Path) -> bool:
    _print(_said(sentence("{directory} will be removed for good, with", directory=directory.resolve())))
    for name, what in HOLDS.items():
        if (directory / name).exists():
            _print(f"  {name:<12} {_said(what)}")
    if not sys.stdin.isatty():
        _end(sentence("Nothing was removed: this asks on a terminal. Without one, say `make purge YES=yes`."))
    return input(f"{_said(sentence('Type {word} to remove it:', word=WORD))} ").strip() == WORD


def _said(said: Sentence) -> str:
    words = said.words
    if spoken() == "fr":
        entries = {
            json.loads(id): json.loads(text) for id, text in _ENTRY.findall(_FRENCH.read_text("utf-8"))
        }
        words = entries.get(words, words)
    return words.format_map(said.named)


def _end(*said: Sentence) -> NoReturn:
    sys.exit("\n".join(map(_said, said)))


def _print(line: str) -> None:
    print(line)  # noqa: T201 - it has no other output


if __name__ == "__main__":
    main()
