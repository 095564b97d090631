"""How Pennylane signs what it delivers (pennylane.md 7)."""

import hashlib
import hmac


def signature(secret: str, at: str, body: bytes) -> str:
    """The header `X-Pennylane-Signature`; `at` in Unix seconds."""
    mark = hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={mark}"
