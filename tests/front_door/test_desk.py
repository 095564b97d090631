"""Every problem becomes one visible question; one answer, or one repair, and the same flow goes on."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
from temporalio.client import WorkflowExecutionStatus

from raccord.domain.values.deal import DealRef
from raccord.records.records import Records
from raccord.sealing import KeyRing
from tests.domain.spoken import say_reason, say_remedy
from tests.front_door.account import TWO_LINES_GROSS, siren, siret
from tests.front_door.doors import SLACK
from tests.front_door.judge import invoice_is_right, one_customer, one_delivery, one_write_to_the_deal
from tests.front_door.stack import STAGE_ONLY, Lane, TemporalServer, until

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


@pytest.fixture(scope="module")
async def desk(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lane]:
    async with Lane(server, tmp_path_factory.mktemp("desk"), "desk") as lane:
        await lane.account.settings("hubspot", subscriptions=RECORDS)
        yield lane


async def message_about(lane: Lane, deal: str) -> dict[str, Any]:
    """Wait for the one message about a deal."""

    async def there() -> bool:
        return bool(await lane.account.messages(deal))

    await until(there, what=f"a message about deal {deal}")
    (message,) = await lane.account.messages(deal)
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


async def test_a_question_names_all_problems_the_contact_and_the_answers(desk: Lane) -> None:
    deal, _ = await dirty_deal(desk, zip="")
    row = await desk.question(deal)
    assert [p.field for p in row.question.problems] == ["zip", "siret"]
    message = await message_about(desk, deal)
    shown = str(message["blocks"])
    for said in ("code postal", "SIRET", "1 099,90", "Camille Lefèvre", "Anne Durand", row.incident):
        assert said in shown.replace("\u202f", " ").replace("\u00a0", " "), said
    assert await desk.account.invoices(deal) == []

    async def waits_in_the_ui() -> bool:
        described = await desk.client.get_workflow_handle(f"deal-won/hubspot/{deal}").describe()
        attributes = {pair.key.name: pair.value for pair in described.typed_search_attributes}
        return (attributes["RaccordState"], attributes.get("RaccordCause")) == ("waiting", "address")

    # The question is on record before the flow has looked once more and says that it waits.
    await until(waits_in_the_ui)


@pytest.mark.quick
async def test_a_repaired_company_sets_the_flow_going_by_itself(desk: Lane) -> None:
    deal, company = await dirty_deal(desk)
    await message_about(desk, deal)
    await desk.account.edit("companies", company, siret="1")

    async def asked_anew() -> bool:
        return (await desk.question(deal)).revision == 2

    await until(asked_anew, what="the question says that the SIRET is not valid")
    await desk.account.edit("companies", company, siret=siret())
    result = await desk.outcome(deal)
    assert result["ending"] == "invoiced"
    invoice = await invoice_is_right(desk.account, deal, gross=TWO_LINES_GROSS)
    await one_delivery(desk.account, invoice)
    await settled_in_slack(desk, deal, "Réglé")
    assert not [w for w in await desk.waiting() if w.question.subject.id == deal]


async def test_the_salesperson_has_one_task_that_is_done_when_the_question_is(desk: Lane) -> None:
    deal, company = await dirty_deal(desk)

    async def tasked() -> bool:
        return bool(await desk.account.tasks(deal))

    await until(tasked)
    (task,) = await desk.account.tasks(deal)
    assert (task["hs_task_status"], task["hubspot_owner_id"]) == ("NOT_STARTED", "64492917")
    assert "SIRET" in task["hs_task_body"]
    await desk.account.edit("companies", company, siret=siret())
    await desk.outcome(deal)

    async def done() -> bool:
        return [t["hs_task_status"] for t in await desk.account.tasks(deal)] == ["COMPLETED"]

    await until(done)


@pytest.mark.quick
async def test_giving_up_by_a_button_ends_the_flow_and_is_remembered(desk: Lane) -> None:
    deal, _ = await dirty_deal(desk)
    pressed = await desk.account.press(await message_about(desk, deal), GIVE_UP)
    assert pressed["status"] == 200
    assert (await desk.outcome(deal))["ending"] == "closed"
    await settled_in_slack(desk, deal, "U0ANNE", GIVE_UP)
    await desk.account.move(deal, "contractsent")
    await desk.account.win(deal)

    async def closed_again() -> bool:
        described = await desk.client.get_workflow_handle(f"deal-won/hubspot/{deal}").describe()
        return described.close_time is not None and (await desk.outcome(deal))["ending"] == "closed"

    await until(closed_again)
    assert len(await desk.account.messages(deal)) == 1
    decisions = [r for r in await desk.audit() if r["effect"] == "desk.decision" and deal in r["object"]]
    assert [(r["actor"], r["detail"]["choice"]) for r in decisions] == [("slack:U0ANNE", "cancel")]


async def test_two_people_press_at_once_the_first_wins_and_the_other_is_told(desk: Lane) -> None:
    deal, _ = await dirty_deal(desk)
    message = await message_about(desk, deal)
    await asyncio.gather(
        desk.account.press(message, GIVE_UP, user="U0ANNE"),
        desk.account.press(message, GIVE_UP, user="U0CAMILLE"),
    )
    assert (await desk.outcome(deal))["ending"] == "closed"

    async def told() -> bool:
        both = [await desk.account.whispers(user) for user in ("U0ANNE", "U0CAMILLE")]
        return sum(len(found) for found in both) >= 1

    await until(told)
    decisions = [r for r in await desk.audit() if r["effect"] == "desk.decision" and deal in r["object"]]
    assert len(decisions) == 1


async def test_a_stranger_decides_nothing_and_is_told_so(desk: Lane) -> None:
    deal, _ = await dirty_deal(desk)
    pressed = await desk.account.press(await message_about(desk, deal), GIVE_UP, user="U0STRANGER")
    assert pressed["status"] == 200
    await until(lambda: whispered(desk, "U0STRANGER", "pas dans la liste"))
    assert (await desk.question(deal)).answer is None
    refused = [r for r in await desk.audit() if r["effect"] == "desk.press_refused"]
    assert refused[-1]["actor"] == "slack:U0STRANGER"


async def test_a_press_in_another_workspace_decides_nothing(desk: Lane) -> None:
    """By somebody whose id is on the list, signed by Slack; the settings name no workspace."""
    deal, _ = await dirty_deal(desk)
    await desk.account.press(await message_about(desk, deal), GIVE_UP, user="U0STRANGER")
    (delivered,) = [
        d for d in await desk.account.deliveries() if deal in d["body"] and "U0STRANGER" in d["body"]
    ]
    payload = json.loads(parse_qs(delivered["body"])["payload"][0])
    payload["user"]["id"] = "U0CAMILLE"

    async def press(team: str, action_ts: str) -> int:
        payload["team"]["id"] = payload["user"]["team_id"] = team
        payload["actions"][0]["action_ts"] = action_ts
        body = SLACK.carry(json.dumps(payload).encode())
        headers = SLACK.headers(body, desk.url("receiver"))
        async with httpx.AsyncClient() as http:
            return (
                await http.post(desk.url("receiver", SLACK.path), content=body, headers=headers)
            ).status_code

    home = payload["team"]["id"]
    assert await press("T0ELSEWHERE", "1790000001.000100") == 200

    async def refused() -> bool:
        rows = [r for r in await desk.audit() if r["effect"] == "desk.press_refused"]
        return bool(rows[-1]["actor"] == "slack:U0CAMILLE")

    await until(refused)
    assert (await desk.question(deal)).answer is None
    assert await press(home, "1790000002.000100") == 200
    assert (await desk.outcome(deal))["ending"] == "closed"
    assert not await desk.account.whispers("U0CAMILLE", deal)


async def whispered(lane: Lane, user: str, *said: str) -> bool:
    return bool(await lane.account.whispers(user, *said))


async def test_a_button_of_an_old_message_has_no_effect(desk: Lane) -> None:
    deal, company = await dirty_deal(desk, zip="")
    old = await message_about(desk, deal)
    await desk.account.edit("companies", company, zip="69003")

    async def asked_anew() -> bool:
        return (await desk.question(deal)).revision == 2

    await until(asked_anew)

    async def edited() -> bool:
        (message,) = await desk.account.messages(deal)
        return "code postal" not in str(message["blocks"])

    await until(edited)
    await desk.account.press(old, GIVE_UP, user="U0CAMILLE", old=True)
    await until(lambda: whispered(desk, "U0CAMILLE", "a changé"))
    assert (await desk.question(deal)).closed_at is None
    await desk.account.edit("companies", company, siret=siret())
    assert (await desk.outcome(deal))["ending"] == "invoiced"


async def test_a_press_while_the_worker_is_down_is_kept_and_acted_upon(desk: Lane) -> None:
    deal, _ = await dirty_deal(desk)
    message = await message_about(desk, deal)
    await desk.worker.stop()
    pressed = await desk.account.press(message, GIVE_UP)
    assert pressed["status"] == 200
    await desk.restart_worker()
    assert (await desk.outcome(deal))["ending"] == "closed"


async def test_a_press_that_is_delivered_again_counts_once(desk: Lane) -> None:
    deal, _ = await dirty_deal(desk)
    await desk.account.press(await message_about(desk, deal), LOOK_AGAIN)
    deliveries = (await desk.account.http.get("/_control/deliveries")).json()
    press = next(d for d in reversed(deliveries) if d["url"].endswith("/slack/actions"))
    async with httpx.AsyncClient() as http:
        answers = [
            await http.post(press["url"], content=press["body"], headers=press["headers"]) for _ in range(3)
        ]
    assert [a.status_code for a in answers] == [200] * 3

    async def looked() -> bool:
        answer = (await desk.question(deal)).answer
        return answer is not None and answer.choice == "retry"

    await until(looked)
    await asyncio.sleep(1)
    decisions = [r for r in await desk.audit() if r["effect"] == "desk.decision" and deal in r["object"]]
    assert len(decisions) == 1


async def test_a_press_for_a_flow_that_was_terminated_starts_it_again_and_is_taken(desk: Lane) -> None:
    deal, _ = await dirty_deal(desk)
    message = await message_about(desk, deal)
    flow = desk.client.get_workflow_handle(f"deal-won/hubspot/{deal}")
    await flow.terminate()
    await desk.account.press(message, GIVE_UP)

    async def runs_again() -> bool:
        return (await flow.describe()).status is not WorkflowExecutionStatus.TERMINATED

    await until(runs_again)
    assert (await desk.outcome(deal))["ending"] == "closed"


async def test_slack_down_the_flow_goes_on_and_the_message_follows(desk: Lane) -> None:
    fault = await desk.account.fault(vendor="slack", path=".*", effect={"status": 503}, times=None)
    deal, company = await dirty_deal(desk)

    async def tried() -> bool:
        return await desk.account.fired(fault) > 1

    await until(tried)
    done = await desk.command("inbox", "choose", (await desk.question(deal)).incident, "nothing")
    assert done.returncode == 1
    assert "n'est pas une réponse à cette question" in " ".join(done.stderr.split())
    assert await desk.account.messages(deal) == []
    await desk.account.clear_faults()
    await message_about(desk, deal)
    await desk.account.edit("companies", company, siret=siret())
    assert (await desk.outcome(deal))["ending"] == "invoiced"
    await settled_in_slack(desk, deal)


async def test_the_command_line_answers_too(desk: Lane) -> None:
    deal, _ = await dirty_deal(desk)
    incident = (await desk.question(deal)).incident
    listed = await desk.command("inbox", "list")
    assert incident in listed.stdout, listed.stderr
    shown = await desk.command("inbox", "show", incident)
    assert "SIRET" in shown.stdout
    done = await desk.command("inbox", "cancel", incident)
    assert done.returncode == 0, done.stderr
    assert (await desk.outcome(deal))["ending"] == "closed"
    late = await desk.command("inbox", "cancel", incident)
    assert late.returncode == 1


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


async def test_a_customer_that_billing_exempts_is_named_with_its_tax_status(desk: Lane) -> None:
    deal, _ = await known_to_billing(desk, tax_exempt="reverse")
    row = await desk.question(deal, cause="totals")
    (draft,) = await desk.account.invoices(deal)
    (problem,) = row.question.problems
    assert draft["customer_name"] in say_remedy(problem, "en")
    assert "tax status" in say_remedy(problem, "en")
    assert "statut fiscal" in say_remedy(problem, "fr")
    await desk.account.stripe_post(f"/v1/customers/{draft['customer']}", tax_exempt="none")
    await desk.account.press(await message_about(desk, deal), LOOK_AGAIN)
    assert (await desk.outcome(deal))["ending"] == "invoiced"
    await invoice_is_right(desk.account, deal, gross=TWO_LINES_GROSS)


async def asked_of_buyer(lane: Lane, deal: str) -> list[str]:
    row = await lane.question(deal, cause="buyer")
    return [p.field for p in row.question.problems]


async def message_saying(lane: Lane, deal: str, text: str) -> dict[str, Any]:
    """Wait until the one message about a deal, which is edited in place, says this."""

    async def said() -> bool:
        return bool(await lane.account.messages(deal, text))

    await until(said, what=f"the message about deal {deal} says {text}")
    (message,) = await lane.account.messages(deal, text)
    return message


async def issue_as_printed(lane: Lane, deal: str) -> None:
    """Wait until a difference between CRM and billing is asked about, and accept it."""
    label = "Émettre avec ce que dit la facturation"
    await lane.account.press(await message_saying(lane, deal, label), label)


async def test_a_customer_without_an_address_is_completed_before_it_is_invoiced(desk: Lane) -> None:
    deal, complete = await known_to_billing(desk, address="")
    assert await asked_of_buyer(desk, deal) == ["address"]
    assert (await desk.question(deal)).question.options == ()
    (draft,) = await desk.account.invoices(deal)
    assert draft["status"] == "draft"
    await desk.account.stripe_post(f"/v1/customers/{draft['customer']}", **complete)
    await desk.account.press(await message_saying(desk, deal, "l'adresse du client"), LOOK_AGAIN)
    assert (await desk.outcome(deal))["ending"] == "invoiced"
    invoice = await invoice_is_right(desk.account, deal, gross=TWO_LINES_GROSS)
    assert invoice["customer_address"]["line1"] == complete["address[line1]"]


async def test_a_customer_of_another_name_is_invoiced_so_when_a_person_says_so(desk: Lane) -> None:
    deal, _ = await known_to_billing(desk, name="Ancienne Raison Sociale")
    await issue_as_printed(desk, deal)
    assert (await desk.outcome(deal))["ending"] == "invoiced"
    invoice = await invoice_is_right(desk.account, deal, gross=TWO_LINES_GROSS)
    assert invoice["customer_name"] == "Ancienne Raison Sociale"


async def test_an_invoice_written_by_hand_is_asked_about_and_never_doubled(desk: Lane) -> None:
    company = await desk.account.company()
    first = await desk.account.deal(company)
    await desk.account.win(first)
    await desk.outcome(first)
    (ours,) = await desk.account.invoices(first)
    by_hand = await hand_written(desk, ours["customer"], amount=109990)
    deal = await desk.account.deal(company)
    await desk.account.win(deal)
    row = await desk.question(deal, cause="by_hand")
    assert [o.id for o in row.question.options] == [by_hand["id"]]
    await desk.account.press(await message_about(desk, deal), "C'est cette facture")
    result = await desk.outcome(deal)
    assert (result["ending"], result["invoice_id"]) == ("already_invoiced", by_hand["id"])
    assert (await desk.account.shown(deal))["billing_invoice_number"] == by_hand["number"]
    assert await desk.account.invoices(deal) == []
    assert await desk.account.mails(by_hand["number"]) == []


async def test_another_invoice_of_the_same_amount_is_issued_when_a_person_says_so(desk: Lane) -> None:
    company = await desk.account.company()
    first = await desk.account.deal(company)
    await desk.account.win(first)
    await desk.outcome(first)
    (ours,) = await desk.account.invoices(first)
    await hand_written(desk, ours["customer"], amount=109990)
    deal = await desk.account.deal(company)
    await desk.account.win(deal)
    await desk.question(deal, cause="by_hand")
    await desk.account.press(await message_about(desk, deal), "Non")
    assert (await desk.outcome(deal))["ending"] == "invoiced"
    await invoice_is_right(desk.account, deal, gross=TWO_LINES_GROSS)


async def hand_written(lane: Lane, customer: str, *, amount: int) -> dict[str, Any]:
    """Issue an invoice in Stripe's own pages."""
    draft = await lane.account.stripe_post("/v1/invoices", customer=customer, auto_advance="false")
    line = {"lines[0][description]": "Conseil", "lines[0][amount]": str(amount)}
    await lane.account.stripe_post(f"/v1/invoices/{draft['id']}/add_lines", **line)
    issued: dict[str, Any] = await lane.account.stripe_post(f"/v1/invoices/{draft['id']}/finalize")
    return issued


