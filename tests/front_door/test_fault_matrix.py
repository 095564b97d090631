"""Every fault of the failure model on every call of flow 1: still one invoice, one customer, one e-mail.

Many deals meet their faults at the same time. Each fault must have fired, or its combination is void.
"""

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.client import (
    WorkflowExecutionStatus,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCError

from raccord.domain.desk.question import Answer, Choice, Decision
from raccord.records.waiting import Waiting
from raccord.temporal import search
from tests.front_door.account import TWO_LINES_GROSS, Account, siren
from tests.front_door.judge import (
    adds_up,
    by_a_person,
    every_write_has_its_pair,
    invoice_is_right,
    one_customer,
    one_delivery,
    one_vat_rate,
)
from tests.front_door.matrix import CALLS, ELSEWHERE, FRESH, KNOWN, OWNER, Case, Combination, cases
from tests.front_door.payments import at_rest
from tests.front_door.stack import Lane, TemporalServer
from tests.patience import patience
from tests.slice import Slice

LANES = 3
FEWEST_COMBINATIONS = 541
CASES_OF_A_SLICE = 8
LONGEST = 300
"""Seconds until a deal must have ended, on an idle machine."""
APART = 0.3
"""Seconds between two wins of a lane: longer than the CRM collects events for one webhook."""
FIRST_NEW_RATE = 21
"""Percent; from here on no rate is one that ordinary lines use."""
OF_THE_SWEEP = {("hubspot", "POST", "/crm/v3/objects/deals/search")}
OTHER_PERCENT = "19"
SELDOM_OWNERS = ("64492918", "64492919", "64492920")
"""One for each deal of a lane that is to meet faults when its owner is read."""
_ID = r"\d{6,}|(?:in|cus|txr)_\w+"


@dataclass
class Run:
    """One deal, the faults aimed at it by the number of their rule, and what became of it."""

    case: Case
    deal: str
    gross: int
    names: tuple[str, ...]
    """What its requests contain."""
    new_rate: str | None = None
    rules: dict[int, Combination] = field(default_factory=dict)
    result: Any = None
    may_ask: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    waits: list[tuple[Combination, float]] = field(default_factory=list)
    """Seconds from a request that met a fault to its repetition, where there was one."""

    def __str__(self) -> str:
        return f"deal {self.deal} ({self.case})"


@pytest.fixture(scope="module")
async def lanes(
    server: TemporalServer, tmp_path_factory: pytest.TempPathFactory, chosen: Slice
) -> AsyncIterator[tuple[Lane, ...]]:
    rates = ", ".join(str(rate) for rate in range(100))
    overrides = {
        "RACCORD_VAT__RATES": f"[{rates}, 5.5]",
        "RACCORD_TEMPORAL__AUTH_RETRY": "1",
        # Accounts with raised limits, so that it is the faults which the deals wait for.
        "RACCORD_HUBSPOT__REQUESTS_PER_SECOND": "60",
        "RACCORD_STRIPE__REQUESTS_PER_SECOND": "60",
        "RACCORD_DESK__TASKS": "false",
    }
    async with AsyncExitStack() as stack:
        found = []
        for number in range(LANES if chosen.whole else 1):
            name = f"matrix-{number}"
            # Telling a person is broken elsewhere; here it would only be slow.
            lane = Lane(server, tmp_path_factory.mktemp(name), name, overrides=overrides, messenger=False)
            found.append(await stack.enter_async_context(lane))
        for lane in found:
            await lane.account.settings("hubspot", requests_per_ten_seconds=1000)
            await lane.account.settings("stripe", rate_limits=False)
            for percent in ("20", "5.5"):
                await vat_rate(lane.account, percent, country="FR")
        yield tuple(found)


async def vat_rate(account: Account, percent: str, *, country: str) -> str:
    form = {"display_name": "TVA", "inclusive": "false", "tax_type": "vat"}
    made = await account.stripe_post("/v1/tax_rates", percentage=percent, country=country, **form)
    return str(made["id"])


async def test_flow_1_makes_exactly_the_calls_that_the_matrix_breaks(lanes: tuple[Lane, ...]) -> None:
    lane = lanes[0]
    since = len(await lane.account.requests())
    runs = [await prepared(lane.account, Case(recipe, ()), new_rate="99") for recipe in (FRESH, KNOWN)]
    await asyncio.gather(*(play(lane, run) for run in runs))
    for run in runs:
        assert run.result["ending"] == "invoiced", run.result
    made = {
        (r["vendor"], r["method"], re.sub(rf"(?<=/)(?:{_ID})(?=/|$)", "{id}", r["path"]))
        for r in await lane.account.requests(since=str(since))
        if not by_a_person(r)
    }
    assert made - OF_THE_SWEEP == {(call.vendor, call.method, call.path) for call in CALLS}


@pytest.mark.quick
@pytest.mark.timeout(600)
async def test_every_fault_on_every_call_ends_as_exactly_one_invoice(
    lanes: tuple[Lane, ...], chosen: Slice
) -> None:
    every = list(cases())
    waiting = chosen.some(every, CASES_OF_A_SLICE)
    shares = [waiting[number :: len(lanes)] for number in range(len(lanes))]
    both = list(zip(lanes, shares, strict=True))
    found = await asyncio.gather(*(played(lane, share) for lane, share in both))
    runs = [run for share, _ in found for run in share]
    failures = [failure for _, said in found for failure in said]
    total, failed = combinations(run.case for run in runs), sum(count for count, _ in failures)
    waits = sorted(((wait, str(c)) for run in runs for c, wait in run.waits), reverse=True)
    print(  # noqa: T201 - fewer combinations must be seen
        f"\nfault combinations played: {total} of {combinations(every)}, failed: {failed};",
        "the longest until a request was repeated:",
        *(f"{wait:5.1f} s after {combination}" for wait, combination in waits[:10]),
        sep="\n",
    )
    assert combinations(every) >= FEWEST_COMBINATIONS
    assert total == combinations(waiting)
    assert not failures, "\n".join(said for _, said in failures)


def combinations(played: Iterable[Case]) -> int:
    return sum(len(case.combinations) for case in played)


async def played(lane: Lane, share: list[Case]) -> tuple[list[Run], list[tuple[int, str]]]:
    """Play one lane's deals, all at once; return them and how many combinations failed in which way."""
    account = lane.account
    shared = {c.asks for case in share for c in case.combinations if not c.call.aimed}
    runs = []
    owners = iter(SELDOM_OWNERS)
    for number, case in enumerate(share):
        owner = next(owners) if any(c.call.name == OWNER for c in case.combinations) else ""
        run = await prepared(account, case, new_rate=str(FIRST_NEW_RATE + number), owner=owner)
        run.may_ask = shared | {c.asks for c in case.combinations}
        await aim(account, run)
        runs.append(run)
    await asyncio.gather(*(play(lane, run, after=number * APART) for number, run in enumerate(runs)))
    rules = {rule["id"]: rule for rule in await account.faults()}
    await account.clear_faults()
    requests = await account.requests()
    failures: list[tuple[int, str]] = []
    for run in runs:
        try:
            failures += list(void(run, rules))
            await judge(lane, run, requests, rules)
        except AssertionError as error:
            failures.append((len(run.case.combinations), f"{run}: {error}"))
    try:
        await judge_the_lane(lane, requests)
    except AssertionError as error:
        failures.append((1, f"{lane.namespace}: {error}"))
    return runs, failures


async def prepared(account: Account, case: Case, *, new_rate: str, owner: str = "") -> Run:
    if case.recipe == KNOWN:
        return await of_a_known_company(account, case, new_rate)
    return await of_a_new_company(account, case, owner)


async def of_a_new_company(account: Account, case: Case, owner: str) -> Run:
    company = await account.company()
    email = f"compta@new-{company}.example"
    await account.edit("companies", company, billing_email=email)
    contact = await account.create(
        "contacts", {"email": f"facturation@new-{company}.example"}, ("companies", company, 931)
    )
    deal = await account.deal(company)
    names = (deal, company, contact, *await account.lines(deal), email)
    if owner:
        await account.edit("deals", deal, hubspot_owner_id=owner)
        names += (owner,)
    return Run(case, deal, TWO_LINES_GROSS, names)


async def of_a_known_company(account: Account, case: Case, rate: str) -> Run:
    """The company's customer was made by hand; somebody then drafted the deal with other lines."""
    company = await account.company()
    email = f"compta@known-{company}.example"
    name = f"Client {company}"
    number = siren(int(company) % 100_000_000)
    await account.edit(
        "companies", company, billing_email=email, name=name, siren=number, address="1 quai Perrache"
    )
    place = {"line1": "1 quai Perrache", "postal_code": "69003", "city": "Lyon", "country": "FR"}
    details = {f"address[{part}]": value for part, value in place.items()}
    details |= {"tax_id_data[0][type]": "fr_siren", "tax_id_data[0][value]": number}
    customer = (await account.stripe_post("/v1/customers", email=email, name=name, **details))["id"]
    line = {"name": "Conseil", "quantity": "1", "price": "1000.00", "vat_rate": rate}
    deal = await account.deal(company, lines=[line], deal_currency_code="", hubspot_owner_id="")
    draft, old_rate = await outdated_draft(account, deal, customer)
    lines = await account.lines(deal)
    names = (deal, company, *lines, email, customer, draft, old_rate, f"vat/{rate}")
    return Run(case, deal, 100000 + int(rate) * 1000, names, new_rate=rate)


async def outdated_draft(account: Account, deal: str, customer: str) -> tuple[str, str]:
    """A draft of eleven lines, more than an invoice shows at once, with a VAT rate archived since."""
    rate = await vat_rate(account, OTHER_PERCENT, country="DE")
    reference = {"deal": f"hubspot:{deal}", "cycle": "1", "revision": "1", "content": "outdated"}
    metadata = {f"metadata[raccord_{name}]": value for name, value in reference.items()}
    options = {"collection_method": "send_invoice", "days_until_due": "30", "currency": "eur"}
    draft = (await account.stripe_post("/v1/invoices", customer=customer, **options, **metadata))["id"]
    lines: dict[str, str] = {}
    for number in range(11):
        price = f"lines[{number}][price_data]"
        lines |= {
            f"lines[{number}][tax_rates][0]": rate,
            f"{price}[currency]": "eur",
            f"{price}[product_data][name]": "Ancienne ligne",
            f"{price}[unit_amount]": "100",
        }
    await account.stripe_post(f"/v1/invoices/{draft}/add_lines", **lines)
    await account.stripe_post(f"/v1/tax_rates/{rate}", active="false")
    return draft, rate


async def aim(account: Account, run: Run) -> None:
    """Set up the deal's faults; those of one call hit its attempts in their order."""
    for combination in run.case.combinations:
        call, fault = combination.call, combination.fault
        path = call.path.replace("{id}", "[^/]+")
        names: tuple[str, ...] = run.names if call.aimed else ()
        if call.method == "PATCH":
            # The test itself wins the deal by the same call.
            path, names = call.path.replace("{id}", run.deal), ("billing_invoice_number",)
        rule = await account.fault(
            vendor=call.vendor,
            method=call.method,
            path=path,
            containing=list(names),
            when=fault.when,
            effect=fault.effect,
            times=fault.times,
        )
        run.rules[rule] = combination


async def play(lane: Lane, run: Run, *, after: float = 0) -> None:
    """Win the deal and wait for its end; a question that a fault explains is answered by "try again"."""
    await asyncio.sleep(after)
    await lane.account.win(run.deal)
    handle = lane.client.get_workflow_handle(f"deal-won/hubspot/{run.deal}")
    try:
        async with asyncio.timeout(patience(LONGEST)):
            while await asks(handle):
                for row in [w for w in await lane.waiting() if w.flow == handle.id]:
                    run.asked |= {problem.cause for problem in row.question.problems}
                    if not run.asked <= run.may_ask:
                        return
                    await try_again(handle, row)
            run.result = await handle.result()
    except TimeoutError:
        return


async def asks(handle: WorkflowHandle[Any, Any]) -> bool:
    """Wait until the flow asks a person, or until it has ended: then it asks nothing."""
    while True:
        await asyncio.sleep(1)
        with contextlib.suppress(RPCError):  # not started yet
            found = await handle.describe()
            if found.status is not WorkflowExecutionStatus.RUNNING:
                return False
            if found.typed_search_attributes.get(search.STATE) == "waiting":
                return True


async def try_again(handle: WorkflowHandle[Any, Any], row: Waiting) -> None:
    answer = Answer(choice=Choice.RETRY, actor="cli:somebody")
    decision = Decision(incident=row.incident, revision=row.revision, answer=answer)
    # It is looking again just now, or it ended before it came to the answer.
    with contextlib.suppress(WorkflowUpdateFailedError, RPCError):
        try:
            within = timedelta(seconds=patience(30))
            await handle.execute_update("decide", decision, result_type=str, rpc_timeout=within)
        except WorkflowUpdateRPCTimeoutOrCancelledError:
            # One error for two things: an answer that takes long is given again, a cancelled task ends.
            if (task := asyncio.current_task()) and task.cancelling():
                raise asyncio.CancelledError from None


def void(run: Run, rules: dict[int, dict[str, Any]]) -> Iterator[tuple[int, str]]:
    for number, combination in run.rules.items():
        if not rules[number]["fired"]:
            yield 1, f"{combination}: the fault never fired (deal {run.deal})"


async def judge(
    lane: Lane, run: Run, requests: list[dict[str, Any]], rules: dict[int, dict[str, Any]]
) -> None:
    """Hold one deal against the invariants, at the vendors."""
    account = lane.account
    assert run.result is not None, f"did not end within {patience(LONGEST):.0f} s"
    assert run.asked <= run.may_ask, f"asked about {run.asked - run.may_ask}: {run.result}"
    assert run.result["ending"] in ("invoiced", "already_invoiced"), run.result
    invoice = await invoice_is_right(account, run.deal, gross=run.gross)
    adds_up(invoice)
    await one_customer(account, invoice)
    await one_delivery(account, invoice)
    if run.new_rate:
        await one_vat_rate(account, run.new_rate)
    writes = [
        r
        for r in requests
        if (r["method"], r["path"]) == ("PATCH", f"/crm/v3/objects/deals/{run.deal}")
        and not by_a_person(r)
        and reached(r, rules)
    ]
    assert len(writes) == 1, f"{len(writes)} writes to the deal reached the CRM"
    run.waits = list(repetitions(run, requests))
    # Reads go out side by side: another one's failure may end the attempt that was asked to wait.
    writes_alone = [(c, wait) for c, wait in run.waits if c.call.write]
    early = [f"{c} after {wait:.1f} s" for c, wait in writes_alone if wait < c.fault.waits - 0.1]
    assert not early, f"came back too early: {early}"


def reached(request: dict[str, Any], rules: dict[int, dict[str, Any]]) -> bool:
    """Whether no fault kept the request from its vendor."""
    rule = rules.get(request["fault"])
    return rule is None or rule["when"] == "after" or "latency" in rule["effect"]


def repetitions(run: Run, requests: list[dict[str, Any]]) -> Iterator[tuple[Combination, float]]:
    """How long after each fault the same request came again; not for calls that any deal may have made."""
    same = ("vendor", "method", "path", "query", "body")
    for number, combination in run.rules.items():
        met = next((r for r in requests if r["fault"] == number), None)
        if met and combination.call.aimed and combination.fault.fails:
            later = (r for r in requests if r["n"] > met["n"] and all(r[k] == met[k] for k in same))
            if again := next(later, None):
                yield combination, seconds(again["at"]) - seconds(met["at"])


def seconds(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()


async def judge_the_lane(lane: Lane, requests: list[dict[str, Any]]) -> None:
    """What is true of all deals together."""
    every_write_has_its_pair(await lane.audit(), requests)
    followed = [r for r in requests if ELSEWHERE in r["path"]]
    assert not followed, "a redirect was followed"
    await at_rest(lane)
    await every_event_taken_has_its_flow(lane)


async def every_event_taken_has_its_flow(lane: Lane) -> None:
    """I9: what the receiver answered with 2xx has started, or told, the deal's flow."""
    flows = {w.id async for w in lane.client.list_workflows("WorkflowType = 'DealWon'")}
    for delivery in await lane.account.deliveries():
        taken = delivery["status"] in range(200, 300)
        for event in json.loads(delivery["body"]) if taken else ():
            assert f"deal-won/hubspot/{event['objectId']}" in flows, event
