"""The payload codec: nothing readable leaves, nothing unsealed enters."""

from pathlib import Path

import pytest
from temporalio.api.common.v1 import Payload

from raccord.sealing import CannotUnseal, KeyRing, UnknownKey
from raccord.temporal.codec import PlainPayload, SealingCodec

PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'{"name": "Atelier"}')


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing.create(tmp_path / "keys.json")


async def test_what_is_sealed_comes_back_and_cannot_be_read_meanwhile(keys: KeyRing) -> None:
    codec = SealingCodec(keys, "acme")
    (sealed,) = await codec.encode([PLAIN])
    assert b"Atelier" not in sealed.SerializeToString()
    assert await codec.decode([sealed]) == [PLAIN]


async def test_a_payload_that_nobody_sealed_is_refused(keys: KeyRing) -> None:
    with pytest.raises(PlainPayload):
        await SealingCodec(keys, "acme").decode([PLAIN])


async def test_what_the_server_itself_writes_is_no_injection(keys: KeyRing) -> None:
    said = Payload(metadata={"encoding": b"json/plain"}, data=b'"ACTIVITY_ID_NOT_STARTED"')
    codec = SealingCodec(keys, "acme")
    assert await codec.decode([said]) == [said]
    with pytest.raises(PlainPayload):
        await codec.decode([Payload(metadata={"encoding": b"json/plain"}, data=b'"ACTIVITY_ID"')])


async def test_a_payload_of_another_namespace_is_refused(keys: KeyRing) -> None:
    (sealed,) = await SealingCodec(keys, "acme").encode([PLAIN])
    with pytest.raises(CannotUnseal):
        await SealingCodec(keys, "other").decode([sealed])


async def test_a_changed_payload_is_refused(keys: KeyRing) -> None:
    codec = SealingCodec(keys, "acme")
    (sealed,) = await codec.encode([PLAIN])
    sealed.data = sealed.data[:-1] + bytes([sealed.data[-1] ^ 1])
    with pytest.raises(CannotUnseal):
        await codec.decode([sealed])


async def test_an_unknown_key_is_named(keys: KeyRing, tmp_path: Path) -> None:
    (sealed,) = await SealingCodec(keys, "acme").encode([PLAIN])
    other = KeyRing.load(_ring(tmp_path / "other.json"))
    with pytest.raises(UnknownKey) as refused:
        await SealingCodec(other, "acme").decode([sealed])
    assert keys.active_id in str(refused.value)


def _ring(path: Path) -> Path:
    path.write_text('{"active": "other", "keys": {"other": "' + "A" * 43 + '="}}')
    return path
