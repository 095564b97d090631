"""`raccord`: the commands, and nothing that slows `--help` down."""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import click

from starters.cli.common import (
    as_json,
    config_file,
    configuration,
    fail,
    from_the_system,
    key_ring,
    run,
    unless_taken,
)
from starters.cli.terminal import CLOSED_PIPE, discard_output, write_anywhere

EMBEDDED = ("aiosmtpd", "httpx", "rich")
"""What the extra `embedded` brings, as it is imported."""

FAILED = 1
PORT = click.IntRange(1, 65535)

incident_argument = click.argument("incident")


def _one_word(_: click.Context, __: click.Parameter, state: str) -> str:
    if state and not state.replace("_", "").isalpha():
        raise click.BadParameter("a state is one word: running, waiting, invoiced, closed...")
    return state


@click.group(name="raccord", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="raccord", prog_name="raccord")
def app() -> None:
    """Keeps CRM and billing in step: every won deal ends as exactly one proven invoice, or as one visible
    question."""


@app.group()
def audit() -> None:
    """Verify or export the record of every write outside."""


@app.group()
def flows() -> None:
    """List the flows, or start one by hand, which is always harmless."""


@app.group()
def inbox() -> None:
    """See and answer the questions that flows wait with."""


@app.group()
def quarantine() -> None:
    """Look at input that could not be read."""


@app.group()
def shadow() -> None:
    """See what Raccord would do, and has not done, while it runs in shadow."""


@app.command()
@click.option("--exit", "leave", is_flag=True, help="Stop when the scenarios have been played.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the results to this file.")
@click.option("--only", multiple=True, metavar="NAME", help="Play only this scenario; may be repeated.")
def demo(leave: bool, json_file: Path | None, only: tuple[str, ...]) -> None:
    """Try everything without any account: simulated vendors, real Temporal, real processes."""
    _need_embedded("demo")
    from starters.demo.run import run_demo

    _end(run(run_demo(stay=not leave, json_file=json_file, only=only)))


@app.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
def init(path: Path | None) -> None:
    """Write a settings file to fill in, raccord.toml unless PATH says otherwise; never overwrites one."""
    from starters.cli.init import write

    _end(write(path))


@app.command()
@config_file
def up(config: Path | None) -> None:
    """Run everything on this machine: Temporal with its Web UI, worker and receiver."""
    _need_embedded("up")
    from starters.embedded.alone import alone

    loaded = configuration(config)
    with unless_taken(), alone(loaded.settings) as lock:
        from starters.cli.doctor.run import look_before_a_start
        from starters.embedded.up import run_up

        look_before_a_start(loaded)
        _end(run(run_up(loaded, key_ring(loaded, create=True), lock)))


@app.command()
@config_file
def worker(config: Path | None) -> None:
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
@config_file
def starter(config: Path | None) -> None:
    """Run the receiver: webhooks come in here and start flows."""
    from starters.receiver.places import listening

    loaded = configuration(config)
    with unless_taken(), listening(loaded.settings) as sockets:
        from raccord.temporal.logs import configure_logs
        from starters.receiver.serve import run_receiver

        configure_logs("receiver")
        run(run_receiver(loaded, key_ring(loaded), sockets))


@app.command()
@click.option("--port", type=PORT, default=8090, show_default=True, help="Port on loopback.")
@click.option(
    "--webhook",
    multiple=True,
    metavar="VENDOR=URL",
    help="Where a vendor delivers, e.g. hubspot=http://127.0.0.1:8080/webhooks/hubspot; may be repeated.",
)
@click.option(
    "--link",
    multiple=True,
    metavar="LABEL=URL",
    help="A link at the top of the page; with {id} in it, one beside each deal; may be repeated.",
)
@click.option("--mail", is_flag=True, help="Mail invoices, which Stripe does not do with a test key.")
def sandbox(port: int, webhook: tuple[str, ...], link: tuple[str, ...], mail: bool) -> None:
    """Run the simulated vendors alone, with a page to play on."""
    _need_embedded("sandbox")
    from sandbox.app import create_app, delivery_of, link_of
    from sandbox.server import must_be_free, serve
    from starters.demo.access import access

    try:
        vendors = create_app(
            webhooks=dict(map(delivery_of, webhook)),
            links=dict(map(link_of, link)),
            settings={"stripe": {"mails_in_test": mail}},
        )
        must_be_free("127.0.0.1", port)
    except ValueError as error:
        fail(str(error))
    click.echo(
        f"The vendors are at http://127.0.0.1:{port}/ (Ctrl-C stops them).\n"
        "In the shell of whoever uses them:\n\n" + access(port)
    )
    run(serve(vendors, port=port))


@app.command()
@config_file
@as_json
def doctor(config: Path | None, as_json: bool) -> None:
    """Check everything a start needs: one line a check, with the exact remedy."""
    from starters.cli.doctor.run import run_doctor

    _end(run(run_doctor(config, as_json=as_json)))


