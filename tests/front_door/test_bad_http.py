"""HTTP spoken badly, or to the wrong place: refused with a bare status, or taken for what it means."""

from collections.abc import Callable

import pytest

from starters.receiver.protocol import MAX_CHUNKS
from tests.front_door.doors import DOORS, HUBSPOT, Door, Front, converse, head

OK, MALFORMED, FORGED, NOT_FOUND, OTHER_METHOD = 200, 400, 401, 404, 405
TOO_LARGE, OTHER_TYPE = 413, 415

Make = Callable[[Front, Door], bytes]


def chunks(*parts: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + end


def spoilt(sent_body: bytes | None = None, drop: tuple[str, ...] = (), **headers: str) -> Make:
    """An authentic request with other headers, or with another body than the signed one."""

    def make(front: Front, door: Door) -> bytes:
        body = door.sample(1)
        lines = {
            "host": f"127.0.0.1:{front.port}",
            "connection": "close",
            "content-length": str(len(body)),
            **door.headers(body, front.url),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        kept = {name: value for name, value in lines.items() if name not in drop}
        return head("POST", door.path, kept) + (body if sent_body is None else sent_body)

    return make


def chunked(cut: Callable[[bytes], bytes], **headers: str) -> Make:
    def make(front: Front, door: Door) -> bytes:
        sent = cut(door.sample(1))
        return spoilt(sent, drop=("content-length",), transfer_encoding="chunked", **headers)(front, door)

    return make


def first_line(line: bytes) -> Make:
    """An authentic request with another first line."""

    def make(front: Front, door: Door) -> bytes:
        return line + b"\r\n" + spoilt()(front, door).partition(b"\r\n")[2]

    return make


def at(path: str) -> Make:
    return first_line(b"POST " + path.encode("latin-1") + b" HTTP/1.1")


def with_line(line: bytes, *, times: int = 1) -> Make:
    """An authentic request with this line among its headers."""

    def make(front: Front, door: Door) -> bytes:
        top, _, body = spoilt()(front, door).partition(b"\r\n\r\n")
        return top + (b"\r\n" + line) * times + b"\r\n\r\n" + body

    return make


def raw(content: bytes) -> Make:
    return lambda _front, _door: content


def after(prefix: bytes) -> Make:
    return lambda front, door: prefix + spoilt()(front, door)


SPOKEN_BADLY: dict[str, tuple[Make, int]] = {
    "in one chunk": (chunked(chunks), OK),
    "in chunks of one byte": (chunked(lambda b: chunks(*(b[n : n + 1] for n in range(len(b))))), OK),
    "in 100,000 chunks of one byte": (chunked(lambda _: chunks(*[b" "] * 100_000)), MALFORMED),
    "in one chunk more than there may be": (
        chunked(lambda b: chunks(*[b" "] * (MAX_CHUNKS - 1), b[:1], b[1:])),
        MALFORMED,
    ),
    "in ten chunks and with a length": (
        spoilt(chunks(*[b" "] * 9, HUBSPOT.sample(1)), transfer_encoding="chunked"),
        FORGED,
    ),
    "with a chunk extension": (chunked(lambda b: b"%x;a=b\r\n%s\r\n0\r\n\r\n" % (len(b), b)), OK),
    "with trailers": (chunked(lambda b: chunks(b, end=b"0\r\na: b\r\n\r\n")), OK),
    "with a flood of trailers": (
        chunked(lambda b: chunks(b, end=b"0\r\n" + b"a: b\r\n" * 200_000 + b"\r\n")),
        MALFORMED,
    ),
    "with a chunk of another length": (
        chunked(lambda b: b"%x\r\n%s\r\n0\r\n\r\n" % (len(b) - 1, b)),
        MALFORMED,
    ),
    "with a chunk of no length": (chunked(lambda b: b"\r\n" + b), MALFORMED),
    "with a chunk below zero": (chunked(lambda b: b"-1\r\n" + b), MALFORMED),
    "with a chunk of 2**80 bytes": (chunked(lambda b: b"f" * 21 + b"\r\n" + b), MALFORMED),
    "with a chunk length that does not end": (chunked(lambda _: b"1;" + b"a" * 300_000), MALFORMED),
    "in chunks beyond the limit": (chunked(lambda _: chunks(*[b" " * 65_536] * 5)), TOO_LARGE),
    "gzip and chunked": (spoilt(drop=("content-length",), transfer_encoding="gzip, chunked"), MALFORMED),
    "transfer encoding identity": (spoilt(drop=("content-length",), transfer_encoding="identity"), MALFORMED),
    "transfer encoding in other letters": (
        spoilt(chunks(HUBSPOT.sample(1)), drop=("content-length",), transfer_encoding="xchunked"),
        MALFORMED,
    ),
    "no content length": (spoilt(drop=("content-length",)), FORGED),
    "a content length below the body's": (spoilt(content_length="5"), FORGED),
    "a content length of -1": (spoilt(content_length="-1"), MALFORMED),
    "a content length with a plus": (spoilt(content_length="+5"), MALFORMED),
    "a content length with a fraction": (spoilt(content_length="5.0"), MALFORMED),
    "a content length in hexadecimal": (spoilt(content_length="0x10"), MALFORMED),
    "a content length of nothing": (spoilt(content_length=""), MALFORMED),
    "a content length of 20 digits": (spoilt(content_length="9" * 20), TOO_LARGE),
    "a content length of 5,000 digits": (spoilt(content_length="9" * 5_000), MALFORMED),
    "two content lengths": (with_line(b"content-length: 7"), MALFORMED),
    "a content length beyond the limit": (spoilt(content_length="262145"), TOO_LARGE),
    "gzip": (spoilt(content_encoding="gzip"), OTHER_TYPE),
    "brotli": (spoilt(content_encoding="br"), OTHER_TYPE),
    "gzip after identity": (spoilt(content_encoding="identity, gzip"), OTHER_TYPE),
    "text": (spoilt(content_type="text/plain"), OTHER_TYPE),
    "many parts": (spoilt(content_type="multipart/form-data; boundary=x"), OTHER_TYPE),
    "another charset": (spoilt(content_type="application/json; charset=utf-7"), OTHER_TYPE),
    "a type of 20,000 characters": (spoilt(content_type="application/" + "x" * 20_000), OTHER_TYPE),
    "no type": (spoilt(drop=("content-type",)), OTHER_TYPE),
    "two types": (with_line(b"content-type: text/plain"), OK),
    "a method to use instead": (spoilt(x_http_method_override="DELETE"), OK),
    "a host that is no host": (spoilt(host="["), OK),
    "a host with a user": (spoilt(host="a@b:99999"), OK),
    "a host that is empty": (spoilt(host=""), OK),
    "a host of others and a forwarded one": (spoilt(host="evil.example", x_forwarded_host="evil"), OK),
    "no host": (spoilt(drop=("host",)), MALFORMED),
    "two hosts": (with_line(b"host: evil.example"), MALFORMED),
    "1,000 headers": (with_line(b"a: b", times=1_000), OK),
    "200,000 headers": (with_line(b"a: b", times=200_000), MALFORMED),
    "a header of a megabyte": (with_line(b"a: " + b"b" * 1_000_000), MALFORMED),
    "a cookie of 20,000 characters": (spoilt(cookie="a=" + "b" * 20_000), OK),
    "a header without a name": (with_line(b": b"), MALFORMED),
    "a header without a colon": (with_line(b"a"), MALFORMED),
    "a header with a space in its name": (with_line(b"a b: c"), MALFORMED),
    "a NUL in a header": (with_line(b"a: b\x00c"), MALFORMED),
    "a carriage return in a header": (with_line(b"a: b\rc"), MALFORMED),
    "a header over two lines": (with_line(b"a: b\r\n c"), OK),
    "a header in Latin-1": (with_line(b"a: \xe9"), OK),
    "lines that end without a carriage return": (
        lambda front, door: spoilt()(front, door).replace(b"\r\n", b"\n"),
        OK,
    ),
    "a blank line first": (after(b"\r\n"), MALFORMED),
    "a NUL first": (after(b"\x00"), MALFORMED),
    "TLS": (raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x55" * 500 + b"\r\n\r\n"), MALFORMED),
    "another version": (first_line(b"POST /webhooks/hubspot HTTP/3.0"), OK),
    "HTTP/0.9": (raw(b"GET /\r\n\r\n"), MALFORMED),
    "another protocol": (raw(b"HELP\r\n\r\n"), MALFORMED),
    "a method of 10,000 letters": (first_line(b"P" * 10_000 + b" /webhooks/hubspot HTTP/1.1"), OTHER_METHOD),
    "a method with a slash": (first_line(b"PO/ST /webhooks/hubspot HTTP/1.1"), MALFORMED),
    "a method in small letters": (first_line(b"post /webhooks/hubspot HTTP/1.1"), OTHER_METHOD),
    "CONNECT": (first_line(b"CONNECT /webhooks/hubspot HTTP/1.1"), OTHER_METHOD),
    "TRACE": (first_line(b"TRACE /webhooks/hubspot HTTP/1.1"), OTHER_METHOD),
    "GET with a body": (first_line(b"GET /webhooks/hubspot HTTP/1.1"), OTHER_METHOD),
    "no target": (first_line(b"POST  HTTP/1.1"), MALFORMED),
    "a space in the path": (at("/webhooks/hub spot"), MALFORMED),
    "a path in Latin-1": (at("/webhooks/é"), MALFORMED),
    "a NUL in the path": (at("/webhooks/\x00"), MALFORMED),
    "an escaped NUL": (at("/webhooks/%00"), FORGED),
    "an escaped NUL after the name": (at("/webhooks/hubspot%00"), FORGED),
    "escaped line breaks": (at("/webhooks/hubspot%0d%0aset-cookie:%20a=b"), FORGED),
    "an escape that is not UTF-8": (at("/webhooks/%ff%fe"), FORGED),
    "half an escape": (at("/webhooks/%"), FORGED),
    "a name of 20,000 characters": (at("/webhooks/" + "a" * 20_000), FORGED),
    "a query of 20,000 characters": (at("/webhooks/nobody?" + "a" * 20_000), FORGED),
    "a query that is not UTF-8": (at("/webhooks/nobody?%ff=%00&&=;"), FORGED),
    "a question mark in the name": (at("/webhooks/hubspot%3Fa"), FORGED),
    "a parameter in the name": (at("/webhooks/hubspot;a=b"), FORGED),
    "a fragment": (at("/webhooks/hubspot#a"), FORGED),
    "a backslash": (at("/webhooks\\hubspot"), NOT_FOUND),
    "the parent": (at("/webhooks/.."), FORGED),
    "the escaped parent": (at("/webhooks/%2e%2e"), FORGED),
    "up and down again": (at("/webhooks/../webhooks/hubspot"), NOT_FOUND),
    "escaped slashes": (at("/webhooks%2fhubspot%2f..%2fhubspot"), NOT_FOUND),
    "two slashes first": (at("//webhooks/hubspot"), NOT_FOUND),
    "two slashes between": (at("/webhooks//hubspot"), NOT_FOUND),
    "a slash at the end": (at("/webhooks/hubspot/"), NOT_FOUND),
    "10,000 slashes": (at("/" * 10_000), NOT_FOUND),
    "a path without a slash": (at("webhooks/hubspot"), NOT_FOUND),
    "a whole address": (at("http://evil.example/webhooks/hubspot"), NOT_FOUND),
    "a star": (at("*"), NOT_FOUND),
    "other letters": (at("/Webhooks/hubspot"), NOT_FOUND),
    "a page that is nowhere": (at("/metrics"), NOT_FOUND),
    "the codec's path": (at("/decode"), NOT_FOUND),
    "an upgrade to a web socket": (spoilt(connection="upgrade, close", upgrade="websocket"), OK),
    "an upgrade to HTTP/2": (spoilt(connection="upgrade, close", upgrade="h2c", http2_settings="AA"), OK),
}
DIFFERENT_FOR_SLACK = {"transfer encoding in other letters": MALFORMED, "another charset": OTHER_TYPE}


def same_for(door: Door, case: str) -> bool:
    """Cases that name HubSpot's path speak of that door alone."""
    return door is HUBSPOT or SPOKEN_BADLY[case][0].__qualname__.split(".")[0] in (
        "spoilt",
        "chunked",
        "with_line",
    )


@pytest.mark.parametrize(
    ("door", "case"),
    [
        pytest.param(door, case, id=f"{door.name}: {case}")
        for door in DOORS
        for case in SPOKEN_BADLY
        if same_for(door, case)
    ],
)
async def test_http_spoken_badly_is_refused_without_a_word(front: Front, door: Door, case: str) -> None:
    make, status = SPOKEN_BADLY[case]
    (answer,) = await converse(front.port, make(front, door))
    assert (answer.status, answer.body) == (status, b"")
    assert front.tracebacks() == 0


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
class TestExpectations:
    async def test_who_asks_first_is_told_to_go_on(self, front: Front, door: Door) -> None:
        request = spoilt(expect="100-continue")(front, door)
        top, _, body = request.partition(b"\r\n\r\n")
        found = await converse(front.port, top + b"\r\n\r\n", 0.2, body)
        assert [answer.status for answer in found] == [100, OK]

    async def test_who_asks_with_too_much_is_refused_before_sending_it(
        self, front: Front, door: Door
    ) -> None:
        request = spoilt(b"", content_length="262145", expect="100-continue")(front, door)
        assert [answer.status for answer in await converse(front.port, request)] == [TOO_LARGE]

    async def test_another_expectation_is_not_met_and_does_no_harm(self, front: Front, door: Door) -> None:
        found = await converse(front.port, spoilt(expect="200-maybe")(front, door))
        assert [answer.status for answer in found] == [OK]


async def test_requests_sent_at_once_are_answered_in_turn(front: Front) -> None:
    kept_alive = spoilt(connection="keep-alive")(front, HUBSPOT)
    found = await converse(front.port, kept_alive * 20 + spoilt()(front, HUBSPOT))
    assert [answer.status for answer in found] == [OK] * 21


async def test_a_request_that_states_its_length_twice_is_the_last_of_its_connection(front: Front) -> None:
    body = HUBSPOT.sample(1)
    twice = spoilt(
        chunks(body), connection="keep-alive", transfer_encoding="chunked", content_length=str(len(body))
    )
    found = await converse(front.port, twice(front, HUBSPOT) + spoilt()(front, HUBSPOT))
    assert [answer.status for answer in found] == [OK]
    assert found[0].headers["connection"] == "close"


async def test_what_follows_a_request_that_is_not_http_is_not_answered(front: Front) -> None:
    kept_alive = spoilt(connection="keep-alive")(front, HUBSPOT)
    found = await converse(front.port, kept_alive + b"\x00\r\n\r\n" + kept_alive)
    assert [answer.status for answer in found] == [OK, MALFORMED]


async def test_http_2_is_not_spoken(front: Front) -> None:
    found = await converse(front.port, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00" * 9)
    assert [answer.status for answer in found] == [NOT_FOUND, MALFORMED]


async def test_an_error_after_the_answer_does_no_harm(front: Front) -> None:
    """The refusal leaves before the body has ended; then the body turns out to be no chunks."""
    top = head(
        "POST", HUBSPOT.path, {"host": "a", "content-type": "text/plain", "transfer-encoding": "chunked"}
    )
    found = await converse(front.port, top + b"1\r\na\r\n", 0.3, b"no chunk\r\n")
    assert [answer.status for answer in found] == [OTHER_TYPE]
    assert front.tracebacks() == 0
