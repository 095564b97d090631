"""Pennylane as a person agreed to it: tokens that end, rotate, are revoked; and what another answer costs."""

from collections.abc import AsyncIterator, Mapping

import httpx
import pytest

from raccord.connectors.billing import Billing
from raccord.connectors.errors import Auth, Forbidden, Transient
from raccord.connectors.http.token_endpoint import TokenEndpoint
from raccord.connectors.oauth import Granted, OAuthApp
from raccord.vendors.pennylane import BILLING
from sandbox.pennylane.person import PennylanePerson
from tests.connectors.conformance.cases import CLOCK
from tests.connectors.conformance.lab import Lab
from tests.connectors.conformance.lab import lab as opened
from tests.connectors.conformance.samples import PROFILE
from tests.fakes.grants import FakeGrants
from tests.patience import patience
from tests.vendors.pennylane.conformance import CASES

(CASE,) = CASES
OURS = {"client_id": "pl_sandbox_app", "client_secret": "pl_sandbox_app_secret_000000"}


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Lab]:
    async with opened() as lab:
        yield lab


@pytest.fixture
async def lab(served: Lab) -> Lab:
    await served.reset()
    await served.option("pennylane", **CASE.quiet)
    return served


class Partner:
    """Raccord as an application of its own, in one company."""

    def __init__(self, lab: Lab) -> None:
        given = {name: value for name, value in CASE.settings.items() if name != "token"}
        addresses = {
            "base_url": f"{lab.base}/pennylane/api/external/v2",
            "oauth_url": f"{lab.base}/pennylane/oauth",
        }
        section = {**given, **addresses, **OURS, "timeout": patience(3)}
        self.settings = BILLING.settings.model_validate(section)
        assert BILLING.oauth
        app = BILLING.oauth("pennylane", self.settings)
        assert app
        self.app: OAuthApp = app
        self.person = PennylanePerson(lab.http)
        self.grants = FakeGrants(None)

    async def consent(self) -> Mapping[str, str]:
        """Have somebody open the page and agree; return what comes back."""
        asked = httpx.URL(self.app.consent_url("s1")).params
        back = await self.person.consent(
            asked["client_id"], asked["redirect_uri"], *asked["scope"].split(), state=asked["state"]
        )
        return httpx.URL(back).params

    async def connect(self) -> Granted:
        endpoint = TokenEndpoint(self.app, self.settings)
        try:
            granted = await endpoint.of_code((await self.consent())["code"])
        finally:
            await endpoint.close()
        if self.grants.held:
            self.grants.store(granted)
        else:
            self.grants = FakeGrants(granted, age=0)
        return granted

    def port(self) -> Billing:
        assert BILLING.agreed
        return BILLING.agreed("pennylane", self.settings, CLOCK, self.grants)


@pytest.fixture
def partner(lab: Lab) -> Partner:
    return Partner(lab)


async def test_what_was_agreed_to_lets_in_and_ends_with_the_tokens(lab: Lab, partner: Partner) -> None:
    assert (await partner.consent())["state"] == "s1"
    await partner.connect()
    port = partner.port()
    assert (await port.create_customer(PROFILE, key="cus/1")).id
    (signed,) = {each["path"] for each in await lab.switches.requests(vendor="pennylane", committed="true")}
    assert signed.endswith("/company_customers")
    await port.close()


async def test_who_connects_the_other_company_while_all_runs_has_nothing_written_there(
    lab: Lab, partner: Partner
) -> None:
    await partner.connect()
    port = partner.port()
    await port.create_customer(PROFILE, key="cus/1")
    await partner.person.disconnect()
    await lab.option("pennylane", sandbox_account=False)
    await partner.connect()
    for _ in range(2):
        with pytest.raises(Forbidden, match="Run raccord connect pennylane and choose the other company"):
            await port.create_customer(PROFILE, key="cus/2")
    with pytest.raises(Forbidden, match="sandbox = false"):
        await port.probe()
    assert len(await lab.switches.requests(vendor="pennylane", committed="true")) == 1
    await port.close()


async def test_an_access_that_ended_is_renewed_with_the_refresh_token_of_the_last_time(
    lab: Lab, partner: Partner
) -> None:
    await lab.option("pennylane", access_seconds=0)
    first = await partner.connect()
    port = partner.port()
    # Each answer's access ends at once: whoever asks renews, with the token that the last renewal brought.
    for _ in range(3):
        with pytest.raises(Auth):
            await port.probe()
    await lab.option("pennylane", access_seconds=3600)
    await port.probe()
    assert partner.grants.held
    assert partner.grants.held.turn > 3
    assert partner.grants.held.granted.refresh_token != first.refresh_token
    await port.close()


async def test_a_withdrawn_access_says_what_to_do_and_goes_on_by_itself_after_it(
    lab: Lab, partner: Partner
) -> None:
    await partner.connect()
    partner.grants.age(3600)
    port = partner.port()
    await port.probe()
    await partner.person.disconnect()
    for _ in range(3):
        with pytest.raises(Auth, match="Run raccord connect pennylane"):
            await port.probe()
    assert (await port.check())[0].remedy == "Run `raccord connect pennylane`."
    asked = [each["path"] for each in await lab.switches.requests(vendor="pennylane")]
    assert asked.count("/oauth/token") == 2, (
        "the refresh token is shown once, and then not with every flow that waits"
    )
    await partner.connect()
    await port.probe()
    await port.close()


async def test_an_answer_that_was_lost_is_asked_for_again_and_may_have_cost_the_access(
    lab: Lab, partner: Partner
) -> None:
    """Pennylane rotates: the token that it gave is in no answer that anybody has."""
    await partner.connect()
    partner.grants.end()
    port = partner.port()
    await lab.switches.fault(
        vendor="pennylane", method="POST", path="/oauth/token", when="after", effect={"reset": True}
    )
    with pytest.raises(Transient):
        await port.probe()
    with pytest.raises(Auth, match="Run raccord connect pennylane"):
        await port.probe()
    await port.close()


async def test_without_the_scope_a_person_is_asked_to_agree_to_it(lab: Lab, partner: Partner) -> None:
    asked = partner.app.consent_url("s")
    assert httpx.URL(asked).params["scope"] == "customer_invoices:all customers:all"
    await lab.switches.fault(vendor="pennylane", path=".*/me", effect={"status": 403})
    await partner.connect()
    port = partner.port()
    with pytest.raises(Auth, match="Run raccord connect pennylane, and agree to"):
        await port.probe()
    await port.close()
