"""Stripe Invoicing, API v1 pinned to 2026-10-28.endive."""

from raccord.connectors.billing.port import Billing
from raccord.connectors.billing.stripe.connector import connect
from raccord.connectors.billing.stripe.settings import StripeSettings
from raccord.connectors.connection import Vendor

VENDOR: Vendor[Billing] = Vendor(settings=StripeSettings, connect=connect)
