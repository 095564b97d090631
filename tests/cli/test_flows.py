"""`raccord flows start` takes a deal as the commands beside it do, and wakes that deal's flow alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from types import SimpleNamespace

import pytest

from raccord.connectors.capabilities import IdShape
from raccord.connectors.connection import Kind
from raccord.domain.values.listed import DealPage, ListedDeal
from starters.cli import flows
from tests.cli.conftest import Company


class Temporal:
    """Remembers which flows were woken."""

    def __init__(self) -> None:
        self.woken: list[str] = []

    async def start_workflow(self, *_: object, id: str, **__: object) -> SimpleNamespace:
        self.woken.append(id)
        return SimpleNamespace(id=id)


class Crm:
    capabilities = SimpleNamespace(deal_id=IdShape(pattern=r"[0-9]+", said="a number, like 9001"))

    async def list_deals(self, *, won_from: date, after: str) -> DealPage:  # noqa: ARG002
        return DealPage(deals=(ListedDeal(id="9001", name="Audit"), ListedDeal(id="9002", name="Site web")))


@pytest.fixture
def temporal(monkeypatch: pytest.MonkeyPatch) -> Temporal:
    server = Temporal()

    async def connected(*_: object) -> Temporal:
        return server

    @asynccontextmanager
    async def connections_of(_: object) -> AsyncIterator[SimpleNamespace]:
        yield SimpleNamespace(of={Kind.CRM: Crm()}.__getitem__)

    monkeypatch.setattr(flows, "connected", connected)
    monkeypatch.setattr(flows, "connections_of", connections_of)
    return server


@pytest.mark.parametrize(
    "typed", ["9002", " 9002 ", "site WEB", "Site", "https://app.hubspot.test/contacts/1/record/0-3/9002/"]
)
def test_a_deal_is_named_as_elsewhere(company: Company, temporal: Temporal, typed: str) -> None:
    company.speak("en")
    done = company.raccord("flows", "start", typed)
    assert done.exit_code == 0, done.output
    assert "Started deal-won/hubspot/9002" in done.output
    assert temporal.woken == ["deal-won/hubspot/9002"]


@pytest.mark.parametrize("typed", ["", " ", "abc", "12 34", "9003x", "deal/"])
def test_what_names_no_deal_wakes_nothing(company: Company, temporal: Temporal, typed: str) -> None:
    company.speak("en")
    done = company.raccord("flows", "start", typed)
    assert done.exit_code == 2, done.output
    assert "number of" in done.output or "no number of an invoice" in done.output
    assert temporal.woken == []
