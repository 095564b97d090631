from pathlib import Path

import pytest

from raccord.domain.values.message import message
from raccord.records.quarantine import NotQuarantined
from raccord.records.records import Records
from raccord.sealing import KeyRing, UnknownKey

NO_JSON = message("quarantine.no_json")


async def test_input_comes_back_byte_for_byte(records: Records) -> None:
    raw = bytes(range(256))
    id = await records.quarantine.put("stripe", NO_JSON, raw)
    assert await records.quarantine.get(id) == raw


async def test_the_same_input_is_stored_once_and_counted(records: Records) -> None:
    first = await records.quarantine.put("stripe", NO_JSON, b"{")
    assert await records.quarantine.put("stripe", message("quarantine.no_event"), b"{") == first
    assert await records.quarantine.put("hubspot", NO_JSON, b"{") != first
    assert await records.quarantine.put("stripe", NO_JSON, b"{{") != first
    by_id = {entry.id: entry for entry in await records.quarantine.list()}
    assert len(by_id) == 3
    assert (by_id[first].count, by_id[first].reason) == (2, NO_JSON)
    assert by_id[first].first_at < by_id[first].last_at


async def test_a_source_and_its_input_are_kept_apart(records: Records) -> None:
    one = await records.quarantine.put("ab", NO_JSON, b"c")
    assert await records.quarantine.put("a", NO_JSON, b"bc") != one


async def test_the_latest_arrival_is_listed_first(records: Records) -> None:
    for raw in (b"1", b"2", b"1"):
        await records.quarantine.put("stripe", NO_JSON, raw)
    listed = await records.quarantine.list()
    assert [await records.quarantine.get(entry.id) for entry in listed] == [b"1", b"2"]


async def test_an_unknown_id_is_said_to_be_unknown(records: Records) -> None:
    with pytest.raises(NotQuarantined):
        await records.quarantine.get(7)


async def test_input_is_listed_without_its_key_but_not_shown(records: Records, url: str, file: Path) -> None:
    id = await records.quarantine.put("stripe", NO_JSON, b"Zo\xc3\xa9 Canari")
    other = Records.open(url, KeyRing.of("new", {"new": b"n" * 32}))
    assert [entry.id for entry in await other.quarantine.list()] == [id]
    with pytest.raises(UnknownKey):
        await other.quarantine.get(id)
    await other.close()
    assert all(b"Canari" not in path.read_bytes() for path in file.parent.iterdir())
