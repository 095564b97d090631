"""What waits for a person or a vendor, as gauges. All workers show the same: take the highest."""

from collections import Counter, defaultdict
from datetime import UTC, datetime
from decimal import Decimal

from prometheus_client import Gauge

from raccord.domain.values.money import exponent
from raccord.records.records import Records
from raccord.temporal.flows import flow_of
from raccord.temporal.health import Stuck, Sweeps

QUESTIONS = Gauge("raccord_questions_open", "Questions that wait for a person", ["flow", "cause"])
OLDEST = Gauge("raccord_question_oldest_seconds", "Age of the oldest question that waits for a person")
MONEY = Gauge("raccord_waiting_money", "Amounts that the open questions are about", ["currency"])
HELD_UP = Gauge("raccord_flows_held_up", "Flows that wait for a vendor", ["connection", "cause"])
STUCK = Gauge("raccord_flows_stuck", "Flows that their code stops, or a key that is missing")
SWEEP = Gauge("raccord_sweep_age_seconds", "Time since a sweep last came to its end")


async def show_waiting(records: Records) -> None:
    """Count what waits, by what is in clear: no row of a lost key or a newer release stops a worker.

    Raises `RecordsUnavailable`.
    """
    open_now = await records.waiting.pending()
    money: defaultdict[str, Decimal] = defaultdict(Decimal)
    for each in open_now:
        if each.amount_minor is not None and each.currency:
            money[each.currency] += Decimal(each.amount_minor).scaleb(-exponent(each.currency))
    _set(QUESTIONS, Counter((_named(each.flow), each.cause) for each in open_now))
    _set(MONEY, {(currency,): total for currency, total in money.items()})
    now = datetime.now(UTC)
    OLDEST.set(max(((now - each.since).total_seconds() for each in open_now), default=0))
    held_up = await records.stuck.noted()
    _set(HELD_UP, Counter((each.connection, each.cause) for each in held_up))


def show_health(stuck: Stuck | None, sweeps: Sweeps | None) -> None:
    """Show whether flows and sweep get on."""
    STUCK.set(stuck.count if stuck else 0)
    if sweeps:
        since = sweeps.finished_at or sweeps.scheduled_at
        SWEEP.set((datetime.now(UTC) - since).total_seconds())


def _named(flow: str) -> str:
    """Return the type of a workflow by its id; the id's first part where that is none we know."""
    found = flow_of(flow)
    return found[0].name if found else flow.partition("/")[0]


def _set(gauge: Gauge, values: Counter[tuple[str, str]] | dict[tuple[str], Decimal]) -> None:
    """Show these values and no others: what waits no more is not zero for ever, it is gone."""
    gauge.clear()
    for labels, value in values.items():
        gauge.labels(*labels).set(float(value))
