"""Who works with the records on SQLite: a lock on a file beside them, which a restore needs for itself alone.

The kernel's lock on an open file (flock) ends with the process that holds it, whatever ends that process, so
none is ever left over. The file stays, for the next one: it is empty. On PostgreSQL there is no such lock: a
restore there is `pg_restore`, which would ask nobody for it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from raccord.machine import Taken, holders_of_file, lock, sentence

PATIENCE_SECONDS = 0.5
"""Processes that were killed together are gone a moment later."""


class InUse(Taken):
    """A worker, a starter or a restore holds the records."""


def share(database: Path) -> int:
    """Hold the records together with others, until the descriptor is closed. Raises `InUse`, `OSError`."""
    file, descriptor = _opened(database)
    try:
        if lock(descriptor, shared=True):
            return descriptor
        raise InUse(
            sentence(
                "`raccord restore` puts a backup back in {place}: nothing starts before it has ended.",
                place=file.parent,
            )
        )
    except BaseException:
        os.close(descriptor)
        raise


@contextmanager
def alone(database: Path) -> Iterator[None]:
    """Hold the records while nobody else does. Raises `InUse`, `OSError`."""
    file, descriptor = _opened(database)
    try:
        if not lock(descriptor, within=PATIENCE_SECONDS):
            # We have the file open ourselves.
            others = [str(found) for found in holders_of_file(file) if found.pid != os.getpid()]
            if others:
                raise InUse(
                    sentence(
                        "the records in {place} are in use by {who}. Stop that first: with Ctrl-C in its "
                        "terminal, with `kill` and its pid, or with systemd or Docker where they started it.",
                        place=file.parent,
                        who=", ".join(others),
                    )
                )
            raise InUse(
                sentence(
                    "the records in {place} are in use by a worker or starter that cannot be seen from here. "
                    "Stop that first: with Ctrl-C in its terminal, with `kill` and its pid, or with systemd "
                    "or Docker where they started it.",
                    place=file.parent,
                )
            )
        yield
    finally:
        os.close(descriptor)


def _opened(database: Path) -> tuple[Path, int]:
    file = database.absolute().with_name(f"{database.stem}.lock")
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return file, os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
