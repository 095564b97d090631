"""What this machine must have: Python, the Temporal command, disk, ports."""

import os
import shutil
import socket
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from raccord.connectors.connection import Check
from raccord.machine import holders_of_file, holders_of_port
from raccord.settings.configuration import Configuration
from starters.embedded.lock import NAME
from starters.embedded.temporal_server import TemporalMissing, executable

OLDEST_PYTHON = (3, 11)
NEEDED_MIB, COMFORTABLE_MIB = 200, 1024


def python() -> Check:
    version = sys.version.split()[0]
    if sys.version_info >= OLDEST_PYTHON:
        return Check.ok("python", version)
    return Check.fail("python", version, expected="3.11 or newer", remedy="Install a newer Python.")


def temporal_command() -> Check:
    """Look for what `raccord up` starts; a worker has no need of it."""
    name = "temporal command"
    try:
        return Check.ok(name, str(executable()))
    except TemporalMissing as error:
        return Check.warn(name, "missing", expected="only for raccord up and demo", remedy=str(error))


def disk(loaded: Configuration) -> Check:
    """Measure where the data lies, or will lie."""
    name, place = "disk", _existing(loaded.settings.data.directory.absolute())
    free = shutil.disk_usage(place).free // 2**20
    found = f"{free} MiB free at {place}"
    if free >= COMFORTABLE_MIB:
        return Check.ok(name, found)
    remedy = f"Free some space there, or set data.directory to another disk; at least {NEEDED_MIB} MiB."
    if free >= NEEDED_MIB:
        return Check.warn(name, found, expected=f"{COMFORTABLE_MIB} MiB", remedy=remedy)
    return Check.fail(name, found, expected=f"{NEEDED_MIB} MiB", remedy=remedy)


def data_directory(loaded: Configuration) -> Check:
    """Whether the data has a place, or can get one."""
    name, wanted = "data directory", loaded.settings.data.directory.absolute()
    place = _existing(wanted)
    if place.is_dir() and os.access(place, os.W_OK | os.X_OK):
        return Check.ok(name, str(wanted))
    why = "cannot be written" if place.is_dir() else "is no folder"
    remedy = "Set data.directory to a folder that the user of Raccord can write."
    return Check.fail(name, f"{place} {why}", expected=str(wanted), remedy=remedy)


def _existing(place: Path) -> Path:
    return next(each for each in (place, *place.parents) if each.exists())


def ports(loaded: Configuration) -> Iterator[Check]:
    """Say of each port whether somebody listens there; ours do while Raccord is running."""
    settings = loaded.settings
    wanted = {
        "receiver.port": settings.receiver.port,
        "temporal.embedded_port": settings.temporal.embedded_port,
        "temporal.embedded_ui_port": settings.temporal.embedded_ui_port,
        "temporal.codec_port": settings.temporal.codec_port,
        "metrics.worker_port": settings.metrics.worker_port,
        "metrics.receiver_port": settings.metrics.receiver_port,
        "health.worker_port": settings.health.worker_port,
    }
    ours = _ports_of_a_running_up(settings.data.directory, wanted.values())
    for name, port in wanted.items():
        if not port:
            continue
        if port in ours:
            yield Check.ok(f"port {port}", f"in use by this Raccord ({name})")
        elif _taken(port):
            yield Check.warn(
                f"port {port}",
                f"in use ({name})",
                expected="free before a start",
                remedy=f"Fine while Raccord is running; otherwise stop what uses it or change {name}.",
            )
        else:
            yield Check.ok(f"port {port}", f"free ({name})")


def _ports_of_a_running_up(directory: Path, wanted: Iterable[int]) -> set[int]:
    """Return the ports held by what holds the data directory; nothing where the system does not say."""
    us = {holder.pid for holder in holders_of_file(directory / NAME)}
    return {port for port in wanted if port and us & {holder.pid for holder in holders_of_port(port)}}


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
