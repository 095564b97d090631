"""The form that Stripe reads, with Stripe's own client as a second opinion."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import stripe
from hypothesis import given
from hypothesis import strategies as st

from raccord.vendors.stripe.form import encoded, path
from raccord.vendors.stripe.money import Plain

LEAVES = st.one_of(
    st.text(max_size=20),
    st.booleans().map(str).map(str.lower),
    st.integers(),
    st.decimals(-(10**9), 10**9, places=9).map(Decimal.normalize).map(Plain),
)
NAMES = st.text("abcdefgh_", min_size=1, max_size=8)
PARAMS = st.dictionaries(
    NAMES,
    st.recursive(
        LEAVES,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


class Overheard(stripe.HTTPClient):
    """What Stripe's client would send."""

    name = "overheard"

    def __init__(self) -> None:
        super().__init__()
        self.sent = ""

    def request(self, *given: Any, **_: Any) -> tuple[str, int, Mapping[str, str]]:
        self.sent = given[-1] or ""
        return "{}", 200, {}


def decoded(form: str) -> list[tuple[str, str]]:
    return parse_qsl(form, keep_blank_values=True, strict_parsing=bool(form))


@given(PARAMS)
def test_the_form_is_the_one_that_stripes_client_sends(params: dict[str, Any]) -> None:
    overheard = Overheard()
    client = stripe.StripeClient("sk_test_1", http_client=overheard)
    client.raw_request("post", "/v1/invoices", **params)
    # The client leaves brackets in values as they are; both are read as the same.
    assert decoded(encoded(params)) == decoded(overheard.sent)


def test_a_body_of_ours_is_exactly_this() -> None:
    params = {"inclusive": False, "percentage": Plain(Decimal("1E+1")), "lines": [{"name": "Été & Cie"}]}
    assert encoded(params) == "inclusive=false&percentage=10&lines[0][name]=%C3%89t%C3%A9+%26+Cie"


def test_an_id_stays_one_part_of_a_path() -> None:
    assert path("invoices", "in_1/../x?y#z é") == "/v1/invoices/in_1%2F..%2Fx%3Fy%23z%20%C3%A9"
