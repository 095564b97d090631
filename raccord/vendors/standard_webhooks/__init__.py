"""Whoever takes or sends events by Standard Webhooks: Make, n8n, Zapier, a program of the company's own."""

from raccord.connectors.connection import Kind, Vendor
from raccord.connectors.inbound import Inbound
from raccord.connectors.outbound import Outbound
from raccord.vendors.standard_webhooks.connector import connect
from raccord.vendors.standard_webhooks.inbound import TELLS, SignedEvents
from raccord.vendors.standard_webhooks.inbound import connect as connect_sender
from raccord.vendors.standard_webhooks.settings import EndpointSettings, SenderSettings

OUTBOUND: Vendor[Outbound] = Vendor(settings=EndpointSettings, connect=connect)
INBOUND: Vendor[Inbound] = Vendor(
    settings=SenderSettings, connect=connect_sender, webhooks=SignedEvents, tells=TELLS
)
ROLES = {Kind.OUTBOUND: OUTBOUND, Kind.INBOUND: INBOUND}
