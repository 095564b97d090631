"""What `make test-production` plays: nothing of it belongs to `make test`, which does not even collect it."""

from collections.abc import AsyncIterator

import pytest

from tests import forked
from tests.certificates import Authority
from tests.front_door.stack import Lane
from tests.postgres import programs
from tests.production import built
from tests.production.cluster import Cluster
from tests.production.database import DatabaseServer

STORES = ("temporal", "temporal_visibility", "sealed", "sealed_visibility")
FOLDER = "tests/production"


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Leave all of it out unless it was named."""
    named = any(FOLDER in str(argument) for argument in config.invocation_params.args)
    return None if named else True


@pytest.fixture(scope="session")
async def database() -> AsyncIterator[DatabaseServer]:
    if why := built.missing():
        pytest.skip(why)
    if programs() is None:
        pytest.skip("no PostgreSQL that this user can run")
    forked.load()
    server = DatabaseServer()
    await server.make(*STORES, "records", "records_sealed")
    yield server
    await server.close()


@pytest.fixture(scope="session")
async def cluster(
    database: DatabaseServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cluster]:
    found = Cluster(tmp_path_factory.mktemp("cluster"), database, "temporal")
    await found.make()
    yield found
    await found.process.stop()


@pytest.fixture(scope="session")
async def lane(
    cluster: Cluster, database: DatabaseServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Lane]:
    """The live system on both servers."""
    url = {"RACCORD_DATABASE_URL": database.url("records")}
    async with Lane(cluster, tmp_path_factory.mktemp("live"), "production", overrides=url) as found:
        yield found


@pytest.fixture(scope="session")
async def sealed(
    database: DatabaseServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cluster]:
    """A server that asks every client for a certificate."""
    directory = tmp_path_factory.mktemp("sealed")
    found = Cluster(directory, database, "sealed", Authority(directory, "authority"))
    await found.make()
    yield found
    await found.process.stop()