@app.command()
@config_file
@as_json
def setup(config: Path | None, as_json: bool) -> None:
    """Make in the CRM the fields that the settings name and that it lacks; what is there is left alone."""
    from starters.cli.setup import set_up

    _end(run(set_up(configuration(config), config, as_json=as_json)))


@app.command()
@click.option("--once", is_flag=True, help="Look once, now (the schedule does it regularly).")
@config_file
@as_json
def reconcile(once: bool, config: Path | None, as_json: bool) -> None:
    """Find the won deals that no webhook told us about: every one since the cut-over is looked at."""
    from starters.cli.reconcile import sweep

    if not once:
        fail("say --once: the regular sweep is a schedule of its own, see the Temporal UI.")
    loaded = configuration(config)
    _end(run(sweep(loaded, key_ring(loaded), as_json=as_json)))


@app.command()
@click.argument("deal")
@config_file
@as_json
def credit(deal: str, config: Path | None, as_json: bool) -> None:
    """Show what a credit note on a deal's invoice comes to, and where a person issues it. Issues nothing."""
    from starters.cli.credit import prepare

    loaded = configuration(config)
    _end(run(prepare(loaded, key_ring(loaded), deal, as_json=as_json)))


@audit.command("verify")
@config_file
@as_json
def audit_verify(config: Path | None, as_json: bool) -> None:
    """Walk the hash chain: exit status 0 only when no row was changed, removed or reordered."""
    from starters.cli.audit import verify

    loaded = configuration(config)
    _end(run(verify(loaded, key_ring(loaded), as_json=as_json)))


@audit.command("export")
@config_file
def audit_export(config: Path | None) -> None:
    """Print the audit as JSON lines, unsealed."""
    from starters.cli.audit import export

    loaded = configuration(config)
    run(export(loaded, key_ring(loaded)))


@flows.command("start")
@click.argument("deal")
@config_file
def flows_start(deal: str, config: Path | None) -> None:
    """Look at a deal, by its id in the CRM, again: it goes on from what exists, and never invoices twice."""
    from starters.cli.flows import start

    loaded = configuration(config)
    _end(run(start(loaded, key_ring(loaded), deal)))


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
    _end(run(list_all(loaded, key_ring(loaded), state=state, as_json=as_json)))


@inbox.command("list")
@click.option("--all", "closed_too", is_flag=True, help="Settled questions too.")
@config_file
@as_json
def inbox_list(closed_too: bool, config: Path | None, as_json: bool) -> None:
    """List the questions that wait for a person, and the connections that hold flows up."""
    from starters.cli.inbox import list_all

    loaded = configuration(config)
    _end(run(list_all(loaded, key_ring(loaded), closed_too=closed_too, as_json=as_json)))


@inbox.command("show")
@incident_argument
@config_file
@as_json
def inbox_show(incident: str, config: Path | None, as_json: bool) -> None:
    """Show everything about one question of `inbox list`, with the command of each answer."""
    from starters.cli.inbox import show

    loaded = configuration(config)
    _end(run(show(loaded, key_ring(loaded), incident, as_json=as_json)))


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
    _end(run(list_all(loaded, key_ring(loaded), as_json=as_json)))


@quarantine.command("show")
@click.argument("number", type=int)
@config_file
def quarantine_show(number: int, config: Path | None) -> None:
    """Print one input of `quarantine list` as it arrived, safe for a terminal."""
    from starters.cli.quarantine import show

    loaded = configuration(config)
    _end(run(show(loaded, key_ring(loaded), number)))


@shadow.command("report")
@config_file
@as_json
def shadow_report(config: Path | None, as_json: bool) -> None:
    """List what would be invoiced, what asked and what left alone, with amounts, in the desk's language."""
    from starters.cli.shadow import report

    loaded = configuration(config)
    _end(run(report(loaded, key_ring(loaded), as_json=as_json)))


def main() -> None:
    """Entry point of the `raccord` command."""
    write_anywhere()
    try:
        try:
            app(prog_name="raccord")
        finally:
            if sys.stdout:
                sys.stdout.flush()
    except BrokenPipeError:
        discard_output()
        sys.exit(CLOSED_PIPE)
    except OSError as error:
        discard_output()
        sys.stderr.write(f"raccord: {from_the_system(error)}\n")
        sys.exit(FAILED)


def _decide(config: Path | None, incident: str, choice: str, option: str = "") -> NoReturn:
    from raccord.domain.desk.question import Choice
    from starters.cli.inbox import decide

    loaded = configuration(config)
    _end(run(decide(loaded, key_ring(loaded), incident, Choice(choice), option)))


def _need_embedded(command: str) -> None:
    """End the command with a sentence where Raccord was installed for production alone."""
    if missing := [name for name in EMBEDDED if find_spec(name) is None]:
        fail(
            f"`raccord {command}` needs the extra raccord[embedded], of which {', '.join(missing)} cannot be "
            "found here. `make install` in the folder of Raccord's source installs it."
        )


def _end(status: int) -> NoReturn:
    raise click.exceptions.Exit(status)
