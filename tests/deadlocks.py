"""Temporal's deadlock detector is as patient as the suite.

It takes a workflow that does not yield within two seconds of the clock for one that never will: on a starved
machine that is any workflow. The thread is then interrupted wherever it is, also where Python can only print
an exception, and a test of something else is red. A flow that really never yields is still found.
"""

from typing import Any

from temporalio.worker._workflow import _WorkflowWorker

from tests.patience import patience


def settle_deadlocks() -> None:
    """Lengthen the limit of every worker and replayer that this process builds from now on."""
    built = _WorkflowWorker.__init__

    def init(self: _WorkflowWorker, **given: Any) -> None:
        built(self, **given)
        # No option of a worker sets it (temporalio 1.35); `debug_mode` would also take the flows' threads.
        limit = self._deadlock_timeout_seconds
        self._deadlock_timeout_seconds = limit and patience(limit)  # type: ignore[assignment]

    _WorkflowWorker.__init__ = init  # type: ignore[method-assign]
