"""A namespace belongs to one company: it carries a mark that only who holds the company's key can make.

Two companies in one namespace would seal flows that the other cannot read, and share one sweep. The mark is a
digest under an encryption key, kept in the namespace's own data; it tells nothing about the key.
"""

from temporalio.api.namespace.v1 import UpdateNamespaceInfo
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from raccord.domain.values.message import message
from raccord.sealing import KeyRing
from raccord.texts.told import Told

MARK = "raccord-company"
_LATER = frozenset(
    {
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.CANCELLED,
        RPCStatusCode.RESOURCE_EXHAUSTED,
        RPCStatusCode.UNKNOWN,
        RPCStatusCode.INTERNAL,
    }
)
"""Says nothing about the namespace: ask again."""


class ForeignNamespace(Told):
    """The namespace belongs to another company; `str()` says where, and what to do."""

    between = " "


def says_nothing(error: RPCError) -> bool:
    """Whether a refusal leaves open whose the namespace is, because the server could not answer now."""
    return error.status in _LATER


async def prove(client: Client, keys: KeyRing, *, claiming: bool) -> bool:
    """Whether the namespace has our mark; False when it has none, and nothing is proven.

    `claiming`: mark it where it is nobody's and the server lets us, and renew the mark of a key that is not
    the active one any more. Raises `ForeignNamespace`, and `RPCError` when the server cannot answer or has no
    such namespace.
    """
    try:
        mark = await _mark(client, keys)
        if not claiming or mark == keys.fingerprint:
            return bool(mark)
        info = UpdateNamespaceInfo(data={MARK: keys.fingerprint})
        await client.workflow_service.update_namespace(
            UpdateNamespaceRequest(namespace=client.namespace, update_info=info)
        )
        # Of two that claimed at the same moment one finds the other's mark.
        return bool(await _mark(client, keys))
    except RPCError as error:
        if says_nothing(error) or error.status is RPCStatusCode.NOT_FOUND:
            raise
        return False


async def _mark(client: Client, keys: KeyRing) -> str:
    """Return the namespace's mark, made by a key of ours; empty when it has none."""
    request = DescribeNamespaceRequest(namespace=client.namespace)
    described = await client.workflow_service.describe_namespace(request)
    mark = described.namespace_info.data.get(MARK, "")
    if mark and mark not in keys.fingerprints.values():
        raise ForeignNamespace(
            message(
                "temporal.other_company",
                host=client.service_client.config.target_host,
                namespace=client.namespace,
                mark=mark,
                print=keys.fingerprint,
            ),
            message("temporal.give_a_namespace"),
        )
    return mark
