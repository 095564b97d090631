"""Pipedrive as a person agreed to it: no page says whether its refresh tokens rotate, so both are played."""

from collections.abc import AsyncIterator
from typing import cast

import httpx
import pytest

from raccord.connectors.connection import Check, CheckState
from raccord.connectors.crm import Crm
from raccord.connectors.errors import Auth, Forbidden, Transient
from raccord.connectors.http.token_endpoint import TokenEndpoint
from raccord.connectors.oauth import Granted, OAuthApp
from raccord.connectors.port import AgreedPort
from raccord.connectors.setting_up import Registers
from raccord.texts import say_param
from raccord.vendors.pipedrive import CRM, hooks
from sandbox.pipedrive.person import PipedrivePerson
from tests.connectors.conformance.cases import CLOCK
from tests.connectors.conformance.lab import Lab
from tests.connectors.conformance.lab import lab as opened
from tests.connectors.conformance.samples import task
from tests.fakes.grants import FakeGrants
from tests.patience import patience
from tests.vendors.pipedrive.account import Account, settings

CONNECT = "raccord connect pipedrive"
OURS = {"client_id": "sandbox-pipedrive-client", "client_secret": "sandbox-pipedrive-client-secret-0000"}


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Lab]:
    async with opened() as lab:
        yield lab


@pytest.fixture
async def lab(served: Lab) -> Lab:
    await served.reset()
    await served.option("pipedrive", rate_limits=False)
    return served


@pytest.fixture(params=[True, False], ids=["rotates", "stays"])
async def rotates(lab: Lab, request: pytest.FixtureRequest) -> bool:
    await lab.option("pipedrive", refresh_rotates=request.param)
    return bool(request.param)


class Installed:
    """Raccord as an app that somebody of the company installs."""

    def __init__(self, lab: Lab) -> None:
        base = f"{lab.base}/pipedrive"
        given = settings(base_url=base, oauth_url=f"{base}/oauth", timeout=patience(3), **OURS)
        del given["api_token"]
        self.settings = CRM.settings.model_validate(given)
        assert CRM.oauth
        app = CRM.oauth("pipedrive", self.settings)
        assert app
        self.app: OAuthApp = app
        self.person = PipedrivePerson(lab.http)
        self.grants = FakeGrants(None)

    async def connect(self) -> Granted:
        back = httpx.URL(await self.person.consent(self.app.consent_url("s1"))).params
        assert back["state"] == "s1"
        endpoint = TokenEndpoint(self.app, self.settings)
        try:
            granted = await endpoint.of_code(back["code"])
        finally:
            await endpoint.close()
        if self.grants.held:
            self.grants.store(granted)
        else:
            self.grants = FakeGrants(granted, age=0)
        return granted

    def port(self) -> Crm:
        assert CRM.agreed
        return CRM.agreed("pipedrive", self.settings, CLOCK, self.grants)


@pytest.fixture
def app(lab: Lab) -> Installed:
    return Installed(lab)


async def test_an_access_that_ended_is_renewed_whether_or_not_the_refresh_token_changes(
    app: Installed, *, rotates: bool
) -> None:
    first = await app.connect()
    for _ in range(3):
        port = app.port()
        await port.probe()
        await port.close()
        app.grants.end()
    assert app.grants.held
    assert (app.grants.held.granted.refresh_token != first.refresh_token) == rotates
    assert app.grants.held.granted.access_token != first.access_token


async def test_an_answer_that_was_lost_is_asked_for_again(lab: Lab, app: Installed, *, rotates: bool) -> None:
    await app.connect()
    app.grants.end()
    port = app.port()
    await lab.switches.fault(
        vendor="pipedrive", method="POST", path="/oauth/token", when="after", effect={"reset": True}
    )
    with pytest.raises(Transient):
        await port.probe()
    if rotates:
        with pytest.raises(Auth, match="Run raccord connect pipedrive"):
            await port.probe()
        await app.connect()
    await port.probe()
    await port.close()


async def test_an_app_that_was_removed_says_what_to_do_and_goes_on_once_it_is_installed_again(
    app: Installed,
) -> None:
    await app.connect()
    app.grants.age(3600)
    port = app.port()
    await port.probe()
    await app.person.uninstall()
    for _ in range(2):
        with pytest.raises(Auth, match="Run raccord connect pipedrive"):
            await port.probe()
    await app.connect()
    await port.probe()
    await port.close()


