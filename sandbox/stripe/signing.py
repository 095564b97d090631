"""Stripe's webhook signature.

Stripe docs: `Stripe-Signature: t=<unix>,v1=<hex>[,v1=<hex>],v0=<hex>`, where v1 is the HMAC-SHA256 of
`t + "." + body` under the whole secret, and v0 is a scheme of test events that nobody may rely on.
"""

import hashlib
import hmac
from collections.abc import Iterable


def signature_header(body: bytes, *, secrets: Iterable[str], timestamp: int) -> str:
    """One v1 per secret, in the given order."""
    signed = str(timestamp).encode() + b"." + body
    signatures = [f"v1={_hmac(secret, signed)}" for secret in secrets]
    return ",".join([f"t={timestamp}", *signatures, f"v0={_hmac('v0', signed)}"])


def _hmac(secret: str, signed: bytes) -> str:
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
