"""I16: today's code replays every recorded history, and a change of its commands is caught."""

import json
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError, _Definition

from raccord.domain.contact import outcome as contact
from raccord.domain.deal_won.outcome import Ending
from raccord.domain.dunning import outcome as dunning
from raccord.domain.onboarding import outcome as onboarding
from raccord.domain.payment import outcome as payment
from raccord.sealing import KeyRing
from raccord.temporal.plugin import platform
from tests.histories.record import HERE, NAMESPACE
from workers.roles import WORKFLOWS

HISTORIES = sorted((HERE / "recorded").glob("*.json"))


def replayer(*flows: type) -> Replayer:
    keys = KeyRing.load(HERE / "keys.json")
    return Replayer(workflows=list(flows), plugins=[platform(keys, NAMESPACE)])


def _recorded_flow(path: Path) -> str:
    """Return the workflow type that a recorded history begins with."""
    first = json.loads(path.read_text())["events"][0]
    return str(first["workflowExecutionStartedEventAttributes"]["workflowType"]["name"])


def test_every_flow_that_a_worker_runs_has_a_recorded_history() -> None:
    run = {str(_Definition.must_from_class(flow).name) for flow in WORKFLOWS}
    assert {_recorded_flow(path) for path in HISTORIES} == run


def test_every_ending_of_flow_1_has_a_recorded_history() -> None:
    names = {path.stem for path in HISTORIES}
    assert not {ending for ending in Ending if f"deal-won-{ending}" not in names}


def test_every_ending_of_flow_2_has_a_recorded_history() -> None:
    names = {path.stem for path in HISTORIES}
    assert not {ending for ending in payment.Ending if f"payment-{ending}" not in names}
    assert not {ending for ending in payment.PlacedEnding if f"payment-placed-{ending}" not in names}


def test_every_ending_of_flow_2b_has_a_recorded_history() -> None:
    names = {path.stem for path in HISTORIES}
    assert not {ending for ending in onboarding.Ending if f"onboarding-{ending}" not in names}


def test_every_ending_of_flow_3_has_a_recorded_history() -> None:
    names = {path.stem for path in HISTORIES}
    assert not {ending for ending in dunning.Ending if f"dunning-{ending}" not in names}


def test_every_ending_of_flow_4_has_a_recorded_history() -> None:
    names = {path.stem for path in HISTORIES}
    assert not {ending for ending in contact.Ending if f"contact-{ending}" not in names}


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_a_recorded_history_replays(path: Path) -> None:
    history = WorkflowHistory.from_json(path.stem, path.read_text())
    await replayer(*WORKFLOWS).replay_workflow(history)


@workflow.defn(name="DealWon", sandboxed=False)
class Incompatible:
    """What a careless change of the command sequence looks like."""

    @workflow.run
    async def run(self, _: object) -> None:
        await workflow.sleep(60)


async def test_a_changed_order_of_commands_is_caught() -> None:
    path = HERE / "recorded" / "deal-won-invoiced.json"
    history = WorkflowHistory.from_json(path.stem, path.read_text())
    with pytest.raises(NondeterminismError):
        await replayer(Incompatible).replay_workflow(history)
