"""Webhooks of the account: made once, made anew where one is wrong, missed when they are gone."""

import asyncio
from datetime import UTC, datetime

import pytest

from raccord.connectors.connection import CheckState
from raccord.connectors.webhooks import HintKind, WebhookRejected, WebhookRequest
from raccord.vendors.pipedrive import hooks
from raccord.vendors.pipedrive.connector import PipedriveCrm
from raccord.vendors.pipedrive.settings import PipedriveSettings
from raccord.vendors.pipedrive.webhook import PipedriveWebhooks
from tests.connectors.conformance.lab import Lab
from tests.patience import patience
from tests.vendors.pipedrive.account import Account, settings

DEALS = {("create", "deal"), ("change", "deal"), ("delete", "deal")}


@pytest.fixture
def url(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> str:
    """An address that answers, as Pipedrive asks for, and counts as one of the world outside."""
    monkeypatch.setattr(hooks, "callable_from_outside", lambda _: True)
    return lab.inbox.url


async def there(account: Account) -> set[tuple[str, str]]:
    found = await account.call("GET", "/v1/webhooks")
    return {(each["event_action"], each["event_object"]) for each in found}


async def test_what_is_needed_is_made_once(crm: PipedriveCrm, account: Account, lab: Lab, url: str) -> None:
    before = await lab.written("pipedrive")
    shown = await crm.register_webhooks(url, flows=["deal_won"], dry=True)
    assert "would be made: 3" in shown.checks[0].found
    assert await lab.written("pipedrive") == before
    for said in ("made: 3", "there already"):
        (check,) = (await crm.register_webhooks(url, flows=["deal_won"])).checks
        assert (check.state, said in check.found) == (CheckState.OK, True)
    assert await there(account) == DEALS
    (check,) = await crm.check_webhooks(url, flows=["deal_won"])
    assert check.state is CheckState.OK


async def test_one_that_pipedrive_deleted_is_missed_and_made_again(
    crm: PipedriveCrm, account: Account, url: str
) -> None:
    await crm.register_webhooks(url, flows=["deal_won"])
    first = (await account.call("GET", "/v1/webhooks"))[0]
    await account.call("DELETE", f"/v1/webhooks/{first['id']}")
    (check,) = await crm.check_webhooks(url, flows=["deal_won"])
    assert (check.state, "missing" in check.found) == (CheckState.WARN, True)
    assert "made: 1" in (await crm.register_webhooks(url, flows=["deal_won"])).checks[0].found
    assert await there(account) == DEALS


async def test_companies_are_listened_to_only_where_they_are_kept_in_step(
    crm: PipedriveCrm, account: Account, url: str
) -> None:
    await crm.register_webhooks(url, flows=["deal_won", "contact"])
    assert {("change", "organization"), ("delete", "person")} <= await there(account)


async def test_an_address_that_nobody_can_call_is_not_registered(crm: PipedriveCrm, account: Account) -> None:
    (check,) = (await crm.register_webhooks("http://127.0.0.1:8080/x", flows=["deal_won"])).checks
    assert check.state is CheckState.WARN
    assert await there(account) == set()


async def test_what_is_delivered_is_believed_and_names_the_deal(
    crm: PipedriveCrm, account: Account, lab: Lab
) -> None:
    secret = "sandbox-pipedrive-webhook-0000"
    await lab.option("pipedrive", url=lab.inbox.url, secret=secret)
    deal = await account.deal()
    async with asyncio.timeout(patience(10)):
        while not lab.inbox.received:  # noqa: ASYNC110 - another task of this loop fills it
            await asyncio.sleep(0.02)
    body, headers = lab.inbox.received[-1]
    given = PipedriveSettings.model_validate(settings(webhook_secret=secret))
    source = PipedriveWebhooks(given)
    lower = {name.lower(): value for name, value in headers.items()}
    source.authenticate(WebhookRequest(lab.inbox.url, lower, body, datetime.now(UTC)))
    kinds = {(hint.kind, hint.id) for body, _ in lab.inbox.received for hint in source.parse(body).hints}
    assert kinds & {(HintKind.DEAL, deal), (HintKind.COMPANY, (await crm.read_deal(deal)).companies[0].id)}
    with pytest.raises(WebhookRejected):
        PipedriveWebhooks(PipedriveSettings.model_validate(settings())).authenticate(
            WebhookRequest(lab.inbox.url, lower, body, datetime.now(UTC))
        )
