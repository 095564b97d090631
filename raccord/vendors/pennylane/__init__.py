"""Pennylane, Company API v2."""

from raccord.connectors.billing import Billing
from raccord.connectors.capabilities import IdShape
from raccord.connectors.connection import Kind, Vendor
from raccord.connectors.webhooks import HintKind
from raccord.vendors.pennylane.connector import connect, oauth
from raccord.vendors.pennylane.settings import PennylaneSettings

_NUMBER = "[0-9]{1,18}"
BILLING: Vendor[Billing] = Vendor(
    settings=PennylaneSettings,
    connect=connect,
    oauth=oauth,
    agreed=connect,
    needs_webhooks=False,
    ids={
        HintKind.INVOICE: IdShape(pattern=_NUMBER, said="an invoice's number in addresses, like 42"),
        HintKind.CUSTOMER: IdShape(pattern=_NUMBER, said="a customer's number in addresses, like 42"),
    },
)
ROLES = {Kind.BILLING: BILLING}
