"""`raccord`: the commands, and nothing that slows `--help` down."""

from pathlib import Path
from typing import Annotated

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
    from raccord.platform.client import TemporalUnreachable
    from raccord.platform.logs import configure_logs
    from workers.run import run_worker

    configure_logs("worker")
    loaded = configuration(config)
    try:
        run(run_worker(loaded, key_ring(loaded)))
    except TemporalUnreachable as error:
        fail(str(error), status=1)


@app.command()
def starter(config: ConfigOption = None) -> None:
    """Run the receiver: webhooks come in here and start flows."""
    from raccord.platform.logs import configure_logs
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


def main() -> None:
    """Entry point of the `raccord` command."""
    app()
