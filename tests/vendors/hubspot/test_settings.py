from typing import Any

import pytest
from pydantic import ValidationError

from raccord.vendors.hubspot import CRM
from raccord.vendors.hubspot.settings import HubSpotSettings
from tests.vendors.hubspot.conftest import TOKEN

SECRET = "3f1c9a2e-7b54-4d0a"


def settings(**given: Any) -> HubSpotSettings:
    return HubSpotSettings.model_validate({"access_token": TOKEN} | given)


def test_the_vendor_page_s_host_is_the_default() -> None:
    assert settings().base_url == "https://api.hubapi.com"


@pytest.mark.parametrize("token", ["pat eu1", "pat\neu1", "pät"])
def test_a_token_that_cannot_be_sent_is_refused(token: str) -> None:
    with pytest.raises(ValidationError, match="access_token"):
        settings(access_token=token)


@pytest.mark.parametrize("name", ["webhook_secret", "previous_webhook_secret"])
@pytest.mark.parametrize("secret", ["short", "x" * 15])
def test_a_short_secret_refuses_to_start(name: str, secret: str) -> None:
    with pytest.raises(ValidationError, match="least=16"):
        settings(**({"webhook_secret": SECRET} | {name: secret}))


def test_no_source_of_webhooks_is_made_without_a_secret() -> None:
    assert CRM.webhooks
    with pytest.raises(ValueError, match="webhook_secret"):
        CRM.webhooks(settings(previous_webhook_secret=SECRET, previous_webhook_secret_until="2026-12-31"))


def test_a_previous_secret_without_an_end_refuses_to_start() -> None:
    with pytest.raises(ValidationError, match="previous_secret"):
        settings(webhook_secret=SECRET, previous_webhook_secret=SECRET)


@pytest.mark.parametrize("until", ["", "soon", "2026-02-30", "2026-12-31T12:00:00"])
def test_an_end_that_is_no_day_and_no_moment_is_refused(until: str) -> None:
    with pytest.raises(ValidationError, match="previous_webhook_secret_until"):
        settings(webhook_secret=SECRET, previous_webhook_secret=SECRET, previous_webhook_secret_until=until)


@pytest.mark.parametrize(
    "url", ["http://api.hubapi.com", "http://sandbox:8090/hubspot", "ftp://127.0.0.1", "api"]
)
def test_the_token_never_travels_in_clear(url: str) -> None:
    with pytest.raises(ValidationError, match="https"):
        settings(base_url=url)


def test_secrets_do_not_show() -> None:
    shown = f"{settings(webhook_secret=SECRET)!r} {settings(webhook_secret=SECRET)}"
    assert TOKEN not in shown
    assert SECRET not in shown


@pytest.mark.parametrize(
    "mapping",
    [
        {"companies": {"siren": "SIREN"}},
        {"companies": {"individual": "Sorte"}},
        {"companies": {"individual_values": ["individual", " "]}},
        {"deals": {"siren": "x"}},
        {"siren": "x"},
    ],
)
def test_a_misspelt_mapping_is_refused(mapping: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(mapping=mapping)


def test_a_deposit_without_what_its_balance_waits_for_is_refused() -> None:
    with pytest.raises(ValidationError, match="deposit_field"):
        settings(mapping={"deals": {"deposit_percent": "share"}})
    names = settings(mapping={"deals": {"deposit_percent": "share", "delivered_on": "delivered"}})
    assert names.mapping.deals.delivered_on == "delivered"


@pytest.mark.parametrize(
    "payment",
    [{"status": "billing_status"}, {"paid": "billing_amount_gross"}, {"paid": "sum", "due": "sum"}],
)
def test_a_property_shows_one_thing(payment: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="field_twice"):
        HubSpotSettings.model_validate({"access_token": "x", "mapping": {"payment": payment}})


def test_payments_that_are_not_shown_need_no_property() -> None:
    empty = dict.fromkeys(("status", "paid", "due", "paid_on", "means", "details"), "")
    found = HubSpotSettings.model_validate({"access_token": "x", "mapping": {"payment": empty}})
    assert found.mapping.payment.used == ()


@pytest.mark.parametrize("stage", ["", "two words", "é", "x" * 101])
def test_a_stage_is_named_by_its_internal_name(stage: str) -> None:
    with pytest.raises(ValidationError, match="paid_stages"):
        HubSpotSettings.model_validate({"access_token": "x", "paid_stages": [stage]})
