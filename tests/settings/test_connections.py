"""A connection is a row: named by the operator, of one kind, and never mistaken for a section."""

from pathlib import Path

import pytest

from raccord.connectors.connection import Kind
from raccord.settings.configuration import BadSettings
from raccord.settings.load import RESERVED, read
from raccord.settings.model import Settings
from raccord.temporal.flows import FLOWS_QUEUE
from tests.settings.written import CONNECTIONS, SLACK, configuration


def test_each_connection_is_a_row(tmp_path: Path) -> None:
    found = configuration(tmp_path, f'messenger = "slack"\n{SLACK}')
    rows = [(row.name, row.kind, row.settings.vendor) for row in found.connections]
    assert rows == [
        ("hubspot", Kind.CRM, "hubspot"),
        ("stripe", Kind.BILLING, "stripe"),
        ("slack", Kind.MESSENGER, "slack"),
    ]
    assert (found.crm.name, found.billing.name) == ("hubspot", "stripe")
    assert [row.webhooks is not None for row in found.connections] == [True, False, False]
    assert [row.presses is not None for row in found.connections] == [False, False, True]


def test_a_messenger_is_optional(tmp_path: Path) -> None:
    found = configuration(tmp_path)
    assert found.of(Kind.MESSENGER) is None
    assert [row.kind for row in found.connections] == [Kind.CRM, Kind.BILLING]


def test_without_its_secret_no_webhook_is_taken(tmp_path: Path) -> None:
    file = tmp_path / "raccord.toml"
    file.write_text('[hubspot]\naccess_token = "pat-eu1-0000"\n[stripe]\napi_key = "rk_test_0000"\n', "utf-8")
    assert read(file).crm.webhooks is None


def test_a_connection_is_called_what_the_operator_calls_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "raccord.toml"
    file.write_text('crm = "sales"\n[sales]\nvendor = "hubspot"\n[stripe]\napi_key = "rk_test_0000"', "utf-8")
    monkeypatch.setenv("RACCORD_SALES__ACCESS_TOKEN", "pat-eu1-0000")
    found = read(file)
    assert (found.crm.name, found.crm.settings.vendor) == ("sales", "hubspot")
    assert getattr(found.settings, "sales") is found.crm.settings  # noqa: B009 - a field of this file alone


@pytest.mark.parametrize("kind", [kind.value for kind in Kind])
@pytest.mark.parametrize("name", sorted({*Settings.model_fields, *RESERVED, "clock", "model_fields"}))
def test_no_connection_takes_the_name_of_a_section(tmp_path: Path, kind: str, name: str) -> None:
    with pytest.raises(BadSettings, match=rf"^{kind} = '{name}' takes a word that Raccord uses itself: "):
        configuration(tmp_path, f'{kind} = "{name}"\n')


@pytest.mark.parametrize("name", ["Hub Spot", "hub-spot", "hub__spot", "1crm", "_x", "a/b", "é"])
def test_a_name_is_one_word(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadSettings, match="is no name of a connection: write a word"):
        configuration(tmp_path, f'crm = "{name}"\n')


def test_the_environment_is_held_to_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RACCORD_BILLING", "desk")
    with pytest.raises(BadSettings, match="billing = 'desk' takes a word"):
        configuration(tmp_path)


def test_two_roles_never_share_a_section(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="crm and billing are both 'stripe': give each a section"):
        configuration(tmp_path, 'crm = "stripe"')


def test_a_role_needs_a_vendor_that_plays_it(tmp_path: Path) -> None:
    file = tmp_path / "raccord.toml"
    file.write_text(f'crm = "books"\n{CONNECTIONS}[books]\nvendor = "stripe"\n', "utf-8")
    with pytest.raises(BadSettings, match="stripe is no crm vendor, but billing"):
        read(file)


def test_there_is_always_a_crm_and_a_billing_system(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="billing = '' is no name"):
        configuration(tmp_path, 'billing = ""')


def test_a_request_ends_before_its_step(tmp_path: Path) -> None:
    with pytest.raises(
        BadSettings, match=r"hubspot\.timeout must be shorter than temporal\.step_timeout \(9 s\)"
    ):
        configuration(tmp_path, "[temporal]\nstep_timeout = 9")


def test_the_queue_of_the_flows_is_no_connections() -> None:
    assert FLOWS_QUEUE in RESERVED
