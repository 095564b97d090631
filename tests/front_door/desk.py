"""At the desk of a running system: its messages, its buttons, and the deals that lead there."""

import json
from typing import Any

from tests.front_door.stack import STAGE_ONLY, Lane, until

EXPORTED = [{"name": "Design", "quantity": "1", "price": "500", "vat_rate": "0"}]
LOOK_AGAIN = "Relire maintenant"
GIVE_UP = "Ne pas facturer"
RECORDS = [
    *STAGE_ONLY,
    "company.propertyChange:siret",
    "company.propertyChange:zip",
    "contact.propertyChange:email",
    "line_item.propertyChange:price",
    "deal.propertyChange:amount",
    "deal.merge",
    "company.merge",
]


def words_of(message: dict[str, Any]) -> str:
    """Return all that a message says, its no-break spaces as spaces."""
    said = json.dumps(message["blocks"], ensure_ascii=False)
    return said.replace("\u202f", " ").replace("\u00a0", " ")


async def message_about(lane: Lane, deal: str) -> dict[str, Any]:
    """Wait for the one message about a deal."""

    async def there() -> bool:
        return bool(await lane.account.messages(deal))

    await until(there, what=f"a message about deal {deal}")
    (message,) = await lane.account.messages(deal)
    return message


async def message_saying(lane: Lane, deal: str, text: str) -> dict[str, Any]:
    """Wait until the one message about a deal, which is edited in place, says this."""

    async def said() -> bool:
        return bool(await lane.account.messages(deal, text))

    await until(said, what=f"the message about deal {deal} says {text}")
    (message,) = await lane.account.messages(deal, text)
    return message


async def settled_in_slack(lane: Lane, deal: str, *said: str) -> None:
    """Wait until the one message about a deal says so, without buttons."""

    async def settled() -> bool:
        found = await lane.account.messages(deal, *said)
        return len(found) == 1 and all(b["type"] != "actions" for b in found[0]["blocks"])

    await until(settled, what=f"the message about {deal} is settled and says {said}")
    assert len(await lane.account.messages(deal)) == 1


async def dirty_deal(lane: Lane, **company: str) -> tuple[str, str]:
    """Make a deal whose company lacks its SIREN, win it, and wait for the question."""
    owner = await lane.account.company(**({"siren": ""} | company))
    deal = await lane.account.deal(owner)
    await lane.account.win(deal)
    await lane.question(deal)
    return deal, owner


async def whispered(lane: Lane, user: str, *said: str) -> bool:
    return bool(await lane.account.whispers(user, *said))


async def billed_to(lane: Lane, deal: str) -> str:
    """Wait until a deal is invoiced; return its customer."""
    assert (await lane.outcome(deal))["ending"] == "invoiced"
    (invoice,) = await lane.account.invoices(deal)
    return str(invoice["customer"])


async def hand_written(lane: Lane, customer: str, *, amount: int) -> dict[str, Any]:
    """Issue an invoice in Stripe's own pages."""
    draft = await lane.account.stripe_post("/v1/invoices", customer=customer, auto_advance="false")
    line = {"lines[0][description]": "Conseil", "lines[0][amount]": str(amount)}
    await lane.account.stripe_post(f"/v1/invoices/{draft['id']}/add_lines", **line)
    issued: dict[str, Any] = await lane.account.stripe_post(f"/v1/invoices/{draft['id']}/finalize")
    return issued


async def issue_as_printed(lane: Lane, deal: str) -> None:
    """Wait until a difference between CRM and billing is asked about, and accept it."""
    label = "Émettre avec la fiche de l'outil de facturation"
    await lane.account.press(await message_saying(lane, deal, label), label)


async def known_to_billing(lane: Lane, **changes: str) -> tuple[str, dict[str, str]]:
    """Win a deal of a company whose customer was changed in Stripe; return it with the remedy."""
    company = await lane.account.company()
    first, second = [await lane.account.deal(company) for _ in range(2)]
    await lane.account.win(first)
    await lane.outcome(first)
    (invoice,) = await lane.account.invoices(first)
    (customer,) = [c for c in await lane.account.stripe("/v1/customers") if c["id"] == invoice["customer"]]
    await lane.account.stripe_post(f"/v1/customers/{customer['id']}", **changes)
    await lane.account.win(second)
    filled = {f"address[{name}]": value for name, value in customer["address"].items() if value}
    return second, {"name": customer["name"]} | filled


async def looked_at_again(lane: Lane, deal: str) -> Any:
    """Have the deal's flow run once more, and return how that ended."""
    handle = await lane.wake(deal, key="again")
    return await handle.result()
