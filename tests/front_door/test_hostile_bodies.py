"""Bodies made by hand: the authentic are kept whatever they are, the others have no effect."""

import gzip
import json
from typing import Any

import pytest

from tests.front_door.doors import (
    DOORS,
    EVENTS,
    HUBSPOT,
    SLACK,
    STRIPE,
    Door,
    Front,
    converse,
    hubspot_event,
    stripe_event,
    told_event,
)
from tests.front_door.stack import until

LIMIT = 256 * 1024
ACCEPTED, IGNORED, QUARANTINED = "accepted", "ignored", "quarantined"


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def one(**changes: Any) -> bytes:
    return json.dumps([hubspot_event(4711, **changes)]).encode()


def raw_event(**texts: str) -> bytes:
    """An event whose values are JSON as it is given, readable or not."""
    known = {name: json.dumps(value) for name, value in hubspot_event(4711).items()} | texts
    return ("[{" + ",".join(f'"{name}":{text}' for name, text in known.items()) + "}]").encode()


def many(count: int, bad: int | None = None) -> bytes:
    events: list[Any] = [hubspot_event(50_000 + n) for n in range(count)]
    if bad is not None:
        events[bad] = {"subscriptionType": "deal.creation", "objectId": {}}
    return json.dumps(events, separators=(",", ":")).encode()


JSON_OF_NO_VENDOR: dict[str, bytes] = {
    "nothing": b"",
    "a space": b" ",
    "null": b"null",
    "true": b"true",
    "zero": b"0",
    "a string": b'"closedwon"',
    "an empty object": b"{}",
    "an object in a list": b'{"events": [{}]}',
    "truncated": b'[{"eventId": 1, "objectId": 12',
    "half a string": b'["',
    "a trailing comma": b"[1,]",
    "two values": b"[] []",
    "a comment": b"[] // nothing",
    "single quotes": b"[{'eventId': 1}]",
    "NaN": b"[NaN]",
    "Infinity": b"[Infinity]",
    "minus Infinity": b"[-Infinity]",
    "a leading zero": b"[007]",
    "a plus sign": b"[+7]",
    "hexadecimal": b"[0x10]",
    "an integer of 31 digits": b"[" + b"9" * 31 + b"]",
    "an integer of 5,000 digits": b"[" + b"9" * 5_000 + b"]",
    "an integer of 200,000 digits": b"[-" + b"9" * 200_000 + b"]",
    "an exponent of 20 digits": b"[1e99999999999999999999]",
    "depth 33": nested(33),
    "depth 10,000": nested(10_000),
    "depth 80,000 and never closed": b"[" * 80_000,
    "depth 10,000 of objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "closed more often than opened": b"]" * 100 + nested(100),
    "a key twice": b'[{"objectId": 1, "objectId": 2}]',
    "a key twice, one escaped": b'[{"objectId": 1, "object\\u0049d": 2}]',
    "10,000 keys, one twice": b"[{" + b",".join(b'"k%d":0' % (n % 9_999) for n in range(10_000)) + b"}]",
    "a bad escape": b'["\\x41"]',
    "a line break in a string": b'["a\nb"]',
    "a NUL byte": b'["\x00"]',
    "only NUL bytes": b"\x00" * 1_000,
    "not UTF-8": b'["\xff\xfe"]',
    "an overlong slash": b'["\xc0\xaf"]',
    "a surrogate in UTF-8": b'["\xed\xa0\x80"]',
    "UTF-16": '[{"a": 1}]'.encode("utf-16"),
    "UTF-32": '[{"a": 1}]'.encode("utf-32"),
    "a byte order mark": b"\xef\xbb\xbf[]",
    "gzip that nothing announces": gzip.compress(b"[]"),
    "a form": b"payload=%7B%7D",
    "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
}

