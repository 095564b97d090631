"""What every connector does, whatever its kind: how it fails, what it keeps to itself, who may knock."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from raccord.connectors.connection import CheckState, ConnectionSettings
from raccord.connectors.errors import (
    AmbiguousWrite,
    Auth,
    ConnectorError,
    RateLimited,
    Transient,
)
from raccord.connectors.webhooks import WebhookEvents, WebhookRejected, WebhookRequest
from tests.connectors.conformance.cases import CLOCK, BillingCase, Case, CrmCase, MessengerCase, cases
from tests.connectors.conformance.lab import Lab
from tests.patience import patience

WRITES = ["POST", "PATCH", "PUT"]


@pytest.fixture(params=cases(BillingCase, CrmCase, MessengerCase))
def case(request: pytest.FixtureRequest) -> Case:
    found: Case = request.param
    return found


@pytest.fixture
async def prepared(case: Case, lab: Lab) -> str:
    await lab.option(case.vendor, **case.quiet)
    return await case.prepare(lab)


@pytest.fixture
async def port(case: Case, lab: Lab, prepared: str) -> AsyncIterator[Any]:
    async with case.open(lab) as port:
        yield port


async def read_failure(case: Case, port: Any) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        await port.probe()
    return discreet(case, caught.value)


async def write_failure(case: Case, port: Any, prepared: str) -> ConnectorError:
    with pytest.raises(ConnectorError) as caught:
        await case.write(port, prepared)
    return discreet(case, caught.value)


def discreet(case: Case, error: ConnectorError) -> ConnectorError:
    """No error, and no cause that is stored with it, holds a secret or what a customer typed."""
    told, cause = "", error
    while cause is not None:
        told += f"{cause!r}{cause}"
        cause = cause.__cause__  # type: ignore[assignment]  # any exception
    secrets = [v for v in case.settings.values() if isinstance(v, str) and len(v) > 16]
    for private in (*secrets, "compta@ete.example", "SIRET manquant", "rue de l'Été"):
        assert private not in told
    assert len(told) < 2000
    return error


async def test_a_probe_and_a_check_of_a_healthy_account_find_nothing_wrong(port: Any) -> None:
    await port.probe()
    wrong = [check for check in await port.check() if check.state is CheckState.FAIL]
    assert wrong == []


LOST: list[dict[str, Any]] = [
    {"effect": {"reset": True}},
    {"effect": {"reset": True}, "when": "after"},
    {"effect": {"timeout": 30}},
    {"effect": {"truncated": True}, "when": "after"},
    {"effect": {"html": True}},
    {"effect": {"malformed": True}},
    *({"effect": {"status": status}} for status in (500, 502, 503, 504)),
    {"effect": {"status": 500}, "when": "after"},
    {"effect": {"redirect": "https://evil.example/"}},
]


@pytest.mark.parametrize("rule", LOST, ids=str)
async def test_a_read_without_an_answer_is_tried_again(
    case: Case, lab: Lab, port: Any, rule: dict[str, Any]
) -> None:
    await lab.switches.fault(vendor=case.vendor, times=None, **rule)
    assert type(await read_failure(case, port)) is Transient
    await lab.switches.clear_faults()
    await port.probe()


@pytest.mark.parametrize("rule", LOST, ids=str)
async def test_a_write_without_an_answer_may_have_happened_and_is_sent_once(
    case: Case, lab: Lab, port: Any, prepared: str, rule: dict[str, Any]
) -> None:
    before = await lab.written(case.vendor)
    await lab.switches.fault(vendor=case.vendor, method=WRITES, **rule)
    assert type(await write_failure(case, port, prepared)) is AmbiguousWrite
    assert await lab.written(case.vendor) - before <= 1


async def test_a_limit_is_obeyed_to_the_second(case: Case, lab: Lab, port: Any, prepared: str) -> None:
    await lab.switches.fault(vendor=case.vendor, effect={"status": 429, "retry_after": 70}, times=None)
    for failure in (await read_failure(case, port), await write_failure(case, port, prepared)):
        assert isinstance(failure, RateLimited)
        assert failure.retry_after == timedelta(seconds=70)


async def test_refused_credentials_are_told_with_the_setting_to_correct(
    case: Case, lab: Lab, port: Any, prepared: str
) -> None:
    await lab.switches.fault(vendor=case.vendor, effect={"status": 401}, times=None)
    for failure in (await read_failure(case, port), await write_failure(case, port, prepared)):
        assert type(failure) is Auth
        assert case.credential in str(failure)


async def test_a_missing_permission_is_named(case: Case, lab: Lab, port: Any, prepared: str) -> None:
    await case.deny(lab)
    failure = await write_failure(case, port, prepared)
    assert isinstance(failure, Auth)
    assert case.permission in str(failure)


async def test_doctor_finds_a_missing_permission_before_the_first_write_needs_it(
    case: Case, lab: Lab, port: Any
) -> None:
    await case.deny(lab)
    before = await lab.written(case.vendor)
    failed = [check for check in await port.check() if check.state is CheckState.FAIL]
    assert any(case.permission in f"{check.found} {check.expected} {check.remedy}" for check in failed)
    assert all(check.remedy for check in failed)
    assert await lab.written(case.vendor) == before


async def test_nothing_is_sent_when_nobody_is_there(case: Case, lab: Lab, prepared: str) -> None:
    async with case.open(lab, base_url="http://127.0.0.1:1") as port:
        for failure in (await read_failure(case, port), await write_failure(case, port, prepared)):
            assert type(failure) is Transient
            assert "nothing was sent" in str(failure)


async def test_closing_twice_harms_nothing(port: Any) -> None:
    await port.close()
    await port.close()


def test_credentials_travel_encrypted_and_are_shown_to_nobody(case: Case, lab: Lab) -> None:
    live = {k: v.replace("_test_", "_live_") if isinstance(v, str) else v for k, v in case.settings.items()}
    with pytest.raises(ValidationError, match=r"unfit\.https"):
        case.connection(lab, **{**live, **case.live}, base_url="http://vendor.example")
    shown = repr(case.connection(lab).settings)
    assert not [v for v in case.settings.values() if isinstance(v, str) and len(v) > 16 and v in shown]


def test_settings_of_another_vendor_are_a_fault_of_ours(case: Case, lab: Lab) -> None:
    other = ConnectionSettings(vendor="other", base_url=lab.base, webhook_secret=SecretStr("x" * 32))
    vendor = case.connection(lab).vendor
    with pytest.raises(TypeError):
        vendor.connect("other", other, CLOCK)
    for build in filter(None, (vendor.webhooks, vendor.presses)):
        with pytest.raises(TypeError):
            build(other)


@pytest.mark.parametrize("name", ["webhook_secret", "previous_webhook_secret"])
def test_a_secret_that_can_be_guessed_is_refused(case: Case, lab: Lab, name: str) -> None:
    until = {"previous_webhook_secret_until": "2030-01-01"} if name.startswith("previous") else {}
    with pytest.raises(ValidationError, match="least=16"):
        case.connection(lab, **{name: "short"}, **until)


def test_what_the_vendor_can_is_said(port: Any) -> None:
    able = port.capabilities
    assert able.requests_per_second > 0
    assert able.requests_per_activity >= 1


async def delivered(case: Case, lab: Lab) -> tuple[Any, WebhookRequest, str]:
    """Have something delivered; return how it is read, the delivery, and an id that it names."""
    connection = case.connection(lab)
    source = connection.webhooks or connection.presses
    if source is None:
        pytest.skip(f"{case.vendor} sends nothing that is read")
    secret = connection.settings.webhook_secret
    assert secret
    await lab.option(case.vendor, url=lab.inbox.url, secret=secret.get_secret_value())
    named = await case.arrival(lab)
    async with asyncio.timeout(patience(10)):
        while not lab.inbox.received:  # noqa: ASYNC110 - another task of this loop fills it
            await asyncio.sleep(0.02)
    body, headers = lab.inbox.received[0]
    lower = {name.lower(): value for name, value in headers.items()}
    return source, WebhookRequest(lab.inbox.url, lower, body, datetime.now(UTC)), named


def forged(case: Case, genuine: WebhookRequest) -> dict[str, WebhookRequest]:
    """Return deliveries that nobody signed, by what is wrong with them."""
    headers = genuine.headers
    found = {
        f"{name}: {value!r}": dataclasses.replace(genuine, headers={**headers, name: value})
        for name in case.signed
        for value in ("", "x", "é", "v0=" + "0" * 64, "9" * 40)
    }
    for name in case.signed:
        rest = {other: value for other, value in headers.items() if other != name}
        found[f"no {name}"] = dataclasses.replace(genuine, headers=rest)
    if case.signs_all:
        found["another body (signs_all)"] = dataclasses.replace(genuine, body=genuine.body + b" ")
    if case.signs_time:
        for minutes in (-6, 6):
            at = genuine.received_at + timedelta(minutes=minutes)
            what = f"received {minutes} minutes after it was sent (signs_time)"
            found[what] = dataclasses.replace(genuine, received_at=at)
    return found


def believes(source: Any, request: WebhookRequest) -> bool:
    try:
        source.authenticate(request)
    except WebhookRejected:
        return False
    return True


async def test_a_genuine_delivery_is_believed_and_a_forged_one_is_not(case: Case, lab: Lab) -> None:
    source, genuine, named = await delivered(case, lab)
    source.authenticate(genuine)
    read = source.parse(genuine.body)
    assert named in str(read)
    if isinstance(read, WebhookEvents):
        assert {hint.kind for hint in read.hints} <= case.connection(lab).vendor.tells
    assert [what for what, each in forged(case, genuine).items() if believes(source, each)] == []
    other = case.connection(lab, webhook_secret="another-secret-0000000")
    stranger = other.webhooks or other.presses
    assert stranger
    with pytest.raises(WebhookRejected):
        stranger.authenticate(genuine)


async def test_both_secrets_are_good_while_one_replaces_the_other(case: Case, lab: Lab) -> None:
    _, genuine, _ = await delivered(case, lab)
    old = case.settings["webhook_secret"]
    until = genuine.received_at.date() + timedelta(days=1)
    rotating = case.connection(
        lab,
        webhook_secret="the-next-secret-000000",
        previous_webhook_secret=old,
        previous_webhook_secret_until=until,
    )
    source = rotating.webhooks or rotating.presses
    assert source
    source.authenticate(genuine)
