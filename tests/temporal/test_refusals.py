"""A server that cannot be spoken with: what the SDK makes of it becomes a sentence with the cause."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from raccord.temporal.client import TemporalUnreachable, connect, connect_lazily
from tests.certificates import NAME, Authority
from tests.settings.written import configuration
from tests.temporal.conftest import OURS

AT_ONCE = timedelta(0)
LONG = timedelta(minutes=5)
"""For causes that no time mends: the test's own limit is shorter."""


@asynccontextmanager
async def listening(tls: ssl.SSLContext | None) -> AsyncIterator[str]:
    """Somebody who takes connections and says nothing of Temporal."""

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0, ssl=tls) as server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.fixture
async def secured(tmp_path: Path) -> AsyncIterator[str]:
    """The address of a server that asks for client certificates."""
    authority = Authority(tmp_path, "authority")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(*authority.issue("server", NAME))
    tls.load_verify_locations(authority.certificate)
    tls.verify_mode = ssl.CERT_REQUIRED
    tls.set_alpn_protocols(["h2"])
    authority.issue("client")
    Authority(tmp_path, "another")
    async with listening(tls) as address:
        yield address


async def why(folder: Path, *, within: timedelta = AT_ONCE) -> str:
    with pytest.raises(TemporalUnreachable) as refused:
        await connect(configuration(folder).settings, OURS, within=within)
    return str(refused.value)


def say(monkeypatch: pytest.MonkeyPatch, folder: Path, address: str, **tls: str) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", address)
    for name, value in tls.items():
        file = name.endswith("PATH")
        monkeypatch.setenv(f"TEMPORAL_TLS_{name}", str(folder / value) if file else value)


@pytest.mark.parametrize(
    ("tls", "said"),
    [
        (
            {"SERVER_NAME": "other.example", "SERVER_CA_CERT_PATH": "authority.pem"},
            "its certificate is for another name",
        ),
        ({"SERVER_NAME": NAME, "SERVER_CA_CERT_PATH": "another.pem"}, "an authority that is not known here"),
        ({"SERVER_NAME": NAME}, "an authority that is not known here"),
        (
            {
                "SERVER_NAME": NAME,
                "SERVER_CA_CERT_PATH": "authority.pem",
                "CLIENT_CERT_PATH": "client.pem",
                "CLIENT_KEY_PATH": "client.pem",
            },
            "is no certificate and key in PEM form",
        ),
        (
            {
                "SERVER_NAME": NAME,
                "SERVER_CA_CERT_PATH": "authority.pem",
                "CLIENT_CERT_PATH": "client.pem",
            },
            "only one is set",
        ),
        ({"CLIENT_CERT_PATH": "nowhere.pem"}, "nowhere.pem, which a variable TEMPORAL_TLS_... names"),
    ],
    ids=str,
)
async def test_what_only_a_person_mends_ends_at_once(
    secured: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tls: dict[str, str], said: str
) -> None:
    say(monkeypatch, tmp_path, secured, **tls)
    assert said in await why(tmp_path, within=LONG)


async def test_a_missing_client_certificate_and_plain_text_are_told_apart(
    secured: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(monkeypatch, tmp_path, secured)
    assert "expects TLS and gets plain text" in await why(tmp_path)
    say(monkeypatch, tmp_path, secured, SERVER_NAME=NAME, SERVER_CA_CERT_PATH="authority.pem")
    assert "asks for a client certificate" in await why(tmp_path)


async def test_a_server_in_plain_text_an_unknown_host_and_nobody_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Authority(tmp_path, "authority")
    async with listening(None) as address:
        say(monkeypatch, tmp_path, address, SERVER_NAME=NAME, SERVER_CA_CERT_PATH="authority.pem")
        assert "speaks plain text" in await why(tmp_path)
    monkeypatch.setenv("TEMPORAL_TLS", "false")
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    assert await why(tmp_path) == "Temporal does not answer at 127.0.0.1:1: nobody listens there."


async def test_who_names_no_server_is_told_how_to_start_one(tmp_path: Path) -> None:
    settings = configuration(tmp_path, "[temporal]\nembedded_port = 1").settings
    with pytest.raises(TemporalUnreachable, match=r"nobody listens there\. Start it with `raccord up`"):
        await connect(settings, OURS, within=AT_ONCE)


async def test_a_receiver_that_connects_later_misses_a_certificate_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(monkeypatch, tmp_path, "127.0.0.1:1", CLIENT_CERT_PATH="nowhere.pem")
    with pytest.raises(TemporalUnreachable, match="cannot be read: No such file"):
        await connect_lazily(configuration(tmp_path).settings, OURS)


async def test_while_it_waits_it_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, tmp_path, "127.0.0.1:1")
    told: list[str] = []
    settings = configuration(tmp_path).settings
    with pytest.raises(TemporalUnreachable):
        await connect(settings, OURS, within=timedelta(seconds=0.1), waiting=told.append)
    assert told == ["Temporal does not answer at 127.0.0.1:1: nobody listens there."]
