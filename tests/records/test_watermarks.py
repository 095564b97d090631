import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from raccord.records.records import Records

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)


async def test_nothing_has_been_looked_at_at_first(records: Records) -> None:
    assert await records.watermarks.get("sweep") is None


async def test_a_watermark_only_rises(records: Records) -> None:
    minute = timedelta(minutes=1)
    for at, expected in ((NOON, NOON), (NOON - minute, NOON), (NOON + minute, NOON + minute)):
        await records.watermarks.advance("sweep", at)
        assert await records.watermarks.get("sweep") == expected
    assert await records.watermarks.get("other") is None


async def test_instants_are_compared_and_not_their_clocks(records: Records) -> None:
    await records.watermarks.advance("sweep", NOON)
    paris = timezone(timedelta(hours=2))
    await records.watermarks.advance("sweep", NOON.replace(hour=13, tzinfo=paris))
    assert await records.watermarks.get("sweep") == NOON
    with pytest.raises(Exception, match="time zone"):
        await records.watermarks.advance("sweep", NOON.replace(tzinfo=None))


async def test_of_simultaneous_advances_the_latest_stands(records: Records) -> None:
    moments = [NOON + timedelta(seconds=n) for n in (3, 9, 1, 7)]
    await asyncio.gather(*(records.watermarks.advance("sweep", at) for at in moments))
    assert await records.watermarks.get("sweep") == max(moments)
