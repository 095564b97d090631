"""The namespace of a company: made once, keeping closed flows, knowing what they are found by.

The embedded mode makes its own; on a server of one's own `raccord setup` does.
"""

from dataclasses import dataclass
from datetime import timedelta

from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.namespace.v1 import NamespaceConfig
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    RegisterNamespaceRequest,
    UpdateNamespaceRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from raccord.temporal.search import ALL

RETENTION = timedelta(days=30)
"""How long closed flows are kept, to be looked at; what must be known for longer is in the records."""


@dataclass(frozen=True)
class Namespace:
    """What the server says of ours. Search attributes: those `missing`, and those of another type."""

    retention: timedelta
    missing: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()


async def look(client: Client) -> Namespace | None:
    """Return what is there; None where there is no such namespace. Raises `RPCError`."""
    try:
        described = await client.workflow_service.describe_namespace(
            DescribeNamespaceRequest(namespace=client.namespace)
        )
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
    listed = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    there = listed.custom_attributes
    kinds = {key.name: IndexedValueType.ValueType(int(key.indexed_value_type)) for key in ALL}
    return Namespace(
        retention=described.config.workflow_execution_retention_ttl.ToTimedelta(),
        missing=tuple(name for name in kinds if name not in there),
        otherwise=tuple(name for name, kind in kinds.items() if name in there and there[name] != kind),
    )


async def make(client: Client) -> None:
    """Make the namespace. Raises `RPCError`; that another made it meanwhile is none."""
    request = RegisterNamespaceRequest(
        namespace=client.namespace, workflow_execution_retention_period=_period(RETENTION)
    )
    try:
        await client.workflow_service.register_namespace(request)
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise


async def keep_history(client: Client) -> None:
    """Have closed flows kept for `RETENTION`. Raises `RPCError`."""
    config = NamespaceConfig(workflow_execution_retention_ttl=_period(RETENTION))
    await client.workflow_service.update_namespace(
        UpdateNamespaceRequest(namespace=client.namespace, config=config)
    )


def _period(lasting: timedelta) -> Duration:
    period = Duration()
    period.FromTimedelta(lasting)
    return period
