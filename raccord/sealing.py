"""Sealing: AES-256-GCM under a ring of keys, of which one seals and all unseal.

Sealed bytes are `version (1) | length of the key id (1) | key id | nonce (12) | ciphertext and tag`.
All before the nonce, and the caller's context, are authenticated with the plain text: sealed bytes
moved to another place do not unseal there.
"""

import base64
import binascii
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from raccord.domain.values.message import message
from raccord.texts.told import Told

_VERSION = 1
_KEY_BYTES = 32
_NONCE_BYTES = 12
_TAG_BYTES = 16
_FINGERPRINT = b"raccord: the fingerprint of a key, version 1"
_FINGERPRINT_BYTES = 10


class UnknownKey(Told):
    """Sealed under a key that the ring does not hold (any more); `key_id` names it."""

    def __init__(self, key_id: str) -> None:
        super().__init__(message("key.unknown", key=key_id))
        self.key_id = key_id


class CannotUnseal(Told):
    """Damaged, changed, sealed for another context, or never sealed."""


class BadKeyFile(Told, ValueError):
    """The key file does not hold usable keys. Its text never shows key material."""


@dataclass(frozen=True, eq=False, repr=False)
class KeyRing:
    """Several keys unseal, `active_id` seals. To rotate: add a key to the file, then make it active.

    An old key stays in the file for as long as anything sealed with it is kept.
    """

    active_id: str
    ciphers: Mapping[str, AESGCM]
    fingerprints: Mapping[str, str]
    """By key id: what tells keys apart and says nothing about them, whatever their ids."""

    @classmethod
    def of(cls, active_id: str, keys: Mapping[str, bytes]) -> "KeyRing":
        """Build a ring from raw keys by id. Raises `BadKeyFile`."""
        for key_id, key in keys.items():
            if not (key_id.isascii() and key_id.isprintable() and 1 <= len(key_id) <= 64):
                raise BadKeyFile(message("key.bad_id"))
            if len(key) != _KEY_BYTES:
                raise BadKeyFile(message("key.bad_length", key=key_id, found=len(key), needed=_KEY_BYTES))
        if active_id not in keys:
            raise BadKeyFile(message("key.not_there", key=active_id))
        ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        fingerprints = {key_id: _fingerprint(key) for key_id, key in keys.items()}
        return cls(active_id, MappingProxyType(ciphers), MappingProxyType(fingerprints))

    @classmethod
    def load(cls, path: Path) -> "KeyRing":
        """Read a key file. Raises `FileNotFoundError`, `BadKeyFile`."""
        try:
            content = json.loads(path.read_bytes())
            keys = {key_id: _decoded(key_id, text) for key_id, text in content["keys"].items()}
            return cls.of(content["active"], keys)
        except BadKeyFile as error:
            raise BadKeyFile(message("settings.of_file", path=str(path), why=error.said[0])) from None
        except (ValueError, KeyError, TypeError, AttributeError):
            # `from None`: the parser's error would carry the file's text.
            raise BadKeyFile(message("key.no_key_file", path=str(path))) from None

    @classmethod
    def create(cls, path: Path) -> "KeyRing":
        """Write a new key file of mode 0600 with one random key. Raises `FileExistsError`."""
        # Two that were made on one day are two: an id names a key in every sealed thing.
        key_id = f"k{datetime.now(UTC):%Y-%m-%d}-{secrets.token_hex(2)}"
        key = secrets.token_bytes(_KEY_BYTES)
        content = {"active": key_id, "keys": {key_id: base64.b64encode(key).decode()}}
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_once(path, json.dumps(content, indent=2).encode() + b"\n")
        return cls.of(key_id, {key_id: key})

    @property
    def fingerprint(self) -> str:
        """The active key's fingerprint."""
        return self.fingerprints[self.active_id]

    def seal(self, plain: bytes, *, context: bytes) -> bytes:
        """Seal under the active key; only the same context unseals."""
        key_id = self.active_id.encode()
        header, nonce = bytes([_VERSION, len(key_id)]) + key_id, secrets.token_bytes(_NONCE_BYTES)
        return header + nonce + self.ciphers[self.active_id].encrypt(nonce, plain, header + context)

    def unseal(self, sealed: bytes, *, context: bytes) -> bytes:
        """Return the plain text. Raises `UnknownKey`, `CannotUnseal`."""
        key_id, start = _key_id(sealed)
        if key_id not in self.ciphers:
            raise UnknownKey(key_id)
        header, nonce = sealed[:start], sealed[start : start + _NONCE_BYTES]
        try:
            return self.ciphers[key_id].decrypt(nonce, sealed[start + _NONCE_BYTES :], header + context)
        except InvalidTag:
            raise CannotUnseal(message("key.changed")) from None

    def __repr__(self) -> str:
        return f"KeyRing(active={self.active_id!r}, ids={sorted(self.ciphers)!r})"


def _fingerprint(key: bytes) -> str:
    return hmac.digest(key, _FINGERPRINT, "sha256")[:_FINGERPRINT_BYTES].hex()


def _key_id(sealed: bytes) -> tuple[str, int]:
    start = 2 + sealed[1] if len(sealed) > 1 else 0
    if not start or sealed[0] != _VERSION or len(sealed) < start + _NONCE_BYTES + _TAG_BYTES:
        raise CannotUnseal(message("key.not_sealed"))
    try:
        return sealed[2:start].decode("ascii"), start
    except UnicodeDecodeError:
        raise CannotUnseal(message("key.not_sealed")) from None


def _decoded(key_id: str, text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise BadKeyFile(message("key.not_base", key=key_id)) from None


def _write_once(path: Path, content: bytes) -> None:
    # Written aside and linked: a crash leaves no half-written key file, and of two processes that
    # create one at the same moment the second fails instead of replacing the first one's key.
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.link(aside, path)
    finally:
        aside.unlink()