async def test_a_customer_is_chosen_by_a_button(desk: Lane) -> None:
    mail = "partage@groupe.example"
    theirs = await desk.account.stripe_post("/v1/customers", name="Groupe Autre", email=mail)
    its_siren = siren(48211990)
    deal = await desk.account.deal(await desk.account.company(billing_email=mail, siren=its_siren))
    await desk.account.win(deal)
    row = await desk.question(deal, cause="customer_choice")
    assert [o.id for o in row.question.options] == [theirs["id"], "new"]
    await desk.account.press(await message_about(desk, deal), "Groupe Autre")
    # What its invoice would lack has to be completed; that its name is another one may stay.
    assert await asked_of_buyer(desk, deal) == ["address", "siren", "name"]
    place = {"address[line1]": "9 rue du Port", "address[city]": "Nantes", "address[country]": "FR"}
    await desk.account.stripe_post(f"/v1/customers/{theirs['id']}", **place)
    await desk.account.stripe_post(f"/v1/customers/{theirs['id']}/tax_ids", type="fr_siren", value=its_siren)
    lacking = "ne porterait pas le SIREN"
    await desk.account.press(await message_saying(desk, deal, lacking), LOOK_AGAIN)
    await issue_as_printed(desk, deal)
    assert (await desk.outcome(deal))["ending"] == "invoiced"
    invoice = await invoice_is_right(desk.account, deal, gross=TWO_LINES_GROSS)
    assert invoice["customer"] == theirs["id"]


