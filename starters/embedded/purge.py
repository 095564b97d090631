"""Remove everything stored in a data directory: only after a person said so, never while `raccord up` runs.

`make purge` runs this before anything is installed, so it needs the standard library alone.
"""

import shutil
import sys
from pathlib import Path

from starters.embedded.lock import CannotHold, held

WORD = "purge"
HOLDS = {
    "keys.json": "the encryption key: without it nothing that it sealed can ever be read again",
    "records.db": "links, questions with their answers, and the audit of every write",
    "temporal.db": "the flows",
}


def main() -> None:
    """`python -m starters.embedded.purge DIRECTORY [yes]`."""
    directory, sure = Path(sys.argv[1]), sys.argv[2:] == ["yes"]
    if not directory.is_dir():
        sys.exit(f"There is nothing in {directory.resolve()}.")
    try:
        with held(directory, "`make purge`"):
            if not (sure or _confirmed(directory)):
                sys.exit("Nothing was removed.")
            shutil.rmtree(directory)
    except (CannotHold, OSError) as error:
        sys.exit(f"Nothing was removed: {error}")
    print(f"{directory.resolve()} was removed.")  # noqa: T201 - it has no other output


def _confirmed(directory: Path) -> bool:
    print(f"{directory.resolve()} will be removed for good, with")  # noqa: T201
    for name, what in HOLDS.items():
        if (directory / name).exists():
            print(f"  {name:<12} {what}")  # noqa: T201
    if not sys.stdin.isatty():
        sys.exit("Nothing was removed: this asks on a terminal. Without one, say `make purge YES=yes`.")
    return input(f"Type {WORD} to remove it: ").strip() == WORD


if __name__ == "__main__":
    main()
