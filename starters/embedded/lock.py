"""One `raccord up` per data directory, and nothing left of the one before.

The lock is on an open file, which what `up` starts inherits: as long as one of them lives, it is held. Only
the standard library is imported: `make purge` uses it without an installation.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from raccord.machine import Sentence, Taken, holders_of_file, lock, sentence

NAME = "up.lock"
PATIENCE_SECONDS = 0.5
"""Processes that were killed together are gone a moment later."""


class CannotHold(Taken):
    """Somebody works in the data directory, or nobody can."""


@contextmanager
def held(directory: Path, holder: str) -> Iterator[int]:
    """Hold a data directory, made if need be; yields the descriptor to inherit. Raises `CannotHold`.

    `holder`: what holds it, for the person who is refused.
    """
    path = directory / NAME
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CannotHold(
            sentence(
                "the data directory {directory} cannot be used: {why}. Give this user the right to write "
                "there, or set data.directory to another one.",
                directory=directory.resolve(),
                why=error.strerror,
            )
        ) from error
    try:
        if not lock(descriptor, within=PATIENCE_SECONDS):
            raise CannotHold(_refusal(path))
        since = datetime.now().astimezone().isoformat(timespec="seconds")
        content = json.dumps({"pid": os.getpid(), "holder": holder, "since": since})
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, content.encode() + b"\n", 0)
        yield descriptor
    finally:
        os.close(descriptor)


def _refusal(path: Path) -> Sentence:
    directory = path.parent.resolve()
    try:
        said = json.loads(path.read_bytes())
        pid, holder, since = int(said["pid"]), str(said["holder"]), str(said["since"])
    except (OSError, ValueError, KeyError, TypeError):
        pid, holder, since = 0, "?", "?"
    # We have the file open ourselves.
    others = [found for found in holders_of_file(path) if found.pid != os.getpid()]
    alive = any(found.pid == pid for found in others) if others else _exists(pid)
    if alive:
        return sentence(
            "{holder} (pid {pid}, since {since}) works with the data in {directory}: stop it with Ctrl-C in "
            "its terminal or `kill {pid}`, or give this one a directory of its own (data.directory).",
            holder=holder,
            pid=pid,
            since=since,
            directory=directory,
        )
    if others:
        return sentence(
            "{holder} (pid {pid}) is gone, but what it started still works with the data in {directory}: "
            "{others}. End that first: `kill {pids}`.",
            holder=holder,
            pid=pid,
            directory=directory,
            others=", ".join(map(str, others)),
            pids=" ".join(str(each.pid) for each in others),
        )
    return sentence(
        "{holder} (pid {pid}) is gone, but what it started still works with the data in {directory}: "
        "`lsof {path}` names it; end that first.",
        holder=holder,
        pid=pid,
        directory=directory,
        path=path.resolve(),
    )


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return pid > 0