async def known_by_name(lane: Lane, name: str, number: str = "") -> dict[str, Any]:
    """Make a customer in Stripe's own pages, whose e-mail the CRM does not know."""
    form = {"name": name, "email": "compta@ailleurs.example", "address[country]": "FR"}
    form |= {"address[line1]": "9 rue du Port", "address[city]": "Nantes"}
    if number:
        form |= {"tax_id_data[0][type]": "fr_siren", "tax_id_data[0][value]": number}
    made: dict[str, Any] = await lane.account.stripe_post("/v1/customers", **form)

    async def searchable() -> bool:
        query = f"email:'{form['email']}'"
        found = await lane.account.stripe("/v1/customers/search", query=query)
        return made["id"] in {customer["id"] for customer in found}

    await until(searchable, what=f"{name} is in Stripe's search, which lags")
    return made


@pytest.mark.parametrize("name", ["Été & Fils", 'L\'Été \\ “Fils” "SA"'])
async def test_a_customer_of_another_email_is_found_by_name_and_proven_by_its_siren(
    desk: Lane, name: str
) -> None:
    number = siren(48212000 + len(name))
    theirs = await known_by_name(desk, name, number)
    by_hand = await hand_written(desk, theirs["id"], amount=109990)
    deal = await desk.account.deal(await desk.account.company(name=name, siren=number))
    await desk.account.win(deal)
    row = await desk.question(deal, cause="by_hand")
    assert [o.id for o in row.question.options] == [by_hand["id"]]
    await desk.account.press(await message_about(desk, deal), "C'est cette facture")
    assert (await desk.outcome(deal))["ending"] == "already_invoiced"


