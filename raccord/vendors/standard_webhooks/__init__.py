"""Whoever takes events signed by Standard Webhooks: Make, n8n, Zapier, a program of the company's own."""

from raccord.connectors.connection import Kind, Vendor
from raccord.connectors.outbound import Outbound
from raccord.vendors.standard_webhooks.connector import connect
from raccord.vendors.standard_webhooks.settings import EndpointSettings

OUTBOUND: Vendor[Outbound] = Vendor(settings=EndpointSettings, connect=connect)
ROLES = {Kind.OUTBOUND: OUTBOUND}
