"""Slack's request signature, version 0."""

import hashlib
import hmac


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Slack docs, "Verifying requests": HMAC-SHA256 over `v0:<seconds>:<raw body>`, in hex after `v0=`."""
    base = b"v0:" + str(timestamp).encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