async def test_a_customer_of_the_same_name_alone_is_a_question(desk: Lane) -> None:
    theirs = await known_by_name(desk, "Homonyme SARL")
    deal = await desk.account.deal(await desk.account.company(name="homonyme  sarl"))
    await desk.account.win(deal)
    row = await desk.question(deal, cause="customer_choice")
    assert [o.id for o in row.question.options] == [theirs["id"], "new"]
    await desk.account.press(await message_about(desk, deal), "Créer un nouveau client")
    assert (await desk.outcome(deal))["ending"] == "invoiced"
    invoice = await invoice_is_right(desk.account, deal, gross=TWO_LINES_GROSS)
    assert invoice["customer"] != theirs["id"]


async def test_two_companies_with_one_siren_are_asked_about_once(desk: Lane) -> None:
    same = siren(55598765)
    one = await desk.account.deal(await desk.account.company(siren=same))
    await desk.account.win(one)
    await desk.outcome(one)
    other = await desk.account.company(siren=same)
    two = await desk.account.deal(other)
    await desk.account.win(two)
    await desk.question(two, cause="same_siren")
    await desk.account.press(await message_about(desk, two), "Même client")
    await issue_as_printed(desk, two)
    assert (await desk.outcome(two))["ending"] == "invoiced"
    customers = {(await desk.account.invoices(deal))[0]["customer"] for deal in (one, two)}
    assert len(customers) == 1
    three = await desk.account.deal(
        other, lines=[{"name": "C", "quantity": "1", "price": "7", "vat_rate": "20"}]
    )
    await desk.account.win(three)
    assert (await desk.outcome(three))["ending"] == "invoiced"


