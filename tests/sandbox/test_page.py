"""The page: clean and dirty deals with what settles them, tasks, links that stay on this machine."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from sandbox.app import create_app, link_of
from sandbox.core.operator import Operator
from sandbox.hubspot.person import HubSpotPerson
from sandbox.pennylane.person import PennylanePerson
from sandbox.simulators import find_simulators
from sandbox.slack.person import SlackPerson
from sandbox.stripe.person import StripePerson
from tests.sandbox.playing import dirty_deals, page_of, settle
from tests.sandbox.serving import serving
from tests.sandbox.test_persons import an_invoice

ORDINARY, INVALID_SIRET, OTHER = "38990100001", "38990100028", "38990100002"
LINKS = {
    "all flows": "http://127.0.0.1:8233/flows",
    "flow": "http://127.0.0.1:8233/flows/{id}",
}
LOOPBACK = ("127.0.0.1", "localhost")
NOT_A_LINK = "http://www.w3.org/2000/svg"
"""The name of SVG's elements; nobody fetches it."""


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[httpx.AsyncClient]:
    async with (
        serving(create_app(links=LINKS)) as url,
        httpx.AsyncClient(base_url=url, trust_env=False) as http,
    ):
        yield http


@pytest.fixture
async def http(served: httpx.AsyncClient) -> httpx.AsyncClient:
    await Operator(served).reset()
    return served


def deal_of(page: dict[str, Any], id_: str) -> dict[str, Any]:
    return next(dict(deal) for deal in page["deals"] if deal["id"] == id_)


def labels(deal: dict[str, Any]) -> list[str]:
    return [link["label"] for link in deal["links"]]


async def ask_about(http: httpx.AsyncClient, deal: str, *, open_: bool = True) -> dict[str, Any]:
    """Post a message about a deal, with a button as long as it is a question."""
    button = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Relire"}}
    section = {"type": "section", "text": {"type": "mrkdwn", "text": f"Affaire ({deal})"}}
    blocks = [section, *([{"type": "actions", "elements": [button]}] if open_ else [])]
    said = {"channel": "C0BILLING", "text": "Facture ?", "blocks": blocks}
    posted: dict[str, Any] = await SlackPerson(http).call("POST", "/api/chat.postMessage", json=said)
    return posted


async def test_the_dirty_deals_say_what_is_wrong_and_what_settles_it(http: httpx.AsyncClient) -> None:
    page = await page_of(http)
    dirty = dirty_deals(page)
    assert len(dirty) == 16
    assert all(deal["wrong"] for deal in dirty)
    assert all(deal["actions"] or any(field["offer"] for field in deal["fields"]) for deal in dirty)
    assert all(deal["wrong"] is None for deal in page["deals"] if not deal["dirty"])
    siret, amount = deal_of(page, INVALID_SIRET)["fields"]
    assert (siret["property"], siret["now"], siret["offer"]) == ("siret", "35633818600058", "35633818600055")
    assert (amount["property"], amount["offer"]) == ("amount", None)


async def test_what_somebody_broke_is_offered_as_it_was(http: httpx.AsyncClient) -> None:
    await HubSpotPerson(http).edit("deals", ORDINARY, amount="1.00")
    (amount,) = [f for f in deal_of(await page_of(http), ORDINARY)["fields"] if f["property"] == "amount"]
    assert (amount["now"], amount["offer"]) == ("1.00", "3940.00")


async def test_hubspot_takes_every_value_that_the_page_offers(http: httpx.AsyncClient) -> None:
    for deal in dirty_deals(await page_of(http)):
        await settle(http, deal)
    left = [field for deal in dirty_deals(await page_of(http)) for field in deal["fields"] if field["offer"]]
    assert left == []


async def test_a_deal_shows_where_it_stands_and_leads_to_all_that_is_about_it(
    http: httpx.AsyncClient,
) -> None:
    crm, finance = HubSpotPerson(http), StripePerson(http)
    before = deal_of(await page_of(http), ORDINARY)
    await crm.win(ORDINARY)
    await ask_about(http, ORDINARY)
    asked = deal_of(await page_of(http), ORDINARY)
    invoice = await an_invoice(finance)
    await finance.post(f"/v1/invoices/{invoice}", **{"metadata[crm_deal_id]": f"hubspot:{ORDINARY}"})
    await crm.edit("deals", ORDINARY, billing_invoice_number="F-1", billing_status="issued")
    both = deal_of(await page_of(http), ORDINARY)
    assert (before["state"]["text"], before["links"]) == ("open", [])
    assert (asked["state"]["text"], labels(asked)) == ("waits for a person", ["flow", "question in Slack"])
    assert asked["links"][0]["href"] == f"http://127.0.0.1:8233/flows/{ORDINARY}"
    assert labels(both)[:2] == ["flow", "question in Slack"]
    assert labels(both)[2].startswith("invoice F-")
    assert deal_of(await page_of(http), OTHER)["links"] == []