HUBSPOT_BODIES: dict[str, tuple[bytes, str]] = {
    "no event": (b"[]", IGNORED),
    "numbers": (b"[1, 2.5, -3]", QUARANTINED),
    "a lone surrogate as id": (raw_event(objectId='"\\ud800"'), QUARANTINED),
    "a lone surrogate as property": (raw_event(propertyName='"\\udfff"'), QUARANTINED),
    "a lone surrogate as type": (raw_event(subscriptionType='"deal.\\ud800"'), QUARANTINED),
    "a lone surrogate as value": (raw_event(propertyValue='"\\ud800"'), ACCEPTED),
    "a lone surrogate as key": (raw_event(**{"\\ud800": "1"}), ACCEPTED),
    "depth 32": (raw_event(more=nested(30).decode()), ACCEPTED),
    "an unknown field of 100,000 characters": (one(more="x" * 100_000), ACCEPTED),
    "10,000 unknown fields": (one(**{f"f{n}": n for n in range(10_000)}), ACCEPTED),
    "a key named like an attribute": (one(__class__="x", __proto__={}), ACCEPTED),
    "an id of 30 digits": (raw_event(objectId="9" * 30), ACCEPTED),
    "an id as text of 20 digits": (one(objectId="1" * 20), ACCEPTED),
    "an id as text of 21 digits": (one(objectId="1" * 21), QUARANTINED),
    "an id of other digits": (one(objectId="²³"), QUARANTINED),
    "an id below zero": (one(objectId=-1), QUARANTINED),
    "an id of zero": (one(objectId=0), ACCEPTED),
    "an id with a fraction": (raw_event(objectId="1.0"), QUARANTINED),
    "an id with an exponent": (raw_event(objectId="1e3"), QUARANTINED),
    "an id of a huge exponent": (raw_event(objectId="1e9999999"), QUARANTINED),
    "an id that is true": (one(objectId=True), QUARANTINED),
    "an id that is null": (one(objectId=None), QUARANTINED),
    "an id that is a path": (one(objectId="../../etc"), QUARANTINED),
    "an id that is empty": (one(objectId=""), QUARANTINED),
    "an id that is a list": (one(objectId=[1]), QUARANTINED),
    "a time after the year 9999": (one(occurredAt=10**15), QUARANTINED),
    "a time of 30 digits": (raw_event(occurredAt="9" * 30), QUARANTINED),
    "a time as text": (one(occurredAt="yesterday"), QUARANTINED),
    "no account": (one(portalId=None), QUARANTINED),
    "an account of 30 digits": (raw_event(portalId="9" * 30), ACCEPTED),
    "a type of 255 characters": (one(subscriptionType="deal." + "x" * 250), ACCEPTED),
    "a type of 256 characters": (one(subscriptionType="deal." + "x" * 251), QUARANTINED),
    "a type with a line break": (one(subscriptionType="deal.creation\n"), QUARANTINED),
    "a type that is a list": (one(subscriptionType=["deal.creation"]), QUARANTINED),
    "a type without a dot": (one(subscriptionType="deal"), ACCEPTED),
    "a type that is not used": (one(subscriptionType="ticket.creation"), IGNORED),
    "a property with a NUL": (one(propertyName="a\x00b"), QUARANTINED),
    "a property that is a list": (one(propertyName=["a"]), QUARANTINED),
    "an association whose ends are lists": (
        one(subscriptionType="deal.associationChange", fromObjectId=[1], toObjectId=[2]),
        QUARANTINED,
    ),
    "a merge into a text": (one(subscriptionType="deal.merge", newObjectId="x"), QUARANTINED),
    "10,000 empty events": (b"[" + b",".join([b"{}"] * 10_000) + b"]", QUARANTINED),
    "130,000 numbers": (b"[" + b",".join([b"1"] * 130_000) + b"]", QUARANTINED),
    "10,000 empty lists": (b"[" + b",".join([b"[]"] * 10_000) + b"]", QUARANTINED),
    "900 deals": (many(900), ACCEPTED),
    "one deal 1,000 times": (
        b"[" + b",".join([one(propertyValue="")[1:-1]] * 1_000) + b"]",
        ACCEPTED,
    ),
    "exactly the limit": (b"[" + b" " * (LIMIT - 2) + b"]", IGNORED),
    "one byte less than the limit": (b"[" + b" " * (LIMIT - 3) + b"]", IGNORED),
}

ACTION = '{"action_id":"raccord_0","type":"button","action_ts":"1750339999.000200","value":"x"}'


def interaction(**texts: str) -> bytes:
    known = {
        "type": '"block_actions"',
        "user": '{"id":"U0000000001"}',
        "channel": '{"id":"C0BILLING"}',
        "message": '{"ts":"1750339999.000100"}',
        "actions": f"[{ACTION}]",
    }
    return SLACK.carry(("{" + ",".join(f'"{k}":{v}' for k, v in (known | texts).items()) + "}").encode())


