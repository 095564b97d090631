"""`raccord setup` on a Temporal of one's own, and what doctor says of it before and after."""

from pathlib import Path

import pytest

from raccord.connectors.connection import CheckState
from raccord.temporal.namespace import RETENTION, look
from raccord.temporal.search import ALL
from starters.cli.doctor.temporal import checks
from starters.cli.setup_temporal import set_up_temporal
from tests.settings.written import configuration
from tests.temporal.conftest import OURS, Server


async def test_a_namespace_is_made_once_and_shown_first(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", server.address)
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "hexalab")
    loaded = configuration(tmp_path)
    lacking = [check async for check in checks(loaded, OURS)]
    assert [(c.name, c.state, c.remedy.partition(";")[0]) for c in lacking] == [
        ("temporal", CheckState.FAIL, "`raccord setup` makes it")
    ]
    client = await server.client(OURS)
    there = type(client)(client.service_client, namespace="hexalab")

    dry = await set_up_temporal(loaded, OURS, dry=True)
    assert [c.found.partition(" ")[0] for c in dry] == ["would", "would"]
    assert await look(there) is None

    made = await set_up_temporal(loaded, OURS)
    assert [(c.name, c.found[:12]) for c in made] == [
        ("temporal namespace", "made hexalab"),
        ("temporal search attributes", "added Raccor"),
    ]
    found = await look(there)
    assert found is not None
    assert (found.retention, found.missing, found.otherwise) == (RETENTION, (), ())

    again = await set_up_temporal(loaded, OURS)
    assert [c.found for c in again] == ["hexalab, was there", "30 days, was so", "all were there"]
    (namespace,) = [c async for c in checks(loaded, OURS) if c.name == "namespace"]
    assert (namespace.state, namespace.found) == (
        CheckState.OK,
        "closed flows kept 30 days, all search attributes",
    )


async def test_one_that_was_there_is_completed_and_the_rest_of_it_left_alone(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The development server's own keeps closed flows for a day."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", server.address)
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "default")
    loaded = configuration(tmp_path)
    (before,) = [c async for c in checks(loaded, OURS) if c.name == "namespace"]
    assert (before.state, before.found.partition(";")[0]) == (CheckState.WARN, "closed flows kept 1 days")
    dry = await set_up_temporal(loaded, OURS, dry=True)
    assert dry[1].found == "would set 30 days, before 24 hours"
    done = await set_up_temporal(loaded, OURS)
    assert [c.found for c in done] == [
        "default, was there",
        "set 30 days, before 24 hours",
        f"added {', '.join(key.name for key in ALL)}",
    ]


async def test_a_server_that_does_not_answer_is_a_failure_where_it_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = configuration(tmp_path, "[temporal]\nembedded_port = 1")
    monkeypatch.setattr("starters.cli.doctor.temporal.WITHIN", RETENTION * 0)
    first = await anext(checks(loaded, OURS))
    assert first.state is CheckState.WARN
    assert [c.state for c in await set_up_temporal(loaded, OURS)] == [CheckState.OK]
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    monkeypatch.setattr("starters.cli.setup_temporal.WITHIN", RETENTION * 0)
    first = await anext(checks(loaded, OURS))
    assert (first.state, "nobody listens there" in first.found) == (CheckState.FAIL, True)
    (failed,) = await set_up_temporal(loaded, OURS)
    assert failed.state is CheckState.FAIL
