"""The commands that have a first word in common: `raccord inbox list`, `raccord audit verify`."""

from pathlib import Path
from typing import NoReturn

import click

from raccord.machine import sentence
from starters.cli.common import as_json, config_file, configuration, end, key_ring, run
from starters.cli.contacts.commands import contacts
from starters.cli.dunning.commands import dunning
from starters.cli.help import said_here
from starters.cli.ladder.commands import LADDER
from starters.cli.language import spoken
from starters.cli.vendor.commands import vendor

incident_argument = click.argument("incident")


def _one_word(_: click.Context, __: click.Parameter, state: str) -> str:
    if state and not state.replace("_", "").isalpha():
        said = sentence("a state is one word: running, waiting, invoiced, closed...")
        raise click.BadParameter(said_here(said, spoken()))
    return state


@click.group()
def audit() -> None:
    """Verify or export the record of every write outside, or see who was told what."""


@click.group()
def flows() -> None:
    """List the flows, tell the story of a deal, or start its flow by hand, which is always harmless."""


@click.group()
def inbox() -> None:
    """See and answer the questions that flows wait with."""


@click.group()
def payments() -> None:
    """Say which deal an invoice is of that names none."""


@click.group()
def quarantine() -> None:
    """Look at input that could not be read."""


@click.group()
def shadow() -> None:
    """See what Raccord would do while it runs in shadow, and let it go further step by step."""


@audit.command("verify")
@config_file
@as_json
def audit_verify(config: Path | None, as_json: bool) -> None:
    """Walk the hash chain: exit status 0 only when no row was changed, removed or reordered."""
    from starters.cli.audit import verify

    loaded = configuration(config)
    end(run(verify(loaded, key_ring(loaded), as_json=as_json)))


@audit.command("export")
@config_file
def audit_export(config: Path | None) -> None:
    """Print the audit as JSON lines, unsealed."""
    from starters.cli.audit import export

    loaded = configuration(config)
    run(export(loaded, key_ring(loaded)))


@audit.command("messages")
@click.option("--month", default="", metavar="MONTH", help="As 2026-10 [default: the one under way]")
@config_file
@as_json
def audit_messages(month: str, config: Path | None, as_json: bool) -> None:
    """List who was told what: mails, messages, tasks and events, with the flow that said it."""
    from starters.cli.invoices.command import month_of
    from starters.cli.told import show

    loaded = configuration(config)
    end(run(show(loaded, key_ring(loaded), month_of(month, loaded), as_json=as_json)))


@flows.command("start")
@click.argument("deal")
@config_file
def flows_start(deal: str, config: Path | None) -> None:
    """Look at a deal again: its flow goes on from what exists, and never invoices twice.

    DEAL is its id in the CRM, the address of its page, its invoice's number, or its name within a year.
    """
    from starters.cli.flows import start

    loaded = configuration(config)
    end(run(start(loaded, key_ring(loaded), deal)))


@flows.command("show")
@click.argument("deal")
@config_file
@as_json
def flows_show(deal: str, config: Path | None, as_json: bool) -> None:
    """Tell the story of a deal: what happened, each fact with its audit row, and what is awaited.

    DEAL is its id in the CRM, the address of its page, its invoice's number, or its name within a year.
    """
    from starters.cli.flows_story import show

    loaded = configuration(config)
    end(run(show(loaded, key_ring(loaded), deal, as_json=as_json)))


@flows.command("why")
@click.argument("deal")
@config_file
@as_json
def flows_why(deal: str, config: Path | None, as_json: bool) -> None:
    """Say why a deal is not invoiced, what it waits for, and why nobody is reminded.

    DEAL is its id in the CRM, the address of its page, its invoice's number, or its name within a year.
    """
    from starters.cli.flows_story import why

    loaded = configuration(config)
    end(run(why(loaded, key_ring(loaded), deal, as_json=as_json)))


@flows.command("list")
@click.option(
    "--state", default="", metavar="STATE", callback=_one_word, help="Only those: running, waiting..."
)
@config_file
@as_json
def flows_list(state: str, config: Path | None, as_json: bool) -> None:
    """List the flows, the latest first, with their state and where to look at each."""
    from starters.cli.flows_list import list_all

    loaded = configuration(config)
    end(run(list_all(loaded, key_ring(loaded), state=state, as_json=as_json)))


