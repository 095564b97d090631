"""What Stripe's header may hold beside one time and one signature, and what its own client makes of it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import stripe

from raccord.connectors.webhooks import WebhookRequest
from tests.connectors.conformance.vectors import Vector, cause
from tests.vendors.stripe.vectors import BY_HAND, SIGNED

T, V1 = f"t={BY_HAND.sent}", f"v1={BY_HAND.signature}"
OTHER = "v1=" + "0" * 64
V0 = f"v0={BY_HAND.signature}"


def sent(header: str | None) -> WebhookRequest:
    """Return the vector with this header, received at its own time."""
    request = SIGNED.delivery()
    return replace(request, headers={} if header is None else {"stripe-signature": header})


GENUINE: dict[str, str] = {
    "as it is published": f"{T},{V1}",
    "the other way round": f"{V1},{T}",
    "another signature first": f"{T},{OTHER},{V1}",
    "another signature last": f"{T},{V1},{OTHER}",
    "a test event's signature beside it": f"{T},{V1},v0={'6' * 64}",
    "a scheme that nobody knows": f"{T},{V1},v2=abc,x==",
    "a comma too many": f"{T},{V1},",
}
FORGED: dict[str, tuple[str | None, str]] = {
    "no header": (None, "no_signature"),
    "an empty header": ("", "no_signature"),
    "commas": (",,,", "no_signature"),
    "no time": (V1, "no_signature"),
    "an empty time": (f"t=,{V1}", "no_signature"),
    "no signature": (T, "no_signature"),
    "an empty signature": (f"{T},v1=", "no_signature"),
    "the signature of the test scheme alone": (f"{T},{V0}", "no_signature"),
    "the signature of a later scheme alone": (f"{T},v2={BY_HAND.signature}", "no_signature"),
    "the scheme in capitals": (f"{T},V1={BY_HAND.signature}", "no_signature"),
    "two times": (f"{T},{T},{V1}", "bad_timestamp"),
    "two times, one empty": (f"t=,{T},{V1}", "bad_timestamp"),
    "a time in capitals": (f"T={BY_HAND.sent},{V1}", "no_signature"),
    "a time of words": (f"t=now,{V1}", "bad_timestamp"),
    "a time with a blank": (f"t= {BY_HAND.sent},{V1}", "bad_timestamp"),
    "a blank behind the comma": (f"{T}, {V1}", "no_signature"),
    "a semicolon": (f"{T};{V1}", "no_signature"),
    "a signature without its scheme": (f"{T},{BY_HAND.signature}", "bad_signature"),
    "a word beside the right signature": (f"{T},{V1},x", "bad_signature"),
    "only wrong signatures": (",".join([T, *[OTHER] * 20]), "bad_signature"),
    "the signature in capitals": (f"{T},v1={BY_HAND.signature.upper()}", "bad_signature"),
    "a colon for the equals sign": (f"t:{BY_HAND.sent},v1:{BY_HAND.signature}", "bad_signature"),
    "letters that are no ASCII": (f"{T},v1={'é' * 64}", "bad_signature"),
}


@pytest.mark.parametrize("header", GENUINE.values(), ids=GENUINE)
def test_one_right_signature_among_others_is_enough(header: str) -> None:
    SIGNED.source().authenticate(sent(header))


@pytest.mark.parametrize("header", FORGED)
def test_a_header_of_another_shape_is_rejected_by_its_cause(header: str) -> None:
    given, why = FORGED[header]
    assert cause(SIGNED.source(), sent(given)) == why


def theirs(header: str) -> bool:
    """Whether Stripe's own client believes the vector with this header, whatever its age."""
    try:
        return bool(stripe.WebhookSignature.verify_header(BY_HAND.body, header, BY_HAND.secret, None))
    except (stripe.SignatureVerificationError, ValueError, TypeError):
        return False


def test_stripes_own_client_believes_what_we_believe() -> None:
    assert [header for header in GENUINE.values() if not theirs(header)] == []


@pytest.mark.parametrize("change", [lambda v: v.body + b"\n", lambda v: v.body.replace(b"12000", b"12001")])
def test_a_changed_body_is_rejected(change: Callable[[Vector], bytes]) -> None:
    body = change(BY_HAND)
    assert cause(SIGNED.source(), replace(sent(f"{T},{V1}"), body=body)) == "bad_signature"
