"""The framework of the simulators, with a toy vendor that counts."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from json import JSONDecodeError
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.core.assembly import assemble
from sandbox.core.delivery import Delivery
from sandbox.core.exchanges import Exchange
from sandbox.core.vendor import committed, staleness
from sandbox.mailbox.mailbox import Mailbox
from tests.patience import patience
from tests.sandbox.serving import serving


class Counter:
    """Counts on POST /count, stores errors under the header `key`, and makes things on POST /things."""

    name = "counter"

    def __init__(self) -> None:
        self.count = 0
        self.remembered: dict[str, int] = {}

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/count", self._count, methods=["GET", "POST"]),
            Route("/things", self._thing, methods=["POST"]),
            Route("/things/{id}", self._thing, methods=["GET"]),
        ]

    def state(self) -> dict[str, Any]:
        return {"count": self.count, "remembered": self.remembered}

    def reset(self) -> None:
        self.count = 0

    def mutating(self, method: str, path: str) -> bool:
        return method == "POST" and not path.endswith("/search")

    def refusal(self, status: int, exchange: Exchange) -> Response:
        said = {"no": exchange.path} if status < 500 else {"broken": True}
        return JSONResponse(said, status_code=status)

    def in_part(self, answer: Response) -> Response | None:
        return JSONResponse({"count": None}, status_code=207) if b"count" in bytes(answer.body) else None

    def remember(self, exchange: Exchange, answer: Response) -> None:
        self.remembered[exchange.headers["key"]] = answer.status_code

    async def _count(self, request: Request) -> Response:
        if request.method == "POST":
            self.count += 1
            committed(request)
        return JSONResponse({"count": self.count, "stale": staleness(request)})

    async def _thing(self, request: Request) -> Response:
        if request.method == "GET":
            return JSONResponse({"id": request.path_params["id"]})
        self.count += 1
        committed(request)
        return JSONResponse({"id": f"thing_{self.count}", "parts": [{"kind": "old"}, {"kind": "new"}]})


@pytest.fixture
async def sandbox() -> AsyncIterator[httpx.AsyncClient]:
    delivery = Delivery(schedule=(0.01, 0.01))
    delivery.register("counter", secret="s3cret", format="classic")
    app = assemble(vendors=[Counter()], delivery=delivery, emails=Mailbox())
    async with serving(app) as url, httpx.AsyncClient(base_url=url, trust_env=False) as client:
        yield client


async def fault(sandbox: httpx.AsyncClient, **rule: Any) -> None:
    answer = await sandbox.post("/_control/faults", json={"vendor": "counter", "path": "/count", **rule})
    assert answer.status_code == 200, answer.text


async def count(sandbox: httpx.AsyncClient) -> int:
    found: int = (await sandbox.get("/_control/state/counter")).json()["count"]
    return found


async def test_an_error_before_the_handler_changes_nothing_and_fires_once(sandbox: httpx.AsyncClient) -> None:
    await fault(sandbox, method="POST", effect={"status": 503, "retry_after": 7})
    refused = await sandbox.post("/counter/count", headers={"key": "a"})
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "7")
    assert await count(sandbox) == 0
    assert (await sandbox.post("/counter/count")).status_code == 200
    assert (await sandbox.get("/_control/faults")).json()[0]["fired"] == 1


async def test_a_fault_can_hit_writes_alone(sandbox: httpx.AsyncClient) -> None:
    await fault(sandbox, method=["post", "PATCH"], effect={"status": 503}, times=None)
    assert (await sandbox.get("/counter/count")).status_code == 200
    assert (await sandbox.post("/counter/count", headers={"key": "a"})).status_code == 503
    assert (await sandbox.get("/_control/faults")).json()[0]["method"] == ["POST", "PATCH"]


async def test_the_log_tells_how_many_requests_came_in_a_second(sandbox: httpx.AsyncClient) -> None:
    began = datetime.now(UTC)
    await asyncio.gather(*(sandbox.get("/counter/count") for _ in range(5)))
    entries = (await sandbox.get("/_control/requests?vendor=counter")).json()
    stamps = [datetime.fromisoformat(entry["at"]) for entry in entries]
    slack = timedelta(milliseconds=1)
    assert len(stamps) == 5
    assert stamps == sorted(stamps)
    assert began - slack <= stamps[0] <= stamps[-1] <= datetime.now(UTC)


async def test_a_moment_to_come_back_can_be_a_date(sandbox: httpx.AsyncClient) -> None:
    await fault(sandbox, effect={"status": 429, "retry_at": 5})
    asked = datetime.now(UTC)
    said = parsedate_to_datetime((await sandbox.get("/counter/count")).headers["retry-after"])
    # The header has no fractions of a second.
    assert asked + timedelta(seconds=4) < said <= datetime.now(UTC) + timedelta(seconds=5)


async def test_an_error_after_the_commit_is_logged_as_committed(sandbox: httpx.AsyncClient) -> None:
    await fault(sandbox, method="POST", when="after", effect={"status": 500})
    assert (await sandbox.post("/counter/count", headers={"key": "k"})).status_code == 500
    entry = (await sandbox.get("/_control/requests?committed=true")).json()[-1]
    assert (entry["status"], entry["committed"], entry["mutating"], entry["fault"]) == (500, True, True, 1)


async def test_the_log_says_how_long_the_vendor_had_a_request(sandbox: httpx.AsyncClient) -> None:
    await fault(sandbox, effect={"latency": 0.05})
    await sandbox.get("/counter/count")
    [entry] = (await sandbox.get("/_control/requests")).json()
    assert 0.05 <= entry["seconds"] < patience(5)


@pytest.mark.parametrize(
    ("when", "effect", "remembered"),
    [
        ("after", {"status": 500}, {"k": 500}),
        ("before", {"status": 500, "stored": True}, {"k": 500}),
        ("before", {"status": 500}, {}),
        ("after", {"status": 429}, {}),
    ],
)
async def test_the_vendor_remembers_the_error_that_the_client_really_got(
    sandbox: httpx.AsyncClient, when: str, effect: dict[str, Any], remembered: dict[str, int]
) -> None:
    await fault(sandbox, method="POST", when=when, effect=effect)
    await sandbox.post("/counter/count", headers={"key": "k"})
    assert (await sandbox.get("/_control/state/counter")).json()["remembered"] == remembered


@pytest.mark.parametrize("effect", [{"reset": True}, {"timeout": 0.05}])
async def test_a_dropped_connection_after_the_commit_sends_no_answer(
    sandbox: httpx.AsyncClient, effect: dict[str, Any]
) -> None:
    await fault(sandbox, when="after", method="POST", effect=effect)
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        await sandbox.post("/counter/count")
    assert await count(sandbox) == 1
    entry = (await sandbox.get("/_control/requests")).json()[-1]
    assert (entry["status"], entry["committed"]) == (None, True)


async def test_answers_can_be_cut_or_replaced_by_a_proxy_page(sandbox: httpx.AsyncClient) -> None:
    await fault(sandbox, when="after", effect={"malformed": True})
    await fault(sandbox, effect={"html": True})
    cut, page = await sandbox.get("/counter/count"), await sandbox.get("/counter/count")
    with pytest.raises(JSONDecodeError):
        cut.json()
    assert (cut.status_code, page.status_code) == (200, 200)
    assert page.headers["content-type"].startswith("text/html")


async def test_an_answer_can_end_before_its_announced_length(sandbox: httpx.AsyncClient) -> None:
    await fault(sandbox, when="after", method="POST", effect={"truncated": True})
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        await sandbox.post("/counter/count")
    assert await count(sandbox) == 1


async def test_an_answer_can_drip(sandbox: httpx.AsyncClient) -> None:
    await fault(sandbox, when="after", effect={"drip": 0.2})
    pieces, began = [], asyncio.get_running_loop().time()
    async with sandbox.stream("GET", "/counter/count") as answer:
        async for piece in answer.aiter_raw():
            pieces.append(piece)
    assert asyncio.get_running_loop().time() - began >= 0.2
    assert len(pieces) > 5
    assert b"".join(pieces).startswith(b'{"count":0')


async def test_a_redirect_names_its_place(sandbox: httpx.AsyncClient) -> None:
    await fault(sandbox, effect={"redirect": "http://elsewhere.example/"})
    answer = await sandbox.get("/counter/count")
    assert (answer.status_code, answer.headers["location"]) == (302, "http://elsewhere.example/")


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_credential_looks_as_the_vendor_shows_it(
    sandbox: httpx.AsyncClient, status: int
) -> None:
    await fault(sandbox, effect={"status": status})
    answer = await sandbox.get("/counter/count")
    assert (answer.status_code, answer.json()) == (status, {"no": "/count"})


async def test_a_field_can_be_missing_or_hold_what_nobody_documents_at_any_depth(
    sandbox: httpx.AsyncClient,
) -> None:
    await fault(sandbox, path="/things", when="after", effect={"without": "kind"})
    await fault(sandbox, path="/things", when="after", effect={"unknown": "kind"})
    lacking, odd = [(await sandbox.post("/counter/things")).json()["parts"] for _ in range(2)]
    assert (lacking, odd) == ([{}, {}], [{"kind": "unheard_of"}] * 2)


@pytest.mark.parametrize("effect", [{"without": "colour"}, {"unknown": "colour"}, {"partial": True}])
async def test_a_fault_that_finds_nothing_to_change_has_not_fired(
    sandbox: httpx.AsyncClient, effect: dict[str, Any]
) -> None:
    await fault(sandbox, path="/things", when="after", effect=effect)
    assert (await sandbox.post("/counter/things")).json()["id"] == "thing_1"
    assert (await sandbox.get("/_control/faults")).json()[0]["fired"] == 0
    assert (await sandbox.get("/_control/requests")).json()[0]["fault"] is None


async def test_a_partial_success_is_the_vendors_own(sandbox: httpx.AsyncClient) -> None:
    await fault(sandbox, when="after", effect={"partial": True})
    assert (await sandbox.get("/counter/count")).status_code == 207


@pytest.mark.parametrize(
    "request_",
    [
        {"url": "/counter/count?who=deal%2B7"},
        {"url": "/counter/count", "headers": {"key": "inv/deal+7/1"}},
        {"url": "/counter/count", "data": {"who": "deal+7"}},
        {"url": "/counter/count", "json": {"who": ["deal+7"]}},
    ],
)
async def test_a_fault_can_be_aimed_at_what_a_request_contains(
    sandbox: httpx.AsyncClient, request_: dict[str, Any]
) -> None:
    await fault(sandbox, method="POST", containing=["another", "deal+7"], effect={"status": 503})
    assert (await sandbox.post("/counter/count?who=deal8")).status_code == 200
    assert (await sandbox.post(**request_)).status_code == 503


async def test_an_aimed_fault_follows_what_the_request_created_even_without_an_answer(
    sandbox: httpx.AsyncClient,
) -> None:
    await fault(sandbox, path="/things", when="after", effect={"reset": True})
    await fault(sandbox, path="/things/.*", containing="deal-7", effect={"status": 503})
    with pytest.raises(httpx.TransportError):
        await sandbox.post("/counter/things", json="deal-7")
    other = (await sandbox.post("/counter/things", json="deal-8")).json()["id"]
    assert (await sandbox.get(f"/counter/things/{other}")).status_code == 200
    assert (await sandbox.get("/counter/things/thing_1")).status_code == 503


async def test_one_fault_can_be_taken_back(sandbox: httpx.AsyncClient) -> None:
    await fault(sandbox, effect={"status": 500}, times=None)
    await fault(sandbox, effect={"status": 503}, times=None)
    left = (await sandbox.delete("/_control/faults?id=1")).json()
    assert [rule["id"] for rule in left] == [2]
    assert (await sandbox.get("/counter/count")).status_code == 503


async def test_skip_and_times_choose_the_requests_that_are_hit(sandbox: httpx.AsyncClient) -> None:
    await fault(sandbox, method="GET", effect={"status": 429}, skip=1, times=2)
    answers = [(await sandbox.get("/counter/count")).status_code for _ in range(5)]
    assert answers == [200, 429, 429, 200, 200]


async def test_a_stale_rule_reaches_the_handler(sandbox: httpx.AsyncClient) -> None:
    await fault(sandbox, method="GET", effect={"stale": 3})
    assert (await sandbox.get("/counter/count")).json()["stale"] == 3
    assert (await sandbox.get("/counter/count")).json()["stale"] == 0


async def test_a_kill_hits_the_named_process_after_the_answer(sandbox: httpx.AsyncClient) -> None:
    victim = await asyncio.create_subprocess_exec("sleep", "60")
    await fault(sandbox, when="answered", effect={"kill": victim.pid})
    assert (await sandbox.get("/counter/count")).status_code == 200
    assert await asyncio.wait_for(victim.wait(), patience(5)) == -9


@pytest.mark.parametrize(
    "rule",
    [
        {"effect": {"status": 404}},
        {"effect": {"status": 500, "reset": True}},
        {"effect": {"kill": 1}},
        {"effect": {"status": 500}, "when": "answered"},
        {"effect": {"status": 500}, "path": "("},
        {"effect": {"status": 500}, "vendor": "nobody"},
        {"effect": {"status": 500}, "times": 0},
        {"effect": {"status": 500}, "colour": "red"},
        {"effect": {"status": 500}, "containing": 7},
        {"effect": {"status": 500}, "method": ["POST", 7]},
        {"effect": {"status": 500}, "containing": [""]},
        {"effect": {"status": 429, "retry_at": "soon"}},
        {"effect": {"redirect": True}},
        {"effect": {"truncated": True}, "when": "before"},
        {"effect": {"without": ""}, "when": "after"},
    ],
)
async def test_a_rule_that_makes_no_sense_is_refused_in_plain_words(
    sandbox: httpx.AsyncClient, rule: dict[str, Any]
) -> None:
    answer = await sandbox.post("/_control/faults", json={"vendor": "counter", "path": "/count", **rule})
    assert answer.status_code == 400
    assert answer.json()["message"].endswith(".")


async def test_the_log_never_holds_a_whole_credential(sandbox: httpx.AsyncClient) -> None:
    await sandbox.get("/counter/count?a=1&a=", headers={"Authorization": "Bearer very-secret-9876"})
    entry = (await sandbox.get("/_control/requests?vendor=counter")).json()[-1]
    assert entry["headers"]["authorization"] == "9876"
    assert (entry["path"], entry["query"]) == ("/count", [["a", "1"], ["a", ""]])


async def test_reset_brings_back_the_seed_and_keeps_webhook_targets(sandbox: httpx.AsyncClient) -> None:
    await sandbox.post("/counter/count")
    await sandbox.put("/_control/webhooks/counter", json={"url": "http://127.0.0.1:9/hook"})
    await sandbox.post("/_control/reset")
    assert await count(sandbox) == 0
    assert (await sandbox.get("/_control/requests")).json() == []
    assert (await sandbox.get("/_control/webhooks/counter")).json() == {
        "url": "http://127.0.0.1:9/hook",
        "secret": "s3cret",
        "format": "classic",
    }


@pytest.mark.parametrize("setting", [{"url": "ftp://x"}, {"secret": ""}, {"colour": "red"}, {"format": 3}])
async def test_a_webhook_setting_that_makes_no_sense_is_refused(
    sandbox: httpx.AsyncClient, setting: dict[str, Any]
) -> None:
    assert (await sandbox.put("/_control/webhooks/counter", json=setting)).status_code == 400
