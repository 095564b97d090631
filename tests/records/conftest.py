"""Every test of records runs on SQLite and on PostgreSQL.

But those that look at SQLite's file, which ask for `file`, and those marked `one_database`: what they prove
is no database's doing, or only one's.
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from raccord.records.engine import address, engine_of
from raccord.records.migrate import upgrade
from raccord.records.records import Records
from raccord.sealing import KeyRing
from tests.postgres import TEMPLATE, Postgres, postgres

SQLITE, POSTGRESQL = "sqlite", "postgresql"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    asked = metafunc.fixturenames
    one = "file" in asked or metafunc.definition.get_closest_marker("one_database")
    if "dialect" in asked and not one:
        metafunc.parametrize("dialect", [SQLITE, POSTGRESQL], indirect=True)


@pytest.fixture
def dialect(request: pytest.FixtureRequest) -> str:
    """Which database the test is about."""
    return str(getattr(request, "param", SQLITE))


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    KeyRing.create(path)
    return path


@pytest.fixture
def keys(key_file: Path) -> KeyRing:
    return KeyRing.load(key_file)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "records.db"


@pytest.fixture(scope="session")
def server() -> Postgres:
    found = postgres()
    if found is None:
        pytest.skip("there is no PostgreSQL here that this user can run")
    return found


@pytest.fixture(scope="session")
def template(server: Postgres) -> str:
    """Name the database that has all tables, and nothing in them."""
    url = server.create()
    _, writes = engine_of(address(url))
    with writes.begin() as connection:
        upgrade(connection)
    server.keep_as_template(url)
    return TEMPLATE


@pytest.fixture
def url(dialect: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Address an empty database."""
    if dialect == SQLITE:
        yield f"sqlite:///{request.getfixturevalue('file')}"
        return
    server: Postgres = request.getfixturevalue("server")
    # Where tables are asked for as well, `records` begins with them: running all migrations takes far longer.
    begun = request.getfixturevalue("template") if "records" in request.fixturenames else "template0"
    url = server.create(template=begun)
    yield url
    server.drop(url)


@pytest.fixture
async def records(url: str, keys: KeyRing) -> AsyncIterator[Records]:
    opened = Records.open(url, keys)
    await opened.migrate()
    yield opened
    await opened.close()
