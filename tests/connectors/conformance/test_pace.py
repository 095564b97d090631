"""A burst of reads stays below what the vendor takes, as its own log of requests shows."""

import asyncio
import dataclasses
from datetime import datetime, timedelta

import pytest

from tests.connectors.conformance.cases import BillingCase, Case, CrmCase, cases
from tests.connectors.conformance.lab import Lab
from tests.patience import patience

AT_ONCE, SECOND = 60, timedelta(seconds=1)


@pytest.mark.parametrize("case", cases(BillingCase, CrmCase))
async def test_a_burst_of_reads_meets_no_limit(case: Case, lab: Lab) -> None:
    settings = {name: value for name, value in case.settings.items() if name != "requests_per_second"}
    paced = dataclasses.replace(case, settings=settings)
    assert case.most_a_second, "the case says what the vendor takes"
    async with paced.open(lab, timeout=patience(20)) as port:
        await asyncio.gather(*(port.probe() for _ in range(AT_ONCE)))
    requests = await lab.switches.requests(vendor=case.vendor)
    assert len(requests) >= AT_ONCE
    assert [r["path"] for r in requests if r["status"] == 429] == []
    arrived = [datetime.fromisoformat(r["at"]) for r in requests]
    assert max(sum(first <= at < first + SECOND for at in arrived) for first in arrived) <= case.most_a_second
