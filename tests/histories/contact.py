"""Record a history for each ending of flow 4, in one process with fake vendors: it takes seconds."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from raccord.connectors.errors import Permanent
from raccord.domain.desk.question import Choice
from raccord.domain.rules.contact import Standing
from raccord.domain.rules.modes import Mode
from raccord.domain.values.details import Field, Side
from tests.histories.dunning import at_home, write
from tests.workflows.contact.linked import COMPANY, CUSTOMER, FLOW, Pairs
from tests.workflows.contact.test_contact_sync import asked_about

Play = Callable[[Pairs], Awaitable[None]]


async def _in_step(pairs: Pairs) -> None:
    """Its company was merged; one value goes over, and a person says which of two others stands."""
    pairs.rule(Mode.LIVE, fields={Field.PHONE: Standing.NEWEST, Field.EMAIL: Standing.ASK})
    pairs.home.crm.holds("13", pairs.says(Side.CRM))
    pairs.home.crm.unite(COMPANY, "13")
    await pairs.look()
    for side, id in ((Side.CRM, "13"), (Side.BILLING, CUSTOMER)):
        await pairs.types(side, id, email=f"{side}@acme.fr")
    await pairs.types(Side.CRM, "13", phone="04 72 00 00 00")
    await pairs.wake()
    await pairs.home.answer(await asked_about(pairs), Choice.CHOOSE, "always crm")


async def _not_linked(pairs: Pairs) -> None:
    await pairs.home.records.agreed.moved(CUSTOMER, "stripe", f"hubspot:{COMPANY}", "another:1")
    await pairs.wake()


async def _customer_gone(pairs: Pairs) -> None:
    pairs.home.billing.delete(CUSTOMER)
    await pairs.wake()


async def _company_gone(pairs: Pairs) -> None:
    pairs.home.crm.delete(COMPANY)
    await pairs.wake()


async def _shadow(pairs: Pairs) -> None:
    pairs.rule(Mode.SHADOW)
    await pairs.types(Side.CRM, phone="04 72 00 00 00")
    await pairs.wake()


async def _problems(pairs: Pairs) -> None:
    pairs.rule(Mode.SHADOW)
    await pairs.types(Side.CRM, email="compta@")
    await pairs.wake()


async def _closed(pairs: Pairs) -> None:
    await pairs.types(Side.CRM, phone="04 72 00 00 00")
    pairs.home.billing.fail(Permanent("the key may not write customers"), "write_details")
    await pairs.wake()
    await pairs.home.answer(await asked_about(pairs), Choice.CANCEL)


ENDINGS: dict[str, Play] = {
    "in_step": _in_step,
    "not_linked": _not_linked,
    "customer_gone": _customer_gone,
    "company_gone": _company_gone,
    "shadow": _shadow,
    "problems": _problems,
    "closed": _closed,
}


async def record() -> None:
    """Write the history of each ending beside those of the other flows."""
    for ending, play in ENDINGS.items():
        async with at_home() as home:
            pairs = Pairs(home)
            await pairs.begin()
            await play(pairs)
            found = await home.end(FLOW, skip=timedelta(seconds=31))
            if found["ending"] != ending:
                raise RuntimeError(f"{ending} ended as {found['ending']}")
            await write(home, FLOW, f"contact-{ending}")


if __name__ == "__main__":
    asyncio.run(record())
