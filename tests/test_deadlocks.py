"""A starved machine makes no deadlock, and a flow that never yields still is one."""

from typing import Any

import pytest
from temporalio.worker._workflow import _WorkflowWorker

from tests.deadlocks import settle_deadlocks
from tests.patience import FACTOR


@pytest.mark.parametrize(("limit", "wanted"), [(2, 6), (None, None)])
def test_the_limit_of_temporal_is_multiplied_too(
    monkeypatch: pytest.MonkeyPatch, limit: float | None, wanted: float | None
) -> None:
    monkeypatch.setenv(FACTOR, "3")

    def built(self: Any) -> None:
        self._deadlock_timeout_seconds = limit

    monkeypatch.setattr(_WorkflowWorker, "__init__", built)
    settle_deadlocks()
    make: Any = _WorkflowWorker
    assert make()._deadlock_timeout_seconds == wanted
