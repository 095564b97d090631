"""HubSpot, CRM API v3 and v4 through `hubspot-api-client` 12."""

from raccord.connectors.connection import Kind, Vendor
from raccord.connectors.crm import Crm
from raccord.vendors.hubspot.app import app
from raccord.vendors.hubspot.connector import connect
from raccord.vendors.hubspot.events import TELLS
from raccord.vendors.hubspot.ids import IDS
from raccord.vendors.hubspot.settings import HubSpotSettings
from raccord.vendors.hubspot.webhook import webhooks

CRM: Vendor[Crm] = Vendor(
    settings=HubSpotSettings, connect=connect, webhooks=webhooks, tells=TELLS, ids=IDS, app=app
)
ROLES = {Kind.CRM: CRM}
