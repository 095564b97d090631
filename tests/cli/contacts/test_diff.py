"""Comparing many customers outlasts a vendor that asks to come back, and says what else is wrong."""

from datetime import datetime, timedelta

import pytest
from click.exceptions import Exit

from raccord.connectors.errors import Auth, ConnectorError, RateLimited
from raccord.domain.values.details import ChangedRecords, Field, Sight
from raccord.domain.values.message import RecordKind, RecordName
from starters.cli.contacts.diff import read

FOUND = Sight(record=RecordName(kind=RecordKind.CUSTOMER, id="cus_1"))


class Side:
    """Fails in these ways, one after the other, before it answers."""

    keeps: frozenset[Field] = frozenset()

    def __init__(self, *failures: ConnectorError) -> None:
        self.failures = list(failures)

    async def read_details(self, record_id: str) -> Sight:
        assert record_id == "cus_1"
        if self.failures:
            raise self.failures.pop(0)
        return FOUND

    async def details_changed(self, since: datetime, *, until: datetime | None) -> ChangedRecords:
        raise NotImplementedError


async def test_it_comes_back_as_often_as_it_is_asked_to() -> None:
    later = [RateLimited("later", retry_after=timedelta(milliseconds=1)) for _ in range(2)]
    side = Side(*later)
    assert await read(side, "cus_1") == FOUND
    assert side.failures == []


async def test_what_is_refused_ends_it_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Exit):
        await read(Side(Auth("Enter a valid key.")), "cus_1")
    assert "Enter a valid key." in capsys.readouterr().err
