"""Bringing a database to the tables of this release, from code: no `alembic.ini`, no command.

Migrations only add. So a process of the previous release works on a database that a newer one
has migrated, and a worker can be rolled back at any time.
"""

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Run what is missing inside the caller's transaction; nothing on a current or newer database."""
    if is_current(connection):
        return
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def is_current(connection: Connection) -> bool:
    """Whether all migrations of this release ran. A revision we do not know is of a newer release."""
    revision = MigrationContext.configure(connection).get_current_revision()
    older, newest = _revisions()
    return revision is not None and (revision == newest or revision not in older)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "raccord.records:migrations")
    config.set_main_option("path_separator", "os")
    return config


@cache
def _revisions() -> tuple[frozenset[str], str]:
    newest, *older = (script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())
    return frozenset(older), newest
