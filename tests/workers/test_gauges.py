"""What waits is shown as it is now: what has ended leaves no gauge behind."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from prometheus_client import REGISTRY

from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.temporal.health import Stuck, Sweeps
from tests.records.questions import FLOW, question
from tests.records.rows import tampering
from workers.gauges import show_health, show_waiting


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(name, labels)


async def test_a_question_is_counted_with_its_money_and_age_until_it_is_closed(kept: Records) -> None:
    await kept.waiting.open(FLOW, question())
    await show_waiting(kept)
    assert value("raccord_questions_open", flow="DealWon", cause="identifier") == 1
    assert value("raccord_waiting_money", currency="EUR") == 1234.5
    oldest = value("raccord_question_oldest_seconds")
    assert oldest is not None
    assert 0 <= oldest < 60
    await kept.waiting.close(FLOW)
    await show_waiting(kept)
    assert value("raccord_questions_open", flow="DealWon", cause="identifier") is None
    assert value("raccord_waiting_money", currency="EUR") is None
    assert value("raccord_question_oldest_seconds") == 0


async def test_rows_under_a_lost_key_are_counted_all_the_same(kept: Records, tmp_path: Path) -> None:
    await kept.waiting.open(FLOW, question())
    await kept.stuck.hold("stripe", FLOW, "down", "It does not answer.")
    keyless = Records.open(f"sqlite:///{tmp_path / 'records.db'}", KeyRing.create(tmp_path / "others.json"))
    await show_waiting(keyless)
    await keyless.close()
    assert value("raccord_questions_open", flow="DealWon", cause="identifier") == 1
    assert value("raccord_waiting_money", currency="EUR") == 1234.5
    assert value("raccord_flows_held_up", connection="stripe", cause="down") == 1


async def test_a_question_of_a_newer_release_is_counted_all_the_same(kept: Records, tmp_path: Path) -> None:
    await kept.waiting.open(FLOW, question())
    shapeless = KeyRing.load(tmp_path / "keys.json").seal(b"{}", context=b"waiting")
    with tampering(f"sqlite:///{tmp_path / 'records.db'}") as newer:
        newer.execute("UPDATE waiting SET cause = 'newer', flow = 'newer/x/1', sealed = :s", s=shapeless)
    await show_waiting(kept)
    assert value("raccord_questions_open", flow="newer", cause="newer") == 1


def test_flows_that_cannot_go_on_and_the_age_of_the_last_sweep_are_shown() -> None:
    now = datetime.now(UTC)
    show_health(Stuck(3, "deal-won/hubspot/1", "ValueError"), Sweeps(now - timedelta(hours=2), now))
    assert value("raccord_flows_stuck") == 3
    age = value("raccord_sweep_age_seconds")
    assert age is not None
    assert 7200 <= age < 7260
    show_health(None, None)
    assert value("raccord_flows_stuck") == 0
