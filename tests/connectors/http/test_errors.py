"""The one table: each status and each failure of the network, for a read and for a write."""

from dataclasses import replace
from datetime import timedelta

import pytest

from raccord.connectors.errors import (
    AmbiguousWrite,
    Auth,
    ConnectorError,
    Forbidden,
    NotFound,
    Permanent,
    Poison,
    RateLimited,
    Transient,
)
from raccord.connectors.http.errors import Fault, Operation, Table
from raccord.connectors.http.failures import Answer, Crowded, HttpFailure, NoAnswer, NotSent, Refused
from raccord.connectors.http.reading import Misshapen, NotJson, is_page, without_data

READ = Operation("read the deal 42", "deals.read")
WRITE = Operation("create the task of deal 42", "tasks.write", write=True)


def fault(answer: Answer) -> Fault:
    return Fault(
        answer.status,
        recognised=answer.body.startswith(b"{"),
        page=is_page(answer.body),
        said=without_data(answer.headers.get("said")),
        code=answer.headers.get("code"),
        field=answer.headers.get("field"),
        needed=answer.headers.get("needed"),
        request_id="r-1",
        retry_after=answer.headers.get("retry-after", ""),
    )


TABLE = Table(
    vendor="Acme",
    read_fault=fault,
    credentials="Enter another token.",
    grant="Give it {needs} in its settings.",
    lost="it was deleted",
    reasons={"BAD": "a value is not valid", "UNKNOWN": "the property {field} does not exist"},
)


def told(failure: Exception, operation: Operation = READ, table: Table = TABLE) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught, table.errors(operation):
        raise failure
    assert operation.what in str(caught.value)
    assert caught.value.__cause__ is failure
    return caught.value


def refused(status: int, body: bytes = b"{}", **headers: str) -> Refused:
    return Refused(Answer(status, headers, body))


@pytest.mark.parametrize(
    ("status", "body", "read", "written"),
    [
        *((status, b"{}", Permanent, Permanent) for status in (400, 402, 405, 409, 410, 413, 414, 422)),
        (401, b"{}", Auth, Auth),
        (403, b"{}", Forbidden, Forbidden),
        (404, b"{}", NotFound, NotFound),
        (408, b"{}", Transient, AmbiguousWrite),
        *((status, b"<html>", Transient, AmbiguousWrite) for status in (401, 403, 404, 407)),
        *((status, b"<html>", Transient, AmbiguousWrite) for status in (400, 413, 414, 422)),
        *((status, b"", Transient, AmbiguousWrite) for status in (400, 414)),
        *((status, b"", RateLimited, RateLimited) for status in (423, 429)),
        *((status, b"{}", Transient, AmbiguousWrite) for status in (500, 502, 503, 504, 521, 524, 599)),
        *((status, b"", Transient, AmbiguousWrite) for status in (301, 302, 304, 600)),
    ],
)
def test_a_status_means_the_same_for_every_vendor(
    status: int, body: bytes, read: type[ConnectorError], written: type[ConnectorError]
) -> None:
    assert type(told(refused(status, body))) is read
    assert type(told(refused(status, body), WRITE)) is written


@pytest.mark.parametrize(
    ("failure", "read", "written"),
    [
        (NotSent(OSError()), Transient, Transient),
        (NoAnswer(OSError()), Transient, AmbiguousWrite),
        (NotJson(), Transient, AmbiguousWrite),
        (Misshapen(), Poison, AmbiguousWrite),
        (Crowded(timedelta(seconds=3)), RateLimited, RateLimited),
    ],
)
def test_a_failure_of_the_network_means_the_same_for_every_vendor(
    failure: Exception, read: type[ConnectorError], written: type[ConnectorError]
) -> None:
    assert type(told(failure)) is read
    assert type(told(failure, WRITE)) is written


def test_only_what_the_server_ended_is_answered() -> None:
    keyed = Table("Acme", fault, "", "", "", {}, replays=True)
    failures: tuple[HttpFailure | Exception, ...]
    failures = (refused(500), refused(302, b""), NotJson(), Misshapen(), NoAnswer(OSError()))
    plain = [told(f, WRITE) for f in failures]
    assert [e.answered for e in plain if isinstance(e, AmbiguousWrite)] == [True, False, False, False, False]
    replayed = [told(f, WRITE, keyed) for f in failures]
    assert [e.answered for e in replayed if isinstance(e, AmbiguousWrite)] == [True, True, True, True, False]


def test_a_crowd_of_ours_is_no_outage_and_says_how_long() -> None:
    found = told(Crowded(timedelta(seconds=3)))
    assert isinstance(found, RateLimited)
    assert found.retry_after == timedelta(seconds=3)
    assert "own limit" in str(found)


