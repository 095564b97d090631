"""A deal goes as far as its salesperson and its pipeline may, and no further after a demotion."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from raccord.domain.desk.question import Choice
from raccord.domain.rules.ladder import DRAFT, LIVE, SHADOW, Place, Rung, Scope, ScopeKind
from raccord.domain.rules.modes import Mode
from raccord.domain.values.parties import Owner
from raccord.records.rungs import Placed
from tests.workflows.deal_won.test_endings import nothing_was_written
from tests.workflows.house import House, needs_server

pytestmark = needs_server
BEGIN = '[rollout]\nbegin = "shadow"'
LEA = Scope(kind=ScopeKind.OWNER, id="71")


async def on(home: House, rung: Rung) -> None:
    at = datetime(2026, 11, 27, 9, tzinfo=UTC)
    placed = Placed(place=Place(scope=LEA, rung=rung), actor="cli:anne", reason="juste", at=at)
    await home.records.rungs.put(placed)


async def test_a_salesperson_climbs_while_everybody_else_stays_in_shadow(at_home: House) -> None:
    at_home.edit(owner=Owner(id="71"))
    await at_home.work(more=BEGIN)
    assert (await at_home.outcome())["ending"] == "shadow"
    (kept,) = await at_home.records.findings.verdicts()
    assert kept.computed
    assert at_home.billing.invoices == {}
    await on(at_home, Rung(mode=Mode.LIVE, up_to=Decimal(100)))
    at_home.edit(owner=Owner(id="9"))
    assert (await at_home.outcome())["ending"] == "shadow"
    at_home.edit(owner=Owner(id="71"))
    assert (await at_home.outcome())["ending"] == "invoiced"
    assert await at_home.records.findings.verdicts() == (), "it is out of shadow"


async def test_above_the_amount_a_person_presses(at_home: House) -> None:
    at_home.edit(owner=Owner(id="71"))
    await on(at_home, Rung(mode=Mode.LIVE, up_to=Decimal("99.99")))
    await at_home.work(more=BEGIN)
    await at_home.change()
    row = await at_home.question("approval")
    await at_home.answer(row, Choice.CHOOSE, "issue")
    assert (await at_home.end())["ending"] == "invoiced"


async def test_a_demotion_holds_for_what_waits_for_a_press(at_home: House) -> None:
    at_home.edit(owner=Owner(id="71"))
    await on(at_home, DRAFT)
    await at_home.work(more=BEGIN)
    await at_home.change()
    row = await at_home.question("approval")
    await on(at_home, SHADOW)
    await at_home.answer(row, Choice.CHOOSE, "issue")
    assert (await at_home.end())["ending"] == "shadow"
    assert at_home.billing.issued == []


async def test_a_demotion_before_the_first_write_holds(at_home: House) -> None:
    at_home.edit(owner=Owner(id="71"))
    await on(at_home, LIVE)
    await at_home.work(more=BEGIN)

    async def lowered() -> None:
        await on(at_home, SHADOW)

    at_home.billing.before("find_customers", lowered)
    assert (await at_home.outcome())["ending"] == "shadow"
    await nothing_was_written(at_home)


@pytest.mark.parametrize("last", [False, True], ids=["while the draft is made", "at the last read"])
async def test_a_demotion_before_the_invoice_is_issued_holds(at_home: House, last: bool) -> None:
    at_home.edit(owner=Owner(id="71"))
    await on(at_home, LIVE)
    await at_home.work(more=BEGIN)

    async def lowered() -> None:
        await on(at_home, SHADOW)

    async def lowered_at_the_last_read() -> None:
        at_home.crm.before("read_deal", lowered)

    at_home.billing.before("set_lines", lowered_at_the_last_read if last else lowered)
    assert (await at_home.outcome())["ending"] == "shadow"
    (draft,) = at_home.billing.invoices.values()
    assert not draft.finalised, "it stays as it is"


async def test_after_a_demotion_to_draft_a_person_issues_what_was_made(at_home: House) -> None:
    at_home.edit(owner=Owner(id="71"))
    await on(at_home, LIVE)
    await at_home.work(more=BEGIN)

    async def lowered() -> None:
        await on(at_home, DRAFT)

    at_home.billing.before("set_lines", lowered)
    await at_home.change()
    row = await at_home.question("approval")
    assert at_home.billing.issued == []
    await at_home.answer(row, Choice.CHOOSE, "issue")
    assert (await at_home.end())["ending"] == "invoiced"
    assert at_home.billing.calls["create_draft"] == 1


async def test_nobody_gets_past_the_mode_of_the_settings(at_home: House) -> None:
    at_home.edit(owner=Owner(id="71"))
    await on(at_home, LIVE)
    await at_home.work(Mode.SHADOW)
    assert (await at_home.outcome())["ending"] == "shadow"
