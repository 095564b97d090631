"""The values that flows receive are the sections of the file: strict there, lenient as payloads."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.rules.modes import WITH_A_MODE, Mode
from raccord.domain.rules.timing import Timing
from raccord.settings.configuration import BadSettings
from tests.settings.written import configuration
from workers.policies import deal_won_policy, desk_rules, watch_policy

LIVE = 'invoice_deals_won_from = 2026-12-01\n[modes]\ndeal_won = "live"\n'


def policy(directory: Path, toml: str) -> DealWonPolicy:
    found = configuration(directory, toml)
    return deal_won_policy(found, found.billing.connect(found.settings.clock).capabilities)


def test_what_flow_1_receives_is_what_the_file_says(tmp_path: Path) -> None:
    frozen = policy(
        tmp_path,
        LIVE + "[rollout]\nmax_amount = 5000.5\n[vat]\ndefault_rate = 5.5\n[temporal]\nstep_timeout = 20\n"
        "[desk]\napprove_above = 1000.1\n",
    )
    assert (frozen.mode, frozen.crm, frozen.billing) == (Mode.LIVE, "hubspot", "stripe")
    assert frozen.invoice_deals_won_from == date(2026, 12, 1)
    assert frozen.rollout.max_amount == Decimal("5000.5")
    assert frozen.invoice.vat.default_rate == Decimal("5.5")
    assert frozen.approve_above == Decimal("1000.1")
    assert frozen.timing == Timing(step_timeout=timedelta(seconds=20))
    assert DealWonPolicy.model_validate_json(frozen.model_dump_json()) == frozen


def test_older_code_reads_the_payloads_of_newer_code(tmp_path: Path) -> None:
    frozen = policy(tmp_path, "")
    newer = frozen.model_dump(mode="json")
    newer["invoice"]["later"] = newer["timing"]["later"] = newer["later"] = 1
    assert DealWonPolicy.model_validate(newer) == frozen


@pytest.mark.parametrize(
    "section", ["company", "rollout", "invoice", "vat", "einvoicing", "desk", "watch", "sweep"]
)
def test_a_misspelt_setting_is_refused(tmp_path: Path, section: str) -> None:
    with pytest.raises(BadSettings, match=rf"^{section}\.spelt is not a setting of Raccord"):
        configuration(tmp_path, f"[{section}]\nspelt = 1")


@pytest.mark.parametrize("section", ["receiver", "temporal", "metrics", "data", "hubspot"])
def test_so_is_one_of_a_process_or_a_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, section: str
) -> None:
    monkeypatch.setenv(f"RACCORD_{section.upper()}__SPELT", "1")
    with pytest.raises(BadSettings, match=rf"^{section}\.spelt is not a setting of Raccord"):
        configuration(tmp_path)


def test_an_unknown_section_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"^dunnning is not a setting of Raccord"):
        configuration(tmp_path, "[dunnning]\nx = 1")


def test_the_environment_wins_field_by_field(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RACCORD_INVOICE__FOOTERS", '{"en": "Theirs"}')
    monkeypatch.setenv("RACCORD_TEMPORAL__STEP_TIMEOUT", "30")
    found = configuration(
        tmp_path, '[invoice.footers]\nfr = "Ours"\n[temporal]\nstep_timeout = 20\nfirst_retry = 2'
    )
    assert found.settings.invoice.footers == {"fr": "Ours", "en": "Theirs"}
    assert found.settings.timing == Timing(
        step_timeout=timedelta(seconds=30), first_retry=timedelta(seconds=2)
    )


def test_a_flow_without_a_mode_is_in_shadow(tmp_path: Path) -> None:
    assert configuration(tmp_path).settings.modes == dict.fromkeys(WITH_A_MODE, Mode.SHADOW)


def test_a_mode_is_of_a_flow_that_there_is(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"^modes: there is no flow dealwon; the flows are .*deal_won"):
        configuration(tmp_path, '[modes]\ndealwon = "live"')


@pytest.mark.parametrize("mode", ["draft", "live"])
def test_only_shadow_goes_without_a_cut_over_date(tmp_path: Path, mode: str) -> None:
    with pytest.raises(BadSettings, match=f"modes.deal_won is {mode}, so invoice_deals_won_from is needed"):
        configuration(tmp_path, f'[modes]\ndeal_won = "{mode}"')


def test_a_mode_can_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RACCORD_MODES__DEAL_WON", "live")
    assert policy(tmp_path, "invoice_deals_won_from = 2026-12-01").mode is Mode.LIVE


def test_a_short_day_reaches_every_business_date(tmp_path: Path) -> None:
    toml = '[company]\nname = "Hexalab"\nday_length = 60\n[desk]\nescalate_to = ["a@b.example"]'
    frozen, rules = policy(tmp_path, toml), desk_rules(configuration(tmp_path, toml))
    noon = datetime(2026, 11, 27, 12, tzinfo=UTC)
    tomorrow = noon + timedelta(minutes=1)
    assert (frozen.clock.date_of(tomorrow) - frozen.clock.date_of(noon)).days == 1
    # In a short day every hour is a working hour: eight hours are eight hours.
    assert rules.due_at(noon) == noon + timedelta(hours=8)


def test_a_day_is_never_longer_than_a_day(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"^company\.day_length: "):
        configuration(tmp_path, '[company]\nday_length = "P2D"')


def test_a_zone_is_one_that_there_is(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="Europe/Pariss is not a time zone; write Europe/Paris"):
        configuration(tmp_path, '[company]\nzone = "Europe/Pariss"')


def test_the_desk_and_the_watch_receive_their_sections(tmp_path: Path) -> None:
    found = configuration(tmp_path, '[desk]\nlanguage = "en"\ntasks = false\n[watch]\nalert_after = "PT1M"')
    rules, watch = desk_rules(found), watch_policy(found)
    assert (rules.voice.language, rules.crm, rules.messenger) == ("en", "", "")
    assert (watch.alert_after, watch.messenger) == (timedelta(minutes=1), "")


@pytest.mark.parametrize("port", [0, 65536])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: int) -> None:
    with pytest.raises(BadSettings, match=r"receiver\.port"):
        configuration(tmp_path, f"receiver.port = {port}")
