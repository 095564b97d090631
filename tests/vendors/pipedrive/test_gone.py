"""A deleted record stays readable for thirty days, and says so (the page's section 4)."""

from typing import Any, cast

import pytest

from raccord.connectors.errors import NotFound
from raccord.connectors.http.reading import Wire
from raccord.domain.values.clock import BusinessClock
from raccord.vendors.pipedrive.client import PipedriveClient
from raccord.vendors.pipedrive.deals import DealReader
from raccord.vendors.pipedrive.fields import Fields
from raccord.vendors.pipedrive.settings import PipedriveSettings
from tests.vendors.pipedrive.account import settings


class Deleted:
    """Answers every read with a record that was deleted."""

    async def one(self, _operation: object, _path: str, into: type[Wire], _query: Any = None) -> Any:
        return into.model_validate({"id": 8, "status": "won", "is_deleted": True})


async def test_a_deleted_record_is_gone() -> None:
    client = cast(PipedriveClient, Deleted())
    given = PipedriveSettings.model_validate(settings())
    reader = DealReader("pipedrive", client, Fields(client, {}), given, BusinessClock())
    with pytest.raises(NotFound):
        await reader.record("8")
    assert await reader.organization(1) is None
    assert await reader.person(1) is None
