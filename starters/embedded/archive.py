"""A backup as one file: the databases of an installation on SQLite, each as it was at one moment.

The file is a compressed tar archive of the databases and of a list of them, `manifest.json`. What is in it is
sealed as it is where it came from: without the keys, which are not in it, nobody reads a name there.

Temporal's database is copied first and the records afterwards. So the records know at least what the flows
know: a flow that goes on from an older moment finds what it did noted already, and does not do it again.
"""

import gzip
import hashlib
import io
import json
import os
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from raccord.domain.values.message import message
from raccord.sealing import KeyRing
from raccord.texts.told import Told

MANIFEST = "manifest.json"
FORMAT = 1
TEMPORAL, RECORDS = "temporal.db", "records.db"
ORDER = (TEMPORAL, RECORDS)
_SIDES = ("", "-wal", "-shm", "-journal")
_BUSY_SECONDS = 30
_CHUNK = 1 << 20
_UNREADABLE = (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, KeyError, ValueError, TypeError)


class NotABackup(Told, ValueError):
    """The file is no backup of ours, is damaged, or is of another time or company; `str()` says which."""


class InTheWay(Told):
    """Something is there already that a backup would replace; `str()` names it and the remedy."""


@dataclass(frozen=True)
class Backup:
    """What a backup holds."""

    made_at: datetime
    release: str
    key: str
    """The fingerprint of the key that was active; the key itself is not in there."""
    sizes: dict[str, int]
    """Of each database, in bytes."""


def make(file: Path, databases: dict[str, Path], keys: KeyRing, *, release: str) -> Backup:
    """Copy databases, by their names in the backup, while they are in use. The file must not be there yet.

    Raises `InTheWay`, `OSError`, `sqlite3.Error`.
    """
    if file.exists():
        raise InTheWay(message("backup.there", file=str(file)))
    with tempfile.TemporaryDirectory(prefix=f".{file.name}.", dir=file.absolute().parent) as place:
        copies = {name: Path(place) / name for name in ORDER if name in databases}
        for name, copy in copies.items():
            _copy(databases[name], copy)
        found = Backup(
            made_at=datetime.now(UTC),
            release=release,
            key=keys.fingerprints[keys.active_id],
            sizes={name: copy.stat().st_size for name, copy in copies.items()},
        )
        unfinished = Path(place) / "backup"
        _write(unfinished, found, copies)
        # Whole or not at all: what is called a backup is one.
        unfinished.rename(file)
    return found


def restore(file: Path, databases: dict[str, Path], keys: KeyRing) -> Backup:
    """Put the databases of a backup where they belong. Nothing may be there; nothing is there if this raises.

    Raises `NotABackup`, `InTheWay`, `OSError`.
    """
    with _opened(file) as (archive, manifest):
        found = _described(manifest)
        if found.key not in keys.fingerprints.values():
            raise NotABackup(message("backup.other_key", file=str(file)))
        for name in found.sizes:
            if name not in databases:
                raise NotABackup(message("backup.no_place", file=str(file), name=name))
            _must_be_free(databases[name])
        written: list[tuple[Path, Path]] = []
        try:
            for name in found.sizes:
                target = databases[name]
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                part = target.with_name(f".{target.name}.restored")
                written.append((part, target))
                _unpack(archive, name, part, manifest["sha256"].get(name, ""))
            # Records first: flows that a killed restore left alone would go on over empty records.
            _publish(list(reversed(written)))
        finally:
            for part, _ in written:
                part.unlink(missing_ok=True)
    return found


def _copy(source: Path, copy: Path) -> None:
    # SQLite's own: one state of the database, however many write meanwhile, and they do not wait.
    copy.touch(mode=0o600)
    there = f"{source.absolute().as_uri()}?mode=rw"  # never made where it is not
    with (
        closing(sqlite3.connect(there, uri=True, timeout=_BUSY_SECONDS)) as theirs,
        closing(sqlite3.connect(copy)) as ours,
    ):
        theirs.backup(ours)
        (verdict,) = ours.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(f"{source} is damaged: {verdict}")


def _write(file: Path, found: Backup, copies: dict[str, Path]) -> None:
    manifest = {
        "format": FORMAT,
        "made_at": found.made_at.isoformat(timespec="seconds"),
        "release": found.release,
        "key": found.key,
        "sizes": found.sizes,
        "sha256": {name: _digest(copy) for name, copy in copies.items()},
    }
    content = json.dumps(manifest, indent=2).encode()
    file.touch(mode=0o600)
    with file.open("r+b") as output:
        with tarfile.open(fileobj=output, mode="w:gz", compresslevel=3) as archive:
            member = tarfile.TarInfo(MANIFEST)
            member.size, member.mode, member.mtime = len(content), 0o600, found.made_at.timestamp()
            archive.addfile(member, io.BytesIO(content))
            for name, copy in copies.items():
                archive.add(copy, arcname=name, filter=_nobodys)
        output.flush()
        os.fsync(output.fileno())


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


@contextmanager
def _opened(file: Path) -> Iterator[tuple[tarfile.TarFile, dict[str, Any]]]:
    try:
        with tarfile.open(file, "r:gz") as archive:
            content = archive.extractfile(MANIFEST)
            if content is None:
                raise NotABackup(message("backup.not_ours", file=str(file)))
            yield archive, json.loads(content.read(_CHUNK))
    except NotABackup:
        raise
    except _UNREADABLE as error:
        raise NotABackup(message("backup.damaged", file=str(file))) from error


def _described(manifest: dict[str, Any]) -> Backup:
    if manifest["format"] != FORMAT:
        raise NotABackup(message("backup.other_release", release=str(manifest["release"])))
    return Backup(
        made_at=datetime.fromisoformat(manifest["made_at"]),
        release=str(manifest["release"]),
        key=str(manifest["key"]),
        sizes={name: int(manifest["sizes"][name]) for name in ORDER if name in manifest["sizes"]},
    )


def _must_be_free(target: Path) -> None:
    for side in _SIDES:
        file = target.with_name(target.name + side)
        if file.exists():
            raise InTheWay(message("backup.in_the_way", file=str(file)))


def _publish(written: list[tuple[Path, Path]]) -> None:
    """Let files appear one after the other, over none that came meanwhile; after an error none is there."""
    there: list[Path] = []
    try:
        for part, target in written:
            _must_be_free(target)
            try:
                os.link(part, target)
            except FileExistsError:
                _must_be_free(target)
                raise
            except OSError:
                # A file system without hard links: the look right before has to do.
                part.rename(target)
            there.append(target)
            _sync(target.parent)
    except BaseException:
        for target in there:
            target.unlink()
        raise


def _sync(directory: Path) -> None:
    """Have a directory's names survive a power cut."""
    opened = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _unpack(archive: tarfile.TarFile, name: str, target: Path, digest: str) -> None:
    content = archive.extractfile(name)
    if content is None:
        raise NotABackup(message("backup.lacks", name=name))
    target.unlink(missing_ok=True)
    target.touch(mode=0o600)
    seen = hashlib.sha256()
    with target.open("r+b") as output:
        while chunk := content.read(_CHUNK):
            seen.update(chunk)
            output.write(chunk)
        output.flush()
        os.fsync(output.fileno())
    if seen.hexdigest() != digest:
        raise NotABackup(message("backup.part_damaged", name=name))
