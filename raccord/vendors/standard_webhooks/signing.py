"""Signing an event (standardwebhooks.com, spec/standard-webhooks.md: "Signature scheme").

Not by the library `standardwebhooks`: it brings four packages for these lines.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime

from raccord.domain.values.base import Unfit

_PREFIX = b"whsec_"
_SHORTEST, _LONGEST = 24, 64
"""Bytes of a key: between 192 and 512 bits (spec: "Symmetric signatures")."""
_MAKES_ONE = "python3 -c \"import base64, os; print('whsec_' + base64.b64encode(os.urandom(32)).decode())\""


def key_of(secret: bytes) -> bytes:
    """Return the key that a secret spells: `whsec_` and base64. Raises `ValueError` where it spells none."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise Unfit("unfit.whsec") from error
    if not secret.startswith(_PREFIX) or not _SHORTEST <= len(key) <= _LONGEST:
        raise Unfit(
            "unfit.whsec_size", shortest=str(_SHORTEST), longest=str(_LONGEST), command=f"`{_MAKES_ONE}`"
        )
    return key


def new_secret() -> str:
    """Make a secret that nobody knows."""
    return (_PREFIX + base64.b64encode(secrets.token_bytes(_SHORTEST))).decode()


def sign(secret: bytes, message: bytes) -> bytes:
    """Return the signature of a message, with its scheme's version. Raises `ValueError` without a key."""
    return b"v1," + base64.b64encode(hmac.digest(key_of(secret), message, hashlib.sha256))


def headers(id: str, at: datetime, body: bytes, keys: Iterable[bytes]) -> Mapping[str, str]:
    """Return the headers that prove an event: one signature for each secret, the current one first."""
    stamp = str(int(at.timestamp()))
    signed = b".".join((id.encode(), stamp.encode(), body))
    signatures = (sign(secret, signed) for secret in keys)
    return {
        "webhook-id": id,
        "webhook-timestamp": stamp,
        "webhook-signature": b" ".join(signatures).decode(),
    }
