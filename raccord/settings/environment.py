"""Which variables `RACCORD_...` of the environment are no settings, and which of them plainly should be."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from raccord.connectors.registry import roles, vendors
from raccord.domain.values.message import Message, Text, message
from raccord.domain.values.spelling import nearest
from raccord.settings.configuration import BadSettings
from raccord.settings.fields import nested, spelled

PREFIX = "RACCORD_"
_FILE = "RACCORD_CONFIG"
_SECRETS = ("RACCORD_SECRETS_DIR", "CREDENTIALS_DIRECTORY")
"""A folder of files named like variables, each with one value, as containers are handed secrets. systemd sets
the second one."""
_PLAINLY = 0.85
"""How alike a name of one's own may be to a setting's: `RACCORD_VERSION` is none, `RACCORD_BILING` is."""


def variable(*place: object) -> str:
    """Return the name under which a setting is found in the environment."""
    return PREFIX + "__".join(str(part).upper() for part in place)


def values() -> dict[str, str]:
    """Return the environment, and below it what lies in the folder of secrets. Raises `BadSettings`.

    In a file the last line break is not part of the value; an empty one is a secret that is still to come.
    """
    folder = next((found for name in _SECRETS if (found := os.environ.get(name))), None)
    return dict(_secrets(Path(folder)) if folder else ()) | dict(os.environ)


def _secrets(folder: Path) -> Iterator[tuple[str, str]]:
    try:
        for file in sorted(folder.iterdir()):
            ours = file.name.upper().startswith(PREFIX) and file.is_file()
            if ours and (value := file.read_text("utf-8").rstrip("\r\n")):
                yield file.name.upper(), value
    except (OSError, UnicodeDecodeError) as error:
        why: Text = (error.strerror or "") if isinstance(error, OSError) else message("settings.not_text")
        raise BadSettings(message("settings.secrets_unread", folder=str(folder), why=why)) from error


def misspelt(model: type[BaseModel]) -> Iterator[Message]:
    """Yield a sentence for each variable that is plainly meant to be a setting and has no effect.

    Not for those of a vendor that is not in use, which whoever changed vendors has left behind: they are as
    like the settings of the vendors in use as misspelt ones are.
    """
    known, found = list(_variables(model)), strangers(model)
    left_behind = {name for names in unnamed(found).values() for name in names}
    for name in found:
        if name not in left_behind and (meant := _meant(name, known)):
            yield message("settings.variable_meant", name=name, meant=meant)


def strangers(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the variables that begin like ours and belong to no field of the settings."""
    ours = {field.upper() for field in model.model_fields}
    names = sorted(name for name, value in values().items() if name.upper().startswith(PREFIX) and value)
    return tuple(n for n in names if n.upper() not in (_FILE, *_SECRETS) and section_of(n) not in ours)


def unnamed(found: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return the vendors that these variables are of and that no connection is called after, with theirs."""
    known, theirs = vendors(), dict[str, tuple[str, ...]]()
    for name in found:
        if (vendor := section_of(name).lower()) in known:
            theirs[vendor] = (*theirs.get(vendor, ()), name)
    return theirs


def naming(vendor: str) -> Message:
    """Return what makes a connection of a vendor in the role that it plays first."""
    first, *_ = roles(vendor)
    line = f'{first} = ["{vendor}"]' if first.several else f'{first} = "{vendor}"'
    return message("error.naming", name=vendor, line=line)


def section_of(name: str) -> str:
    """Return the section that a variable belongs to, in capitals."""
    return name.upper().removeprefix(PREFIX).partition("__")[0]


def _meant(name: str, known: list[str]) -> str | None:
    # `RACCORD_STRIPE_API_KEY`: one underscore where two belong.
    flat = {each.replace("__", "_"): each for each in known}
    found = nearest(name.upper().replace("__", "_"), flat, alike=_PLAINLY)
    return flat[found] if found else None


def _variables(model: type[BaseModel], place: tuple[str, ...] = ()) -> Iterable[str]:
    yield from [_FILE, _SECRETS[0]] if not place else []
    for name, field in model.model_fields.items():
        below: Any = nested(field.annotation)
        if below:
            yield from _variables(below, (*place, spelled(name, field)))
        else:
            yield variable(*place, spelled(name, field))
