"""Access tokens that are renewed in time, once for everybody, and replaced once where they are refused."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from pydantic import SecretStr

from raccord.connectors.connection import ConnectionSettings
from raccord.connectors.errors import Auth, Forbidden, RateLimited, Transient
from raccord.connectors.http.api import JsonApi
from raccord.connectors.http.client import HttpClient
from raccord.connectors.http.errors import Operation
from raccord.connectors.http.token_endpoint import TokenEndpoint
from raccord.connectors.http.tokens import Tokens
from raccord.connectors.oauth import Granted
from tests.connectors.http.test_errors import TABLE
from tests.connectors.stub import Asked, Fault, Reply, Stub, running
from tests.fakes.grants import FakeGrants
from tests.patience import patience
from tests.records.granted import app_of, granted

READ = Operation("read the deal 42")


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    async with running(Reply({"error": "unauthorized"}, 401)) as stub:
        stub.on("POST /token", {"access_token": "access-new", "refresh_token": "r-new", "expires_in": 3600})
        yield stub


def tokens_of(stub: Stub, grants: FakeGrants, *, timeout: float = 2) -> Tokens:
    settings = ConnectionSettings(vendor="acme", base_url=stub.url, timeout=timedelta(seconds=timeout))
    return Tokens(app_of(stub.url), settings, grants)


def access(of: Granted) -> str:
    return of.access_token.get_secret_value()


async def test_a_token_that_lasts_is_used_as_it_is(stub: Stub) -> None:
    tokens = tokens_of(stub, FakeGrants(granted("old")))
    assert [access(await tokens.get()) for _ in range(2)] == ["access-old"] * 2
    assert stub.seen == []
    await tokens.close()


@pytest.mark.parametrize(("lasts", "used"), [(-5, "access-new"), (30, "access-old")])
async def test_one_that_ends_soon_is_renewed_once_for_all_who_ask(
    stub: Stub, lasts: float, used: str
) -> None:
    grants = FakeGrants(granted("old", lasts=lasts))
    tokens = tokens_of(stub, grants)
    assert {access(each) for each in await asyncio.gather(*(tokens.get() for _ in range(9)))} == {used}
    await tokens.close()
    assert stub.last("POST /token").params == {
        "grant_type": "refresh_token",
        "refresh_token": "refresh-old",
        "client_id": "client",
        "client_secret": "secret",
    }
    assert stub.count("POST /token") == 1
    assert grants.held
    assert access(grants.held.granted) == "access-new"


async def test_whoever_stops_waiting_does_not_stop_what_would_be_lost(stub: Stub) -> None:
    grants = FakeGrants(granted("old", lasts=0))
    grants.away = 2
    tokens = tokens_of(stub, grants)
    asking, asked = asyncio.create_task(tokens.get()), asyncio.Event()

    def answer(_: Asked) -> Reply:
        asked.set()
        return Reply({"access_token": "access-new", "refresh_token": "r-new"})

    stub.on("POST /token", answer)
    await asked.wait()
    asking.cancel()
    await tokens.close()
    assert asking.cancelled()
    assert grants.held
    assert grants.held.granted.refresh_token.get_secret_value() == "r-new"


async def test_a_vendor_that_hands_out_no_other_refresh_token_keeps_the_one_there_is(stub: Stub) -> None:
    stub.on("POST /token", {"access_token": "access-new", "expires_in": 3600})
    tokens = tokens_of(stub, FakeGrants(granted("old", lasts=0)))
    assert (await tokens.get()).refresh_token.get_secret_value() == "refresh-old"
    await tokens.close()


@pytest.mark.parametrize(
    ("reply", "error", "refused"),
    [
        (Reply({"error": "invalid_grant", "error_description": "canary"}, 400), Auth, True),
        (Reply({"error": "server_error"}, 503), Transient, False),
        (Reply({"error": "slow_down"}, 429), RateLimited, False),
        (Reply(b"<html>canary", 403), Transient, False),
        (Reply({"access_token": ""}), Transient, False),
        (Reply(fault=Fault.RESET), Transient, False),
    ],
)
async def test_only_the_vendors_own_no_is_a_refusal(
    stub: Stub, reply: Reply, error: type[Exception], *, refused: bool
) -> None:
    stub.on("POST /token", reply)
    grants = FakeGrants(granted("old", lasts=0))
    tokens = tokens_of(stub, grants)
    with pytest.raises(error) as raised:
        await tokens.get()
    assert "canary" not in str(raised.value)
    assert grants.given_back == [refused]
    asked = stub.count("POST /token")
    if refused:
        with pytest.raises(Auth, match="raccord connect acme"):
            await tokens.get()
        assert stub.count("POST /token") == asked, "it is not shown again with every flow that waits"
    await tokens.close()


@pytest.mark.parametrize("error", ["invalid_client", "unauthorized_client"])
async def test_an_application_that_is_not_known_is_told_as_that_and_says_nothing_of_the_access(
    stub: Stub, error: str
) -> None:
    stub.on("POST /token", Reply({"error": error}, 401))
    grants = FakeGrants(granted("old", lasts=0))
    tokens = tokens_of(stub, grants)
    for _ in range(2):
        with pytest.raises(Auth, match="client_id and client_secret of acme: correct them"):
            await tokens.get()
    assert stub.count("POST /token") == 1
    assert grants.given_back == [False], "the next process need not take it for withdrawn"
    await tokens.close()


@pytest.mark.parametrize("takes", ["s+c=t/", "s%2Bc%3Dt%2F"])
async def test_a_secret_with_signs_is_shown_as_it_is_and_then_encoded(stub: Stub, takes: str) -> None:
    right = "Basic " + b64encode(f"client:{takes}".encode()).decode()

    def answer(asked: Asked) -> Reply:
        assert "client_secret" not in asked.params
        if asked.headers["authorization"] != right:
            return Reply({"error": "invalid_client"}, 401)
        return Reply({"access_token": "access-new", "refresh_token": "r-new"})

    stub.on("POST /token", answer)
    app = replace(app_of(stub.url), client_secret=SecretStr("s+c=t/"), basic=True)
    endpoint = TokenEndpoint(app, ConnectionSettings(vendor="acme", base_url=stub.url))
    assert access(await endpoint.of_refresh(SecretStr("r"))) == "access-new"
    await endpoint.close()


async def test_while_it_lasts_nobody_waits_for_one_that_is_being_renewed(stub: Stub) -> None:
    grants = FakeGrants(granted("old", lasts=30))
    grants.others = True
    tokens = tokens_of(stub, grants, timeout=3600)
    async with asyncio.timeout(patience(20)):
        assert access(await tokens.get()) == "access-old"
        grants.store(granted("theirs"))
        await tokens.close()
    assert stub.seen == []


async def test_while_it_lasts_a_refusal_to_renew_it_stops_nobody(stub: Stub) -> None:
    stub.on("POST /token", Reply({"error": "invalid_grant"}, 400))
    grants = FakeGrants(granted("old", lasts=30))
    tokens = tokens_of(stub, grants)
    assert access(await tokens.get()) == "access-old"
    await tokens.close()
    assert grants.given_back == [True]


async def test_what_another_process_has_renewed_is_used(stub: Stub) -> None:
    grants = FakeGrants(granted("old", lasts=0))
    grants.others = True
    tokens = tokens_of(stub, grants)
    asking = asyncio.create_task(tokens.get())
    await asyncio.sleep(0.05)
    grants.store(granted("theirs"))
    assert access(await asking) == "access-theirs"
    assert stub.seen == []
    await tokens.close()


async def test_a_turn_that_nobody_ends_is_waited_for_and_told(stub: Stub) -> None:
    grants = FakeGrants(granted("old", lasts=0))
    grants.others = True
    tokens = tokens_of(stub, grants, timeout=0.3)
    with pytest.raises(Transient, match="another process"):
        await tokens.get()
    await tokens.close()


async def test_nobody_has_connected_yet(stub: Stub) -> None:
    tokens = tokens_of(stub, FakeGrants(None))
    with pytest.raises(Auth, match="Run raccord connect acme"):
        await tokens.get()
    await tokens.close()


class TestCalls:
    """Through the client that vendors are built with."""

    @staticmethod
    def api(stub: Stub, grants: FakeGrants) -> JsonApi:
        settings = ConnectionSettings(vendor="acme", base_url=stub.url)
        http = HttpClient("acme", settings, requests_per_second=1000)
        return JsonApi(http, TABLE, {}, tokens=tokens_of(stub, grants))

    @staticmethod
    def of_new_tokens(asked: Asked) -> Reply:
        if asked.headers["authorization"] == "Bearer access-new":
            return Reply({})
        return Reply({"code": "unauthorized"}, 401)

    async def test_a_refused_token_is_renewed_and_the_call_made_once_more(self, stub: Stub) -> None:
        stub.on("POST /deals", self.of_new_tokens)
        api = self.api(stub, FakeGrants(granted("old")))
        await api.answer(Operation("make a deal", write=True), "POST", "/deals", content={})
        await api.answer(Operation("make a deal", write=True), "POST", "/deals", content={})
        assert [each.path for each in stub.seen] == ["/deals", "/token", "/deals", "/deals"]
        await api.close()

    async def test_one_that_is_refused_again_is_told_with_what_to_do(self, stub: Stub) -> None:
        stub.on("GET /deals", Reply({"code": "unauthorized"}, 401))
        api = self.api(stub, FakeGrants(granted("old")))
        with pytest.raises(Auth, match="Run raccord connect acme"):
            await api.answer(READ, "GET", "/deals")
        with pytest.raises(Auth):
            await api.answer(READ, "GET", "/deals")
        assert stub.count("POST /token") == 1, "one that has just come is not renewed again"
        await api.close()

    async def test_a_missing_permission_renews_nothing(self, stub: Stub) -> None:
        stub.on("GET /deals", Reply({"code": "forbidden"}, 403))
        api = self.api(stub, FakeGrants(granted("old")))
        with pytest.raises(Forbidden, match="raccord connect acme, and agree"):
            await api.answer(READ, "GET", "/deals")
        assert stub.count("POST /token") == 0
        await api.close()