async def billed_to(lane: Lane, deal: str) -> str:
    """Wait until a deal is invoiced; return its customer."""
    assert (await lane.outcome(deal))["ending"] == "invoiced"
    (invoice,) = await lane.account.invoices(deal)
    return str(invoice["customer"])


async def test_two_sites_of_one_siren_are_two_customers_and_asked_about_once(desk: Lane) -> None:
    same, mail = siren(55598777), "compta@chaine.example"
    chain = {"siren": same, "name": "Chaîne SAS", "billing_email": mail}
    head, site = [await desk.account.company(siret=siret(same, site=n), **chain) for n in (1, 2)]
    first = await desk.account.deal(head)
    await desk.account.win(first)
    theirs = await billed_to(desk, first)
    at_once = [await desk.account.deal(site) for _ in range(2)]
    await asyncio.gather(*(desk.account.win(deal) for deal in at_once))
    for deal in at_once:
        row = await desk.question(deal, cause="same_siren")
        assert [o.id for o in row.question.options] == ["same", "site"]
    questions = [await message_about(desk, deal) for deal in at_once]
    await asyncio.gather(*(desk.account.press(each, "Un autre établissement") for each in questions))
    (own,) = {await billed_to(desk, deal) for deal in at_once}
    later = [await desk.account.deal(company) for company in (site, head)]
    for deal in later:
        await desk.account.win(deal)
    assert [await billed_to(desk, deal) for deal in later] == [own, theirs]
    assert {c["id"] for c in await desk.account.stripe("/v1/customers", email=mail)} == {own, theirs}


