"""What is ours to repair surfaces as a failure that is not retried; on a real server."""

import sysconfig
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio import activity, workflow
from temporalio.client import WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from raccord.connectors.errors import Auth
from raccord.sealing import KeyRing
from raccord.temporal.failures import MOST_BYTES, to_failure
from raccord.temporal.plugin import platform

SERVER = Path(sysconfig.get_path("scripts")) / "temporal"
AROUND = len(b'json/plain"encoding""') + 16
"""Bytes of a payload beside its text, and a few to spare."""


class Unwritable:
    """No converter knows how to write this down."""


async def find(what: str) -> object:
    match what:
        case "unwritable":
            return Unwritable()
        case "wrong":
            raise AssertionError("what a customer typed")
        case size:
            return "x" * int(size)


@workflow.defn(name="Finding")
class Finding:
    @workflow.run
    async def run(self, what: str) -> int:
        found = await workflow.execute_activity(
            "find",
            what,
            start_to_close_timeout=timedelta(seconds=10),
            retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=10), maximum_attempts=20),
        )
        # Handed on with something beside it, as flows do: the server takes that too.
        await workflow.execute_activity(
            "handed_on", args=[found, "x" * 1000], start_to_close_timeout=timedelta(seconds=10)
        )
        return len(str(found))


class Attempts:
    def __init__(self) -> None:
        self.of: list[int] = []

    @activity.defn(name="find")
    async def find(self, what: str) -> object:
        self.of.append(activity.info().attempt)
        return await find(what)

    @activity.defn(name="handed_on")
    async def handed_on(self, _found: str, _beside: str) -> None:
        return None


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WorkflowEnvironment]:
    keys = KeyRing.create(tmp_path_factory.mktemp("keys") / "keys.json")
    environment = await WorkflowEnvironment.start_local(
        plugins=[platform(keys, "default")], dev_server_existing_path=str(SERVER)
    )
    async with environment:
        yield environment


async def play(server: WorkflowEnvironment, what: str) -> tuple[object, list[int]]:
    """Return what came of it and the attempts that it took."""
    attempts, queue = Attempts(), f"finding-{what}"
    worker = Worker(
        server.client,
        task_queue=queue,
        workflows=[Finding],
        activities=[attempts.find, attempts.handed_on],
        # The test's own module is no part of the product.
        workflow_runner=SandboxedWorkflowRunner(
            restrictions=SandboxRestrictions.default.with_passthrough_all_modules()
        ),
    )
    async with worker:
        try:
            found = await server.client.execute_workflow("Finding", what, id=queue, task_queue=queue)
        except WorkflowFailureError as failed:
            return failed.cause.__cause__, attempts.of
    return found, attempts.of


async def test_the_largest_result_is_taken_and_handed_on(server: WorkflowEnvironment) -> None:
    size = MOST_BYTES - AROUND
    assert await play(server, str(size)) == (size, [1])


async def test_a_larger_one_is_a_failure_at_once_and_says_what_to_do(server: WorkflowEnvironment) -> None:
    failure, attempts = await play(server, str(3 * 2**20))
    assert isinstance(failure, ApplicationError)
    assert (failure.type, failure.non_retryable, attempts) == ("TooLarge", True, [1])
    assert "What find found takes 3.0 MB" in failure.message
    assert "shorten the texts" in failure.message


async def test_what_cannot_be_written_down_is_no_outage(server: WorkflowEnvironment) -> None:
    failure, attempts = await play(server, "unwritable")
    assert isinstance(failure, ApplicationError)
    assert (failure.type, failure.non_retryable, attempts) == ("Bug", True, [1])


async def test_a_bug_is_no_outage_and_quotes_nobody(server: WorkflowEnvironment) -> None:
    failure, attempts = await play(server, "wrong")
    assert isinstance(failure, ApplicationError)
    assert (failure.type, failure.non_retryable, attempts) == ("Bug", True, [1])
    assert "customer" not in failure.message


@pytest.mark.parametrize(("asked", "expected"), [(None, 300), (timedelta(seconds=10), 10)])
def test_what_one_click_of_a_person_ends_is_asked_again_soon(asked: timedelta | None, expected: int) -> None:
    failure = to_failure(Auth("not in the channel", retry_after=asked), timedelta(minutes=5))
    assert failure.next_retry_delay == timedelta(seconds=expected)
    assert not failure.non_retryable
