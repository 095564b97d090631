"""Pipedrive, API v2, and v1 where v2 has nothing."""

from raccord.connectors.connection import Kind, Vendor
from raccord.connectors.crm import Crm
from raccord.vendors.pipedrive.connector import connect, oauth
from raccord.vendors.pipedrive.ids import IDS
from raccord.vendors.pipedrive.settings import PipedriveSettings
from raccord.vendors.pipedrive.webhook import TELLS, webhooks

CRM: Vendor[Crm] = Vendor(
    settings=PipedriveSettings,
    connect=connect,
    oauth=oauth,
    agreed=connect,
    webhooks=webhooks,
    tells=TELLS,
    ids=IDS,
)
ROLES = {Kind.CRM: CRM}
