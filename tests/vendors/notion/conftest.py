from collections.abc import AsyncIterator

import pytest

from raccord.connectors.report_sink import ReportSink
from sandbox.notion.person import NotionPerson
from tests.connectors.conformance.lab import Lab
from tests.connectors.conformance.lab import lab as opened
from tests.vendors.notion.conformance import CASES, NotionCase


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Lab]:
    async with opened() as lab:
        yield lab


@pytest.fixture
async def lab(served: Lab) -> Lab:
    await served.reset()
    await served.option("notion", **CASES[0].quiet)
    return served


@pytest.fixture
def case() -> NotionCase:
    return CASES[0]


@pytest.fixture
async def notion(case: NotionCase, lab: Lab) -> AsyncIterator[ReportSink]:
    async with case.open(lab) as sink:
        yield sink


@pytest.fixture
def person(lab: Lab) -> NotionPerson:
    return NotionPerson(lab.http)
