"""What this machine must have: Python, the Temporal command, disk, ports."""

import os
import shutil
import socket
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from raccord.connectors.connection import Check
from raccord.domain.values.message import message
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
    return Check.fail(
        "python", version, expected=message("doctor.newer"), remedy=message("doctor.install_python")
    )


def temporal_command() -> Check:
    """Look for what `raccord up` starts; a worker has no need of it."""
    name = message("doctor.temporal_command")
    try:
        return Check.ok(name, str(executable()))
    except TemporalMissing as error:
        return Check.warn(
            name, message("check.missing"), expected=message("doctor.only_up"), remedy=error.said[0]
        )


def disk(loaded: Configuration) -> Check:
    """Measure where the data lies, or will lie."""
    name, place = message("check.disk"), _existing(loaded.settings.data.directory.absolute())
    free = shutil.disk_usage(place).free // 2**20
    found = message("doctor.free", free=free, place=str(place))
    if free >= COMFORTABLE_MIB:
        return Check.ok(name, found)
    remedy = message("doctor.free_some", least=str(NEEDED_MIB))
    if free >= NEEDED_MIB:
        return Check.warn(
            name, found, expected=message("doctor.mebibytes", size=str(COMFORTABLE_MIB)), remedy=remedy
        )
    return Check.fail(name, found, expected=message("doctor.mebibytes", size=str(NEEDED_MIB)), remedy=remedy)


def data_directory(loaded: Configuration) -> Check:
    """Whether the data has a place, or can get one."""
    name, wanted = message("doctor.data_directory"), loaded.settings.data.directory.absolute()
    place = _existing(wanted)
    if place.is_dir() and os.access(place, os.W_OK | os.X_OK):
        return Check.ok(name, str(wanted))
    why = (
        message("doctor.not_writable", place=str(place))
        if place.is_dir()
        else message("doctor.no_folder", place=str(place))
    )
    remedy = message("doctor.set_directory")
    return Check.fail(name, why, expected=str(wanted), remedy=remedy)


def _existing(place: Path) -> Path:
    return next(each for each in (place, *place.parents) if each.exists())


def ports(loaded: Configuration, *, running: bool = False) -> Iterator[Check]:
    """Say of each port whether somebody listens there; ours do while Raccord is running.

    `running`: workers with these settings are at work, of a demo or in containers for example, whose ports
    the system does not say to be ours.
    """
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
            yield Check.ok(f"port {port}", message("doctor.port_ours", setting=name))
        elif (taken := _taken(port)) and running:
            yield Check.ok(f"port {port}", message("doctor.port_running", setting=name))
        elif taken:
            yield Check.warn(
                f"port {port}",
                message("doctor.port_taken", setting=name),
                expected=message("doctor.port_expected"),
                remedy=message("doctor.port_remedy", setting=name),
            )
        else:
            yield Check.ok(f"port {port}", message("doctor.port_free", setting=name))


def _ports_of_a_running_up(directory: Path, wanted: Iterable[int]) -> set[int]:
    """Return the ports held by what holds the data directory; nothing where the system does not say."""
    us = {holder.pid for holder in holders_of_file(directory / NAME)}
    return {port for port in wanted if port and us & {holder.pid for holder in holders_of_port(port)}}


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
