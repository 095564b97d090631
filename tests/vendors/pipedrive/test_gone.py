"""What is deleted stays readable and says so; what a plan lacks is refused (the page, sections 4 and 9)."""

from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from raccord.connectors.errors import ConnectorError, Forbidden, NotFound, Permanent
from raccord.connectors.http.reading import Wire
from raccord.domain.values.clock import BusinessClock
from raccord.vendors.pipedrive.client import PipedriveClient
from raccord.vendors.pipedrive.deals import DealReader
from raccord.vendors.pipedrive.errors import FEATURE_OFF
from raccord.vendors.pipedrive.fields import Fields
from raccord.vendors.pipedrive.settings import PipedriveSettings
from tests.vendors.pipedrive.account import settings


class Deleted:
    """Answers every read with a record that was deleted."""

    async def one(self, _operation: object, _path: str, into: type[Wire], _query: Any = None) -> Any:
        return into.model_validate({"id": 8, "status": "won", "is_deleted": True})


class Refusing:
    """Refuses every list."""

    def __init__(self, error: ConnectorError) -> None:
        self._error = error

    async def every(self, *_: object) -> AsyncIterator[Any]:
        raise self._error
        yield


def reading(client: object) -> DealReader:
    as_client = cast(PipedriveClient, client)
    given = PipedriveSettings.model_validate(settings())
    return DealReader("pipedrive", as_client, Fields(as_client, {}), given, BusinessClock())


async def test_a_deleted_record_is_gone() -> None:
    reader = reading(Deleted())
    with pytest.raises(NotFound):
        await reader.record("8")
    assert await reader.organization(1) is None
    assert await reader.person(1) is None


@pytest.mark.parametrize(
    "error",
    [Forbidden("no"), NotFound("no"), Permanent("no", code=FEATURE_OFF)],
    ids=lambda e: type(e).__name__,
)
async def test_a_plan_without_instalments_has_none(error: ConnectorError) -> None:
    assert await reading(Refusing(error)).plans([8]) == []


async def test_instalments_that_cannot_be_read_stop_the_deal() -> None:
    with pytest.raises(Permanent):
        await reading(Refusing(Permanent("no", code="400"))).plans([8])
