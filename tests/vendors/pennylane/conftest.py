from collections.abc import AsyncIterator

import pytest

from raccord.domain.values.clock import BusinessClock
from raccord.vendors.pennylane.connector import PennylaneBilling
from raccord.vendors.pennylane.settings import PennylaneSettings
from tests.connectors.stub import Reply, Stub, running
from tests.patience import patience
from tests.vendors.pennylane.samples import GONE, ME, some


def settings(stub: Stub, **more: object) -> PennylaneSettings:
    given = {"base_url": stub.url, "token": "token-0000000000000000", "sandbox": True}
    return PennylaneSettings.model_validate(
        given | {"timeout": patience(3), "requests_per_second": 1000} | more
    )


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    async with running(GONE) as stub:
        stub.on("GET /me", ME)
        for path in ("/customers", "/customer_invoices"):
            stub.on(f"GET {path}", some())
        for path in ("invoice_lines", "matched_transactions", "payments"):
            stub.on(f"GET /customer_invoices/7/{path}", some())
        yield stub


@pytest.fixture
async def billing(stub: Stub) -> AsyncIterator[PennylaneBilling]:
    port = PennylaneBilling("pennylane", settings(stub), BusinessClock())
    yield port
    await port.close()


def refused(status: int, text: str) -> Reply:
    return Reply({"error": text, "status": status}, status)
