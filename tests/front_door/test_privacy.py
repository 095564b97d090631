"""I15: names, e-mails and secrets are in no history, search attribute, log or database in clear."""

from pathlib import Path

from temporalio.client import Client

from tests.front_door.account import REFUSED_EMAIL
from tests.front_door.stack import SECRETS, Lane
from tests.front_door.test_endings import end_of

CANARY = "Zyxwvut Canari"
MAIL = "canari@zyxwvut.example"


async def test_nothing_personal_or_secret_is_stored_in_clear(lane: Lane) -> None:
    company = await lane.account.company(name=CANARY, billing_email=MAIL)
    deal = await lane.account.deal(company)
    refused = await lane.account.deal(await lane.account.company(name=CANARY, billing_email=REFUSED_EMAIL))
    await lane.account.win(deal)
    await end_of(lane, deal)
    # A refusal too: failure messages and stack traces are where plain text usually leaks.
    await lane.account.win(refused)
    await lane.question(refused)

    await nowhere_in_clear(
        lane, CANARY, MAIL, REFUSED_EMAIL, "zyxwvut", *SECRETS.values(), there=f"hubspot:{deal}"
    )


async def nowhere_in_clear(lane: Lane, *canaries: str, there: str) -> None:
    """None of these is in a history, a search attribute, a log or the database; `there` is in a history."""
    plain = await Client.connect(f"127.0.0.1:{lane.server.port}", namespace=lane.namespace)
    histories = ""
    async for execution in plain.list_workflows():
        handle = plain.get_workflow_handle(execution.id, run_id=execution.run_id)
        histories += (await handle.fetch_history()).to_json()
        histories += repr((execution.id, execution.search_attributes))
    assert there in histories  # what is looked at is really the histories
    # The simulators' own output is left out: it shows the credentials that they were made with.
    ours = (p for p in Path(lane.directory).iterdir() if p.is_file() and p.name != "sandbox.log")
    files = {p: p.read_bytes() for p in ours}
    for canary in canaries:
        assert canary not in histories
        leaks = [p.name for p, content in files.items() if canary.encode() in content]
        assert leaks == []