@inbox.command("list")
@click.option("--all", "closed_too", is_flag=True, help="Settled questions too.")
@config_file
@as_json
def inbox_list(closed_too: bool, config: Path | None, as_json: bool) -> None:
    """List the questions that wait for a person, and the connections that hold flows up."""
    from starters.cli.inbox import list_all

    loaded = configuration(config)
    end(run(list_all(loaded, key_ring(loaded), closed_too=closed_too, as_json=as_json)))


@inbox.command("show")
@incident_argument
@config_file
@as_json
def inbox_show(incident: str, config: Path | None, as_json: bool) -> None:
    """Show everything about one question of `inbox list`, with the command of each answer."""
    from starters.cli.inbox import show

    loaded = configuration(config)
    end(run(show(loaded, key_ring(loaded), incident, as_json=as_json)))


@inbox.command("retry")
@incident_argument
@config_file
def inbox_retry(incident: str, config: Path | None) -> None:
    """Have the flow look again now; a settled question is asked again if it still stands."""
    _decide(config, incident, "retry")


@inbox.command("skip")
@incident_argument
@config_file
def inbox_skip(incident: str, config: Path | None) -> None:
    """Go on without this step, where `inbox show` offers it."""
    _decide(config, incident, "skip")


@inbox.command("cancel")
@incident_argument
@config_file
def inbox_cancel(incident: str, config: Path | None) -> None:
    """Give up what the flow wanted to do, where `inbox show` offers it."""
    _decide(config, incident, "cancel")


@inbox.command("choose")
@incident_argument
@click.argument("option")
@config_file
def inbox_choose(incident: str, option: str, config: Path | None) -> None:
    """Choose one of the options that `inbox show` lists."""
    _decide(config, incident, "choose", option)


@quarantine.command("list")
@config_file
@as_json
def quarantine_list(config: Path | None, as_json: bool) -> None:
    """List the input that was set aside, the latest arrival first."""
    from starters.cli.quarantine import list_all

    loaded = configuration(config)
    end(run(list_all(loaded, key_ring(loaded), as_json=as_json)))


@quarantine.command("show")
@click.argument("number", type=int)
@config_file
def quarantine_show(number: int, config: Path | None) -> None:
    """Print one input of `quarantine list` as it arrived, safe for a terminal."""
    from starters.cli.quarantine import show

    loaded = configuration(config)
    end(run(show(loaded, key_ring(loaded), number)))


@shadow.command("report")
@config_file
@as_json
def shadow_report(config: Path | None, as_json: bool) -> None:
    """List what would be invoiced, what asked and what left alone, with amounts, in the desk's language."""
    from starters.cli.shadow import report

    loaded = configuration(config)
    end(run(report(loaded, key_ring(loaded), as_json=as_json)))


@shadow.command("score")
@config_file
@as_json
def shadow_score(config: Path | None, as_json: bool) -> None:
    """Compare what would have been invoiced with what people invoiced since, line by line."""
    from starters.cli.scoring.command import score

    loaded = configuration(config)
    end(run(score(loaded, key_ring(loaded), as_json=as_json)))


@payments.command("link")
@click.argument("invoice")
@click.argument("deal")
@config_file
def payments_link(invoice: str, deal: str, config: Path | None) -> None:
    """Say that an invoice of the billing system is a deal's, so that the deal shows what was paid.

    INVOICE is its number, its id there, or the address of its page.
    """
    from starters.cli.payments import link

    loaded = configuration(config)
    end(run(link(loaded, key_ring(loaded), invoice, deal)))


def _decide(config: Path | None, incident: str, choice: str, option: str = "") -> NoReturn:
    from raccord.domain.desk.question import Choice
    from starters.cli.inbox import decide

    loaded = configuration(config)
    end(run(decide(loaded, key_ring(loaded), incident, Choice(choice), option)))


for each in LADDER:
    shadow.add_command(each)

GROUPS = (audit, contacts, dunning, flows, inbox, payments, quarantine, shadow, vendor)
