"""Every write of flow 5, broken in every way: the week stands once in each place, and is mailed once.

A crash point kills the worker's own process. What it had begun is known to be dead when it beats no more, ten
seconds later: so several lanes die side by side. Each fault must have fired, or it is void.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowHandle
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from raccord.domain.report.policy import Ending, Mailed, ReportWanted
from raccord.domain.report.week import Week
from raccord.domain.values.clock import DAY
from raccord.temporal.flows import FLOWS_QUEUE, WEEKLY_REPORT
from sandbox.google.settings import BOOK
from tests.front_door.judge import every_write_has_its_pair
from tests.front_door.points import Call, Point, crashed
from tests.front_door.reporting import BOARD, OVERRIDES, PLACES, Telling
from tests.front_door.stack import TemporalServer
from tests.front_door.test_dunning import Meeting, Server, dropped
from tests.patience import patience
from tests.slice import Slice
from workflows.weekly_report.flow import SCHEDULED

LANES = 4
FEWEST_POINTS, FEWEST_FAULTS = 14, 46
PAGES, BLOCKS = "/v1/pages", "/v1/blocks"
MADE = (
    Call("the tab", "google", "POST", r"/v4/spreadsheets/.+:batchUpdate"),
    Call("the page", "notion", "POST", PAGES),
    Call("rows of a table", "notion", "PATCH", f"{BLOCKS}/.+/children"),
    Call("a gap", "notion", "POST", PAGES),
)
"""The writes that show a week which is nowhere yet."""
DATABASE = Call("the database", "notion", "POST", "/v1/databases")
"""Is made once in an account."""
MENDED = (
    Call("a text", "notion", "PATCH", f"{BLOCKS}/{{id}}"),
    Call("a row of the database", "notion", "PATCH", f"{PAGES}/{{id}}"),
    Call("a block too many", "notion", "DELETE", f"{BLOCKS}/{{id}}"),
)
"""The writes that bring to date what people changed."""
BEFORE: tuple[dict[str, Any], ...] = (
    {"status": 429, "retry_after": "1"},
    {"status": 429},
    {"status": 409},
    {"status": 500},
    {"status": 503},
    {"reset": True},
)
AFTER: tuple[dict[str, Any], ...] = ({"reset": True}, {"status": 500})
SUBTITLE, SECTION = "Du ", "Promesses de paiement"
TYPED = "Quelqu’un a écrit ici"


class Breaking(Telling):
    """A lane of ordinary days, whose mail server stands in this process."""

    day_seconds = 0
    post: Server
    weeks: Iterator[Week]

    @property
    def mail_port(self) -> int:
        return self.post.port

    def dies_at(self, moment: dict[str, Meeting]) -> None:
        """Have the worker die once, as a mail to management comes."""
        moment[BOARD] = self._dies

    async def _dies(self, server: Any) -> str:
        self.worker.kill()
        return await dropped(server)


@dataclass(frozen=True)
class Its:
    """A week with an invoice; and what people changed of what was shown of it, by the call that mends it."""

    week: Week
    number: str
    changed: dict[str, str] = field(default_factory=dict)

    def aim(self, call: Call) -> dict[str, Any]:
        """Return what tells a call about this week from those about others."""
        said = {
            "the tab": str(self.week),
            "the page": f'"{self.week} ',
            "rows of a table": self.number,
            "a gap": f"{self.week}/",
        }
        path = call.path.replace("{id}", self.changed.get(call.name, ""))
        aimed = {"vendor": call.vendor, "method": call.method, "path": path}
        return aimed | ({"containing": [said[call.name]]} if call.name in said else {})


@pytest.fixture(scope="module")
async def lanes(
    server: TemporalServer, tmp_path_factory: pytest.TempPathFactory, chosen: Slice
) -> AsyncIterator[tuple[Breaking, ...]]:
    async with AsyncExitStack() as stack:
        found = []
        for number in range(LANES if chosen.whole else 1):
            name = f"broken-week-{number}"
            where = tmp_path_factory.mktemp(name)
            lane = Breaking(server, where, name, payment="shadow", overrides=OVERRIDES)
            lane.post = Server()
            await lane.post.start()
            stack.push_async_callback(lane.post.stop)
            found.append(await stack.enter_async_context(lane))
        await asyncio.gather(*map(furnished, found))
        yield tuple(found)


async def furnished(lane: Breaking) -> None:
    """Let there be two deals that nobody can invoice: gaps of every week."""
    await lane.ready()
    lane.weeks = (lane.week().back(weeks) for weeks in range(60, 1, -1))
    for _ in range(2):
        deal = await lane.account.deal(await lane.account.company(siren=""), amount="1099.90")
        await lane.account.win(deal)
        await lane.question(deal)


async def begun(lane: Breaking) -> Its:
    """Let something be invoiced in a week that is over."""
    billing, week = lane.account.billing, next(lane.weeks)
    customer = (await billing.post("/v1/customers", name=f"Atelier {week}", email="a@b.example"))["id"]
    at = datetime.combine(week.monday + 2 * DAY, time(12), tzinfo=UTC)
    invoice = await billing.issue(customer, 120_000, created_at=at)
    return Its(week, str((await billing.invoice(invoice))["number"]))


async def start(
    lane: Breaking, its: Its, name: str = "", *, due: datetime | None = None
) -> WorkflowHandle[Any, Ending]:
    """Have a week told: by its name, or as the schedule does that was due at an instant."""
    said = TypedSearchAttributes([SearchAttributePair(SCHEDULED, due)] if due else [])
    return await lane.client.start_workflow(
        "WeeklyReport",
        ReportWanted(week=None if due else its.week),
        id=f"{WEEKLY_REPORT}/{its.week}{name}",
        task_queue=FLOWS_QUEUE,
        result_type=Ending,
        search_attributes=said,
    )


def due(lane: Breaking, its: Its) -> datetime:
    """Return when the schedule means to have a week told."""
    return lane.begins(its.week.back(-1)) + timedelta(hours=9)


async def ended(flow: WorkflowHandle[Any, Ending]) -> Ending:
    ending = await asyncio.wait_for(flow.result(), patience(90))
    assert [place.name for place in ending.places if not place.trouble] == list(PLACES), ending
    return ending


async def changed_by_people(lane: Breaking, its: Its) -> Its:
    """Let people write over a text, over a row, and delete a table: all of it ours."""
    (page,) = await pages(lane, its)
    blocks = page["blocks"]
    text = next(block["id"] for block in blocks if block["text"].startswith(SUBTITLE))
    words = {"paragraph": {"rich_text": [{"text": {"content": TYPED}}]}}
    await lane.notion.call("PATCH", f"{BLOCKS}/{text}", json=words)
    at = next(place for place, block in enumerate(blocks) if block["text"] == SECTION)
    await lane.notion.delete_block(blocks[at + 1]["id"])
    row = next(each for each in await gaps(lane) if each["values"]["Raccord week"] == str(its.week))
    await lane.notion.type_into(row["id"], Suite=TYPED)
    return Its(
        its.week,
        its.number,
        dict(zip((c.name for c in MENDED), (text, row["id"], blocks[at]["id"]), strict=True)),
    )


async def pages(lane: Breaking, its: Its) -> list[dict[str, Any]]:
    return [each for each in await lane.notion.pages() if each["title"].startswith(f"{its.week} ")]


async def gaps(lane: Breaking) -> list[dict[str, Any]]:
    (source,) = (await lane.notion.database("Écarts"))["data_sources"]
    return [row for row in source["rows"] if not row["in_trash"]]


async def judge(lane: Breaking, its: Its, *, mails: int = 1) -> None:
    """Hold a week against what was done: it stands once in each place, whole."""
    places = await lane.places(its.week)
    assert all(counts == places["share"] for counts in places.values()), places
    assert places["share"]["Facturé"][0] == 1
    files = (await lane.account.state("google"))["files"]
    tabs = next(each["tabs"] for each in files if each["id"] == BOOK)
    assert once(tab["title"] for tab in tabs)
    for tab in tabs:
        assert once(row[0] for row in tab["rows"] if row and " < " in row[0]), tab["title"]
        assert once(chart["title"] for chart in tab["charts"])
    (page,) = await pages(lane, its)
    headings = [block["text"] for block in page["blocks"] if block["type"] == "heading_2"]
    assert once(headings)
    assert len(headings) == len([block for block in page["blocks"] if block["type"] == "table"]) - 1
    rows = [row["values"] for row in await gaps(lane)]
    assert once(row["Raccord key"] for row in rows)
    mine = [row for row in rows if row["Raccord week"] == str(its.week)]
    assert len(mine) == len(lane.file(its.week, "gaps")) - 1 >= 2
    assert TYPED not in str(page) + str(mine)
    assert len([mail for mail in lane.post.sent_to(BOARD) if about(mail, its)]) == mails


def once(found: Any) -> bool:
    """Whether nothing is there twice."""
    return all(count == 1 for count in Counter(found).values())


def about(mail: dict[str, Any], its: Its) -> bool:
    year, number, _ = its.week.monday.isocalendar()
    return f"Semaine {number} de {year}" in mail["subject"]


async def test_weeks_that_are_told_at_once_stand_once(lanes: tuple[Breaking, ...]) -> None:
    """One is due as somebody asks for it; both are told again once people have thrown everything away."""
    lane = lanes[0]
    # Two that are compared at once share one proof, of which there has to be one.
    await ended(await start(lane, await begun(lane)))
    weeks = await begun(lane), await begun(lane)
    scheduled = await start(lane, weeks[0], "/scheduled", due=due(lane, weeks[0]))
    await asyncio.gather(*[ended(await start(lane, its)) for its in weeks], scheduled.result())
    for its in weeks:
        await judge(lane, its)
        (page,) = await pages(lane, its)
        await lane.notion.trash(page["id"])
        await lane.google.delete_tab(str(its.week))
    await lane.google.delete_tab("Dashboard")
    await asyncio.gather(*[ended(await start(lane, its)) for its in weeks])
    for its in weeks:
        await judge(lane, its)


async def test_a_monday_that_was_missed_is_told_late_and_is_about_its_own_week(
    lanes: tuple[Breaking, ...],
) -> None:
    lane = lanes[0]
    its = await begun(lane)
    flow = await start(lane, its, "/scheduled", due=due(lane, its))
    assert (await ended(flow)).week == its.week
    await judge(lane, its)
    assert "Rapport en retard" in lane.post.sent_to(BOARD)[-1]["text"]


def cases() -> Iterator[tuple[tuple[Call, tuple[dict[str, Any], ...], str], ...]]:
    """What one week meets while it is shown, and then while it is mended: each call its own faults."""
    # What was refused is repeated at once; of anything else Notion may show later that it happened.
    together = (BEFORE[:3], *((one,) for one in BEFORE[3:]))
    for faults, when in (*((each, "before") for each in together), *(((one,), "after") for one in AFTER)):
        yield tuple((call, tuple(_possible(call, faults)), when) for call in (*MADE, *MENDED))


def _possible(call: Call, faults: tuple[dict[str, Any], ...]) -> Iterator[dict[str, Any]]:
    return (each for each in faults if call.vendor == "notion" or each.get("status") != 409)


async def outlasts(
    lane: Breaking, case: tuple[tuple[Call, tuple[dict[str, Any], ...], str], ...], *, first: bool
) -> list[str]:
    """Tell a week and mend it through every fault; return those that never fired."""
    its, rules = await begun(lane), dict[int, str]()

    async def set_up(calls: tuple[Call, ...]) -> None:
        for call, faults, when in case:
            for effect in faults if call in calls else ():
                number = await lane.account.fault(**its.aim(call), when=when, effect=effect)
                rules[number] = f"{call.name}: {effect} {when}"

    if first:
        number = await lane.account.fault(**its.aim(DATABASE), when="after", effect={"reset": True})
        rules[number] = "the database: reset after"
    await set_up(MADE)
    assert (await ended(await start(lane, its))).mailed is Mailed.SENT
    await judge(lane, its)
    its = await changed_by_people(lane, its)
    await set_up(MENDED)
    await ended(await start(lane, its))
    await judge(lane, its)
    fired = {rule["id"] for rule in await lane.account.faults() if rule["fired"] == 1}
    return [f"never fired: {name}" for number, name in rules.items() if number not in fired]


@pytest.mark.quick
@pytest.mark.timeout(600)
async def test_every_fault_on_every_write_of_a_week_ends_as_if_there_had_been_none(
    lanes: tuple[Breaking, ...],
) -> None:
    lane, every = lanes[-1], list(cases())
    weeks = (outlasts(lane, case, first=not place and len(lanes) > 1) for place, case in enumerate(every))
    done = await asyncio.gather(*weeks)
    total = sum(len(faults) for case in every for _, faults, _ in case)
    failures = [failure for each in done for failure in each]
    print(f"\nfaults of weeks played: {total}, failed: {len(failures)}")  # noqa: T201 - fewer must be seen
    assert total >= FEWEST_FAULTS
    assert not failures, "\n".join(failures)
    every_write_has_its_pair(await lane.audit(), await lane.account.requests())


def points() -> Iterator[Point]:
    for call in (*MADE, *MENDED):
        for when in ("after", "answered"):
            yield Point(call, when, {}, kills=True)


async def play(lane: Breaking, point: Point, its: Its) -> None:
    """Kill the worker at one write of a publication, and judge the places."""
    if point.call in MENDED:
        await ended(await start(lane, its))
        its = await changed_by_people(lane, its)
    fault = await lane.account.fault(**its.aim(point.call), when=point.when, effect={"kill": lane.worker.pid})
    flow = await start(lane, its)
    await lane.worker_dies()
    assert (await ended(flow)).mailed is Mailed.SENT
    assert await lane.account.fired(fault) == 1, f"{point}: the fault never fired"
    await judge(lane, its)


@pytest.mark.quick
@pytest.mark.timeout(600)
async def test_a_worker_that_dies_at_any_write_of_a_week_ends_as_if_it_had_not(
    lanes: tuple[Breaking, ...], chosen: Slice
) -> None:
    every = list(points())
    expected = chosen.one_of_each(every, lambda point: point.call)

    async def work(lane: Breaking, share: list[Point]) -> list[str]:
        ready = [await begun(lane) for _ in share]
        return await crashed(lane, list(zip(share, ready, strict=True)), play, flow="WeeklyReport")

    done = await asyncio.gather(*(work(lane, expected[n :: len(lanes)]) for n, lane in enumerate(lanes)))
    failures = [failure for each in done for failure in each]
    print(  # noqa: T201 - fewer points must be seen
        f"\ncrash points of weeks played: {len(expected)} of {len(every)}, failed: {len(failures)}"
    )
    assert len(every) >= FEWEST_POINTS
    assert not failures, "\n".join(failures)


@pytest.mark.timeout(300)
async def test_a_worker_that_dies_at_the_mail_sends_no_second_one_and_says_so(
    lanes: tuple[Breaking, ...],
) -> None:
    moments = (("read", 0), ("kept", 1))
    await asyncio.gather(
        *(mailed_once(lane, moment, mails) for lane, (moment, mails) in zip(lanes, moments, strict=False))
    )


async def mailed_once(lane: Breaking, moment: str, mails: int) -> None:
    its = await begun(lane)
    lane.dies_at(getattr(lane.post, moment))
    flow = await start(lane, its)
    await lane.worker_dies()
    assert (await ended(flow)).mailed is Mailed.UNKNOWN
    assert (await ended(await start(lane, its))).mailed is Mailed.UNKNOWN
    await judge(lane, its, mails=mails)
    assert await lane.account.messages(str(its.week))
