import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raccord.connectors.webhooks import HintKind, UnreadableBody, WebhookEvents
from raccord.vendors.hubspot.events import parse

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
    return parse(json.dumps(events).encode(), account_id=PORTAL)


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


MERGE = without(CLASSIC, "objectId", "propertyName") | {
    "subscriptionType": "deal.merge",
    "primaryObjectId": 10,
    "mergedObjectIds": [11],
    "newObjectId": 12,
    "numberOfPropertiesMoved": 4,
}


def test_a_merge_names_the_survivor_and_whom_it_took_in() -> None:
    assert ids(MERGE) == ["12", "10", "11"]
    assert ids(MERGE | {"newObjectId": 10, "mergedObjectIds": [11, "9", 11]}) == ["10", "11", "9"]


@pytest.mark.parametrize("merged", [None, 7, {"0": 11}, [None, True, -1, 1.5, "x", [11], {}]], ids=str)
def test_a_merge_whose_list_cannot_be_read_still_names_the_survivor(merged: Any) -> None:
    assert ids(MERGE | {"mergedObjectIds": merged}) == ["12", "10"]


def test_a_merge_of_very_many_names_the_survivor_and_the_first_of_them() -> None:
    found = ids(MERGE | {"mergedObjectIds": list(range(1000, 3000))})
    assert found == ["12", "10", *map(str, range(1000, 1100))]


OTHERS = [
    ("company", "0-2", HintKind.COMPANY),
    ("contact", "0-1", HintKind.CONTACT),
    ("line_item", "0-8", HintKind.LINE_ITEM),
]


@pytest.mark.parametrize(("name", "type_id", "kind"), OTHERS)
@pytest.mark.parametrize("action", ["creation", "deletion", "restore", "propertyChange"])
def test_a_change_of_another_record_names_it_in_both_formats(
    name: str, type_id: str, kind: HintKind, action: str
) -> None:
    classic = CLASSIC | {"subscriptionType": f"{name}.{action}", "objectId": 7}
    generic = GENERIC | {"subscriptionType": f"object.{action}", "objectTypeId": type_id, "objectId": 7}
    found = parsed(classic, generic)
    assert [(hint.kind, hint.id) for hint in found.hints] == [(kind, "7")] * 2
    assert (found.ignored, found.unreadable) == ((), ())


@pytest.mark.parametrize(("name", "type_id", "kind"), OTHERS)
def test_a_merge_of_other_records_names_all_of_them(name: str, type_id: str, kind: HintKind) -> None:
    classic = MERGE | {"subscriptionType": f"{name}.merge"}
    generic = MERGE | {"subscriptionType": "object.merge", "objectTypeId": type_id}
    for event in (classic, generic):
        assert [(hint.kind, hint.id) for hint in parsed(event).hints] == [
            (kind, "12"),
            (kind, "10"),
            (kind, "11"),
        ]


def test_records_of_two_kinds_with_one_number_have_two_keys() -> None:
    deal, company, contact = parsed(
        GENERIC, GENERIC | {"objectTypeId": "0-2"}, GENERIC | {"objectTypeId": "0-1"}
    ).hints
    assert len({deal.key, company.key, contact.key}) == 3


def test_the_keys_of_deals_are_what_they_always_were() -> None:
    """A redelivery may arrive days later, to a newer version."""
    classic, generic = parsed(CLASSIC, GENERIC).hints
    assert classic.key == ("144000001/deal.propertyChange/38990123456/dealstage/1750339999870/3181526811")
    assert generic.key == ("144000001/object.propertyChange/38990123456/dealstage/1750339999870/3181526811")


@pytest.mark.parametrize(
    "kind",
    [
        "contact.privacyDeletion",
        "company.associationChange",
        "company.somethingNew",
        "product.propertyChange",
        "object.propertyChange",
        "toString",
    ],
)
def test_types_that_we_do_not_use_are_ignored_and_counted(kind: str) -> None:
    found = parsed(CLASSIC | {"subscriptionType": kind})
    assert (found.hints, found.ignored, found.unreadable) == ((), (kind,), ())


@pytest.mark.parametrize("type_id", ["0-27", "2-99", None, 3, ["0-3"], {"0-3": 1}], ids=str)
def test_an_object_of_no_known_type_is_ignored(type_id: Any) -> None:
    assert parsed(GENERIC | {"objectTypeId": type_id}).ignored == ("object.propertyChange",)


def test_events_of_another_account_have_no_effect() -> None:
    found = parsed(CLASSIC | {"portalId": 5})
    assert (found.hints, found.ignored) == ((), ("other-account",))


def test_without_a_configured_account_every_account_is_ours() -> None:
    found = parse(json.dumps([CLASSIC]).encode(), account_id=None)
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
        parse(body, account_id=None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
TYPES = [
    f"{subject}.{action}"
    for subject in ("deal", "company", "contact", "line_item", "object", "x")
    for action in ("propertyChange", "creation", "deletion", "restore", "merge", "associationChange", "x")
]
IDS = st.integers() | st.text(max_size=20) | JSON
LIKE_EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "subscriptionType": st.sampled_from(TYPES) | JSON,
        "eventType": st.sampled_from(TYPES) | JSON,
        "objectTypeId": st.sampled_from(["0-1", "0-2", "0-3", "0-8", "0-27"]) | JSON,
        "associationType": st.sampled_from(["DEAL_TO_DEAL", "_TO_DEAL", "DEAL_TO_"]) | JSON,
        "fromObjectTypeId": st.just("0-3") | JSON,
        "toObjectTypeId": st.just("0-3") | JSON,
        "mergedObjectIds": st.lists(IDS, max_size=4) | JSON,
        "propertyName": st.text(max_size=20) | JSON,
    }
    | dict.fromkeys(
        (
            "objectId",
            "primaryObjectId",
            "newObjectId",
            "fromObjectId",
            "toObjectId",
            "portalId",
            "eventId",
            "occurredAt",
        ),
        IDS,
    ),
)
NEAR_EVENTS = LIKE_EVENTS.map(lambda changed: CLASSIC | changed)


@settings(deadline=None, max_examples=150)
@given(st.lists(LIKE_EVENTS | NEAR_EVENTS | JSON, max_size=4) | JSON, st.sampled_from([None, PORTAL]))
def test_whatever_json_arrives_it_is_read_or_refused_and_nothing_else(body: Any, account: int | None) -> None:
    try:
        found = parse(json.dumps(body).encode(), account_id=account)
    except UnreadableBody:
        return
    WebhookEvents.model_validate_json(found.model_dump_json())
    heard = {name for hint in found.hints for name in [hint.key]} | {*found.ignored, *found.unreadable}
    assert bool(heard) == bool(body)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_whatever_bytes_arrive_they_are_read_or_refused_and_nothing_else(body: bytes) -> None:
    with suppress(UnreadableBody):
        parse(body, account_id=None)
