from collections.abc import AsyncIterator
from typing import Any

import pytest

from raccord.connectors.report_sink import ReportSink
from sandbox.google.person import GooglePerson
from tests.connectors.conformance.lab import Lab
from tests.connectors.conformance.lab import lab as opened
from tests.vendors.google_sheets.conformance import BOOK, CASES, GoogleCase


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Lab]:
    async with opened() as lab:
        yield lab


@pytest.fixture
async def lab(served: Lab) -> Lab:
    await served.reset()
    return served


@pytest.fixture
def case() -> GoogleCase:
    (found,) = CASES
    return found


@pytest.fixture
async def sheets(case: GoogleCase, lab: Lab) -> AsyncIterator[ReportSink]:
    await lab.option("google", **case.quiet)
    async with case.open(lab) as sink:
        yield sink


@pytest.fixture
def person(lab: Lab) -> GooglePerson:
    return GooglePerson(lab.http)


async def book(person: GooglePerson, fields: str) -> Any:
    """Return a part of the spreadsheet, as its owner reads it."""
    return await person.call("GET", f"/v4/spreadsheets/{BOOK}", params={"fields": fields})
