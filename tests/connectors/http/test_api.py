import pytest
from pydantic import BaseModel

from raccord.connectors.errors import AmbiguousWrite, Permanent, Poison
from raccord.connectors.http.api import JsonApi
from raccord.connectors.http.errors import Operation
from tests.connectors.http.conftest import Connect
from tests.connectors.http.test_errors import TABLE
from tests.connectors.stub import Reply, Stub

READ = Operation("read the deal 42")
WRITE = Operation("create a task", write=True)


class Deal(BaseModel):
    id: str


@pytest.fixture
def api(connect: Connect) -> JsonApi:
    return JsonApi(connect(), TABLE, {"Authorization": "Bearer canary"})


async def test_json_goes_out_and_comes_in(api: JsonApi, stub: Stub) -> None:
    stub.on("POST /deals", {"id": "42"})
    found = await api.call(WRITE, "POST", "/deals", Deal, params={"dry": "no"}, content={"name": "Été"})
    assert found == Deal(id="42")
    (asked,) = stub.seen
    assert asked.json == {"name": "Été"}
    assert asked.query == {"dry": "no"}
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["authorization"] == "Bearer canary"


async def test_a_read_has_no_body(api: JsonApi, stub: Stub) -> None:
    stub.on("GET /deals/42", {"id": "42"})
    await api.call(READ, "GET", "/deals/42", Deal)
    assert stub.seen[0].body == b""
    assert "content-type" not in stub.seen[0].headers


async def test_every_failure_is_a_connector_error_and_keeps_the_secret(api: JsonApi, stub: Stub) -> None:
    stub.on("GET /deals/42", Reply({}), Reply({"error": "canary"}, 400))
    stub.on("POST /deals", Reply(b"<html>canary"))
    with pytest.raises(Poison):
        await api.call(READ, "GET", "/deals/42", Deal)
    with pytest.raises(Permanent) as refused:
        await api.call(READ, "GET", "/deals/42", Deal)
    with pytest.raises(AmbiguousWrite):
        await api.call(WRITE, "POST", "/deals", Deal)
    assert "canary" not in f"{refused.value} {refused.value.__cause__}"
