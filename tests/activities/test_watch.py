"""What a look at a connection says: what the probe meets, else what the waiting flows meet."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from temporalio.client import ScheduleOverlapPolicy
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import ActivityEnvironment

from activities.service.watch import WatchActivities
from raccord.connectors.errors import Auth, Transient
from raccord.domain.service.outage import Look, OutageCause, WatchPolicy
from raccord.records.records import Records
from raccord.sealing import KeyRing

FLOW, PERMISSION = "deal-won/hubspot/1", "The token lacks crm.objects.deals.write."


@pytest.fixture
async def records(tmp_path: Path) -> AsyncIterator[Records]:
    opened = Records.open(f"sqlite:///{tmp_path}/r.db", KeyRing.create(tmp_path / "keys.json"))
    await opened.migrate()
    yield opened
    await opened.close()


@pytest.fixture(autouse=True)
def running(monkeypatch: pytest.MonkeyPatch) -> None:
    async def amount_of(*_: object) -> tuple[bool, None]:
        return True, None

    monkeypatch.setattr(f"{WatchActivities.__module__}._amount_of", amount_of)
    monkeypatch.setattr("temporalio.activity.client", lambda: None)


async def look(records: Records, probe: Callable[[], Awaitable[None]]) -> Look:
    watch = WatchActivities(records, WatchPolicy(), {"hubspot": probe}, swept=())
    return await ActivityEnvironment().run(watch.look, "hubspot")


async def answered() -> None: ...


async def refused() -> None:
    raise Auth("The token was revoked.")


async def down() -> None:
    raise Transient("HubSpot does not answer.")


async def test_nobody_waits_for_a_connection_that_answers(records: Records) -> None:
    assert (await look(records, answered)).quiet


@pytest.mark.parametrize(
    ("held", "cause"),
    [("credentials", OutageCause.PERMISSION), ("down", OutageCause.PARTLY)],
)
async def test_a_probe_that_is_answered_does_not_hide_what_flows_meet(
    records: Records, held: str, cause: OutageCause
) -> None:
    await records.stuck.hold("hubspot", FLOW, held, PERMISSION)
    seen = await look(records, answered)
    assert (seen.quiet, seen.healthy, seen.cause, seen.flows) == (False, True, cause, 1)
    assert seen.said == PERMISSION
    assert seen.met_at is not None


async def test_a_missing_permission_is_said_before_a_passing_trouble(records: Records) -> None:
    await records.stuck.hold("hubspot", "deal-won/hubspot/0", "down", "HubSpot answered 503.")
    await records.stuck.hold("hubspot", FLOW, "credentials", PERMISSION)
    seen = await look(records, answered)
    assert (seen.cause, seen.said) == (OutageCause.PERMISSION, PERMISSION)


@pytest.mark.parametrize(
    ("probe", "cause", "said"),
    [
        (refused, OutageCause.CREDENTIALS, "The token was revoked."),
        (down, OutageCause.DOWN, "HubSpot does not answer."),
    ],
)
async def test_what_the_probe_meets_is_said_first(
    records: Records, probe: Callable[[], Awaitable[None]], cause: OutageCause, said: str
) -> None:
    await records.stuck.hold("hubspot", FLOW, "credentials", PERMISSION)
    seen = await look(records, probe)
    assert (seen.healthy, seen.cause, seen.said) == (False, cause, said)


class Sweeps:
    """Temporal's schedule of the sweep, or none."""

    def __init__(self, *, paused: bool = False, made: bool = True) -> None:
        self._paused, self._made = paused, made
        self.triggered: list[ScheduleOverlapPolicy] = []

    def get_schedule_handle(self, _: str) -> "Sweeps":
        return self

    async def describe(self) -> SimpleNamespace:
        if not self._made:
            raise RPCError("there is none", RPCStatusCode.NOT_FOUND, b"")
        return SimpleNamespace(schedule=SimpleNamespace(state=SimpleNamespace(paused=self._paused)))

    async def trigger(self, *, overlap: ScheduleOverlapPolicy) -> None:
        self.triggered.append(overlap)


@pytest.mark.parametrize(
    ("connection", "sweeps", "times"),
    [
        ("hubspot", Sweeps(), 1),
        ("slack", Sweeps(), 0),
        ("hubspot", Sweeps(paused=True), 0),
        ("hubspot", Sweeps(made=False), 0),
    ],
    ids=["recovered", "not swept", "paused", "not made yet"],
)
async def test_a_sweep_follows_an_outage_of_what_it_looks_at(
    records: Records, monkeypatch: pytest.MonkeyPatch, connection: str, sweeps: Sweeps, times: int
) -> None:
    monkeypatch.setattr("temporalio.activity.client", lambda: sweeps)
    watch = WatchActivities(records, WatchPolicy(), {}, swept=("hubspot", "stripe"))
    assert await ActivityEnvironment().run(watch.sweep, connection) is bool(times)
    # One that runs began while the vendor was away: another follows it.
    assert sweeps.triggered == [ScheduleOverlapPolicy.BUFFER_ONE] * times
