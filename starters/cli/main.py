"""`raccord`: the commands, and nothing that slows `--help` down."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from starters.cli.common import ConfigOption, JsonOption, configuration, fail, key_ring, out, run

app = typer.Typer(
    name="raccord",
    help="Keeps CRM and billing in step: every won deal ends as exactly one proven invoice, "
    "or as one visible question.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
audit_app = typer.Typer(help="Verify or export the record of every write outside.", no_args_is_help=True)
flows_app = typer.Typer(help="Start a flow by hand; always harmless.", no_args_is_help=True)
app.add_typer(audit_app, name="audit")
app.add_typer(flows_app, name="flows")
inbox_app = typer.Typer(help="See and answer the questions that flows wait with.", no_args_is_help=True)
quarantine_app = typer.Typer(help="Look at input that could not be read.", no_args_is_help=True)
app.add_typer(inbox_app, name="inbox")
app.add_typer(quarantine_app, name="quarantine")

IncidentArgument = Annotated[str, typer.Argument(help="The question's number, as `inbox list` shows it.")]


@app.command()
def demo(
    exit: Annotated[bool, typer.Option("--exit", help="Stop when the scenarios have been played.")] = False,
    json: Annotated[Path | None, typer.Option("--json", help="Write the results to this file.")] = None,
    only: Annotated[list[str] | None, typer.Option("--only", help="Play only this scenario.")] = None,
) -> None:
    """Try everything without any account: simulated vendors, real Temporal, real processes."""
    from starters.demo.run import run_demo

    raise typer.Exit(run(run_demo(stay=not exit, json_file=json, only=tuple(only or ()))))


@app.command()
def up(config: ConfigOption = None) -> None:
    """Run everything on this machine: Temporal with its Web UI, worker and receiver."""
    from starters.embedded.up import run_up

    loaded = configuration(config)
    raise typer.Exit(run(run_up(loaded, key_ring(loaded, create=True))))


@app.command()
def worker(config: ConfigOption = None) -> None:
    """Run one worker process; start as many as you need."""
    from raccord.settings.configuration import BadSettings
    from raccord.temporal.client import TemporalUnreachable
    from raccord.temporal.logs import configure_logs
    from workers.run import run_worker

    configure_logs("worker")
    loaded = configuration(config)
    try:
        run(run_worker(loaded, key_ring(loaded)))
    except TemporalUnreachable as error:
        fail(str(error), status=1)
    except BadSettings as error:
        fail(f"the configuration cannot be used:\n{error}")


@app.command()
def starter(config: ConfigOption = None) -> None:
    """Run the receiver: webhooks come in here and start flows."""
    from raccord.temporal.logs import configure_logs
    from starters.receiver.serve import run_receiver

    configure_logs("receiver")
    loaded = configuration(config)
    run(run_receiver(loaded, key_ring(loaded)))


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(help="Port on loopback.")] = 8090,
    webhook: Annotated[
        list[str] | None,
        typer.Option(help="Where a vendor delivers, e.g. hubspot=http://127.0.0.1:8080/webhooks/hubspot"),
    ] = None,
) -> None:
    """Run the simulated vendors alone, with a page to play on."""
    from sandbox.app import create_app
    from sandbox.server import serve

    targets = dict(pair.split("=", 1) for pair in webhook or ())
    out.print(f"The vendors are at http://127.0.0.1:{port}/ (Ctrl-C stops them)")
    run(serve(create_app(webhooks=targets), port=port))


@app.command()
def doctor(config: ConfigOption = None, json: JsonOption = False) -> None:
    """Check everything a start needs: one line a check, with the exact remedy."""
    from starters.cli.doctor import run_doctor

    raise typer.Exit(run(run_doctor(config, as_json=json)))


@app.command()
def reconcile(
    once: Annotated[
        bool, typer.Option("--once", help="Look once, now (the schedule does it regularly).")
    ] = False,
    config: ConfigOption = None,
    json: JsonOption = False,
) -> None:
    """Find the won deals that no webhook told us about: every one since the cut-over is looked at."""
    from starters.cli.reconcile import sweep

    if not once:
        fail("say --once: the regular sweep is a schedule of its own, see the Temporal UI.")
    loaded = configuration(config)
    raise typer.Exit(run(sweep(loaded, key_ring(loaded), as_json=json)))


@audit_app.command("verify")
def audit_verify(config: ConfigOption = None, json: JsonOption = False) -> None:
    """Walk the hash chain: exit status 0 only when no row was changed, removed or reordered."""
    from starters.cli.audit import verify

    loaded = configuration(config)
    raise typer.Exit(run(verify(loaded, key_ring(loaded), as_json=json)))


@audit_app.command("export")
def audit_export(config: ConfigOption = None) -> None:
    """Print the audit as JSON lines, unsealed."""
    from starters.cli.audit import export

    loaded = configuration(config)
    run(export(loaded, key_ring(loaded)))


@flows_app.command("start")
def flows_start(
    deal: Annotated[str, typer.Argument(help="The deal's id in the CRM.")], config: ConfigOption = None
) -> None:
    """Look at a deal again: it goes on from what exists, and never invoices twice."""
    from starters.cli.flows import start

    loaded = configuration(config)
    raise typer.Exit(run(start(loaded, key_ring(loaded), deal)))


@inbox_app.command("list")
def inbox_list(
    config: ConfigOption = None,
    all: Annotated[bool, typer.Option("--all", help="Settled questions too.")] = False,
    json: JsonOption = False,
) -> None:
    """List the questions that wait for a person, and the connections that hold flows up."""
    from starters.cli.inbox import list_all

    loaded = configuration(config)
    raise typer.Exit(run(list_all(loaded, key_ring(loaded), closed_too=all, as_json=json)))


@inbox_app.command("show")
def inbox_show(incident: IncidentArgument, config: ConfigOption = None, json: JsonOption = False) -> None:
    """Show everything about one question, with the command of each answer."""
    from starters.cli.inbox import show

    loaded = configuration(config)
    raise typer.Exit(run(show(loaded, key_ring(loaded), incident, as_json=json)))


@inbox_app.command("retry")
def inbox_retry(incident: IncidentArgument, config: ConfigOption = None) -> None:
    """Have the flow look again now; a settled question is asked again if it still stands."""
    _decide(config, incident, "retry")


@inbox_app.command("skip")
def inbox_skip(incident: IncidentArgument, config: ConfigOption = None) -> None:
    """Go on without this step, where `inbox show` offers it."""
    _decide(config, incident, "skip")


@inbox_app.command("cancel")
def inbox_cancel(incident: IncidentArgument, config: ConfigOption = None) -> None:
    """Give up what the flow wanted to do, where `inbox show` offers it."""
    _decide(config, incident, "cancel")


@inbox_app.command("choose")
def inbox_choose(
    incident: IncidentArgument,
    option: Annotated[str, typer.Argument(help="One of the options that `inbox show` lists.")],
    config: ConfigOption = None,
) -> None:
    """Choose one of the question's options."""
    _decide(config, incident, "choose", option)


def _decide(config: Path | None, incident: str, choice: str, option: str = "") -> NoReturn:
    from raccord.domain.desk.question import Choice
    from starters.cli.inbox import decide

    loaded = configuration(config)
    raise typer.Exit(run(decide(loaded, key_ring(loaded), incident, Choice(choice), option)))


@quarantine_app.command("list")
def quarantine_list(config: ConfigOption = None, json: JsonOption = False) -> None:
    """List the input that was set aside, the latest arrival first."""
    from starters.cli.quarantine import list_all

    loaded = configuration(config)
    raise typer.Exit(run(list_all(loaded, key_ring(loaded), as_json=json)))


@quarantine_app.command("show")
def quarantine_show(
    id: Annotated[int, typer.Argument(help="Its number, as `quarantine list` shows it.")],
    config: ConfigOption = None,
) -> None:
    """Print one input as it arrived, safe for a terminal."""
    from starters.cli.quarantine import show

    loaded = configuration(config)
    raise typer.Exit(run(show(loaded, key_ring(loaded), id)))


def main() -> None:
    """Entry point of the `raccord` command."""
    app()