async def test_whoever_agrees_anew_for_another_company_is_known_at_once(lab: Lab, app: Installed) -> None:
    await app.connect()
    deal = await Account(lab.http).deal()
    port = app.port()
    await port.read_deal(deal)
    company = cast(AgreedPort, port).company
    assert await company() == "Hexalab"
    await app.person.uninstall()
    await lab.option("pipedrive", company=1)
    await app.connect()
    with pytest.raises(Auth, match="company_id"):
        await company()
    with pytest.raises(Auth, match="company_id"):
        await port.read_deal(deal)
    with pytest.raises(Auth, match="company_id"):
        await port.probe()
    await port.close()


async def test_who_connects_the_other_company_while_all_runs_has_nothing_written_there(
    lab: Lab, app: Installed
) -> None:
    """Also by a flow that has read its deal already."""
    await app.connect()
    deal = await Account(lab.http).deal()
    port = app.port()
    made = await port.create_task(task(deal))
    await app.person.uninstall()
    await lab.option("pipedrive", company=1)
    await app.connect()
    before = await lab.written("pipedrive")
    for _ in range(2):
        with pytest.raises(Forbidden, match=r"company 1, .* says 8087566.*run raccord connect pipedrive"):
            await port.complete_task(made)
    with pytest.raises(Forbidden, match="nothing was written"):
        await port.create_task(task(deal))
    assert await lab.written("pipedrive") == before
    await lab.option("pipedrive", company=8087566)
    await port.complete_task(made)
    await port.close()


def told(check: Check) -> set[str]:
    """Return what a line says is to be done, to readers of both languages."""
    return {say_param(check.advice, language) for language in ("en", "fr")}


async def test_doctor_has_another_company_or_user_connect_and_speaks_of_no_token(
    lab: Lab, app: Installed
) -> None:
    await lab.option("pipedrive", company=1)
    await app.connect()
    app.settings = app.settings.model_copy(update={"user_id": 1})
    port = app.port()
    company, user = (await port.check())[:2]
    for check, setting in ((company, "company_id"), (user, "user_id")):
        assert check.state is CheckState.FAIL
        assert all(CONNECT in each and setting in each for each in told(check))
        assert not any("api_token" in each or "jeton" in each for each in told(check))
    await port.close()


async def test_doctor_has_whoever_withdrew_the_access_connect(lab: Lab, app: Installed) -> None:
    await app.connect()
    port = app.port()
    await app.person.uninstall()
    failed = [each for each in await port.check() if each.state is CheckState.FAIL]
    assert {"account", "deals", "activity_type"} <= {each.name for each in failed}
    account = next(each for each in failed if each.name == "account")
    assert all(CONNECT in each for each in told(account))
    assert not any("api_token" in each for check in failed for each in (check.found, *told(check)))
    await port.close()


async def test_without_an_answer_doctor_speaks_of_the_address_and_of_no_token(
    lab: Lab, app: Installed
) -> None:
    await app.connect()
    await lab.switches.fault(vendor="pipedrive", path=".*/users/me", effect={"status": 503}, times=None)
    port = app.port()
    account = (await port.check())[0]
    assert all("base_url" in each and "api_token" not in each for each in told(account))
    await port.close()


async def test_who_is_no_administrator_is_told_to_connect_as_one(
    lab: Lab, app: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "callable_from_outside", lambda _: True)
    await app.connect()
    await lab.switches.fault(vendor="pipedrive", path=".*/webhooks", effect={"status": 403}, times=None)
    port = app.port()
    webhooks = cast(Registers, port)
    (looked,) = await webhooks.check_webhooks(lab.inbox.url, flows=())
    (made,) = (await webhooks.register_webhooks(lab.inbox.url, flows=())).checks
    for check in (looked, made):
        assert all(CONNECT in each and "admin" in each for each in told(check))
    await port.close()


async def test_a_token_of_another_company_writes_nothing(lab: Lab) -> None:
    deal = await Account(lab.http).deal()
    before = await lab.written("pipedrive")
    given = settings(base_url=f"{lab.base}/pipedrive", company_id=1)
    port = CRM.connect("pipedrive", CRM.settings.model_validate(given), CLOCK)
    with pytest.raises(Forbidden, match="api_token"):
        await port.create_task(task(deal))
    assert await lab.written("pipedrive") == before
    await port.close()


@pytest.mark.parametrize("status", [400, 401])
async def test_a_wrong_secret_of_the_app_is_told_as_such(lab: Lab, app: Installed, status: int) -> None:
    await lab.option("pipedrive", client_refusal=status)
    wrong = app.settings.model_copy(update={"client_id": "another"})
    assert CRM.oauth
    other = CRM.oauth("pipedrive", wrong)
    assert other
    endpoint = TokenEndpoint(other, wrong)
    with pytest.raises(Auth, match="client_id and client_secret of pipedrive"):
        await endpoint.of_code("x")
    await endpoint.close()
