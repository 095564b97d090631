"""How Stripe signs: a vector made by hand by its rule, and the signer of its own client."""

from collections.abc import Mapping
from datetime import timedelta

import stripe

from raccord.connectors.connection import Kind
from tests.connectors.conformance.vectors import Signed, Vector

BY_HAND = Vector(
    name="by hand",
    secret="whsec_EXAMPLEonlyNotARealSecret0123456789",
    url="https://sync.example.fr/webhooks/stripe",
    sent="1793170800",
    body=(
        b'{"id":"evt_1TestVector","object":"event","api_version":"2026-10-28.endive","created":1793170800,'
        b'"livemode":false,"pending_webhooks":1,"type":"invoice.paid","data":{"object":{"id":"in_1TestVector",'
        b'"object":"invoice","amount_paid":12000,"currency":"eur","metadata":{"crm_deal_id":"hubspot:987"}}},'
        b'"request":{"id":null,"idempotency_key":null}}'
    ),
    signature="9893e3654feabcb191c007b88abbfe60311171ec81eb53c09c210efb7a99bd5b",
)


def headers(signature: str | None, sent: str | None) -> Mapping[str, str]:
    """One header holds both (Stripe docs: webhooks/signature)."""
    parts = ((name, value) for name, value in (("t", sent), ("v1", signature)) if value is not None)
    return {"stripe-signature": ",".join(f"{name}={value}" for name, value in parts)}


def theirs(secret: str, _url: str, sent: str, body: bytes) -> str:
    header = stripe.WebhookSignature.generate_signature_header(body.decode(), secret, int(sent))
    return str(header).rpartition("v1=")[2]


SIGNED = Signed(
    kind=Kind.BILLING,
    vendor="stripe",
    settings={"api_key": "rk_test_0000"},
    headers=headers,
    unit=timedelta(seconds=1),
    published=(BY_HAND,),
    theirs=theirs,
)
