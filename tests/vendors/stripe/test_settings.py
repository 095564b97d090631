from datetime import timedelta

import pytest
from pydantic import ValidationError

from raccord.connectors.connection import Kind
from raccord.connectors.registry import load
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.totals import VatRounding
from raccord.vendors.stripe import BILLING
from raccord.vendors.stripe.connector import StripeBilling
from tests.vendors.stripe.samples import settings


@pytest.mark.parametrize(
    ("key", "test"), [("sk_test_1", True), ("rk_test_1", True), ("sk_live_1", False), ("rk_live_1", False)]
)
def test_the_key_says_test_or_live(key: str, test: bool) -> None:
    assert settings(api_key=key).test is test


@pytest.mark.parametrize(
    ("key", "page"),
    [
        ("rk_test_1", "https://dashboard.stripe.com/test/invoices/in_1"),
        ("rk_live_1", "https://dashboard.stripe.com/invoices/in_1"),
    ],
)
def test_an_invoice_is_opened_where_its_key_is_at_home(key: str, page: str) -> None:
    assert settings(api_key=key).page_of("in_1") == page


@pytest.mark.parametrize("key", ["pk_test_1", "whsec_1", "sk_1", "sk_test_", "sk_test_1\n2"])
def test_other_secrets_are_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ValidationError, match="stripe_key") as refused:
        settings(api_key=key)
    assert all(key not in e["msg"] for e in refused.value.errors())


def test_a_live_key_never_travels_in_clear() -> None:
    with pytest.raises(ValidationError, match=r"unfit\.https"):
        settings("http://stripe.internal", api_key="rk_live_1")
    assert settings("http://127.0.0.1:9000", api_key="rk_live_1").test is False
    assert settings("http://sandbox:9000", api_key="rk_test_1").test is True


def test_the_key_is_masked_in_every_text() -> None:
    assert "rk_test_0000" not in f"{settings()!r} {settings()}"


def test_the_registry_finds_stripe_and_its_differences_are_data() -> None:
    vendor = load(Kind.BILLING, "stripe")
    assert vendor is BILLING
    known = settings(vat_rounding="per_rate", settle=90)
    capabilities = vendor.connect("stripe", known, BusinessClock()).capabilities
    assert capabilities.vat_rounding is VatRounding.PER_RATE
    assert capabilities.settle == timedelta(seconds=90)
    assert capabilities.requests_per_second == 20
    live = StripeBilling("stripe", settings(api_key="rk_live_1"), BusinessClock())
    assert live.capabilities.requests_per_second == 80
    assert (capabilities.mails_leave, live.capabilities.mails_leave) == (False, True)
