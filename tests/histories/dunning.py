"""Record a history for each ending of flow 3, in one process with fake vendors: it takes seconds."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from temporalio.client import WorkflowHistory

from raccord.connectors.errors import AmbiguousWrite, Permanent
from raccord.domain.desk.question import Choice
from raccord.domain.dunning.backlog import ALL
from raccord.domain.dunning.words import WordKind
from raccord.domain.rules.modes import Mode
from raccord.sealing import KeyRing
from tests.histories.record import HERE, NAMESPACE, RECORDED
from tests.workflows.dunning.late import A_DAY, BACKLOG_FLOW, FLOW, Late
from tests.workflows.house import House, house

Play = Callable[[Late], Awaitable[None]]


async def _settled(late: Late) -> None:
    """After a promise that was kept."""
    await late.owes(6)
    await late.say(WordKind.PROMISE, until=await late.today() + A_DAY * 20)
    await late.rests()
    await late.paid(brought=True)
    await late.wake("paid")


async def _shadow(late: Late) -> None:
    late.rule(Mode.SHADOW)
    await late.owes(16)
    await late.wake()


async def _no_mailer(late: Late) -> None:
    late.rule(Mode.LIVE, mailer="")
    await late.owes(16)
    await late.wake()


async def _customer_gone(late: Late) -> None:
    await late.owes(16)
    late.now(gone=True, invoices=())
    await late.wake()


async def _closed(late: Late) -> None:
    late.home.billing.fail(Permanent("the key may not read customers"), "read_account")
    await late.wake()
    await late.home.answer(await late.home.question(), Choice.CANCEL)


ENDINGS: dict[str, Play] = {
    "settled": _settled,
    "shadow": _shadow,
    "no_mailer": _no_mailer,
    "customer_gone": _customer_gone,
    "closed": _closed,
}


async def _rounds(late: Late) -> None:
    """Two mails, the second of unknown fate; each round is a run of its own."""
    await late.owes(6)
    await late.wake()
    await late.mailed(1)
    late.home.mailer.fail(AmbiguousWrite("the line broke"), "hand_over", times=1)
    await late.pass_days(10)
    await late.home.answer(await late.home.question("unknown_mail"), Choice.CHOOSE, "arrived")
    await late.pass_days(20)
    await late.home.question("last_reminder")


async def record() -> None:
    """Write the history of each ending beside those of the other flows, and those of three rounds."""
    for ending, play in ENDINGS.items():
        async with at_home() as home:
            late = Late(home)
            await late.work()
            await play(late)
            found = await late.end()
            if found["ending"] != ending:
                raise RuntimeError(f"{ending} ended as {found['ending']}")
            await write(home, FLOW, f"dunning-{ending}")
    async with at_home() as home:
        late = Late(home)
        await late.work()
        await _rounds(late)
        for number, run in enumerate(reversed(await _chain(home)), start=1):
            (RECORDED / f"dunning-round-{number}.json").write_text(run.to_json() + "\n")
    async with at_home() as home:
        late = Late(home)
        await late.work(since=0)
        await late.owes(40)
        await late.wake()
        await late.home.answer(await late.asked_about_all(), Choice.CHOOSE, ALL)
        await home.end(BACKLOG_FLOW)
        await write(home, BACKLOG_FLOW, "dunning-backlog")


@asynccontextmanager
async def at_home() -> AsyncIterator[House]:
    """A house whose payloads are sealed for the recorded histories."""
    keys = KeyRing.load(HERE / "keys.json")
    with tempfile.TemporaryDirectory() as directory:
        async with house(Path(directory), keys=keys, sealed_for=NAMESPACE) as home:
            yield home


async def _chain(home: House) -> list[WorkflowHistory]:
    """Return the runs of the customer's flow, the last one first."""
    found: list[WorkflowHistory] = []
    run = (await home.flow(FLOW).describe()).run_id
    while run:
        found.append(await home.client.get_workflow_handle(FLOW, run_id=run).fetch_history())
        began = found[-1].events[0].workflow_execution_started_event_attributes
        run = began.continued_execution_run_id
    return found


async def write(home: House, flow: str, name: str) -> None:
    history = await home.flow(flow).fetch_history()
    (RECORDED / f"{name}.json").write_text(history.to_json() + "\n")


if __name__ == "__main__":
    asyncio.run(record())
