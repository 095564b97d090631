"""I16: today's code replays every recorded history, and a change of its commands is caught."""

from collections import Counter
from pathlib import Path

import pytest
from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from raccord.sealing import KeyRing
from raccord.temporal.plugin import platform
from tests.histories.record import HERE, NAMESPACE
from workflows.deal_won.flow import DealWon
from workflows.service.connection_watch import ConnectionWatch
from workflows.service.ensure_customer import EnsureCustomer
from workflows.service.press import Press
from workflows.service.reconciliation import Reconciliation
from workflows.service.remarking import Remarking
from workflows.service.telling import Telling

HISTORIES = sorted(HERE.glob("*/*.json"))
FEWEST = {"1-spine": 8, "2-desk": 13}
FLOWS = (DealWon, EnsureCustomer, Telling, Press, Remarking, ConnectionWatch, Reconciliation)


def replayer(*flows: type) -> Replayer:
    keys = KeyRing.load(HERE / "keys.json")
    return Replayer(workflows=list(flows), plugins=[platform(keys, NAMESPACE)])


def test_every_ending_has_a_recorded_history() -> None:
    recorded = Counter(path.parent.name for path in HISTORIES)
    assert not {name: recorded[name] for name, fewest in FEWEST.items() if recorded[name] < fewest}


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: f"{path.parent.name}-{path.stem}")
async def test_a_recorded_history_replays(path: Path) -> None:
    history = WorkflowHistory.from_json(path.stem, path.read_text())
    await replayer(*FLOWS).replay_workflow(history)


@workflow.defn(name="DealWon", sandboxed=False)
class Incompatible:
    """What a careless change of the command sequence looks like."""

    @workflow.run
    async def run(self, _: object) -> None:
        await workflow.sleep(60)


async def test_a_changed_order_of_commands_is_caught() -> None:
    path = HERE / "1-spine" / "deal-won-invoiced.json"
    history = WorkflowHistory.from_json(path.stem, path.read_text())
    with pytest.raises(NondeterminismError):
        await replayer(Incompatible).replay_workflow(history)
