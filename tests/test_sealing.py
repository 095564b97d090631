import json
import re
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raccord.sealing import BadKeyFile, CannotUnseal, KeyRing, UnknownKey

OLD, NEW = b"o" * 32, b"n" * 32
RING = KeyRing.of("new", {"old": OLD, "new": NEW})


@given(plain=st.binary(max_size=2000), context=st.binary(max_size=50))
def test_what_is_sealed_comes_back_and_does_not_show(plain: bytes, context: bytes) -> None:
    sealed = RING.seal(plain, context=context)
    assert RING.unseal(sealed, context=context) == plain
    assert len(plain) < 8 or plain not in sealed


@given(plain=st.binary(max_size=200), data=st.data())
def test_any_changed_byte_is_noticed(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(RING.seal(plain, context=b"audit"))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises((CannotUnseal, UnknownKey)):
        RING.unseal(bytes(sealed), context=b"audit")


@given(junk=st.binary(max_size=100))
def test_junk_is_refused_and_never_crashes(junk: bytes) -> None:
    with pytest.raises((CannotUnseal, UnknownKey)):
        RING.unseal(junk, context=b"audit")


@given(one=st.binary(max_size=20), other=st.binary(max_size=20))
def test_another_context_does_not_unseal(one: bytes, other: bytes) -> None:
    sealed = RING.seal(b"plain", context=one)
    if one != other:
        with pytest.raises(CannotUnseal):
            RING.unseal(sealed, context=other)


@pytest.mark.parametrize("length", range(48))
def test_a_cut_text_is_refused(length: int) -> None:
    sealed = RING.seal(b"0123456789abcdef", context=b"")
    with pytest.raises(CannotUnseal):
        RING.unseal(sealed[:length], context=b"")


def test_the_same_text_is_never_sealed_to_the_same_bytes() -> None:
    assert len({RING.seal(b"same", context=b"") for _ in range(1000)}) == 1000


def test_an_old_key_still_unseals_and_only_the_active_one_seals() -> None:
    before = KeyRing.of("old", {"old": OLD}).seal(b"plain", context=b"x")
    assert RING.unseal(before, context=b"x") == b"plain"
    after = RING.seal(b"plain", context=b"x")
    with pytest.raises(UnknownKey) as unknown:
        KeyRing.of("old", {"old": OLD}).unseal(after, context=b"x")
    assert unknown.value.key_id == "new"


def test_an_id_that_was_given_to_another_key_does_not_unseal() -> None:
    sealed = RING.seal(b"plain", context=b"x")
    with pytest.raises(CannotUnseal):
        KeyRing.of("new", {"new": OLD}).unseal(sealed, context=b"x")


def test_the_key_id_is_part_of_what_is_authenticated() -> None:
    twins = KeyRing.of("one", {"one": OLD, "two": OLD})
    sealed = twins.seal(b"plain", context=b"x")
    with pytest.raises(CannotUnseal):
        twins.unseal(sealed.replace(b"one", b"two", 1), context=b"x")


def test_a_created_key_file_is_private_and_loads(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "keys.json"
    created = KeyRing.create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert KeyRing.load(path).unseal(created.seal(b"x", context=b""), context=b"") == b"x"
    assert [p.name for p in path.parent.iterdir()] == ["keys.json"]


def test_an_existing_key_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    KeyRing.create(path)
    content = path.read_bytes()
    with pytest.raises(FileExistsError):
        KeyRing.create(path)
    assert path.read_bytes() == content
    assert [p.name for p in tmp_path.iterdir()] == ["keys.json"]


SECRET = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I="


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        f'"{SECRET}"',
        f'{{"active": "k1", "keys": {{"k1": "{SECRET}"',
        json.dumps({"keys": {"k1": SECRET}}),
        json.dumps({"active": "k2", "keys": {"k1": SECRET}}),
        json.dumps({"active": ["k1"], "keys": {"k1": SECRET}}),
        json.dumps({"active": "k1", "keys": [SECRET]}),
        json.dumps({"active": "k1", "keys": {"k1": SECRET[:8]}}),
        json.dumps({"active": "k1", "keys": {"k1": SECRET + "!"}}),
        json.dumps({"active": "k1", "keys": {"k1": 7, "k2": SECRET}}),
        json.dumps({"active": "", "keys": {"": SECRET}}),
        json.dumps({"active": "é", "keys": {"é": SECRET}}),
    ],
)
def test_a_bad_key_file_is_refused_without_showing_its_keys(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    with pytest.raises(BadKeyFile) as refused:
        KeyRing.load(path)
    assert SECRET[:8] not in str(refused.value)


def test_a_ring_shows_its_ids_only() -> None:
    assert repr(RING) == "KeyRing(active='new', ids=['new', 'old'])"


def test_a_fingerprint_tells_keys_apart_whatever_their_ids() -> None:
    assert RING.fingerprint == RING.fingerprints["new"] != RING.fingerprints["old"]
    assert KeyRing.of("other", {"other": NEW}).fingerprint == RING.fingerprint


def test_two_keys_of_one_day_have_two_ids(tmp_path: Path) -> None:
    ids = {KeyRing.create(tmp_path / f"{n}.json").active_id for n in range(3)}
    assert len(ids) == 3
    assert all(re.fullmatch(r"k\d{4}-\d\d-\d\d-[0-9a-f]{4}", each) for each in ids)
