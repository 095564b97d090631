"""Bringing a database to the tables of this release, from code: no `alembic.ini`, no command.

Migrations only add. So a process of the previous release works on a database that a newer one
has migrated, and a worker can be rolled back at any time.

Alembic is loaded where something is to be run, which is once in the life of a database: it is a tenth of what
a process needs to start.
"""

from functools import cache
from importlib.resources import files

from sqlalchemy import Connection, inspect, text

MIGRATIONS = "raccord.records.migrations"


def upgrade(connection: Connection) -> None:
    """Run what is missing inside the caller's transaction; nothing on a current or newer database."""
    if is_current(connection):
        return
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "raccord.records:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def is_current(connection: Connection) -> bool:
    """Whether all migrations of this release ran. A revision we do not know is of a newer release."""
    revision = _revision(connection)
    *older, newest = revisions()
    return revision is not None and (revision == newest or revision not in older)


@cache
def revisions() -> tuple[str, ...]:
    """Return the migrations of this release, the first one first: their files' names begin with them."""
    names = (file.name for file in (files(MIGRATIONS) / "versions").iterdir())
    return tuple(sorted(name.partition("_")[0] for name in names if name[0].isdigit()))


def _revision(connection: Connection) -> str | None:
    """Return what Alembic noted when it last ran; nothing where it never has."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    noted: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return noted
