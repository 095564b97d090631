import json
from datetime import UTC, datetime
from typing import Any

import pytest

from raccord.connectors.crm.hubspot.webhook import HubSpotWebhooks
from raccord.connectors.webhooks import HintKind, UnreadableBody, WebhookEvents

PORTAL = 144000001
CLASSIC: dict[str, Any] = {
    "eventId": 3181526811,
    "subscriptionId": 2211,
    "portalId": PORTAL,
    "appId": 8123456,
    "occurredAt": 1750339999870,
    "subscriptionType": "deal.propertyChange",
    "attemptNumber": 0,
    "objectId": 38990123456,
    "propertyName": "dealstage",
    "propertyValue": "closedwon",
    "changeSource": "CRM_UI",
    "sourceId": "userId:70112233",
}
GENERIC = CLASSIC | {"subscriptionType": "object.propertyChange", "objectTypeId": "0-3", "isSensitive": False}


def without(event: dict[str, Any], *names: str) -> dict[str, Any]:
    return {k: v for k, v in event.items() if k not in names}


def parsed(*events: Any) -> WebhookEvents:
    return HubSpotWebhooks((b"x" * 16,), account_id=PORTAL).parse(json.dumps(events).encode())


def ids(*events: Any) -> list[str]:
    found = parsed(*events)
    assert found.unreadable == ()
    return [hint.id for hint in found.hints]


@pytest.mark.parametrize("event", [CLASSIC, GENERIC])
def test_both_formats_name_the_deal(event: dict[str, Any]) -> None:
    (hint,) = parsed(event).hints
    assert (hint.kind, hint.id) == (HintKind.DEAL, "38990123456")
    assert hint.occurred_at == datetime(2025, 6, 19, 13, 33, 19, 870000, tzinfo=UTC)


def test_the_type_may_be_called_as_the_docs_call_it() -> None:
    event = without(CLASSIC, "subscriptionType") | {"eventType": "deal.propertyChange"}
    assert ids(event) == ["38990123456"]


def test_a_redelivery_has_the_same_key_and_another_event_does_not() -> None:
    first, again, later, other_property, other_id = parsed(
        CLASSIC,
        CLASSIC | {"attemptNumber": 3},
        CLASSIC | {"occurredAt": 1750339999871},
        CLASSIC | {"propertyName": "amount"},
        CLASSIC | {"eventId": 1},
    ).hints
    assert first.key == again.key
    assert len({first.key, later.key, other_property.key, other_id.key}) == 4


@pytest.mark.parametrize("action", ["creation", "deletion", "restore", "propertyChange"])
def test_whatever_happens_to_a_deal_is_a_hint(action: str) -> None:
    assert ids(without(CLASSIC, "propertyName") | {"subscriptionType": f"deal.{action}"}) == ["38990123456"]
    assert ids(GENERIC | {"subscriptionType": f"object.{action}"}) == ["38990123456"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"associationType": "DEAL_TO_COMPANY"}, ["10"]),
        ({"associationType": "COMPANY_TO_DEAL"}, ["20"]),
        ({"associationType": "LINE_ITEM_TO_DEAL"}, ["20"]),
        ({"associationType": "DEAL_TO_DEAL"}, ["10", "20"]),
        ({"fromObjectTypeId": "0-3", "toObjectTypeId": "0-8"}, ["10"]),
        ({"fromObjectTypeId": "0-8", "toObjectTypeId": "0-3"}, ["20"]),
        ({"associationType": "SOMETHING_NEW"}, ["10", "20"]),
        ({}, ["10", "20"]),
    ],
)
def test_an_association_names_its_deal_whatever_its_direction(
    more: dict[str, Any], expected: list[str]
) -> None:
    event = without(CLASSIC, "objectId", "propertyName") | {
        "subscriptionType": "deal.associationChange",
        "fromObjectId": 10,
        "toObjectId": 20,
    }
    assert ids(event | more) == expected


