"""Clients that are slow, many or gone: they are left in time, and nobody else is kept waiting."""

import asyncio
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from raccord.ports import Place, listen
from starters.receiver.protocol import ANSWER_SECONDS, BODY_SECONDS, HEADERS_SECONDS, MAX_CONNECTIONS
from starters.receiver.serve import http_server
from tests.front_door.doors import HUBSPOT, Answer, Front, converse, head
from tests.front_door.stack import Lane, TemporalServer, answers, until
from tests.patience import patience

OK, SLOW, TOO_LARGE = 200, 408, 413
LONGER_THAN_ANY_WAIT = 20.0


@pytest.mark.parametrize("cut", [0, 1, 20, -20, -1, None])
async def test_a_client_that_hangs_up_is_forgotten(front: Front, cut: int | None) -> None:
    request = HUBSPOT.request(HUBSPOT.sample(1), front)
    await converse(front.port, request[:cut], half_close=True)
    assert front.tracebacks() == 0
    await accepted_soon(front)


async def accepted_soon(front: Front, within: float = 2) -> None:
    """An honest delivery is taken, even now."""
    (answer,) = await converse(front.port, HUBSPOT.request(HUBSPOT.sample(2), front), within=within)
    assert answer.status == OK


async def timed(front: Front, *parts: bytes | float) -> tuple[float, list[Answer]]:
    started = time.monotonic()
    found = await converse(front.port, *parts, within=LONGER_THAN_ANY_WAIT)
    return time.monotonic() - started, found


def dripping(*first: bytes) -> tuple[bytes | float, ...]:
    drops: list[bytes | float] = [0.5, b"x"] * 60
    return (*first, *drops)


async def test_a_client_that_keeps_us_waiting_is_left(front: Front) -> None:
    """Headers are waited for 5 s and a body as long, however regularly something arrives."""
    whole = HUBSPOT.request(HUBSPOT.sample(1), front, connection="keep-alive")
    slow = HUBSPOT.request(b"x" * 1_000, front, signed=False)[:-1_000]
    refused = HUBSPOT.request(b"", front, content_length="999999", connection="keep-alive")
    expected: dict[str, tuple[tuple[bytes | float, ...], list[int], float]] = {
        "says nothing": ((), [], HEADERS_SECONDS),
        "sends half the headers": ((b"POST /webhooks/hubspot HT",), [SLOW], HEADERS_SECONDS),
        "drips its headers": (dripping(b"POST /webhooks/hubspot HTTP/1.1\r\na: "), [SLOW], HEADERS_SECONDS),
        "says nothing more after an answer": ((whole,), [OK], HEADERS_SECONDS),
        "drips its second request": (dripping(whole), [OK, SLOW], HEADERS_SECONDS),
        "sends no body": ((slow,), [SLOW], HEADERS_SECONDS),
        "drips its body": (dripping(slow), [SLOW], HEADERS_SECONDS),
        "drips its body after the refusal": (dripping(refused), [TOO_LARGE], BODY_SECONDS),
    }
    results = await asyncio.gather(*(timed(front, *parts) for parts, _, _ in expected.values()))
    for (name, (_, statuses, limit)), (seconds, found) in zip(expected.items(), results, strict=True):
        print(f"{name}: {seconds:.1f} s, {[answer.status for answer in found]}")  # noqa: T201
        assert [answer.status for answer in found] == statuses, name
        assert not any(answer.body for answer in found), name
        assert seconds < limit + patience(2.5), name
    assert front.tracebacks() == 0


async def test_a_client_that_does_not_take_its_answer_is_left() -> None:
    """With an answer that no buffer holds; the receiver's own would have to be a hundred thousand."""
    asked: list[Request] = []

    async def much(request: Request) -> Response:
        asked.append(request)
        return Response(b"x" * 32_000_000)

    listening = listen(Place("127.0.0.1", 0, "of a test"))
    server = http_server(Starlette(routes=[Route("/", much)]))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    reader, writer = await asyncio.open_connection(*listening.getsockname(), limit=1)
    started = time.monotonic()
    writer.write(head("GET", "/", {"host": "a"}))
    await until(lambda: has(asked))
    await until(lambda: has(not server.server_state.connections), within=timedelta(seconds=10))
    assert time.monotonic() - started > ANSWER_SECONDS - 1
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await reader.readexactly(32_000_000)
    writer.close()
    server.should_exit = True
    await serving


async def has(found: object) -> bool:
    return bool(found)


async def crowd(front: Front, count: int, first: bytes) -> list[asyncio.StreamWriter]:
    """Open connections that say this much and then nothing more."""
    found = []
    for _ in range(count):
        _, writer = await asyncio.open_connection("127.0.0.1", front.port)
        writer.write(first)
        found.append(writer)
    return found


def open_sockets(pid: int) -> int:
    return sum(1 for each in Path(f"/proc/{pid}/fd").iterdir() if _target(each).startswith("socket:"))


def _target(link: Path) -> str:
    with suppress(OSError):
        return str(link.readlink())
    return ""


@pytest.mark.parametrize("begun", ["silent", "slow headers", "slow bodies"])
async def test_a_crowd_that_dawdles_does_not_keep_a_vendor_out(front: Front, begun: str) -> None:
    """More connections than there may be, none of them signed, all of them waiting."""
    body = HUBSPOT.request(b"x" * 1_000, front, signed=False)[:-1]
    first: dict[str, bytes] = {"silent": b"", "slow headers": b"POST /", "slow bodies": body}
    before = open_sockets(front.pid) if Path("/proc/self/fd").exists() else None
    dawdling = await crowd(front, MAX_CONNECTIONS + 64, first[begun])
    try:
        worst = 0.0
        for _ in range(20):
            started = time.monotonic()
            await accepted_soon(front)
            worst = max(worst, time.monotonic() - started)
        print(f"{len(dawdling)} {begun}: slowest delivery {worst * 1000:.0f} ms")  # noqa: T201
        if before is not None:
            assert open_sockets(front.pid) <= before + MAX_CONNECTIONS + 1
    finally:
        for writer in dawdling:
            writer.close()


async def test_a_client_that_drips_does_not_keep_the_receiver_from_stopping(
    server: TemporalServer, front: Front, tmp_path: Path
) -> None:
    other = Lane(
        server,
        tmp_path / "other",
        "front",
        shared=front.lane.namespace,
        keys=front.lane.directory / "keys.json",
    )
    other.write_configuration()
    (tmp_path / "other" / "keys.json").write_bytes((front.lane.directory / "keys.json").read_bytes())
    await other.receiver.start()
    await until(lambda: answers(other.url("receiver", "/healthz")))
    port = other.ports["receiver"]
    begun: list[bytes] = [b"POST /", HUBSPOT.request(b"x" * 9, front)[:-1]]
    clients: list[asyncio.Task[Any]] = [
        asyncio.create_task(converse(port, *dripping(part), within=30)) for part in begun
    ]
    await asyncio.sleep(1)
    started = time.monotonic()
    await other.receiver.stop()
    print(f"stopped after {time.monotonic() - started:.1f} s")  # noqa: T201
    assert time.monotonic() - started < patience(8)
    for client in clients:
        client.cancel()
    await asyncio.gather(*clients, return_exceptions=True)
