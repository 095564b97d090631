"""Which gaps a comparison finds where it depends on how flows ended."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.service import proof as room
from activities.service.last_runs import LastRun
from activities.service.proof import ProofActivities
from raccord.domain.proof.gap import GapKind
from raccord.domain.proof.policy import ProofPolicy
from raccord.domain.values.listed import Shown
from raccord.domain.values.subject import Subject
from raccord.records.proofs import Stage
from raccord.records.records import Records
from raccord.records.staged import StagedRow
from raccord.temporal.flows import DEAL_WON, DUNNING, FlowType
from tests.domain.proof.test_comparing import deal, invoice

NOW = datetime(2026, 12, 27, 3, 20, tzinfo=UTC)
POLICY = ProofPolicy(crm="hubspot", billing="stripe", since=date(2026, 1, 1), payments=False, reminded_from=7)
LAST = {
    (DUNNING.name, "reminded"): LastRun(running=True),
    (DUNNING.name, "taken over"): LastRun(end="closed"),
    (DEAL_WON.name, "8"): LastRun(end="not_for_us"),
}


class Temporal:
    """Knows the last runs above; `asked` and `woken` are of which flow, and of which subjects."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[str]]] = []
        self.woken: list[tuple[str, str]] = []

    async def last_runs(self, _: Any, flow: FlowType, subjects: Sequence[Subject]) -> dict[Subject, LastRun]:
        if subjects:
            self.asked.append((flow.name, sorted(each.id for each in subjects)))
        return {each: LAST.get((flow.name, each.id), LastRun()) for each in subjects}

    async def wake(self, _: Any, flow: FlowType, subject: Subject, *__: Any, **___: Any) -> None:
        self.woken.append((flow.name, subject.id))


@pytest.fixture
def temporal(monkeypatch: pytest.MonkeyPatch) -> Temporal:
    found = Temporal()
    monkeypatch.setattr(room, "last_runs", found.last_runs)
    monkeypatch.setattr(room, "wake", found.wake)
    monkeypatch.setattr("temporalio.activity.client", lambda: None)
    return found


async def compared(records: Records, sides: dict[Stage, list[StagedRow]]) -> list[tuple[GapKind, str]]:
    """Stage both sides, compare them, and return the gaps."""
    run = await records.proofs.begin(date(2026, 1, 1), NOW)
    for stage in (Stage.INVOICES, Stage.CUSTOMERS, Stage.DEALS):
        await records.proofs.stage(run, sides.get(stage, []), run.next(""))
        run = run.next("")
    await ActivityEnvironment().run(ProofActivities(records, POLICY).compare, run)
    proof = await records.proofs.last()
    assert proof
    return [(gap.kind, gap.invoice_id or gap.deal_id) for gap in proof.gaps]


async def test_who_is_reminded_or_taken_over_by_a_person_is_no_gap(
    records: Records, temporal: Temporal
) -> None:
    customers = ("reminded", "taken over", "forgotten")
    rows = [
        invoice(id=f"in_{number}", customer_id=customer, reference=None)
        for number, customer in enumerate(customers)
    ]
    staged = [StagedRow(id=each.invoice.id, content=each.model_dump_json()) for each in rows]
    gaps = await compared(records, {Stage.INVOICES: staged})
    assert [id for kind, id in gaps if kind is GapKind.NOT_REMINDED] == ["in_2"]
    assert temporal.asked == [(DUNNING.name, sorted(customers))]
    assert (DUNNING.name, "forgotten") in temporal.woken


async def test_a_deal_whose_flow_said_why_it_is_not_invoiced_is_no_gap(
    records: Records, temporal: Temporal
) -> None:
    deals = [deal(id=id, shown=Shown()) for id in ("7", "8")]
    staged = [StagedRow(id=each.id, pair=each.id, content=each.model_dump_json()) for each in deals]
    assert await compared(records, {Stage.DEALS: staged}) == [(GapKind.NOT_INVOICED, "7")]
    assert temporal.asked == [(DEAL_WON.name, ["7", "8"])]
    assert temporal.woken == [(DEAL_WON.name, "7")]
