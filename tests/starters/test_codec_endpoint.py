"""`POST /decode`: plain text for the user who runs the receiver, in a page of the Web UI, and nobody else."""

import asyncio
import base64
import json
import os
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from google.protobuf.json_format import MessageToDict
from temporalio.api.common.v1 import Payload, Payloads

from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.temporal.codec import SealingCodec
from starters.receiver.codec import MAX_BODY, CodecEndpoint
from starters.receiver.serve import http_server

UI = "http://127.0.0.1:8233"
SECRET = b'{"name": "Atelier"}'
NOBODY = 65534

can_be_another_user = pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0, reason="only root can become another user"
)


@dataclass(frozen=True)
class Endpoint:
    port: int
    records: Records
    sealed: bytes
    """What the Web UI asks to have decoded."""

    async def ask(self, body: bytes, **headers: str) -> httpx.Response:
        given = {"Origin": UI, "Content-Type": "application/json"} | headers
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}") as http:
            return await http.post("/decode", content=body, headers=given)

    async def decodings(self) -> int:
        return len([row async for row in self.records.audit.export() if row["effect"] == "codec.decode"])


@pytest.fixture
async def endpoint(tmp_path: Path) -> AsyncIterator[Endpoint]:
    keys = KeyRing.create(tmp_path / "keys.json")
    records = Records.open(f"sqlite:///{tmp_path / 'records.db'}", keys)
    await records.migrate()
    codec = SealingCodec(keys, "raccord")
    sealed = await codec.encode([Payload(metadata={"encoding": b"json/plain"}, data=SECRET)])
    body = json.dumps(MessageToDict(Payloads(payloads=sealed))).encode()
    listening = socket.create_server(("127.0.0.1", 0))
    server = http_server(CodecEndpoint(codec, records, [UI]).app())
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    yield Endpoint(listening.getsockname()[1], records, body)
    server.should_exit = True
    await serving
    await records.close()


async def test_a_page_of_the_ui_in_a_browser_of_the_same_user_reads_what_was_sealed(
    endpoint: Endpoint,
) -> None:
    answer = await endpoint.ask(endpoint.sealed)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == UI
    assert base64.b64decode(answer.json()["payloads"][0]["data"]) == SECRET
    assert await endpoint.decodings() == 1


@can_be_another_user
async def test_another_user_of_the_machine_reads_nothing_whatever_it_claims(endpoint: Endpoint) -> None:
    head = f"POST /decode HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: {UI}\r\nX-Forwarded-For: 127.0.0.1\r\n"
    request = head.encode() + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(endpoint.sealed)
    script = f"exec 3<>/dev/tcp/127.0.0.1/{endpoint.port}; cat >&3; cat <&3"
    process = await asyncio.create_subprocess_exec(
        *("bash", "-c", script),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        user=NOBODY,
        group=NOBODY,
        cwd="/",
    )
    said, _ = await process.communicate(request + endpoint.sealed)
    assert said.startswith(b"HTTP/1.1 403 ")
    assert said.partition(b"\r\n\r\n")[2] == b""
    assert await endpoint.decodings() == 0


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8234", "http://evil.example", "null", ""])
async def test_a_page_from_elsewhere_reads_nothing(endpoint: Endpoint, origin: str) -> None:
    answer = await endpoint.ask(endpoint.sealed, Origin=origin)
    assert (answer.status_code, answer.content) == (403, b"")
    assert await endpoint.decodings() == 0


NO_PAYLOADS = {
    "nothing": b"",
    "no JSON": b"{",
    "a number": b"5",
    "null": b"null",
    "true": b"true",
    "payloads that are a number": b'{"payloads": 5}',
    "a payload that is null": b'{"payloads": [null]}',
    "another field": b'{"payload": []}',
    "not UTF-8": b'{"\xff": 1}',
    "100,000 lists": b"[" * 100_000,
    "lists as deep as Python goes": b'{"payloads": ' + b"[" * 900 + b"]" * 900 + b"}",
    "objects as deep as the body allows": b'{"payloads": ' * 300_000,
    "an integer of 10,000 digits": b'{"payloads": ' + b"9" * 10_000 + b"}",
    "bytes that were never sealed": json.dumps(
        {
            "payloads": [
                {"metadata": {"encoding": base64.b64encode(b"binary/raccord-aes256gcm").decode()}, "data": ""}
            ]
        }
    ).encode(),
}


@pytest.mark.parametrize("case", NO_PAYLOADS)
async def test_what_are_no_payloads_is_a_bad_request(endpoint: Endpoint, case: str) -> None:
    answer = await endpoint.ask(NO_PAYLOADS[case])
    assert (answer.status_code, answer.content) == (400, b"")


async def test_no_more_of_a_body_is_read_than_it_may_have(endpoint: Endpoint) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", endpoint.port)
    head = f"POST /decode HTTP/1.1\r\nHost: a\r\nOrigin: {UI}\r\nTransfer-Encoding: chunked\r\n\r\n"
    size = MAX_BODY // 16
    writer.write(head.encode() + (b"%x\r\n%s\r\n" % (size, b" " * size)) * 17)
    assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")
    writer.close()


async def test_whose_a_connection_is_can_be_asked_of_lsof_as_well(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on macOS, which has no /proc."""
    if shutil.which("lsof") is None:
        pytest.skip("there is no lsof here")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert (await endpoint.ask(endpoint.sealed)).status_code == 200
    monkeypatch.setattr(os, "getuid", lambda: NOBODY)
    assert (await endpoint.ask(endpoint.sealed)).status_code == 403


async def test_a_proxy_that_says_the_token_reads_for_its_users_and_nobody_without(tmp_path: Path) -> None:
    """Even a process of the same user: it is the proxy that knows who asks."""
    keys = KeyRing.create(tmp_path / "keys.json")
    records = Records.open(f"sqlite:///{tmp_path / 'records.db'}", keys)
    await records.migrate()
    codec = SealingCodec(keys, "raccord")
    sealed = await codec.encode([Payload(metadata={"encoding": b"json/plain"}, data=SECRET)])
    body = MessageToDict(Payloads(payloads=sealed))
    app = CodecEndpoint(codec, records, [UI], token="t" * 32).app()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=UI) as http:
        for said, status in (
            ("", 403),
            (f"Bearer {'t' * 31}", 403),
            ("Bearer é", 403),
            (f"Bearer {'t' * 32}", 200),
        ):
            headers = {b"origin": UI.encode(), b"authorization": said.encode()}
            answer = await http.post("/decode", json=body, headers=list(headers.items()))
            assert answer.status_code == status, said
    await records.close()
