"""What leaves for Stripe, and what its official client must not add."""

import gc
import json
import logging
from collections.abc import AsyncIterator
from decimal import Decimal
from unittest.mock import Mock

import pytest

from raccord.connectors.errors import Transient
from raccord.connectors.http.errors import Operation
from raccord.vendors.stripe.api import StripeApi
from raccord.vendors.stripe.money import Plain
from raccord.vendors.stripe.wire import Identified, Page
from tests.connectors.stub import Reply, Stub
from tests.vendors.stripe.samples import refusal, settings

READ, WRITE = Operation("read"), Operation("write", write=True)
FOUND = Reply({"id": "x_1", "object": "x", "email": "jean@acme.example"}, 200, {"Request-Id": "req_1"})


@pytest.fixture
async def api(stub: Stub) -> AsyncIterator[StripeApi]:
    api = StripeApi("stripe", settings(stub.url))
    yield api
    await api.close()


async def test_a_body_of_ours_is_exactly_this(api: StripeApi, stub: Stub) -> None:
    stub.on("POST /v1/tax_rates", FOUND)
    params = {"inclusive": False, "percentage": Plain(Decimal("1E+1")), "lines": [{"name": "Été & Cie"}]}
    await api.post(WRITE, "tax_rates", Identified, params, key="k")
    (asked,) = stub.seen
    assert asked.body == b"inclusive=false&percentage=10&lines[0][name]=%C3%89t%C3%A9+%26+Cie"
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.headers["authorization"] == "Bearer rk_test_0000"


async def test_a_query_arrives_as_it_was_meant(api: StripeApi, stub: Stub) -> None:
    stub.on("GET /v1/customers/search", FOUND)
    query = r"metadata['a']:'é+b c&d=%5B\'#?'"
    params = {"query": query, "created": {"gte": 1}, "expand": ["data.tax_ids"]}
    await api.get(READ, ("customers", "search"), Identified, params)
    assert stub.seen[0].query == {"query": query, "created[gte]": "1", "expand[0]": "data.tax_ids"}


@pytest.mark.parametrize("params", [{}, {"limit": 1}])
async def test_an_id_stays_one_part_of_a_path(api: StripeApi, stub: Stub, params: dict[str, int]) -> None:
    path = "/v1/invoices/in_1%2F..%2Fx%3Fy%23z%20%C3%A9"
    stub.on(f"GET {path}", FOUND)
    await api.get(READ, ("invoices", "in_1/../x?y#z é"), Identified, params)
    assert stub.seen[0].path == path


async def test_stripes_client_tells_nothing_of_this_machine(api: StripeApi, stub: Stub) -> None:
    stub.on("GET /v1/invoices", FOUND)
    for _ in range(2):
        await api.get(READ, "invoices", Identified)
    for asked in stub.seen:
        assert "x-stripe-client-telemetry" not in asked.headers
        assert not json.loads(asked.headers["x-stripe-client-user-agent"]).keys() & {
            "platform",
            "telemetry_id",
        }


async def test_stripes_client_writes_no_address_and_no_form_to_a_log(
    api: StripeApi, stub: Stub, caplog: pytest.LogCaptureFixture
) -> None:
    stub.on("GET /v1/customers", FOUND)
    stub.on("POST /v1/customers", FOUND)
    with caplog.at_level(logging.DEBUG):
        await api.get(READ, "customers", Identified, {"email": "jean@acme.example"})
        await api.post(WRITE, "customers", Identified, {"email": "jean@acme.example"}, key="k")
    assert "acme.example" not in caplog.text


async def test_stripes_client_repeats_nothing_even_when_told_to(api: StripeApi, stub: Stub) -> None:
    again = refusal(500, type_="api_error")
    stub.on("GET /v1/invoices", Reply(again.body, 500, {"Stripe-Should-Retry": "true"}))
    with pytest.raises(Transient):
        await api.get(READ, "invoices", Identified)
    assert len(stub.seen) == 1


async def test_an_answer_is_parsed_once(api: StripeApi, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    stub.on("GET /v1/invoices", FOUND)
    parse = Mock(wraps=json.loads)
    monkeypatch.setattr(json, "loads", parse)
    assert (await api.get(READ, "invoices", Identified)).id == "x_1"
    assert [call.args[0] for call in parse.call_args_list] == ["{}"]


async def test_no_request_has_to_make_the_class_of_its_answer() -> None:
    """Pydantic makes `Page[Line]` anew wherever it was let go of meanwhile."""
    made = {each.__name__ for each in Page.__subclasses__()}
    gc.collect()
    assert {each.__name__ for each in Page.__subclasses__()} == made
    asked = ("Identified", "StripeCustomer", "Event", "StripeInvoice", "Line", "TaxId", "TaxRate")
    assert {f"Page[{name}]" for name in asked} <= made
