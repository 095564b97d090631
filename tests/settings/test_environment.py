"""A variable named like a setting that is none: told, and refused where it plainly was meant as one."""

from pathlib import Path

import pytest

from raccord.settings.configuration import BadSettings
from raccord.settings.environment import naming, unnamed
from raccord.texts import say
from tests.settings.written import SMTP, configuration, on_pennylane


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("RACCORD_STRIP__API_KEY", "RACCORD_STRIPE__API_KEY"),
        ("RACCORD_STRIPE_API_KEY", "RACCORD_STRIPE__API_KEY"),
        ("RACCORD_HUBSPOT_ACCESS_TOKEN", "RACCORD_HUBSPOT__ACCESS_TOKEN"),
        ("RACCORD_BILING", "RACCORD_BILLING"),
        ("RACCORD_CONFIGS", "RACCORD_CONFIG"),
        ("RACCORD_EINVOICE__FROM", "RACCORD_EINVOICING__FROM"),
    ],
)
def test_a_misspelt_name_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, meant: str
) -> None:
    monkeypatch.setenv(name, "secret-value")
    with pytest.raises(BadSettings, match=rf"^{name} is not a setting .* Did you mean {meant}\?$") as refused:
        configuration(tmp_path)
    assert "secret-value" not in str(refused.value)


@pytest.mark.parametrize(
    "name", ["RACCORD_VERSION", "RACCORD_PORT", "RACCORD_SERVICE_HOST", "RACCORD_SLACK__BOT_TOKEN"]
)
def test_a_name_of_somebody_else_has_no_effect_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "1")
    assert name in configuration(tmp_path).strangers


def test_what_another_vendor_left_behind_refuses_no_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As much like `RACCORD_SMTP__WEBHOOK_SECRET` as a misspelt name is like the one that was meant."""
    name = "RACCORD_STRIPE__WEBHOOK_SECRET"
    monkeypatch.setenv(name, "whsec_0000")
    assert name in on_pennylane(tmp_path, f'mailer = "smtp"\n{SMTP}').strangers


def test_what_is_a_setting_is_no_stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "RACCORD_CONFIG": "somewhere.toml",
        "RACCORD_STRIPE__TIMEOUT": "3 s",
        "RACCORD_VAT__SELLER_COUNTRY": "Belgique",
        "raccord_desk__contact": "Anne",
        "RACCORD_SLACK__BOT_TOKEN": "",
    }.items():
        monkeypatch.setenv(name, value)
    found = configuration(tmp_path)
    assert not {*found.strangers} & {"RACCORD_CONFIG", "RACCORD_STRIPE__TIMEOUT", "RACCORD_SLACK__BOT_TOKEN"}
    assert found.settings.vat.seller_country == "BE"


def test_a_list_that_is_no_json_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RACCORD_VAT__RATES", "[20")
    with pytest.raises(BadSettings, match=r"a variable RACCORD_VAT\.\.\. cannot be read: .* written as JSON"):
        configuration(tmp_path)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("RACCORD_SLACK__BOT_TOKEN", 'messenger = "slack"'),
        ("RACCORD_NOTION__TOKEN", 'report_sinks = ["notion"]'),
        ("RACCORD_STANDARD_WEBHOOKS__BASE_URL", 'outbound = ["standard_webhooks"]'),
    ],
)
def test_a_vendor_that_no_connection_is_called_after_is_told_with_how_to_name_one(
    name: str, line: str
) -> None:
    found = unnamed([name, "RACCORD_VERSION"])
    assert [*found.values()] == [(name,)]
    (vendor,) = found
    assert f"write `{line}` above" in say(naming(vendor), "en")
