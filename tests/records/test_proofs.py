"""Both sides while they are compared: staged part by part, joined, and gone once the proof is kept."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from raccord.domain.proof.proof import Proof
from raccord.domain.values.invoice import Invoice, InvoiceState
from raccord.domain.values.listed import ListedDeal, ListedInvoice, Shown
from raccord.domain.values.money import Money
from raccord.domain.values.parties import Customer
from raccord.domain.values.totals import Totals
from raccord.records.proofs import KEPT, STALE, ProofRun, Stage
from raccord.records.records import Records
from raccord.records.staged import StagedRow

NOW = datetime(2026, 11, 27, 3, 20, tzinfo=UTC)
SINCE = date(2026, 1, 1)


def deal(id_: str, shown: str = "") -> StagedRow:
    listed = ListedDeal(id=id_, won=True, shown=Shown(invoice_id=shown))
    return StagedRow(id=id_, pair=id_, shown=shown, content=listed.model_dump_json())


def invoice(id_: str, pair: str = "") -> StagedRow:
    ten = Money(amount=Decimal(10), currency="EUR")
    totals = Totals(net=ten, vat=(), gross=ten)
    found = Invoice(
        id=id_, state=InvoiceState.OPEN, customer_id="c", currency="EUR", totals=totals, credited=ten
    )
    return StagedRow(id=id_, pair=pair, content=ListedInvoice(invoice=found, due=ten).model_dump_json())


async def staged(records: Records, run: ProofRun, *parts: list[StagedRow]) -> ProofRun:
    """Stage the parts of one list, and go on to the next stage."""
    for number, rows in enumerate(parts, start=1):
        onward = run.next(str(number) if number < len(parts) else "")
        await records.proofs.stage(run, rows, onward)
        run = onward
    return run


def proof(run: ProofRun) -> Proof:
    return Proof(day=NOW.date(), since=run.since, began_at=run.began_at, ended_at=run.began_at)


async def test_it_goes_on_where_it_stopped_until_that_is_stale(records: Records) -> None:
    run = await records.proofs.begin(SINCE, NOW)
    await records.proofs.stage(run, [invoice("in_1")], run.next("in_1"))
    again = await records.proofs.begin(SINCE, NOW + timedelta(hours=1))
    assert again == run.next("in_1")
    assert await records.proofs.count(again, Stage.INVOICES) == 1

    anew = await records.proofs.begin(SINCE, NOW + STALE)
    assert (anew.began_at, anew.stage, anew.after) == (NOW + STALE, Stage.INVOICES, "")
    assert await records.proofs.where(run) is None
    assert await records.proofs.count(anew, Stage.INVOICES) == 0
    other = await records.proofs.begin(date(2026, 6, 1), NOW + STALE)
    assert other.since == date(2026, 6, 1)


async def test_both_sides_are_joined_by_reference_or_by_what_the_deal_shows(records: Records) -> None:
    run = await records.proofs.begin(SINCE, NOW)
    # A part that comes again, after an attempt that died, replaces itself.
    run = await staged(
        records, run, [invoice("in_1", "1"), invoice("in_2")], [invoice("in_2"), invoice("in_9")]
    )
    run = await staged(
        records, run, [StagedRow(id="cus_1", pair="x", content=Customer(id="1").model_dump_json())]
    )
    run = await staged(records, run, [deal("1"), deal("2", "in_2"), deal("3")])
    assert run.stage is Stage.COMPARE
    await records.proofs.adopt(run)

    first = await records.proofs.pairs(run, "", most=2)
    rest = await records.proofs.pairs(run, first[-1].pair, most=2)
    joined = {each.pair: [listed.invoice.id for listed in each.invoices] for each in (*first, *rest)}
    assert joined == {"1": ["in_1"], "2": ["in_2"], "3": []}
    assert all(each.deal for each in first)
    assert [each.invoice.id for each in await records.proofs.of_no_deal(run, "", most=5)] == ["in_9"]


async def test_an_invoice_of_a_deal_that_is_not_listed_keeps_its_name(records: Records) -> None:
    run = await staged(records, await records.proofs.begin(SINCE, NOW), [invoice("in_1", "gone")])
    (pair,) = await records.proofs.pairs(run, "", most=5)
    assert (pair.pair, pair.deal) == ("gone", None)


async def test_customers_that_are_one_company_are_found(records: Records) -> None:
    run = (await records.proofs.begin(SINCE, NOW)).next("")
    rows = [
        StagedRow(id=id_, pair=pair, content=Customer(id=id_).model_dump_json())
        for id_, pair in (("a", "x"), ("b", "x"), ("c", "y"), ("d", ""), ("e", ""))
    ]
    run = await staged(records, run, rows)
    assert [[each.id for each in some] for some in await records.proofs.doubled(run)] == [["a", "b"]]


async def test_what_could_not_be_read_is_named_and_hides_nothing(records: Records) -> None:
    run = await records.proofs.begin(SINCE, NOW)
    run = await staged(records, run, [StagedRow(id="in_bad"), invoice("in_1", "1")])
    assert await records.proofs.unreadable(run) == ("in_bad",)
    assert len(await records.proofs.pairs(run, "", most=5)) == 1


async def test_what_was_staged_goes_with_the_proof_and_old_proofs_go(records: Records) -> None:
    assert await records.proofs.last() is None
    for day in range(KEPT + 2):
        run = await records.proofs.begin(SINCE, NOW + timedelta(days=day))
        await records.proofs.finish(run, proof(run))
    run = await records.proofs.begin(SINCE, NOW + timedelta(days=KEPT + 2))
    await records.proofs.stage(run, [invoice("in_1")], run.next(""))
    last = await records.proofs.last()
    assert last is not None
    assert last.began_at == NOW + timedelta(days=KEPT + 1)
    await records.proofs.finish(run, proof(run))
    assert await records.proofs.count(run, Stage.INVOICES) == 0


async def test_of_two_that_compare_the_same_lists_the_first_keeps_its_proof(records: Records) -> None:
    """The second one's lists were dropped while it compared them: it found no gap in nothing."""
    run = await records.proofs.begin(SINCE, NOW)
    whole = proof(run).model_copy(update={"deals": 7})
    assert await records.proofs.finish(run, whole)
    assert not await records.proofs.finish(run, proof(run))
    assert await records.proofs.last() == whole
