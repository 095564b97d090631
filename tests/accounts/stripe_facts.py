"""What an account of Stripe's settles."""

from typing import Any
from uuid import uuid4

from tests.accounts.facts import Asked, Fact

VERSION = {"Stripe-Version": "2026-10-28.endive"}
_EMAIL = "raccord@example.com"


async def _made(account: Asked, path: str, **form: Any) -> dict[str, Any]:
    found: dict[str, Any] = await account.json("POST", f"/v1/{path}", data=form)
    return found


async def _invoice(account: Asked, *lines: dict[str, str], email: str = _EMAIL) -> dict[str, Any]:
    customer = await _made(account, "customers", name="Raccord", **({"email": email} if email else {}))
    draft = await _made(
        account,
        "invoices",
        customer=customer["id"],
        collection_method="send_invoice",
        days_until_due="30",
        currency="eur",
        auto_advance="false",
    )
    numbered = enumerate(lines)
    form = {f"lines[{place}][{name}]": text for place, each in numbered for name, text in each.items()}
    return await _made(account, f"invoices/{draft['id']}/add_lines", **form)


async def _rate(account: Asked) -> str:
    made = await _made(
        account,
        "tax_rates",
        display_name="TVA",
        percentage="20",
        inclusive="false",
        country="FR",
        tax_type="vat",
    )
    return str(made["id"])


def _line(rate: str, cents: str) -> dict[str, str]:
    # Its name goes between brackets.
    return {"description": "Conseil", "amount": cents, "tax_rates][0": rate}


async def rounds_per_line(account: Asked) -> bool:
    """20 % of 0.03 is 0.006, rounded 0.01; of three of them together 0.018, rounded 0.02."""
    line = _line(await _rate(account), "3")
    draft = await _invoice(account, line, line, line)
    await account.call("DELETE", f"/v1/invoices/{draft['id']}")
    return int(draft["total"]) == 12


async def names_its_account(account: Asked) -> bool:
    return (await account.call("GET", "/v1/account")).is_success


async def says_what_it_replays(account: Asked) -> bool:
    key = {"Idempotency-Key": f"raccord-test/{uuid4()}"}
    for _ in range(2):
        answer = await account.call("POST", "/v1/customers", data={"name": "Raccord"}, headers=key)
        answer.raise_for_status()
    return str(answer.headers.get("Idempotent-Replayed")) == "true"


async def needs_an_address_to_send(account: Asked) -> bool:
    draft = await _invoice(account, {"description": "Conseil", "amount": "100"}, email="")
    await account.json("POST", f"/v1/invoices/{draft['id']}/finalize", data={"auto_advance": "false"})
    sent = await account.call("POST", f"/v1/invoices/{draft['id']}/send")
    await account.call("POST", f"/v1/invoices/{draft['id']}/void")
    return not sent.is_success


FACTS = (
    Fact(
        "rounds_per_line",
        "stripe 1.4",
        "Is VAT rounded on each line?",
        'vat_rounding = "per_line", the default, fits this account.',
        'set [stripe] vat_rounding = "per_rate" for this account.',
        rounds_per_line,
    ),
    Fact(
        "names_its_account",
        "stripe 11",
        "May this key read the account?",
        "init and doctor read the company's name and country.",
        "init asks for the company's name, doctor warns: nothing else is missing.",
        names_its_account,
    ),
    Fact(
        "says_what_it_replays",
        "stripe 1.5",
        "Does an answer from the idempotency store say so (Idempotent-Replayed)?",
        "as assumed; nothing relies on it.",
        "nothing relies on it: the look-up decides.",
        says_what_it_replays,
    ),
    Fact(
        "needs_an_address_to_send",
        "stripe 1.3",
        "Is sending refused for a customer without an e-mail address?",
        "as assumed: the gate asks for an address before.",
        "an invoice without an address would be taken for sent: the gate's question prevents it.",
        needs_an_address_to_send,
    ),
)