async def test_a_company_without_a_siret_is_no_site_of_its_own(desk: Lane) -> None:
    same = siren(55598785)
    one = await desk.account.deal(await desk.account.company(siren=same))
    await desk.account.win(one)
    await desk.outcome(one)
    two = await desk.account.deal(await desk.account.company(siren=same, siret=siret(same, site=2)))
    await desk.account.win(two)
    row = await desk.question(two, cause="same_siren")
    assert [o.id for o in row.question.options] == ["same"]
    (problem,) = row.question.problems
    assert "donnez à chacun son SIRET" in say_remedy(problem, "fr")


@pytest.mark.quick
async def test_a_deal_lost_after_its_invoice_is_one_question_and_winning_it_back_settles_it(
    desk: Lane,
) -> None:
    deal = await desk.account.deal()
    await desk.account.win(deal)
    await desk.outcome(deal)
    await desk.account.move(deal, "closedlost")
    await desk.question(deal, cause="lost_after_issue")
    await message_about(desk, deal)
    await desk.account.win(deal)
    assert (await desk.outcome(deal))["ending"] == "already_invoiced"
    await settled_in_slack(desk, deal, "Réglé")
    invoice = await invoice_is_right(desk.account, deal, gross=TWO_LINES_GROSS)
    await one_delivery(desk.account, invoice)
    await one_write_to_the_deal(desk.account, deal)


async def test_a_deal_deleted_after_its_invoice_is_a_question(desk: Lane) -> None:
    deal = await desk.account.deal()
    await desk.account.win(deal)
    await desk.outcome(deal)
    await desk.account.delete("deals", deal)
    await desk.question(deal, cause="deleted_after_issue")
    await desk.account.press(await message_about(desk, deal), "Vu")
    result = await desk.outcome(deal)
    assert (result["ending"], result["reason"]) == ("not_for_us", "deleted")


async def test_a_deal_edited_after_its_invoice_is_shown_line_by_line(desk: Lane) -> None:
    deal = await desk.account.deal()
    await desk.account.win(deal)
    await desk.outcome(deal)
    (line, *_) = await desk.account.lines(deal)
    await desk.account.edit("line_items", line, price="1200.00")
    await desk.account.edit("deals", deal, amount="1299.90")
    row = await desk.question(deal, cause="edited_after_issue")
    said = " ".join(say_reason(p, "en") for p in row.question.problems)
    assert "Conseil, €1,000.00 net at 20%" in said
    assert "Conseil, €1,200.00 net at 20%" in said
    await desk.account.press(await message_about(desk, deal), "Vu")
    assert (await desk.outcome(deal))["ending"] == "already_invoiced"
    assert len(await desk.account.invoices(deal)) == 1


