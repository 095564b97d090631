"""The file `raccord.toml`: where it is, and what it says before anybody judges it."""

import os
import tomllib
from pathlib import Path
from typing import Any

from raccord.domain.values.message import message
from raccord.settings.configuration import BadSettings, NoSettings

_UTF_8, _UTF_16 = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
"""Marks that some editors put before a text: the first is harmless, the others are of another encoding."""


def default_path() -> Path:
    """Return the file that is read where nobody names one."""
    return Path(os.environ.get("RACCORD_CONFIG") or "raccord.toml")


def content_of(path: Path) -> dict[str, Any]:
    """Read the file. Raises `NoSettings` when there is none, `BadSettings` when it cannot be read."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise NoSettings(path) from None
    except OSError as error:
        raise BadSettings(message("settings.file_unread", path=str(path), why=str(error.strerror))) from error
    try:
        return tomllib.loads(_text(path, raw))
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(message("settings.no_toml", path=str(path), said=str(error))) from error


def _text(path: Path, raw: bytes) -> str:
    if raw.startswith(_UTF_16):
        raise BadSettings(message("settings.utf16", path=str(path)))
    body = raw.removeprefix(_UTF_8)
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise BadSettings(message("settings.latin", path=str(path), number=str(line))) from None