def test_a_line_item_s_association_to_a_deal_is_about_the_deal() -> None:
    event = without(CLASSIC, "objectId") | {
        "subscriptionType": "line_item.associationChange",
        "associationType": "LINE_ITEM_TO_DEAL",
        "fromObjectId": 10,
        "toObjectId": 20,
    }
    assert ids(event) == ["20"]
    assert ids(event | {"associationType": "LINE_ITEM_TO_PRODUCT"}) == []


def test_a_merge_names_the_survivor() -> None:
    event = without(CLASSIC, "objectId", "propertyName") | {
        "subscriptionType": "deal.merge",
        "primaryObjectId": 10,
        "mergedObjectIds": [11],
        "newObjectId": 12,
        "numberOfPropertiesMoved": 4,
    }
    assert ids(event) == ["12", "10"]
    assert ids(event | {"newObjectId": 10}) == ["10"]


@pytest.mark.parametrize(
    "kind",
    ["contact.propertyChange", "company.creation", "line_item.propertyChange", "contact.privacyDeletion"],
)
def test_other_records_are_ignored_and_counted(kind: str) -> None:
    found = parsed(CLASSIC | {"subscriptionType": kind})
    assert (found.hints, found.ignored, found.unreadable) == ((), (kind,), ())


def test_an_object_that_is_no_deal_is_ignored() -> None:
    assert parsed(GENERIC | {"objectTypeId": "0-2"}).ignored == ("object.propertyChange",)


def test_events_of_another_account_have_no_effect() -> None:
    found = parsed(CLASSIC | {"portalId": 5})
    assert (found.hints, found.ignored) == ((), ("other-account",))


def test_without_a_configured_account_every_account_is_ours() -> None:
    found = HubSpotWebhooks((b"x" * 16,), account_id=None).parse(json.dumps([CLASSIC]).encode())
    assert len(found.hints) == 1


BAD: list[Any] = [
    None,
    7,
    "text",
    [],
    [CLASSIC],
    {},
    without(CLASSIC, "objectId"),
    without(CLASSIC, "occurredAt"),
    without(CLASSIC, "eventId"),
    without(CLASSIC, "portalId"),
    CLASSIC | {"objectId": None},
    CLASSIC | {"objectId": True},
    CLASSIC | {"objectId": -1},
    CLASSIC | {"objectId": 1.5},
    CLASSIC | {"objectId": "../1"},
    CLASSIC | {"objectId": "٤٢"},
    CLASSIC | {"portalId": "x"},
    CLASSIC | {"occurredAt": 10**29},
    CLASSIC | {"subscriptionType": 5},
    CLASSIC | {"subscriptionType": "x" * 1000},
    CLASSIC | {"subscriptionType": "deal.\ud800"},
    CLASSIC | {"propertyName": "\ud800"},
    CLASSIC | {"propertyName": {"a": 1}},
]


@pytest.mark.parametrize("bad", BAD, ids=str)
def test_a_bad_element_is_set_aside_and_does_not_block_its_neighbours(bad: Any) -> None:
    found = parsed(CLASSIC, bad, CLASSIC | {"objectId": 2})
    assert [hint.id for hint in found.hints] == ["38990123456", "2"]
    exact = CLASSIC | {"objectId": "1.5"} if bad == CLASSIC | {"objectId": 1.5} else bad
    assert [json.loads(text) for text in found.unreadable] == [exact]
    assert all(text.isascii() for text in found.unreadable)


def test_a_hundred_events_in_one_delivery_are_a_hundred_hints() -> None:
    assert len(ids(*(CLASSIC | {"objectId": i} for i in range(100)))) == 100


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{}",
        b"null",
        b'"x"',
        b"\xff",
        b"[NaN]",
        b'[{"a":1,"a":2}]',
        b"[" * 33 + b"]" * 33,
        b"[1",
        json.dumps(CLASSIC).encode(),
        b"[" + b"9" * 31 + b"]",
    ],
)
def test_a_body_that_is_no_array_is_unreadable_as_a_whole(body: bytes) -> None:
    with pytest.raises(UnreadableBody):
        HubSpotWebhooks((b"x" * 16,), account_id=None).parse(body)
