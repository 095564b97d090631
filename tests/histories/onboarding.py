"""Record a history for each ending of flow 2b, in one process with fake vendors: it takes seconds."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from raccord.domain.desk.question import Choice
from raccord.domain.rules.modes import Mode
from raccord.sealing import KeyRing
from raccord.temporal.flows import CUSTOMER_ONBOARDING
from tests.histories.record import HERE, NAMESPACE, RECORDED
from tests.workflows.customer_onboarding.paid import ISSUED, Paid
from tests.workflows.house import REF, house

Play = Callable[[Paid], Awaitable[None]]


async def _onboarded(paid: Paid) -> None:
    """With a step that fails, is asked about, and succeeds."""
    paid.home.mailer.refused = {"compta@acme.fr"}
    await paid.begin()
    row = await paid.question("welcome")
    paid.home.mailer.refused = set()
    await paid.home.answer(row, Choice.RETRY)


async def _not_paid(paid: Paid) -> None:
    paid.home.crm.before("create_task", paid.refund)
    await paid.begin()


async def _known_customer(paid: Paid) -> None:
    paid.have("in_0", issued_on=ISSUED.replace(month=5))
    await paid.begin()


async def _not_live(paid: Paid) -> None:
    paid.rule(Mode.SHADOW)
    await paid.begin()


async def _deleted(paid: Paid) -> None:
    del paid.home.crm.deals[REF.id]
    await paid.begin()


async def _closed(paid: Paid) -> None:
    paid.home.mailer.refused = {"compta@acme.fr"}
    await paid.begin()
    await paid.home.answer(await paid.question("welcome"), Choice.CANCEL)


ENDINGS: dict[str, Play] = {
    "onboarded": _onboarded,
    "not_paid": _not_paid,
    "known_customer": _known_customer,
    "not_live": _not_live,
    "deleted": _deleted,
    "closed": _closed,
}


async def record() -> None:
    """Write the history of each ending beside those of the other flows."""
    keys = KeyRing.load(HERE / "keys.json")
    for ending, play in ENDINGS.items():
        with tempfile.TemporaryDirectory() as directory:
            async with house(Path(directory), keys=keys, sealed_for=NAMESPACE) as home:
                paid = Paid(home)
                await paid.work()
                await play(paid)
                found = await paid.end()
                if found["ending"] != ending:
                    raise RuntimeError(f"{ending} ended as {found['ending']}")
                history = await home.history(CUSTOMER_ONBOARDING)
                (RECORDED / f"onboarding-{ending}.json").write_text(history + "\n")


if __name__ == "__main__":
    asyncio.run(record())
