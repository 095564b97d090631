"""One connection's HTTP: what is sent, how often, where to, and how each failure is told apart."""

import gzip
from typing import Any

import pytest
from prometheus_client import REGISTRY

from raccord.connectors.http import client as module
from raccord.connectors.http.failures import Crowded, HttpFailure, NoAnswer, NotSent, Refused
from tests.connectors.http.conftest import Connect
from tests.connectors.stub import Fault, Reply, Stub, running
from tests.connectors.tls import self_signed


async def get(http: module.HttpClient, url: str = "/x", **more: Any) -> bytes:
    return (await http.send("GET", url, headers={}, **more)).body


async def failure(http: module.HttpClient, method: str = "POST") -> HttpFailure:
    with pytest.raises(HttpFailure) as caught:
        await http.send(method, "/x", headers={}, body="a=1")
    return caught.value


async def test_a_request_is_sent_as_it_was_written(connect: Connect, stub: Stub) -> None:
    stub.on("POST /x", Reply(b"{}", 201, {"X-Request": "r1"}))
    http = connect()
    answer = await http.send("POST", "/x", headers={"X-Key": "k"}, params={"q": "é&=", "n": 2}, body="é=1")
    assert (answer.status, answer.body, answer.headers["x-request"]) == (201, b"{}", "r1")
    (asked,) = stub.seen
    assert asked.query == {"q": "é&=", "n": "2"}
    assert (asked.body.decode(), asked.headers["x-key"]) == ("é=1", "k")


@pytest.mark.parametrize("size", [0, 1, 3_000_000])
async def test_a_body_of_any_size_arrives_whole(connect: Connect, stub: Stub, size: int) -> None:
    stub.on("POST /x", Reply(b"{}"))
    await connect().send("POST", "/x", headers={}, body="é" * size)
    (asked,) = stub.seen
    assert asked.body.decode() == "é" * size
    assert asked.headers.get("content-length", "0") == str(2 * size)


async def test_an_address_that_is_encoded_stays_so(connect: Connect, stub: Stub) -> None:
    stub.on("GET /x%2Fy", Reply(b"{}"))
    await get(connect(), "/x%2Fy?a[b]=%C3%A9%20c")
    assert stub.seen[0].query == {"a[b]": "é c"}


async def test_connections_are_kept_and_shared(connect: Connect, stub: Stub) -> None:
    stub.on("GET /x", Reply(b"{}"))
    http = connect()
    for _ in range(5):
        await get(http)
    assert (stub.connections, len(stub.seen)) == (1, 5)


async def test_nothing_goes_to_another_host(connect: Connect, stub: Stub) -> None:
    for url in ("https://evil.example/x", stub.url.replace("127.0.0.1", "localhost") + "/x"):
        with pytest.raises(ValueError, match="alone"):
            await get(connect(), url)
    assert stub.seen == []


async def test_redirects_are_not_followed(connect: Connect, stub: Stub) -> None:
    stub.on("GET /x", Reply(b"", 302, {"Location": f"{stub.url}/y"}))
    with pytest.raises(Refused) as refused:
        await get(connect())
    assert refused.value.answer.status == 302
    assert [asked.path for asked in stub.seen] == ["/x"]


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.TRUNCATE, Fault.STALL, Fault.DRIP, Fault.NOT_HTTP])
async def test_a_post_without_a_whole_answer_is_sent_once_and_may_have_happened(
    connect: Connect, stub: Stub, fault: Fault
) -> None:
    stub.on("POST /x", Reply(b"canary-" * 20, fault=fault))
    found = await failure(connect())
    assert isinstance(found, NoAnswer)
    assert "canary" not in f"{found} {found.__cause__}"
    assert len(stub.seen) == 1


async def test_what_cannot_be_reached_was_not_sent(connect: Connect) -> None:
    for base_url in ("http://127.0.0.1:1", "https://nowhere.invalid"):
        found = await failure(connect(base_url=base_url))
        assert isinstance(found, NotSent)
        assert not found.untrusted


async def test_a_server_that_is_not_trusted_is_told_nothing(connect: Connect) -> None:
    async with running(Reply(b""), tls=self_signed()) as stranger:
        found = await failure(connect(base_url=stranger.url))
    assert isinstance(found, NotSent)
    assert found.untrusted
    assert stranger.seen == []


async def test_no_proxy_and_no_cookie_is_used(
    connect: Connect, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    stub.on("GET /x", Reply(b"", headers={"Set-Cookie": "a=1"}))
    http = connect()
    await get(http)
    await get(http)
    assert "cookie" not in stub.seen[1].headers


@pytest.mark.parametrize("zipped", [False, True])
async def test_an_endless_answer_is_cut_off(
    connect: Connect, stub: Stub, monkeypatch: pytest.MonkeyPatch, zipped: bool
) -> None:
    monkeypatch.setattr(module, "MAX_ANSWER_BYTES", 100_000)
    bomb = b" " * 10_000_000
    reply = Reply(gzip.compress(bomb), headers={"Content-Encoding": "gzip"}) if zipped else Reply(bomb)
    stub.on("POST /x", reply)
    assert isinstance(await failure(connect()), NoAnswer)


async def test_a_request_waits_for_its_turn_and_no_longer_than_half_its_time(
    connect: Connect, stub: Stub
) -> None:
    stub.on("GET /x", Reply(b"{}"))
    http = connect(rate=0.01, timeout=1)
    await get(http)
    with pytest.raises(Crowded) as crowded:
        await get(http)
    assert 0.5 < crowded.value.wait.total_seconds() <= 100
    assert len(stub.seen) == 1


async def test_a_request_after_close_opens_connections_again(connect: Connect, stub: Stub) -> None:
    stub.on("GET /x", Reply(b"{}"))
    http = connect()
    await get(http)
    await http.close()
    await http.close()
    await get(http)
    assert stub.connections == 2


async def test_requests_are_counted_by_connection_and_answer(connect: Connect, stub: Stub) -> None:
    def counted(answer: str) -> float:
        labels = {"connection": "acme", "answer": answer}
        return REGISTRY.get_sample_value("raccord_vendor_request_seconds_count", labels) or 0

    stub.on("GET /x", Reply(b"{}"), Reply(b"", 429))
    before = {answer: counted(answer) for answer in ("200", "429", "none")}
    http = connect()
    await get(http)
    with pytest.raises(Refused):
        await get(http)
    await failure(connect(base_url="http://127.0.0.1:1"))
    assert {answer: counted(answer) - n for answer, n in before.items()} == {"200": 1, "429": 1, "none": 1}
