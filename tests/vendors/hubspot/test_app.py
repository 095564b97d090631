"""The app to upload asks for the webhooks that the settings need, and for no right that nobody uses."""

import json
from typing import Any

from raccord.connectors.app import App
from raccord.vendors.hubspot import CRM
from raccord.vendors.hubspot.events import parse
from raccord.vendors.hubspot.settings import HubSpotSettings

URL = "https://raccord.hexalab.fr/webhooks/hubspot"
TYPES = {"contact": "0-1", "company": "0-2", "deal": "0-3", "line_item": "0-8"}


def made(*flows: str, **given: Any) -> App:
    assert CRM.app
    return CRM.app(HubSpotSettings.model_validate({"access_token": "pat-eu1-0000", **given}), URL, flows)


def config(app: App, path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(app.files[path])["config"]
    return found


def subscribed(app: App) -> list[dict[str, Any]]:
    webhooks = config(app, "src/app/webhooks/webhooks-hsmeta.json")
    assert webhooks["settings"] == {"targetUrl": URL, "maxConcurrentRequests": 10}
    found: list[dict[str, Any]] = webhooks["subscriptions"]["crmObjects"]
    return found


def scopes(app: App) -> list[str]:
    described = config(app, "src/app/app-hsmeta.json")
    assert (described["distribution"], described["auth"]["type"]) == ("private", "static")
    found: list[str] = described["auth"]["requiredScopes"]
    return found


def test_it_is_uploaded_as_a_project() -> None:
    app = made()
    assert json.loads(app.files["hsproject.json"])["srcDir"] == "src"
    assert app.command == "hs project upload"


def test_nothing_is_asked_for_twice() -> None:
    """HubSpot refuses a subscription that is there already."""
    found = [json.dumps(each) for each in subscribed(made("contact"))]
    assert len(found) == len(set(found))


def test_each_of_them_is_read_when_it_comes() -> None:
    """As a project app's deliveries have it: the type names no object."""
    for asked in subscribed(made("contact")):
        kind, what = TYPES[asked["objectType"]], asked["subscriptionType"]
        event = {
            **{"eventId": 1, "subscriptionId": 2, "portalId": 144000001, "appId": 3, "attemptNumber": 0},
            **{"occurredAt": 1750339999870, "subscriptionType": what, "objectTypeId": kind, "objectId": 7},
            "propertyName": asked.get("propertyName", ""),
        }
        if what.endswith("associationChange"):
            event |= {"fromObjectTypeId": kind, "fromObjectId": 7, "toObjectTypeId": "0-8", "toObjectId": 8}
        if what.endswith("merge"):
            event |= {"primaryObjectId": 7, "mergedObjectIds": [8], "newObjectId": 7}
        found = parse(json.dumps([event]).encode(), account_id=None)
        assert "7" in {hint.id for hint in found.hints}, (asked, found)


def test_mapped_properties_are_subscribed_to_by_their_own_names() -> None:
    app = made(mapping={"companies": {"siret": "numero_siret", "siren": ""}})
    names = {each["propertyName"] for each in subscribed(app) if "propertyName" in each}
    assert {"numero_siret", "dealstage", "vat_rate"} <= names
    assert names.isdisjoint({"siren", "siret", ""})


def test_a_right_is_asked_for_by_what_needs_it() -> None:
    assert "files" in scopes(made())
    assert "files" not in scopes(made(files_folder=""))
    assert "crm.objects.companies.write" in scopes(made("contact"))
    assert "crm.objects.companies.write" not in scopes(made())
    assert "oauth" not in scopes(made())
