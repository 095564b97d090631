"""A HubSpot that answers exactly what a test tells it to; anything else is its 404."""

from contextlib import AbstractAsyncContextManager

from tests.connectors import stub
from tests.connectors.stub import Asked, Fault, Reply, Stub

__all__ = ["NOT_FOUND", "Asked", "Fault", "Reply", "Stub", "running"]

NOT_FOUND = Reply(
    {"status": "error", "message": "not found", "category": "OBJECT_NOT_FOUND", "correlationId": "c-404"}, 404
)


def running() -> AbstractAsyncContextManager[Stub]:
    return stub.running(NOT_FOUND, prefix="/hubspot")
