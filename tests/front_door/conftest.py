"""One Temporal server for these tests, none beside the others; modules make the lanes that they need."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests import forked
from tests.front_door.desk import RECORDS
from tests.front_door.doors import Front
from tests.front_door.stack import Lane, TemporalServer


@pytest.fixture(scope="package")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[TemporalServer]:
    forked.load()
    found = TemporalServer(tmp_path_factory.mktemp("temporal"))
    await found.start()
    yield found
    await found.process.stop()


@pytest.fixture(scope="package")
async def lane(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lane]:
    """The live system that the ordinary front-door tests share; each test makes its own deals."""
    directory: Path = tmp_path_factory.mktemp("live")
    async with Lane(server, directory, "live") as found:
        yield found


@pytest.fixture(scope="package")
async def front(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    """A receiver alone, for the tests that throw things at it."""
    async with Front(server, tmp_path_factory.mktemp("front")) as found:
        yield found


@pytest.fixture(scope="package")
async def desk(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lane]:
    async with Lane(server, tmp_path_factory.mktemp("desk"), "desk") as lane:
        await lane.account.settings("hubspot", subscriptions=RECORDS)
        yield lane


@pytest.fixture(scope="package")
async def drafting(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lane]:
    async with Lane(server, tmp_path_factory.mktemp("draft"), "draft", mode="draft") as lane:
        yield lane
