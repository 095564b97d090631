"""`raccord setup` for a vendor that wants an app uploaded before it sends webhooks: its files."""

from collections.abc import Iterator
from pathlib import Path

from raccord.connectors.app import App
from raccord.connectors.connection import Check, Connection
from raccord.connectors.outside import callable_from_outside
from raccord.domain.values.message import message
from raccord.settings.configuration import Configuration

Made = tuple[Check, ...]


def set_up_app(configuration: Configuration, row: Connection, *, dry: bool) -> tuple[Made, App | None]:
    """Write the files that are missing, and say so; the app where somebody has to upload it, else None.

    A file that is there is left as it is: people add to it. `dry`: say what would be written.
    """
    if row.vendor.app is None:
        return (), None
    folder = folder_of(configuration, row)
    if row.webhooks and not folder.exists():
        # They arrive already, through an app of another kind, and nobody asked for this one.
        return (), None
    url = configuration.webhook_url(row)
    if not callable_from_outside(url):
        return (_unreachable(configuration, row, url),), None
    app = row.vendor.app(row.settings, url, configuration.settings.acting)
    return tuple(_written(folder, app, dry=dry)), app


def folder_of(configuration: Configuration, row: Connection) -> Path:
    """Return where a connection's app lies: beside the settings."""
    return configuration.path.parent / f"{row.name}-app"


def _written(folder: Path, app: App, *, dry: bool) -> Iterator[Check]:
    for path, content in app.files.items():
        file = folder / path
        try:
            yield _file(file, content, dry=dry)
        except OSError as error:
            yield Check.fail(
                message("setup.app", file=str(file)),
                message("setup.cannot_write", why=error.strerror or ""),
                remedy=message("setup.let_write"),
            )


def _file(file: Path, content: str, *, dry: bool) -> Check:
    name = message("setup.app", file=str(file))
    if not file.exists():
        if not dry:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, "utf-8")
        return Check.ok(name, message("setup.would_write") if dry else message("setup.written"))
    if file.read_text("utf-8", errors="replace") == content:
        return Check.ok(name, message("check.there_already"))
    return Check.warn(
        name,
        message("setup.app_differs"),
        remedy=message("setup.compare_app"),
    )


def _unreachable(configuration: Configuration, row: Connection, url: str) -> Check:
    return Check.warn(
        message("setup.app", file=row.name),
        message(
            "setup.cannot_call", vendor=row.settings.vendor, url=url, every=between_sweeps(configuration)
        ),
        remedy=message("setup.set_public_url"),
    )


def between_sweeps(configuration: Configuration) -> str:
    """Say how far apart sweeps are, as the settings have it: `1 h`, `90 min`, `45 s`."""
    seconds = int(configuration.settings.sweep.every.total_seconds())
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds and seconds % length == 0:
            return f"{seconds // length} {unit}"
    return f"{seconds} s"
