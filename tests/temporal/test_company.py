"""A namespace is one company's, whoever comes first; on a real server."""

import asyncio
from typing import Any, cast

import pytest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from raccord.sealing import KeyRing
from raccord.temporal.company import ForeignNamespace, prove
from starters.receiver.ownership import Ownership
from tests.temporal.conftest import OURS, THEIRS, Server


async def test_the_first_company_keeps_the_namespace(server: Server) -> None:
    client = await server.client(OURS)
    assert not await prove(client, OURS, claiming=False)
    assert await prove(client, OURS, claiming=True)
    assert await prove(client, OURS, claiming=False)
    said = await refused(client, THEIRS)
    assert f"its mark is {OURS.fingerprint}, ours would be {THEIRS.fingerprint}." in said
    assert await prove(client, OURS, claiming=False)


async def test_a_new_key_takes_over_the_mark_of_an_old_one(server: Server) -> None:
    both = KeyRing.of("new", {"ours": b"o" * 32, "new": b"n" * 32})
    client = await server.client(both)
    await prove(client, OURS, claiming=True)
    assert await prove(client, both, claiming=True)
    assert both.fingerprint in await refused(client, OURS)


async def test_of_two_that_claim_at_once_one_has_it(server: Server) -> None:
    client = await server.client(OURS)
    claims = [prove(client, keys, claiming=True) for keys in (OURS, THEIRS)]
    await asyncio.gather(*claims, return_exceptions=True)
    having = [keys for keys in (OURS, THEIRS) if not await refused(client, keys)]
    assert len(having) == 1


class Denying:
    """A Temporal that lets nobody change a namespace, as some clouds do."""

    namespace = "default"

    def __init__(self, client: Client) -> None:
        self.service_client = client.service_client
        self.workflow_service = self
        self.describe_namespace = client.workflow_service.describe_namespace
        self.asked = 0

    async def update_namespace(self, _: Any) -> None:
        self.asked += 1
        raise RPCError("Request unauthorized.", RPCStatusCode.PERMISSION_DENIED, b"")


async def test_where_marking_is_forbidden_nothing_is_proven_and_work_goes_on(server: Server) -> None:
    denying = Denying(await server.client(OURS))
    client = cast(Client, denying)
    assert not await prove(client, OURS, claiming=True)
    ownership = Ownership(client, OURS)
    for _ in range(3):
        await ownership.at_start()
        assert ownership.proven.is_set()
    assert denying.asked == 2, "a receiver asks once"


async def test_a_receiver_takes_nothing_for_another_company(server: Server) -> None:
    await prove(await server.client(THEIRS), THEIRS, claiming=True)
    ownership = Ownership(await server.client(OURS, lazy=True), OURS)
    with pytest.raises(ForeignNamespace):
        await ownership.at_start()
    assert not ownership.proven.is_set()


async def test_a_receiver_takes_nothing_while_temporal_is_away() -> None:
    ownership = Ownership(await Server("127.0.0.1:1").client(OURS, lazy=True), OURS)
    await ownership.at_start()
    assert not ownership.proven.is_set()


async def refused(client: Client, keys: KeyRing) -> str:
    """Return what somebody with these keys is told; empty when it is theirs or nobody's."""
    try:
        await prove(client, keys, claiming=False)
    except ForeignNamespace as foreign:
        return str(foreign)
    return ""
