"""Stripe, as the suites for billing systems meet it."""

from tests.connectors.conformance.cases import BillingCase

CASES = (
    BillingCase(
        vendor="stripe",
        settings={"api_key": "rk_test_sandbox0000000000000000", "settle": 0, "requests_per_second": 1000},
        credential="api_key",
        state="status",
        needed=("currency", "total"),
        denied={"denied": ["rak_customer_write"]},
        permission="Customers: Write",
        most_a_second=25,  # of a test key (Stripe docs: rate-limits)
        quiet={"search_lag": 0.0, "verification_seconds": 0.0, "rate_limits": False},
    ),
)
