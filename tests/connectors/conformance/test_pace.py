"""A burst of reads stays below what the vendor takes, as its own log of requests shows."""

import asyncio
import dataclasses
from datetime import datetime, timedelta

import pytest

from raccord.connectors.errors import RateLimited
from tests.connectors.conformance.cases import BillingCase, Case, CrmCase, cases
from tests.connectors.conformance.lab import Lab
from tests.patience import patience

SECOND = timedelta(seconds=1)
ROUNDS = 2
"""On a busy machine what left one by one may arrive together: one burst that does not is enough."""


@pytest.mark.parametrize("case", cases(BillingCase, CrmCase))
async def test_a_burst_of_reads_meets_no_limit(case: Case, lab: Lab) -> None:
    settings = {name: value for name, value in case.settings.items() if name != "requests_per_second"}
    paced = dataclasses.replace(case, settings=settings)
    assert case.most_a_second, "the case says what the vendor takes"
    most = [await _most_a_second(paced, lab) for _ in range(ROUNDS)]
    assert min(most) <= case.most_a_second, most


async def _most_a_second(case: Case, lab: Lab) -> int:
    """Send a burst; return the most requests that arrived in a second, those included that were too many."""
    before = len(await lab.switches.requests(vendor=case.played_by))
    async with case.open(lab, timeout=patience(20)) as port:
        done = await asyncio.gather(*(port.probe() for _ in range(case.at_once)), return_exceptions=True)
    assert {type(each) for each in done} <= {type(None), RateLimited}
    requests = (await lab.switches.requests(vendor=case.played_by))[before:]
    assert len(requests) >= case.at_once
    arrived = [datetime.fromisoformat(r["at"]) for r in requests]
    return max(sum(first <= at < first + SECOND for at in arrived) for first in arrived)
