"""How long Stripe's texts may be (Stripe docs: api/invoices/create, api/customers/create)."""

from raccord.connectors.capabilities import InvoiceLimits

LIMITS = InvoiceLimits(line=5000, field=140, memo=1500, footer=5000, customer_name=256, phone=20)
LONGEST_PRODUCT = 250
"""Of a product's name, which no invoice prints: below Stripe's own, so that many lines stay one request."""
