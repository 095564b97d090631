"""A Slack that answers exactly what a test tells it to; what it was not told about is `unknown_method`."""

from contextlib import AbstractAsyncContextManager
from typing import Any

from tests.connectors import stub
from tests.connectors.stub import Asked, Fault, Reply, Stub

__all__ = ["Asked", "Fault", "Reply", "Stub", "no", "ok", "running"]


def ok(**fields: Any) -> Reply:
    return Reply({"ok": True} | fields)


def no(word: str, **fields: Any) -> Reply:
    return Reply({"ok": False, "error": word} | fields)


def running() -> AbstractAsyncContextManager[Stub]:
    return stub.running(no("unknown_method"), prefix="/api/")