@pytest.mark.parametrize("listed", [True, False], ids=["listed", "not listed"])
async def test_a_merged_deals_invoice_is_not_doubled_by_the_deal_that_is_left(
    desk: Lane, listed: bool
) -> None:
    await desk.account.settings("hubspot", merge_lists_ids=listed)
    company = await desk.account.company()
    invoiced, other = await desk.account.deal(company), await desk.account.deal(company)
    await desk.account.win(invoiced)
    await desk.outcome(invoiced)
    (theirs,) = await desk.account.invoices(invoiced)
    left = await desk.account.merge("deals", other, invoiced)
    await until(lambda: knows_of_the_merger(desk, invoiced))
    await desk.account.settings("hubspot", merge_lists_ids=True)
    await desk.account.win(left)
    row = await desk.question(left, cause="united")
    assert [o.id for o in row.question.options] == [theirs["id"]]
    await desk.account.press(await message_about(desk, left), "C'est cette facture")
    result = await desk.outcome(left)
    assert (result["ending"], result["invoice_id"]) == ("already_invoiced", theirs["id"])
    customer = await desk.account.stripe("/v1/invoices", customer=theirs["customer"])
    assert len(customer) == 1


async def knows_of_the_merger(lane: Lane, deal: str) -> bool:
    keys = KeyRing.load(lane.directory / "keys.json")
    records = Records.open(lane.configuration().settings.records_url, keys)
    try:
        link = await records.links.deal(DealRef(connection="hubspot", id=deal), "stripe")
        return link.merged_into is not None
    finally:
        await records.close()


async def test_a_merged_company_stays_one_customer(desk: Lane) -> None:
    abroad = {"country": "United States", "zip": "10001", "siren": ""}
    kept, gone = [await desk.account.company(**abroad) for _ in range(2)]
    first = await desk.account.deal(gone, lines=EXPORTED)
    await desk.account.win(first)
    await desk.outcome(first)
    (before,) = await desk.account.invoices(first)
    left = await desk.account.merge("companies", kept, gone)
    second = await desk.account.deal(left, lines=[EXPORTED[0] | {"price": "9"}])
    await desk.account.win(second)
    await issue_as_printed(desk, second)
    assert (await desk.outcome(second))["ending"] == "invoiced"
    (after,) = await desk.account.invoices(second)
    assert after["customer"] == before["customer"]


@pytest.fixture(scope="module")
async def drafting(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lane]:
    async with Lane(server, tmp_path_factory.mktemp("draft"), "draft", mode="draft") as lane:
        yield lane


async def test_in_draft_mode_a_person_issues_the_invoice_by_one_button(drafting: Lane) -> None:
    account = drafting.account
    deal = await account.deal()
    await account.win(deal)
    await drafting.question(deal, cause="approval")
    message = await message_about(drafting, deal)
    shown = str(message["blocks"]).replace("\u202f", " ").replace("\u00a0", " ")
    for said in ("1 305,39 €", "Atelier", "Conseil", "Livre"):
        assert said in shown, said
    (draft,) = await account.invoices(deal)
    assert draft["status"] == "draft"
    await account.press(message, "Émettre")
    assert (await drafting.outcome(deal))["ending"] == "invoiced"
    invoice = await invoice_is_right(account, deal, gross=TWO_LINES_GROSS)
    await one_customer(account, invoice)
    await one_delivery(account, invoice)


async def test_a_draft_that_nobody_wants_is_deleted(drafting: Lane) -> None:
    deal = await drafting.account.deal()
    await drafting.account.win(deal)
    await drafting.question(deal, cause="approval")
    await drafting.account.press(await message_about(drafting, deal), GIVE_UP)
    assert (await drafting.outcome(deal))["ending"] == "closed"
    assert await drafting.account.invoices(deal) == []
    since = len(await drafting.account.requests())
    await looked_at_again(drafting, deal)
    later = await drafting.account.requests(vendor="stripe", since=str(since))
    assert [r["path"] for r in later if r["method"] != "GET"] == []


async def looked_at_again(lane: Lane, deal: str) -> Any:
    """Have the deal's flow run once more, and return how that ended."""
    handle = await lane.wake(deal, key="again")
    return await handle.result()


