"""HubSpot, CRM API v3 and v4 through `hubspot-api-client` 12."""

from raccord.connectors.connection import Vendor
from raccord.connectors.crm.hubspot.connector import connect
from raccord.connectors.crm.hubspot.settings import HubSpotSettings
from raccord.connectors.crm.hubspot.webhook import webhooks
from raccord.connectors.crm.port import Crm

VENDOR: Vendor[Crm] = Vendor(settings=HubSpotSettings, connect=connect, webhooks=webhooks)
