"""The project app that sends webhooks: private apps can no longer be made, and a service key sends none.

Its files are HubSpot's (HubSpot docs: build-apps/app-configuration, add-features/configure-webhooks). A
`uid` never changes: HubSpot would take a new one for another app.
"""

import json
from collections.abc import Collection, Iterator
from typing import Any

from raccord.connectors.app import App
from raccord.connectors.connection import ConnectionSettings, of_vendor
from raccord.domain.rules.modes import CONTACT
from raccord.domain.values.message import message
from raccord.vendors.hubspot.attachments import FILES
from raccord.vendors.hubspot.details import COMPANY_WRITE
from raccord.vendors.hubspot.invoice_fields import DEAL_WRITE
from raccord.vendors.hubspot.records import scope
from raccord.vendors.hubspot.settings import HubSpotSettings
from raccord.vendors.hubspot.tasks import TASK_WRITE
from raccord.vendors.hubspot.translation import TAX_RATE

_PLATFORM = "2026.03"
_READ = ("deals", "companies", "contacts", "line_items", "owners")
_DESCRIBED = ("deals", "companies", "line_items")
_AT_ONCE = 10
"""Requests that HubSpot makes at a time; more than 5 are wanted (HubSpot docs: configure-webhooks)."""
_HAPPENS = {
    "deal": ("creation", "deletion", "restore", "merge", "associationChange"),
    "company": ("deletion", "restore", "merge"),
    "contact": ("deletion", "restore", "merge"),
    "line_item": ("creation", "deletion", "restore"),
}
_CHANGES = {
    "deal": ("dealstage", "amount", "deal_currency_code"),
    "company": ("name", "address", "address2", "zip", "city", "country"),
    "contact": ("email",),
    "line_item": ("name", "quantity", "price", "discount", "hs_discount_percentage"),
}
_IN_STEP = ("phone", "state")
"""Of companies, where customers are kept in step."""


def app(settings: ConnectionSettings, url: str, flows: Collection[str]) -> App:
    """Make the app for one account. Raises `TypeError` for the settings of another vendor."""
    own = of_vendor(settings, HubSpotSettings)
    files = {
        "hsproject.json": {"name": "raccord", "srcDir": "src", "platformVersion": _PLATFORM},
        "src/app/app-hsmeta.json": _described(own, flows),
        "src/app/webhooks/webhooks-hsmeta.json": _webhooks(own, url, flows),
    }
    return App(
        files={path: json.dumps(content, indent=2) + "\n" for path, content in files.items()},
        command="hs project upload",
        steps=(
            message("hubspot.cli"),
            message("hubspot.install"),
        ),
    )


def _described(settings: HubSpotSettings, flows: Collection[str]) -> dict[str, Any]:
    return {
        "uid": "raccord_app",
        "type": "app",
        "config": {
            "name": "Raccord",
            "description": "Keeps CRM and billing in step.",
            "distribution": "private",
            "auth": {
                "type": "static",
                "requiredScopes": sorted(_scopes(settings, flows)),
                "optionalScopes": [],
                "conditionallyRequiredScopes": [],
            },
            "permittedUrls": {"fetch": [], "iframe": [], "img": []},
        },
    }


def _scopes(settings: HubSpotSettings, flows: Collection[str]) -> Iterator[str]:
    yield from (scope(kind) for kind in _READ)
    yield from (DEAL_WRITE, TASK_WRITE)
    yield from (f"crm.schemas.{kind}.read" for kind in _DESCRIBED)
    yield from ("crm.schemas.deals.write", "crm.schemas.companies.write")
    if settings.files_folder:
        yield FILES
    if CONTACT in flows:
        yield COMPANY_WRITE


def _webhooks(settings: HubSpotSettings, url: str, flows: Collection[str]) -> dict[str, Any]:
    return {
        "uid": "raccord_webhooks",
        "type": "webhooks",
        "config": {
            "settings": {"targetUrl": url, "maxConcurrentRequests": _AT_ONCE},
            "subscriptions": {
                "crmObjects": list(_subscriptions(settings, flows)),
                "legacyCrmObjects": [],
                "hubEvents": [],
            },
        },
    }


def _subscriptions(settings: HubSpotSettings, flows: Collection[str]) -> Iterator[dict[str, Any]]:
    for kind, happens in _HAPPENS.items():
        for what in happens:
            yield {"subscriptionType": f"object.{what}", "objectType": kind, "active": True}
    for kind, properties in _properties(settings, flows).items():
        for name in dict.fromkeys(properties):
            yield {
                "subscriptionType": "object.propertyChange",
                "objectType": kind,
                "propertyName": name,
                "active": True,
            }


def _properties(settings: HubSpotSettings, flows: Collection[str]) -> dict[str, tuple[str, ...]]:
    mapping = settings.mapping
    more = {
        "deal": mapping.deals.used,
        "company": (*mapping.companies.used, *(_IN_STEP if CONTACT in flows else ())),
        "line_item": (*mapping.line_items.used, *((TAX_RATE,) if mapping.line_items.tax_rates else ())),
    }
    return {kind: (*names, *more.get(kind, ())) for kind, names in _CHANGES.items()}
