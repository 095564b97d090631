"""The time of a refusal does not tell which connections there are: the work is counted, not the time."""

import asyncio
import hmac
import time
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from temporalio.client import Client

from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.settings.model import Receiver as ReceiverSettings
from starters.receiver.app import Receiver
from starters.receiver.serve import decoy, webhook_sources
from tests.settings.written import configuration

ROTATING = """
previous_webhook_secret = "the-secret-before-this-one"
previous_webhook_secret_until = 2099-12-31
"""
KNOWN, UNKNOWN = "hubspot", "hubspat"
"""Equally long: the name is part of what is signed."""


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The length of every message that was signed."""
    lengths: list[int] = []
    digest = hmac.digest

    def noted(key: bytes, message: bytes, algorithm: Any) -> bytes:
        lengths.append(len(message))
        return digest(key, message, algorithm)

    monkeypatch.setattr(hmac, "digest", noted)
    return lengths


@pytest.mark.parametrize("secrets", [1, 2], ids=["one secret", "two during a rotation"])
async def test_a_name_that_nobody_has_is_refused_with_the_same_work(
    tmp_path: Path, hashed: list[int], secrets: int
) -> None:
    settings = configuration(tmp_path, hubspot=ROTATING if secrets == 2 else "")
    records = Records.open(f"sqlite:///{tmp_path / 'records.db'}", KeyRing.create(tmp_path / "keys.json"))
    receiver = Receiver(
        cast(Client, None),
        records,
        webhook_sources(settings),
        ReceiverSettings(),
        ours=asyncio.Event(),
        decoy=decoy(settings),
    )
    headers = {
        "content-type": "application/json",
        "x-hubspot-signature-v3": "AAAA",
        "x-hubspot-request-timestamp": str(int(time.time() * 1000)),
    }
    hashed.clear()
    work = {}
    transport = httpx.ASGITransport(app=receiver.app())
    async with httpx.AsyncClient(transport=transport, base_url="http://receiver") as http:
        for name in (KNOWN, UNKNOWN):
            answer = await http.post(f"/webhooks/{name}", content=b"x" * 200_000, headers=headers)
            assert (answer.status_code, answer.content) == (401, b"")
            work[name] = hashed.copy()
            hashed.clear()
    assert work[KNOWN] == work[UNKNOWN]
    assert len(work[KNOWN]) == secrets
