"""The scenarios of customers who are edited in one system, or in both."""

from typing import Any

from starters.demo.payments import invoice_of
from starters.demo.scenario import Finding, Scenario
from starters.demo.stage import Stage
from starters.demo.vendors import eventually

IN_THE_CRM = "38990100055"
IN_BILLING = "38990100056"
IN_BOTH = "38990100057"
ANNE = "U0ANNE"
PHONE, EMAIL = "+33 4 78 00 00 55", "factures@client.example"
NAMES = ("Nom du CRM", "Nom de la facturation")
CHOICE = "Celle de la facturation"


async def crm_to_billing(stage: Stage) -> Finding:
    company, customer = await _pair(stage, IN_THE_CRM)
    await stage.vendors.crm.edit("companies", company, phone=PHONE)
    await eventually(lambda: _billing_says(stage, customer, "phone", PHONE))
    found = (await _customer(stage, customer))["phone"]
    written = await _writes_to(stage, f"/companies/{company}")
    return Finding(
        ok=found == PHONE and not written,
        expected=f"Stripe's customer has {PHONE}, nothing comes back to HubSpot",
        found=f"Stripe's customer has {found}, {written or 'nothing'} written in HubSpot",
    )


async def billing_to_crm(stage: Stage) -> Finding:
    company, customer = await _pair(stage, IN_BILLING)
    await stage.vendors.billing.edit_customer(customer, email=EMAIL)
    await eventually(lambda: _crm_says(stage, company, "billing_email", EMAIL))
    found = await stage.vendors.crm.values("companies", company, "billing_email")
    written = await _writes_to(stage, f"/customers/{customer}")
    return Finding(
        ok=found["billing_email"] == EMAIL and not written,
        expected=f"HubSpot's company has {EMAIL}, nothing comes back to Stripe",
        found=f"HubSpot's company has {found['billing_email']}, {written or 'nothing'} written in Stripe",
    )


async def conflict(stage: Stage) -> Finding:
    vendors, (company, customer) = stage.vendors, await _pair(stage, IN_BOTH)
    of_crm, of_billing = NAMES
    await vendors.billing.edit_customer(customer, name=of_billing)
    await vendors.crm.edit("companies", company, name=of_crm)

    async def asked() -> bool:
        return bool(await vendors.chat.messages(*NAMES))

    await eventually(asked)
    messages = await vendors.chat.messages(*NAMES)
    if len(messages) != 1:
        return Finding(ok=False, expected="1 question", found=f"{len(messages)} messages")
    early = (await vendors.crm.values("companies", company, "name"))["name"]
    await vendors.chat.press(messages[0], CHOICE, user=ANNE)
    await eventually(lambda: _crm_says(stage, company, "name", of_billing))
    found = (await vendors.crm.values("companies", company, "name"))["name"]
    there = (await _customer(stage, customer))["name"]
    return Finding(
        ok=(early, found, there) == (of_crm, of_billing, of_billing),
        expected=f"1 question with both names, nothing written before; then both say “{of_billing}”",
        found=f"1 question; HubSpot said “{early}” before it, Stripe “{there}” and HubSpot “{found}” after",
    )


async def _pair(stage: Stage, deal: str) -> tuple[str, str]:
    """Have the deal's company invoiced; return it and its customer."""
    invoice = await invoice_of(stage, deal)
    return await stage.vendors.crm.company_of(deal), str(invoice["customer"])


async def _customer(stage: Stage, customer: str) -> dict[str, Any]:
    found: dict[str, Any] = await stage.vendors.billing.call("GET", f"/v1/customers/{customer}")
    return found


async def _billing_says(stage: Stage, customer: str, field: str, value: str) -> bool:
    return bool((await _customer(stage, customer))[field] == value)


async def _crm_says(stage: Stage, company: str, field: str, value: str) -> bool:
    return (await stage.vendors.crm.values("companies", company, field))[field] == value


async def _writes_to(stage: Stage, path: str) -> int:
    """Count what Raccord wrote to a record that a person edited: people carry a mark of their own."""
    requests = await stage.vendors.sandbox.requests()
    return sum(
        each["path"].endswith(path)
        and each["method"] in ("POST", "PATCH")
        and "x-sandbox-actor" not in each["headers"]
        for each in requests
    )


SCENARIOS = (
    Scenario(
        "contact-crm-to-billing",
        "A phone number is corrected in HubSpot: Stripe has it too",
        crm_to_billing,
        "contact",
    ),
    Scenario(
        "contact-billing-to-crm",
        "An e-mail address is corrected in Stripe: HubSpot has it too",
        billing_to_crm,
        "contact",
    ),
    Scenario("contact-conflict", "Both names were changed: one question, one answer", conflict, "contact"),
)
