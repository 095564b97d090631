"""Workers and replayers in the test's own process: as patient as the suite, and no slower than needed.

The deadlock detector takes a workflow that does not yield within two seconds of the clock for one that never
will: on a starved machine that is any workflow. The thread is then interrupted wherever it is, also where
Python can only print an exception, and a test of something else is red. A flow that really never yields is
still found.

Each new worker proves that the sandbox can load each of its flows, which took a fifth of what a test of a
flow costs. Once in a process is enough: their modules do not change.
"""

from typing import Any

from temporalio.worker._workflow import _WorkflowWorker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from tests.patience import patience


def settle_workers() -> None:
    """Change every worker and replayer that this process builds from now on."""
    _scale_deadlocks()
    _prove_once()


def _scale_deadlocks() -> None:
    built = _WorkflowWorker.__init__

    def init(self: _WorkflowWorker, **given: Any) -> None:
        built(self, **given)
        # No option of a worker sets it (temporalio 1.35); `debug_mode` would also take the flows' threads.
        limit = self._deadlock_timeout_seconds
        self._deadlock_timeout_seconds = limit and patience(limit)  # type: ignore[assignment]

    _WorkflowWorker.__init__ = init  # type: ignore[method-assign]


def _prove_once() -> None:
    prove = SandboxedWorkflowRunner.prepare_workflow
    proved: set[type] = set()

    def prepare(self: SandboxedWorkflowRunner, defn: Any) -> None:
        if defn.cls not in proved:
            prove(self, defn)
            proved.add(defn.cls)

    SandboxedWorkflowRunner.prepare_workflow = prepare  # type: ignore[method-assign]
