import re
from decimal import Decimal

import pytest
from pydantic import BaseModel

from raccord.connectors.http.paging import pages
from raccord.connectors.http.reading import Misshapen, NotJson, plain, read, read_json, read_object


class Thing(BaseModel):
    id: str


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff\xfe",
        b'{"a": 1',
        b'{"a": NaN}',
        b"[" * 100_000,
        b'{"a": ' + b"9" * 5_000 + b"}",
        b'{"a": 1e99999999999999999999}',
    ],
    ids=range(8),
)
def test_what_is_no_json_says_only_that(body: bytes) -> None:
    with pytest.raises(NotJson) as caught:
        read_json(body)
    assert caught.value.__cause__ is None


def test_numbers_are_exact() -> None:
    assert read_json(b'{"rate": 5.50, "n": 12345678901234567890}') == {
        "rate": Decimal("5.50"),
        "n": 12345678901234567890,
    }


@pytest.mark.parametrize("body", [b"", b"<html>", b'"ok"', b"[{}]", b"null", b"[" * 100_000])
def test_of_what_is_no_object_nothing_is_read(body: bytes) -> None:
    assert read_object(body) == {}
    assert read_object(b'{"error": "x"}') == {"error": "x"}


def test_only_a_plain_word_is_taken_from_a_refusal() -> None:
    shape = re.compile("[a-z_]{1,9}")
    for candidate in (None, 5, {"a": "b"}, ["word"], "", "Jean Dupont", "word\n", "a" * 10):
        assert plain(shape, candidate) is None
        assert plain(shape, candidate, "word", "other") == "word"


@pytest.mark.parametrize("content", [[], None, "x", {}, {"id": {"deep": "canary"}}])
def test_another_shape_quotes_no_value(content: object) -> None:
    with pytest.raises(Misshapen) as caught:
        read(content, Thing)
    assert "canary" not in f"{caught.value}"
    assert caught.value.__cause__ is None


async def test_pages_follow_their_cursor_to_the_end() -> None:
    book = {None: ("a", "2"), "2": ("b", "3"), "3": ("c", None)}

    async def fetch(cursor: str | None) -> tuple[str, str | None]:
        return book[cursor]

    assert [page[0] async for page in pages(fetch, lambda page: page[1])] == ["a", "b", "c"]


async def test_a_page_that_follows_itself_ends_the_walk() -> None:
    async def fetch(_: str | None) -> str:
        return "again"

    walk = pages(fetch, lambda _: "again")
    assert [await anext(walk), await anext(walk)] == ["again", "again"]
    with pytest.raises(Misshapen):
        await anext(walk)