def test_a_lack_of_permission_names_it_and_where_to_give_it() -> None:
    assert "Give it tasks.write in its settings." in str(told(refused(403), WRITE))
    assert "Give it deals.read (scope-7) in its settings." in str(told(refused(403, needed="scope-7")))
    assert "Give it deals.read in its settings." in str(told(refused(403, needed="deals.read")))
    naming = replace(TABLE, names_permissions=True)
    assert "Give it scope-7 in its settings." in str(told(refused(403, needed="scope-7"), table=naming))
    assert "Give it deals.read in its settings." in str(told(refused(403), table=naming))


def test_the_vendors_words_stand_where_nobody_has_better_ones() -> None:
    words = "The price only supports usd."
    found = str(told(refused(400, code="odd", field="currency", said=words)))
    assert found.endswith(": its error is odd, “The price only supports usd” (currency).")
    assert "supports" not in str(told(refused(400, code="BAD", said=words)))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("You cannot combine currencies.", "You cannot combine currencies"),
        ("Invalid email address: compta@acme.fr", "Invalid email address"),
        ("Invalid string: Menuiserie K; must be at most 250", "Invalid string; must be at most 250"),
        ("The key sk_test_abc of acme.example is not live", "The key … of … is not live"),
        ("No such customer: 'cus_1'; it isn't yours", "No such customer; it isn't yours"),
        ('The name "Menuiserie Kerjean" is too long', "The name … is too long"),
        ("Write to anne@acme.fr or call 0611223344 now", "Write to … or call … now"),
        ("See https://x.example/y?key=1", "See …"),
        (": only data", None),
        ("", None),
        (None, None),
        (["a"], None),
        ("x" * 1000, "x" * 400),
    ],
)
def test_what_a_vendor_says_is_told_without_what_it_quotes(text: object, left: str | None) -> None:
    assert without_data(text) == left


def test_a_reason_of_the_vendors_own_is_told_in_place_of_the_kinds() -> None:
    for status, kind in ((401, Auth), (403, Forbidden), (404, NotFound)):
        found = told(refused(status, code="BAD"))
        assert type(found) is kind
        assert str(found).endswith(" read the deal 42: a value is not valid.")


def test_a_click_that_gives_access_is_met_soon() -> None:
    for status in (401, 403):
        found = TABLE.refused(Fault(status, recognised=True, pause=timedelta(seconds=10)), WRITE)
        assert isinstance(found, Auth)
        assert found.retry_after == timedelta(seconds=10)


def test_what_the_vendor_says_came_to_nothing_may_be_sent_again_at_once() -> None:
    fault = Fault(503, recognised=True, untouched=True, code="BAD")
    for operation in (READ, WRITE):
        found = TABLE.refused(fault, operation)
        assert type(found) is Transient
        assert str(found) == f"Acme could not {operation.what}: a value is not valid."


def test_an_outage_is_named_as_the_vendor_names_it() -> None:
    assert "answered with fatal_error when" in str(told(refused(500, code="fatal_error")))
    assert "answered with status 500 when" in str(told(refused(500)))


def test_a_refusal_says_code_field_and_reason() -> None:
    found = told(refused(400, code="BAD", field="vat"))
    assert isinstance(found, Permanent)
    assert (found.code, found.field, found.request_id) == ("BAD", "vat", "r-1")
    assert str(found) == "Acme refused to read the deal 42: a value is not valid (vat)."
    named = told(refused(400, code="UNKNOWN", field="vat"))
    assert str(named) == "Acme refused to read the deal 42: the property “vat” does not exist."
    unnamed = told(refused(400, code="UNKNOWN"))
    assert str(unnamed) == "Acme refused to read the deal 42: the property it names does not exist."
    unknown = told(refused(422))
    assert isinstance(unknown, Permanent)
    assert unknown.code == "422"
    assert "status 422" in str(unknown)


def test_a_wait_is_what_was_asked_else_the_kinds_else_the_vendors() -> None:
    def waits(given: Fault) -> float:
        found = TABLE.refused(given, READ)
        assert isinstance(found, RateLimited)
        return found.retry_after.total_seconds()

    assert waits(Fault(429, retry_after="70", pause=timedelta(hours=1))) == 70
    assert 60 <= waits(Fault(429, pause=timedelta(minutes=1))) <= 90
    assert 5 <= waits(Fault(429)) <= 7.5


def test_what_is_no_failure_passes() -> None:
    with TABLE.errors(READ):
        pass
    with pytest.raises(KeyError), TABLE.errors(READ):
        raise KeyError


def test_a_limit_with_a_reason_says_it() -> None:
    table = replace(TABLE, reasons={"DAILY": "the day's requests are used up"})
    found = table.refused(Fault(429, code="DAILY"), READ)
    assert isinstance(found, RateLimited)
    assert str(found) == "Acme asks to come back later to read the deal 42: the day's requests are used up."