async def test_an_approval_is_for_one_invoice_and_not_for_the_next_cycle(drafting: Lane) -> None:
    account = drafting.account
    deal = await account.deal()
    await account.win(deal)
    await drafting.question(deal, cause="approval")
    await account.press(await message_about(drafting, deal), "Émettre")
    await drafting.outcome(deal)
    (first,) = await account.invoices(deal)
    await account.stripe_post("/v1/credit_notes", invoice=first["id"], amount=str(first["total"]))
    await drafting.wake(deal, key="credited")
    await drafting.question(deal, cause="approval")
    drafts = [i for i in await account.invoices(deal) if i["status"] == "draft"]
    assert len(drafts) == 1


async def test_our_draft_goes_when_a_person_says_that_the_invoice_is_another(drafting: Lane) -> None:
    account = drafting.account
    deal = await account.deal()
    await account.win(deal)
    await drafting.question(deal, cause="approval")
    (draft,) = await account.invoices(deal)
    by_hand = await hand_written(drafting, draft["customer"], amount=109990)
    await drafting.wake(deal, key="again")
    message = await message_saying(drafting, deal, "C'est cette facture")
    await account.press(message, "C'est cette facture")
    result = await drafting.outcome(deal)
    assert (result["ending"], result["invoice_id"]) == ("already_invoiced", by_hand["id"])
    assert await account.invoices(deal) == []
    assert (await looked_at_again(drafting, deal))["ending"] == "already_invoiced"


async def test_a_deal_that_changed_after_the_draft_was_shown_is_asked_about_again(drafting: Lane) -> None:
    account = drafting.account
    deal = await account.deal()
    await account.win(deal)
    first = await drafting.question(deal, cause="approval")
    old = await message_about(drafting, deal)
    (line, *_) = await account.lines(deal)
    await account.edit("line_items", line, price="1200.00")
    await account.press(old, "Émettre")

    async def asked_anew() -> bool:
        row = await drafting.question(deal)
        return row.question.fingerprint != first.question.fingerprint and row.closed_at is None

    await until(asked_anew, within=timedelta(seconds=20))
    assert [i["status"] for i in await account.invoices(deal)] == ["draft"]


async def test_a_question_that_nobody_answers_calls_the_next_person_once(
    server: TemporalServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    overrides = {
        "RACCORD_DESK__ESCALATE_AFTER": "0",
        "RACCORD_DESK__ESCALATE_TO": '["anne.durand@hexalab.example"]',
    }
    async with Lane(server, tmp_path_factory.mktemp("late"), "late", overrides=overrides) as lane:
        deal, _ = await dirty_deal(lane)

        async def called() -> bool:
            return len(await lane.account.messages(deal)) == 2

        await until(called, what="an answer below the question")
        question, call = await lane.account.messages(deal)
        assert call["thread_ts"] == question["ts"]
        assert "U0ANNE" in str(call["blocks"])
        await lane.account.press(question, LOOK_AGAIN)
        await asyncio.sleep(2)
        assert len(await lane.account.messages(deal)) == 2


async def test_a_warning_is_told_once_the_invoice_is_out(desk: Lane) -> None:
    deal = await desk.account.deal(await desk.account.company(payment_terms_days="90"))
    await desk.account.win(deal)
    assert (await desk.outcome(deal))["ending"] == "invoiced"
    (invoice,) = await desk.account.invoices(deal)
    message = await message_about(desk, deal)
    shown = str(message["blocks"])
    for said in (f"Facture {invoice['number']} émise", "90", "60 jours"):
        assert said in shown, said
    assert all(block["type"] != "actions" for block in message["blocks"])
    again = DealRef(connection="hubspot", id=deal)
    await desk.wake(again.id, key="again")
    await desk.outcome(deal)
    assert len(await desk.account.messages(deal)) == 1


async def test_above_an_amount_a_person_issues_in_live_mode_too(
    server: TemporalServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    overrides = {"RACCORD_DESK__APPROVE_ABOVE": "1000"}
    async with Lane(server, tmp_path_factory.mktemp("large"), "large", overrides=overrides) as lane:
        small = await lane.account.deal(lines=[EXPORTED[0] | {"price": "1000", "vat_rate": "20"}])
        large = await lane.account.deal()
        for deal in (small, large):
            await lane.account.win(deal)
        assert (await lane.outcome(small))["ending"] == "invoiced"
        await lane.question(large, cause="approval")
        assert [i["status"] for i in await lane.account.invoices(large)] == ["draft"]
