"""What the simulator knows of words and bodies is what the OpenAPI says."""

import re
from typing import Any

import pytest

from sandbox.pennylane import codes
from sandbox.pennylane.vendor import OFFERED
from tests.sandbox.pennylane import openapi

pytestmark = pytest.mark.skipif(
    not openapi.SPEC.is_file(), reason="Pennylane's OpenAPI is not part of this repository"
)


def schema(name: str) -> set[str]:
    return set(openapi.spec()["components"]["schemas"][name]["enum"])


def test_the_codes_are_those_of_the_openapi() -> None:
    assert set(codes.VAT) == schema("VatRateWithMixed")
    assert set(codes.CURRENCIES) == schema("Currency")
    assert set(codes.PAYMENT_CONDITIONS) == schema("PaymentConditions")
    assert set(codes.PAYMENTS) == schema("PaymentStatus")
    assert set(codes.E_INVOICING) == schema("CustomerInvoicePDPStatus")
    assert set(codes.LANGUAGES) == schema("Language")
    assert set(codes.RECEIVED) < set(codes.PAYMENTS)


def test_every_operation_is_in_the_openapi_with_its_status_and_its_scopes() -> None:
    described: dict[tuple[str, str], Any] = {
        (method.upper(), re.sub(r"\{\w+\}", "{id}", path.removeprefix("/api/external/v2"))): operation
        for path, operations in openapi.spec()["paths"].items()
        for method, operation in operations.items()
    }
    newer = {"/send_to_pa", "/webhook_subscriptions"}
    checked = [each for each in OFFERED if not any(part in each.path for part in newer)]
    for each in checked:
        told = described[each.method, each.path]
        assert str(each.status) in told["responses"], each.path
        assert set(each.needed) == {scope for way in told["security"] for scope in way["oauth2"]}, each.path
        assert (each.body is not None) == ("requestBody" in told), each.path
    assert len(checked) > 30