SLACK_BODIES: dict[str, tuple[bytes, str]] = {
    "no payload": (b"payload=", QUARANTINED),
    "another field": (b"ssl_check=1", QUARANTINED),
    "the payload twice": (b"payload=%7B%7D&payload=%7B%7D", QUARANTINED),
    "10,000 fields": (b"&".join(b"f%d=1" % n for n in range(10_000)), QUARANTINED),
    "half an escape": (b"payload=%7", QUARANTINED),
    "no hexadecimal escape": (b"payload=%zz", QUARANTINED),
    "an escaped NUL": (b"payload=%00", QUARANTINED),
    "an escaped surrogate": (b"payload=%22%ED%A0%80%22", QUARANTINED),
    "only separators": (b"&;&;=&", QUARANTINED),
    "no press": (interaction(actions="[]"), IGNORED),
    "no block action": (interaction(type='"view_submission"'), IGNORED),
    "a type that is a number": (interaction(type="7"), QUARANTINED),
    "actions that are text": (interaction(actions='"raccord_0"'), QUARANTINED),
    "an action that is a number": (interaction(actions="[1]"), QUARANTINED),
    "3,000 actions of others": (
        interaction(actions="[" + ",".join(['{"action_id":"a","type":"b"}'] * 3_000) + "]"),
        IGNORED,
    ),
    "more presses than can be started in time": (
        interaction(actions="[" + ",".join([ACTION] * 900) + "]"),
        QUARANTINED,
    ),
    "a press at the end of time": (
        interaction(actions="[" + ACTION.replace("1750339999.", "9" * 30 + ".") + "]"),
        QUARANTINED,
    ),
    "a lone surrogate as user": (interaction(user='{"id":"\\ud800"}'), QUARANTINED),
    "a lone surrogate as value": (
        interaction(actions="[" + ACTION.replace('"x"', '"\\ud800"') + "]"),
        QUARANTINED,
    ),
    "a user that is null": (interaction(user="null"), QUARANTINED),
    "exactly the limit": (b"payload=" + b"a" * (LIMIT - 8), QUARANTINED),
    "one byte less than the limit": (b"payload=" + b"a" * (LIMIT - 9), QUARANTINED),
}


def told(**texts: str) -> bytes:
    """An event of Stripe's whose values are JSON as it is given, readable or not."""
    known = {name: json.dumps(value) for name, value in stripe_event("in_4711").items()} | texts
    return ("{" + ",".join(f'"{name}":{text}' for name, text in known.items()) + "}").encode()


def about(shown: str) -> bytes:
    return told(data='{"object":' + shown + "}")


STRIPE_BODIES: dict[str, tuple[bytes, str]] = {
    "a list of events": (b"[" + told() + b"]", QUARANTINED),
    "a thin event": (told(object='"v2.core.event"'), QUARANTINED),
    "an event of the other mode": (told(livemode="true"), IGNORED),
    "a mode that is text": (told(livemode='"false"'), QUARANTINED),
    "a type that is not used": (told(type='"payout.paid"'), IGNORED),
    "a type that is a list": (told(type='["invoice.paid"]'), QUARANTINED),
    "a type with a line break": (told(type='"invoice.paid\\n"'), QUARANTINED),
    "a type of 100,000 characters": (told(type='"' + "x" * 100_000 + '"'), QUARANTINED),
    "a lone surrogate as type": (told(type='"\\ud800"'), QUARANTINED),
    "a lone surrogate as id": (about('{"id":"\\ud800"}'), QUARANTINED),
    "a lone surrogate as key": (told(**{"\\ud800": "1"}), ACCEPTED),
    "an id that is a number": (about('{"id":7}'), QUARANTINED),
    "an id that is a path": (about('{"id":"../../etc"}'), QUARANTINED),
    "an id of 256 characters": (about('{"id":"' + "i" * 256 + '"}'), QUARANTINED),
    "an object that is null": (about("null"), QUARANTINED),
    "an object of 10,000 lists": (about('{"id":"in_1","x":[' + ",".join(["[]"] * 10_000) + "]}"), ACCEPTED),
    "a time of 30 digits": (told(created="9" * 30), QUARANTINED),
    "a time with a fraction": (told(created="1793170800.5"), QUARANTINED),
    "depth 32": (told(more=nested(31).decode()), ACCEPTED),
}


def of_tool(**data: Any) -> bytes:
    return json.dumps(told_event(**data)).encode()