async def test_a_deal_leads_to_its_invoice_at_pennylane(http: httpx.AsyncClient) -> None:
    finance = PennylanePerson(http)
    invoice = await finance.write(await finance.add_company("Acme"), external_reference=f"{ORDINARY}/1")
    number = (await finance.invoice(invoice))["invoice_number"]
    (found,) = [each for each in deal_of(await page_of(http), ORDINARY)["links"] if each["label"] != "flow"]
    assert (found["label"], found["href"]) == (f"invoice {number}", f"#pennylane-{invoice}")


async def test_a_settled_deal_shows_its_invoice(http: httpx.AsyncClient) -> None:
    crm = HubSpotPerson(http)
    await crm.win(ORDINARY)
    await ask_about(http, ORDINARY, open_=False)
    await crm.edit("deals", ORDINARY, billing_invoice_number="F-1", billing_status="paid")
    settled = deal_of(await page_of(http), ORDINARY)
    assert (settled["state"], labels(settled)) == (
        {"text": "invoice paid", "tone": "good"},
        ["flow", "message in Slack"],
    )


async def test_a_task_names_its_person_and_its_deal_and_is_completed(http: httpx.AsyncClient) -> None:
    crm = HubSpotPerson(http)
    await crm.create(
        "tasks",
        {"hs_task_subject": "SIRET manquant", "hs_task_body": "Saisissez-le.", "hubspot_owner_id": "64492918"}
        | {"hs_timestamp": "2026-11-27T10:00:00Z", "hs_task_status": "NOT_STARTED"},
        ("deals", INVALID_SIRET, 216),
    )
    page = await page_of(http)
    (task,) = page["tasks"]
    shown = (task["subject"], task["for"], task["deal"], task["done"])
    assert shown == ("SIRET manquant", "Thomas Girard", INVALID_SIRET, False)
    assert task["deal_name"].startswith("invalid-siret")
    await crm.edit("tasks", task["id"], hs_task_status="COMPLETED")
    done = await page_of(http)
    assert done["tasks"][0]["done"]


async def stripe_page(http: httpx.AsyncClient) -> dict[str, Any]:
    """What Stripe's panel draws."""
    found: dict[str, Any] = (await http.get("/panels/stripe.json")).raise_for_status().json()
    return found


def lines_of(shown: dict[str, Any]) -> list[tuple[str, int]]:
    return [(line["text"], line["amount"]) for line in shown["lines"]]


async def test_an_invoice_shows_what_was_paid_given_back_and_disputed(http: httpx.AsyncClient) -> None:
    finance = StripePerson(http)
    paid, elsewhere, mixed = [await an_invoice(finance) for _ in range(3)]
    await finance.pay_by_card(paid)
    await finance.refund(paid, 3000)
    dispute = (await finance.dispute(paid))["id"]
    await finance.pay(elsewhere)
    await finance.fail_payment(mixed)
    await finance.pay_part(mixed, 4000)
    shown = {invoice["id"]: invoice for invoice in (await stripe_page(http))["invoices"]}
    assert lines_of(shown[paid]) == [
        ("card", 10000),
        ("refund", -3000),
        ("dispute: needs response", -7000),
    ]
    assert lines_of(shown[elsewhere]) == [("paid outside Stripe", 10000)]
    assert lines_of(shown[mixed]) == [
        ("card: Your card was declined", 10000),
        ("transfer outside Stripe", 4000),
    ]
    assert shown[mixed]["left"] == 6000
    await finance.lose_dispute(dispute)
    lost = next(each for each in (await stripe_page(http))["invoices"] if each["id"] == paid)
    assert (lines_of(lost)[-1][0], lost["actions"]) == ("dispute: lost", [])


async def test_money_that_names_no_invoice_stands_by_itself(http: httpx.AsyncClient) -> None:
    finance = StripePerson(http)
    customer = (await finance.post("/v1/customers", name="Acme"))["id"]
    await finance.charge_by_link(2500, email="inconnu@exemple.fr")
    await finance.receive_transfer(customer, 9900)
    shown = (await stripe_page(http))["unnamed"]
    assert [(each["who"], lines_of(each)) for each in shown] == [
        ("inconnu@exemple.fr", [("card", 2500)]),
        ("Acme", [("in the cash balance, of transfers", 9900)]),
    ]


