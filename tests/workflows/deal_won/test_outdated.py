"""Vendors that refuse what was decided, or lose it: one invoice or one question, and never a spin."""

import pytest

from raccord.connectors.errors import DUE_DATE_PAST, VAT_RATE_MISSING, NotFound, Permanent
from raccord.domain.desk.question import Choice
from tests.workflows.house import House, needs_server

pytestmark = needs_server


@pytest.mark.parametrize(
    ("method", "code"),
    [("set_lines", VAT_RATE_MISSING), ("create_draft", DUE_DATE_PAST), ("finalise", DUE_DATE_PAST)],
)
async def test_what_is_refused_as_outdated_is_decided_anew(at_home: House, method: str, code: str) -> None:
    at_home.billing.fail(Permanent("Outdated.", code=code), method, times=1)
    await at_home.work()
    assert (await at_home.outcome())["ending"] == "invoiced"
    assert at_home.crm.calls["read_deal"] >= 3
    assert (len(at_home.billing.invoices), at_home.billing.calls[method]) == (1, 2)


async def test_what_reading_again_does_not_mend_is_a_question_after_a_few_looks(at_home: House) -> None:
    at_home.billing.fail(Permanent("There is no such rate.", code=VAT_RATE_MISSING), "set_lines")
    await at_home.work()
    await at_home.change()
    row = await at_home.question("refused")
    assert "There is no such rate." in str(row.question.problems[0])
    assert 3 <= at_home.billing.calls["set_lines"] <= 5
    at_home.billing.heal()
    await at_home.answer(row, Choice.RETRY)
    assert (await at_home.end())["ending"] == "invoiced"
    assert len(at_home.billing.invoices) == 1


async def test_a_record_that_vanishes_each_time_is_a_question(at_home: House) -> None:
    at_home.billing.fail(NotFound("This invoice does not exist."), "set_lines")
    await at_home.work()
    await at_home.change()
    row = await at_home.question()
    assert at_home.billing.calls["set_lines"] == 2
    at_home.billing.heal()
    await at_home.answer(row, Choice.RETRY)
    assert (await at_home.end())["ending"] == "invoiced"
    assert len(at_home.billing.invoices) == 1
