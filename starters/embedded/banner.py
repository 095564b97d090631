"""What `raccord up` says: only what the running processes themselves reported."""

from collections.abc import Sequence

import click

from raccord.domain.rules.modes import Mode
from raccord.records.stuck import StuckFlow
from raccord.settings.configuration import Configuration
from raccord.temporal.identity import Poller, WorkerIdentity
from raccord.temporal.views import WebUi
from starters.cli.common import bold
from starters.cli.display import shown

FLOW = "deal_won"
_DOES = {
    Mode.SHADOW: "computes and reports, writes nothing",
    Mode.DRAFT: "prepares invoices, a person issues each",
    Mode.LIVE: "issues and e-mails invoices",
}


def banner(configuration: Configuration, worker: WorkerIdentity) -> str:
    """Return what a person reads once everything runs; mode and credentials are the worker's own words."""
    settings = configuration.settings
    address = f"http://127.0.0.1:{settings.temporal.embedded_ui_port}"
    ui = WebUi(address, settings.temporal.namespace)
    awaited = (configuration.crm.name, configuration.billing.name)
    watch = "\n".join(f"{label:<20} {link}" for label, link in ui.links(awaited))
    mode = worker.modes[FLOW]
    return (
        f"{bold('Raccord is up')}, with {bold(worker.stage)} credentials.\n\n"
        f"deal won   {bold(mode.value)}: {_DOES[mode]}\n"
        f"webhooks   {settings.receiver.public_url}/webhooks/{configuration.crm.name}\n"
        f"data       {settings.data.directory.resolve()}\n\n"
        f"{bold('In the Temporal Web UI')}\n{watch}\n\n"
        "One company on one machine; not a production cluster. Temporal listens on loopback in plain text.\n"
        "Stop with Ctrl-C; everything goes on where it was at the next start."
    )


def stranger(other: Poller) -> str:
    """Return the warning that somebody else serves the same flows."""
    warning = click.style("Warning:", fg="yellow", bold=True)
    if worker := other.worker:
        pid = worker.process.partition("@")[0]
        mode = worker.modes[FLOW]
        return (
            f"{warning} another worker serves the same flows, {bold(mode.value)} ({_DOES[mode]}) with "
            f"{worker.stage} credentials: {worker.process}. Which of the two takes a deal is chance. "
            f"Stop it with `kill {pid}`, or start it again with these settings."
        )
    return (
        f"{warning} {other.name!r}, which is no worker of this version, serves the same flows; nobody "
        "knows what it does. Stop it."
    )


def held_up(connection: str, flows: Sequence[StuckFlow]) -> str:
    """Return the warning that a connection holds flows up, in its own words."""
    warning = click.style("Warning:", fg="yellow", bold=True)
    count = "a flow waits" if len(flows) == 1 else f"{len(flows)} flows wait"
    said = next((each.said for each in flows if each.said), "")
    told = f"{warning} {count} for {bold(connection)}. {shown(said)}".rstrip()
    return f"{told} Nothing is lost, and they go on by themselves; `raccord inbox list` says since when."


def changed(worker: WorkerIdentity) -> str:
    """Return the news that our own worker was started again with other settings."""
    mode = worker.modes[FLOW]
    return (
        f"The worker was started again with other settings: deal won is now {bold(mode.value)} "
        f"({_DOES[mode]}), with {bold(worker.stage)} credentials."
    )
