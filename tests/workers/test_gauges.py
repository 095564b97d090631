"""What waits is shown as it is now: what has ended leaves no gauge behind."""

from datetime import UTC, datetime, timedelta

from prometheus_client import REGISTRY

from raccord.records.records import Records
from raccord.temporal.health import Stuck, Sweeps
from tests.records.questions import FLOW, question
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


def test_flows_that_cannot_go_on_and_the_age_of_the_last_sweep_are_shown() -> None:
    now = datetime.now(UTC)
    show_health(Stuck(3, "deal-won/hubspot/1", "ValueError"), Sweeps(now - timedelta(hours=2), now))
    assert value("raccord_flows_stuck") == 3
    age = value("raccord_sweep_age_seconds")
    assert age is not None
    assert 7200 <= age < 7260
    show_health(None, None)
    assert value("raccord_flows_stuck") == 0
