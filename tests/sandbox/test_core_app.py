"""The whole sandbox: both vendors, the mailbox, control and page in one application."""

from email.message import EmailMessage

import httpx

from sandbox.app import create_app
from sandbox.hubspot.settings import TOKEN
from sandbox.mailbox.mailbox import Mailbox
from tests.sandbox.serving import serving


async def test_every_vendor_the_page_and_the_mailbox_are_there() -> None:
    mailbox = Mailbox()
    hook = "http://127.0.0.1:9/webhooks/hubspot"
    app = create_app(webhooks={"hubspot": hook}, mailbox=mailbox)
    async with serving(app) as url, httpx.AsyncClient(base_url=url, trust_env=False) as client:
        await mailbox.send(_letter())
        page = await client.get("/")
        states = {name: await client.get(f"/_control/state/{name}") for name in ("hubspot", "stripe")}
        mails = (await client.get("/_control/emails")).json()
        target = (await client.get("/_control/webhooks/hubspot")).json()
        nobody = await client.get("/_control/state/nobody")
        await client.post("/_control/reset")
        left = (await client.get("/_control/emails")).json()
    assert TOKEN in page.text
    assert "{{" not in page.text
    assert [answer.status_code for answer in states.values()] == [200, 200]
    assert ([mail["subject"] for mail in mails], left) == (["Relance"], [])
    assert (target["url"], nobody.status_code) == (hook, 400)


async def test_two_sandboxes_share_nothing() -> None:
    deal, auth = "/hubspot/crm/v3/objects/deals/38990100001", {"Authorization": f"Bearer {TOKEN}"}
    async with (
        serving(create_app()) as one,
        serving(create_app()) as two,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        await client.patch(one + deal, json={"properties": {"amount": "1"}}, headers=auth)
        amounts = [
            (await client.get(url + deal, headers=auth)).json()["properties"]["amount"] for url in (one, two)
        ]
    assert amounts == ["1", "3940.00"]


def _letter() -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "a@hexalab.example", "b@kerjean.example", "Relance"
    letter.set_content("Bonjour")
    return letter
