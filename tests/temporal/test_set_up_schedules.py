"""`raccord setup` makes the schedules on a Temporal of one's own, once, and keeps a pause."""

from pathlib import Path

import pytest
from temporalio.service import RPCError, RPCStatusCode

from raccord.connectors.connection import CheckState
from raccord.temporal.flows import DIGEST, SWEEP
from starters.cli.setup_schedules import set_up_schedules
from starters.cli.setup_temporal import set_up_temporal
from tests.settings.written import configuration
from tests.temporal.conftest import OURS, Server


async def test_they_are_shown_made_once_and_left_paused(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", server.address)
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "scheduled")
    loaded = configuration(tmp_path)
    assert {c.found for c in await set_up_schedules(loaded, OURS, dry=True)} == {"would be made"}
    await set_up_temporal(loaded, OURS)
    client = await server.client(OURS)
    there = type(client)(client.service_client, namespace="scheduled", data_converter=client.data_converter)
    assert {c.found for c in await set_up_schedules(loaded, OURS, dry=True)} == {"would be made"}
    with pytest.raises(RPCError) as lacking:
        await there.get_schedule_handle(SWEEP).describe()
    assert lacking.value.status is RPCStatusCode.NOT_FOUND

    made = await set_up_schedules(loaded, OURS, dry=False)
    assert [(c.state, c.found) for c in made] == [(CheckState.OK, "made")] * 3
    await there.get_schedule_handle(DIGEST).pause(note="holidays")
    again = await set_up_schedules(loaded, OURS, dry=False)
    assert [c.found for c in again].count("brought up to date") == 2
    (paused,) = [c.found for c in again if c.name == f"schedule {DIGEST}"]
    assert paused == "brought up to date, and paused by somebody"
    assert (await there.get_schedule_handle(DIGEST).describe()).schedule.state.paused
    dry = await set_up_schedules(loaded, OURS, dry=True)
    assert {c.found.partition(",")[0] for c in dry} == {"there already"}


async def test_both_sides_are_compared_once_there_is_a_cut_over(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", server.address)
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "nowhere")
    loaded = configuration(tmp_path, "invoice_deals_won_from = 2026-01-01")
    assert len(await set_up_schedules(loaded, OURS, dry=True)) == 4