EVENT_BODIES: dict[str, tuple[bytes, str]] = {
    "a deal": (of_tool(deal="4711"), ACCEPTED),
    "a deal by its number": (of_tool(deal=4711), ACCEPTED),
    "amounts beside it": (of_tool(deal="4711", amount="99999.99", currency="EUR"), ACCEPTED),
    "a type that is not used": (of_tool(type_="ticket.closed"), IGNORED),
    "a type that is a list": (b'{"type":["deal.won"],"data":{}}', QUARANTINED),
    "a type with a line break": (of_tool(type_="deal.won\n"), QUARANTINED),
    "a type of 100,000 characters": (of_tool(type_="x" * 100_000), QUARANTINED),
    "a lone surrogate as type": (b'{"type":"\\ud800","data":{}}', QUARANTINED),
    "a lone surrogate as id": (
        b'{"type":"deal.won","data":{"connection":"hubspot","deal":"\\ud800"}}',
        QUARANTINED,
    ),
    "no data": (b'{"type":"deal.won"}', QUARANTINED),
    "data that is a list": (b'{"type":"deal.won","data":[]}', QUARANTINED),
    "no connection": (of_tool(connection=None), QUARANTINED),
    "a connection that nobody has": (of_tool(connection="pipedrive"), QUARANTINED),
    "a deal of the billing system": (of_tool(connection="stripe"), QUARANTINED),
    "the sender itself": (of_tool(connection="events"), QUARANTINED),
    "an invoice instead of a deal": (b'{"type":"deal.won","data":{"connection":"hubspot","invoice":"1"}}',
                                     QUARANTINED),
    "an id that is a path": (of_tool(deal="../../etc"), QUARANTINED),
    "an id that is empty": (of_tool(deal=""), QUARANTINED),
    "an id that is true": (of_tool(deal=True), QUARANTINED),
    "an id with a fraction": (of_tool(deal=1.5), QUARANTINED),
    "an id of 101 characters": (of_tool(deal="9" * 101), QUARANTINED),
    "a list of events": (b"[" + of_tool() + b"]", QUARANTINED),
}  # fmt: skip

CASES: dict[str, tuple[Door, bytes, str]] = {
    **{f"{d.name}: {k}": (d, d.carry(v), QUARANTINED) for d in DOORS for k, v in JSON_OF_NO_VENDOR.items()},
    **{f"hubspot: {k}": (HUBSPOT, *v) for k, v in HUBSPOT_BODIES.items()},
    **{f"events: {k}": (EVENTS, *v) for k, v in EVENT_BODIES.items()},
    **{f"stripe: {k}": (STRIPE, *v) for k, v in STRIPE_BODIES.items()},
    **{f"slack: {k}": (SLACK, *v) for k, v in SLACK_BODIES.items() if SLACK in DOORS},
}


@pytest.mark.parametrize("case", CASES)
async def test_a_signed_body_is_accepted_or_kept_whatever_it_is(front: Front, case: str) -> None:
    door, body, verdict = CASES[case]
    before = front.verdicts()
    (answer,) = await converse(front.port, door.request(body, front))
    assert (answer.status, answer.body) == (200, b"")
    assert front.verdicts() - before == {verdict: 1}
    assert front.tracebacks() == 0


async def test_no_unsigned_body_has_any_effect(front: Front) -> None:
    before = front.verdicts()
    for case, (door, body, _) in CASES.items():
        (answer,) = await converse(front.port, door.request(body, front, signed=False))
        assert (answer.status, answer.body) == (401, b""), case
    assert front.verdicts() - before == {"no_signature": len(CASES)}
    assert front.tracebacks() == 0


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("size", [LIMIT + 1, 2 * LIMIT, 8 * 1024 * 1024])
async def test_one_byte_beyond_the_limit_is_too_large(
    front: Front, door: Door, signed: bool, size: int
) -> None:
    (answer,) = await converse(front.port, door.request(b" " * size, front, signed=signed))
    assert (answer.status, answer.body) == (413, b"")


@pytest.mark.parametrize("place", [0, 50, 99])
async def test_a_bad_event_among_99_good_ones_is_kept_and_the_good_ones_are_durable(
    front: Front, place: int
) -> None:
    body = many(100, bad=place)
    kept = await front.quarantined()
    expected = {str(50_000 + n) for n in range(100)} - {str(50_000 + place)}
    (answer,) = await converse(front.port, HUBSPOT.request(body, front))
    assert answer.status == 200

    async def durable() -> bool:
        found = [{waking.subject.id for waking in each.wakings} for each in await front.handed_over()]
        return expected in found

    await until(durable)
    assert await front.quarantined() > kept