async def test_every_button_of_an_invoice_works(http: httpx.AsyncClient) -> None:
    finance = StripePerson(http)
    invoice = await an_invoice(finance)
    pressed = []
    labels = ("Card fails", "Due 8 days ago", "Give up", "Pay by card", "Dispute", "Win dispute", "Refund")
    for label in labels:
        [shown] = (await stripe_page(http))["invoices"]
        action = next(each for each in shown["actions"] if each["label"] == label)
        answer = await http.post(
            f"/stripe{action['path']}", data=action["form"], headers={"X-Sandbox-Actor": "dashboard"}
        )
        pressed.append(answer.status_code)
    assert pressed == [402, *[200] * 6]
    [shown] = (await stripe_page(http))["invoices"]
    assert (shown["id"], shown["state"]["text"], shown["actions"]) == (invoice, "paid", [])


async def test_an_open_invoice_is_credited_by_a_button(http: httpx.AsyncClient) -> None:
    await an_invoice(StripePerson(http))
    [shown] = (await stripe_page(http))["invoices"]
    action = next(each for each in shown["actions"] if each["label"] == "Credit it all")
    await StripePerson(http).post(action["path"], **action["form"])
    [shown] = (await stripe_page(http))["invoices"]
    [(text, amount)] = lines_of(shown)
    assert (text.startswith("credit note"), amount, shown["actions"]) == (True, -shown["total"], [])


async def test_a_closed_deal_is_lost_or_won_again_by_the_pencil(http: httpx.AsyncClient) -> None:
    owner = HubSpotPerson(http)
    assert deal_of(await page_of(http), ORDINARY)["moves"] == []
    await owner.win(ORDINARY)
    for label, state in (("Set it to lost", "lost"), ("Win it again", "won, no invoice")):
        [move] = deal_of(await page_of(http), ORDINARY)["moves"]
        assert move["label"] == label
        await owner.call(move["method"], move["path"], json=move["body"])
        assert deal_of(await page_of(http), ORDINARY)["state"]["text"] == state


async def test_no_address_on_the_page_or_behind_it_leaves_this_machine(http: httpx.AsyncClient) -> None:
    finance = StripePerson(http)
    await Operator(http).settings("stripe", mails_in_test=True)
    invoice = await an_invoice(finance)
    await finance.credit(invoice, 1000)
    await finance.post(f"/v1/invoices/{invoice}/send")
    await ask_about(http, ORDINARY)
    index = await http.get("/")
    loaded = re.findall(r'(?:href|src)="(/[^"]+)"', index.text)
    panels = [f"/panels/{name}.js" for name in ("shell", *_panels(index.text))]
    names = ("hubspot", "stripe", "google", "notion", "pennylane", "pipedrive")
    drawn = [f"/panels/{name}.json" for name in names]
    states = [f"/_control/state/{vendor}" for vendor in find_simulators()]
    texts = {
        path: (await http.get(path)).text
        for path in ("/", *loaded, *panels, *drawn, *states, "/_control/emails")
    }
    assert (
        str((await finance.everything("/v1/invoices"))[0]["hosted_invoice_url"]) in texts["/_control/emails"]
    )
    found = {
        (path, url)
        for path, text in texts.items()
        for url in re.findall(r"https?://[\w.-]+", text)
        if not NOT_A_LINK.startswith(url) and urlsplit(url).hostname not in LOOPBACK
    }
    assert found == set()
    assert "default-src 'self'" in index.headers["content-security-policy"]


def _panels(page: str) -> list[str]:
    (names,) = re.findall(r"await open\((\[.*?\]),", page)
    return list(json.loads(names))


async def test_the_operators_links_stand_at_the_top_and_end_no_script(
    http: httpx.AsyncClient,
) -> None:
    assert '{"all flows": "http://127.0.0.1:8233/flows"}' in (await http.get("/")).text
    evil = {"</script><b>": "http://127.0.0.1/</script>"}
    async with serving(create_app(links=evil)) as url, httpx.AsyncClient(trust_env=False) as other:
        assert (await other.get(url)).text.count("</script>") == 1


@pytest.mark.parametrize("typed", ["flow", "=http://127.0.0.1/", "flow=javascript:alert(1)"])
def test_a_link_that_is_none_is_refused_in_plain_words(typed: str) -> None:
    with pytest.raises(ValueError, match="is no link for the page: write LABEL=http://"):
        link_of(typed)
