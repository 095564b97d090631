"""Webhooks of the account: made once, made anew where one is wrong, missed when they are gone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from raccord.connectors.connection import Check, CheckState
from raccord.connectors.webhooks import HintKind, WebhookRejected, WebhookRequest
from raccord.domain.values.clock import BusinessClock
from raccord.vendors.pipedrive import hooks
from raccord.vendors.pipedrive.connector import PipedriveCrm
from raccord.vendors.pipedrive.settings import PipedriveSettings
from raccord.vendors.pipedrive.webhook import PipedriveWebhooks
from tests.connectors.conformance.lab import Lab
from tests.patience import patience
from tests.vendors.pipedrive.account import Account, settings

ASKED = {
    *(("create", "deal"), ("change", "deal"), ("delete", "deal")),
    *(("change", "organization"), ("delete", "organization")),
    *(("change", "person"), ("delete", "person")),
}
OF_PARTS = {("*", "deal_product"), ("*", "deal_installment")}
NO_FLOWS: tuple[str, ...] = ()
HOOK = {"name": "x", "event_action": "change", "event_object": "deal", "version": "2.0"}


@pytest.fixture
def url(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> str:
    """An address that answers, as Pipedrive asks for, and counts as one of the world outside."""
    monkeypatch.setattr(hooks, "callable_from_outside", lambda _: True)
    return lab.inbox.url


@asynccontextmanager
async def another(lab: Lab, **changes: Any) -> AsyncIterator[PipedriveCrm]:
    """The same account under other settings."""
    given = settings(base_url=f"{lab.base}/pipedrive", **changes)
    crm = PipedriveCrm("pipedrive", PipedriveSettings.model_validate(given), BusinessClock())
    yield crm
    await crm.close()


async def there(account: Account) -> dict[int, tuple[str, str]]:
    found = await account.call("GET", "/v1/webhooks")
    return {each["id"]: (each["event_action"], each["event_object"]) for each in found}


async def registered(crm: PipedriveCrm, url: str) -> Check:
    (check,) = (await crm.register_webhooks(url, flows=NO_FLOWS)).checks
    return check


async def checked(crm: PipedriveCrm, url: str) -> Check:
    (check,) = await crm.check_webhooks(url, flows=NO_FLOWS)
    return check


async def test_what_is_needed_is_made_once(crm: PipedriveCrm, account: Account, lab: Lab, url: str) -> None:
    before = await lab.written("pipedrive")
    shown = await crm.register_webhooks(url, flows=NO_FLOWS, dry=True)
    assert "9 would be made" in shown.checks[0].found
    assert await lab.written("pipedrive") == before
    for said in ("9 made", "9 are there already"):
        check = await registered(crm, url)
        assert (check.state, said in check.found) == (CheckState.OK, True)
    assert sorted((await there(account)).values()) == sorted(ASKED | OF_PARTS)
    assert (await checked(crm, url)).state is CheckState.OK


async def test_where_pipedrive_takes_none_of_products_the_others_are_made(
    crm: PipedriveCrm, account: Account, lab: Lab, url: str
) -> None:
    await lab.option("pipedrive", takes_parts=False)
    for said in ("7 made", "7 are there already"):
        check = await registered(crm, url)
        assert (check.state, said in check.found) == (CheckState.OK, True)
        assert "takes none for *.deal_product" in check.found
        assert "must be one of" in check.found
    assert set((await there(account)).values()) == ASKED
    told = await checked(crm, url)
    assert (told.state, "without *.deal_product" in told.found) == (CheckState.OK, True)
    await lab.option("pipedrive", takes_parts=True)
    assert "2 made" in (await registered(crm, url)).found


async def test_where_pipedrive_forbids_those_of_products_the_others_are_put_right(
    crm: PipedriveCrm, account: Account, lab: Lab, url: str
) -> None:
    old = HOOK | {"subscription_url": url, "http_auth_password": "another-password-0000"}
    await account.call("POST", "/v1/webhooks", old)
    await lab.switches.fault(
        vendor="pipedrive",
        method="POST",
        path=".*/webhooks",
        containing=[entity for _, entity in OF_PARTS],
        effect={"status": 403},
        times=None,
    )
    for said in ("7 made", "7 are there already"):
        check = await registered(crm, url)
        assert (check.state, said in check.found) == (CheckState.OK, True)
        assert "takes none for *.deal_product, *.deal_installment" in check.found
        assert "may not make a webhook for *.deal_product" in check.found
    assert sorted((await there(account)).values()) == sorted(ASKED)
    await lab.switches.clear_faults()
    assert "2 made" in (await registered(crm, url)).found


@pytest.mark.parametrize("entity", ["deal", "organization", "person"])
async def test_where_pipedrive_forbids_one_that_is_needed_that_is_told_with_what_to_do(
    crm: PipedriveCrm, account: Account, lab: Lab, url: str, entity: str
) -> None:
    await lab.switches.fault(
        vendor="pipedrive",
        method="POST",
        path=".*/webhooks",
        containing=[f'"{entity}"'],
        effect={"status": 403},
        times=None,
    )
    check = await registered(crm, url)
    assert (check.state, "an administrator's" in check.found) == (CheckState.WARN, True)
    assert "run raccord setup" in check.remedy
    assert not OF_PARTS & set((await there(account)).values())


async def test_one_that_pipedrive_deleted_is_missed_and_made_again(
    crm: PipedriveCrm, account: Account, url: str
) -> None:
    await registered(crm, url)
    await account.call("DELETE", f"/v1/webhooks/{next(iter(await there(account)))}")
    check = await checked(crm, url)
    assert (check.state, "create.deal" in check.found) == (CheckState.WARN, True)
    assert "1 made" in (await registered(crm, url)).found
    assert set((await there(account)).values()) == ASKED | OF_PARTS


async def test_a_new_password_makes_them_anew_and_nobody_elses(
    crm: PipedriveCrm, account: Account, lab: Lab, url: str
) -> None:
    await registered(crm, url)
    theirs = await account.call("POST", "/v1/webhooks", HOOK | {"subscription_url": f"{url}/of-another"})
    old = set(await there(account))
    async with another(lab, webhook_secret="another-password-0000") as changed:
        assert (await checked(changed, url)).state is CheckState.WARN
        assert "9 made" in (await registered(changed, url)).found
        assert (await checked(changed, url)).state is CheckState.OK
    assert old & set(await there(account)) == {theirs["id"]}


async def test_without_a_password_one_is_made_and_told_once(
    crm: PipedriveCrm, account: Account, lab: Lab, url: str
) -> None:
    await registered(crm, url)
    async with another(lab, webhook_secret=None) as without:
        shown = await without.register_webhooks(url, flows=NO_FLOWS, dry=True)
        assert shown.secret is None
        made = await without.register_webhooks(url, flows=NO_FLOWS)
    assert made.secret
    assert made.secret.get_secret_value() not in made.checks[0].found
    async with another(lab, webhook_secret=made.secret.get_secret_value()) as given:
        assert "there already" in (await registered(given, url)).found
    assert len(await there(account)) == len(ASKED | OF_PARTS)


async def test_one_that_was_refused_before_the_receiver_knew_its_password_stays(
    crm: PipedriveCrm, account: Account, lab: Lab, url: str
) -> None:
    await registered(crm, url)
    await lab.option("pipedrive", retry_waits=[600.0])
    lab.inbox.refusals.append(401)
    await account.deal()
    async with asyncio.timeout(patience(10)):
        while (told := await checked(crm, url)).state is CheckState.OK:  # noqa: ASYNC110 - told by another process
            await asyncio.sleep(0.02)
    assert ("401" in told.found, "anew" in told.remedy) == (True, True)
    assert "there already" in (await registered(crm, url)).found


async def test_a_second_one_for_the_same_events_is_deleted(
    crm: PipedriveCrm, account: Account, url: str
) -> None:
    await registered(crm, url)
    again = HOOK | {
        "subscription_url": url,
        "http_auth_user": "raccord",
        "http_auth_password": settings()["webhook_secret"],
    }
    await account.call("POST", "/v1/webhooks", again)
    assert "1 deleted: it was off" in (await registered(crm, url)).found
    assert sorted((await there(account)).values()) == sorted(ASKED | OF_PARTS)


async def test_those_that_were_removed_and_are_listed_still_are_let_be(
    crm: PipedriveCrm, account: Account, lab: Lab, url: str
) -> None:
    await registered(crm, url)
    await account.call("DELETE", f"/v1/webhooks/{next(iter(await there(account)))}")
    await lab.option("pipedrive", lists_removed=True)
    async with another(lab, webhook_secret=None) as without:
        made = await without.register_webhooks(url, flows=NO_FLOWS)
    assert (made.checks[0].state, made.secret is None) == (CheckState.OK, False)
    await lab.option("pipedrive", lists_removed=False)
    assert sorted((await there(account)).values()) == sorted(ASKED | OF_PARTS)


async def test_the_password_is_told_once_some_carry_it_and_the_rest_is_made_with_it(
    crm: PipedriveCrm, account: Account, lab: Lab, url: str
) -> None:
    await registered(crm, url)
    old = set(await there(account))
    await lab.option("pipedrive", tells_passwords=False)
    await lab.switches.fault(
        vendor="pipedrive", method="DELETE", path=".*/webhooks/.*", effect={"status": 403}, times=1
    )
    async with another(lab, webhook_secret=None) as without:
        begun = await without.register_webhooks(url, flows=NO_FLOWS)
    assert (begun.checks[0].state, "run raccord setup again" in begun.checks[0].remedy) == (
        CheckState.WARN,
        True,
    )
    assert begun.secret
    async with another(lab, webhook_secret=begun.secret.get_secret_value()) as given:
        assert "9 deleted" in (await registered(given, url)).found
    left = await there(account)
    assert (old & set(left), sorted(left.values())) == (set(), sorted(ASKED | OF_PARTS))


async def test_one_that_may_have_been_made_is_reason_enough_to_tell_the_password(
    account: Account, lab: Lab, url: str
) -> None:
    async with another(lab, webhook_secret=None) as without:
        nobody = "http://127.0.0.1:9/webhooks/pipedrive"
        assert (await without.register_webhooks(nobody, flows=NO_FLOWS)).secret is None
        await lab.switches.fault(
            vendor="pipedrive", method="POST", path=".*/webhooks", when="after", effect={"reset": True}
        )
        begun = await without.register_webhooks(url, flows=NO_FLOWS)
    assert begun.secret
    async with another(lab, webhook_secret=begun.secret.get_secret_value()) as given:
        assert "8 made" in (await registered(given, url)).found
    assert sorted((await there(account)).values()) == sorted(ASKED | OF_PARTS)


async def test_while_two_passwords_count_one_that_nobody_tells_is_made_anew(
    crm: PipedriveCrm, account: Account, lab: Lab, url: str
) -> None:
    await lab.option("pipedrive", tells_passwords=False)
    await registered(crm, url)
    assert "9 are there already" in (await registered(crm, url)).found
    old = set(await there(account))
    both = {
        "previous_webhook_secret": settings()["webhook_secret"],
        "previous_webhook_secret_until": "2099-01-01",
    }
    async with another(lab, webhook_secret="another-password-0000", **both) as changing:
        assert "9 made" in (await registered(changing, url)).found
        assert (await checked(changing, url)).state is CheckState.OK
    left = await there(account)
    assert (old & set(left), sorted(left.values())) == (set(), sorted(ASKED | OF_PARTS))


async def test_an_address_that_nobody_can_call_is_not_registered(crm: PipedriveCrm, account: Account) -> None:
    assert (await registered(crm, "http://127.0.0.1:8080/x")).state is CheckState.WARN
    assert await there(account) == {}


async def test_an_address_that_does_not_answer_takes_nothing_away(
    crm: PipedriveCrm, account: Account, url: str
) -> None:
    nobody = "http://127.0.0.1:9/webhooks/pipedrive"
    check = await registered(crm, nobody)
    assert (check.state, "start the receiver" in check.remedy) == (CheckState.WARN, True)
    assert await there(account) == {}


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
