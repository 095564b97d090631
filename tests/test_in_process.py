"""A starved machine makes no deadlock, and each flow is loaded into the sandbox once before any test."""

from types import SimpleNamespace
from typing import Any

import pytest
from temporalio.worker._workflow import _WorkflowWorker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from tests.in_process import settle_workers
from tests.patience import FACTOR


@pytest.mark.parametrize(("limit", "wanted"), [(2, 6), (None, None)])
def test_the_limit_of_temporal_is_multiplied_too(
    monkeypatch: pytest.MonkeyPatch, limit: float | None, wanted: float | None
) -> None:
    monkeypatch.setenv(FACTOR, "3")

    def built(self: Any) -> None:
        self._deadlock_timeout_seconds = limit

    monkeypatch.setattr(_WorkflowWorker, "__init__", built)
    monkeypatch.setattr(SandboxedWorkflowRunner, "prepare_workflow", None)
    settle_workers()
    make: Any = _WorkflowWorker
    assert make()._deadlock_timeout_seconds == wanted


def test_a_flow_is_proved_until_it_was_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[type] = []

    def prove(_: SandboxedWorkflowRunner, defn: Any) -> None:
        tried.append(defn.cls)
        if len(tried) == 1:
            raise RuntimeError("Failed validating workflow")

    monkeypatch.setattr(_WorkflowWorker, "__init__", None)
    monkeypatch.setattr(SandboxedWorkflowRunner, "prepare_workflow", prove)
    settle_workers()
    runner: Any = SandboxedWorkflowRunner()
    with pytest.raises(RuntimeError):
        runner.prepare_workflow(SimpleNamespace(cls=int))
    for flow in (int, int, str):
        runner.prepare_workflow(SimpleNamespace(cls=flow))
    assert tried == [int, int, str]
