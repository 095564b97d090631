"""Stripe Invoicing, API v1 pinned to 2026-10-28.endive."""

from raccord.connectors.billing import Billing
from raccord.connectors.connection import Kind, Vendor
from raccord.vendors.stripe.connector import connect
from raccord.vendors.stripe.happened import TELLS
from raccord.vendors.stripe.ids import IDS
from raccord.vendors.stripe.settings import StripeSettings
from raccord.vendors.stripe.webhook import webhooks

BILLING: Vendor[Billing] = Vendor(
    settings=StripeSettings, connect=connect, webhooks=webhooks, needs_webhooks=False, tells=TELLS, ids=IDS
)
ROLES = {Kind.BILLING: BILLING}
