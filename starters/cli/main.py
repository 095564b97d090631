"""`raccord`: the commands, and nothing that slows `--help` down."""

import sys
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import click

from starters.cli.common import (
    as_json,
    config_file,
    configuration,
    end,
    fail,
    from_the_system,
    key_ring,
    run,
    unless_taken,
)
from starters.cli.groups import GROUPS
from starters.cli.help import speak
from starters.cli.language import LANGUAGES_SPOKEN, ask_for, in_the_language_asked_for, spoken
from starters.cli.terminal import CLOSED_PIPE, discard_output, leave, write_anywhere

EMBEDDED = ("aiosmtpd", "httpx", "rich")
"""What the extra `embedded` brings, as it is imported."""

FAILED = 1
PORT = click.IntRange(1, 65535)


@click.group(name="raccord", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="raccord", prog_name="raccord")
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES_SPOKEN),
    metavar="LANGUAGE",
    expose_value=False,
    callback=lambda _context, _option, asked: ask_for(asked or ""),
    help="Language of what is said here: fr or en.",
)
def app() -> None:
    """Keeps CRM and billing in step: every won deal ends as exactly one proven invoice, or as one visible
    question."""


for group in GROUPS:
    app.add_command(group)


@app.command()
@click.option("--exit", "leave", is_flag=True, help="Stop when the scenarios have been played.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the results to this file.")
@click.option("--only", multiple=True, metavar="NAME", help="Play only this scenario; may be repeated.")
@click.option(
    "--day",
    type=click.IntRange(1, 3600),
    default=3,
    show_default=True,
    metavar="SECONDS",
    help="How long a day lasts in the scenarios of reminders.",
)
def demo(leave: bool, json_file: Path | None, only: tuple[str, ...], day: int) -> None:
    """Try everything without any account: simulated vendors, real Temporal, real processes."""
    _need_embedded("demo")
    from starters.demo.run import run_demo

    end(run(run_demo(stay=not leave, json_file=json_file, day=day, only=only)))


@app.command()
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option(
    "--answers",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Answers from a file, as an earlier run printed them; nothing is asked.",
)
def init(path: Path | None, answers: Path | None) -> None:
    """Propose a settings file from what your accounts hold: fields with samples side by side, in shadow.

    It reads the accounts whose credentials are in the environment, asks ten questions at most, and never
    overwrites a file: PATH, or raccord.toml. Without credentials it writes a commented example to fill in.
    """
    from starters.cli.init.run import propose_settings

    end(propose_settings(path, answers, spoken()))


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
        end(run(run_up(loaded, key_ring(loaded, create=True), lock)))


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
@click.option("--smtp-port", type=PORT, help="Port of the mailbox on loopback, instead of a free one.")
@click.option("--mail", is_flag=True, help="Mail invoices, which Stripe does not do with a test key.")
@click.option("--year", is_flag=True, help="Begin with a CRM that has sold for a year, and needs cleaning.")
def sandbox(  # noqa: PLR0917 - click passes them by name
    port: int, webhook: tuple[str, ...], link: tuple[str, ...], smtp_port: int | None, mail: bool, year: bool
) -> None:
    """Run the simulated vendors alone, with a page to play on."""
    _need_embedded("sandbox")
    from sandbox.app import create_app, delivery_of, link_of
    from sandbox.mailbox.mailbox import Mailbox
    from sandbox.server import must_be_free, serve
    from starters.demo.access import access

    try:
        vendors = create_app(
            webhooks=dict(map(delivery_of, webhook)),
            links=dict(map(link_of, link)),
            settings={"stripe": {"mails_in_test": mail}, "hubspot": {"a_year": year}},
            mailbox=Mailbox(port=smtp_port or 0),
        )
        for wanted in filter(None, (port, smtp_port)):
            must_be_free("127.0.0.1", wanted)
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

    end(run(run_doctor(config, as_json=as_json)))


@app.command()
@config_file
@click.option(
    "--only",
    type=click.Choice(["temporal"]),
    help="Only the namespace of a Temporal of your own (TEMPORAL_ADDRESS): the job of a deployment.",
)
@click.option("--dry-run", "dry", is_flag=True, help="Say what would be done, and change nothing anywhere.")
@as_json
def setup(config: Path | None, only: str | None, dry: bool, as_json: bool) -> None:
    """Make what is missing, and leave alone what is there: in the CRM the fields that the settings name,
    webhooks of the billing system, the files of the CRM's app, and on a Temporal of your own, which
    TEMPORAL_ADDRESS names, namespace and schedules. It may be repeated."""
    from raccord.temporal.client import elsewhere
    from starters.cli.setup import set_up
    from starters.cli.setup_temporal import set_up_alone

    loaded = configuration(config)
    if only:
        end(run(set_up_alone(loaded, key_ring(loaded), dry=dry, as_json=as_json)))
    keys = key_ring(loaded) if elsewhere() else None
    end(run(set_up(loaded, config, keys, as_json=as_json, dry=dry)))


@app.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@config_file
def backup(file: Path, config: Path | None) -> None:
    """Copy records and flows into FILE, while everything runs on. The keys are not in it."""
    from starters.cli.backup import back_up

    loaded = configuration(config)
    end(run(back_up(loaded, key_ring(loaded), file)))


@app.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@config_file
def restore(file: Path, config: Path | None) -> None:
    """Put back what a backup holds, where nothing is: not beside a running Raccord, nor over its data."""
    from starters.cli.backup import put_back

    loaded = configuration(config)
    if not (keys := loaded.settings.key_file).exists():
        fail(f"the key file {keys} is missing: put back the one that the backup was made with.", status=1)
    end(run(put_back(loaded, key_ring(loaded), file)))


@app.command()
@click.option(
    "--once", is_flag=True, help="Look and compare now; schedules do it every hour and every night."
)
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="With --once: compare from this day on, as 2026-01-31, and not from the cut-over date.",
)
@click.option(
    "--page", type=click.Path(dir_okay=False, path_type=Path), help="Keep the proof as an HTML page."
)
@config_file
@as_json
def reconcile(
    once: bool, since: datetime | None, page: Path | None, config: Path | None, as_json: bool
) -> None:
    """Show the last proof: won deals, invoices and payments held against each other, gap by gap.

    With --once, first have every won deal since the cut-over looked at that no webhook told of, then compare.
    """
    from starters.cli.reconcile import reconcile_now, show_last

    loaded = configuration(config)
    if once:
        work = reconcile_now(loaded, key_ring(loaded), since and since.date(), page, as_json=as_json)
    elif since:
        fail("--since goes with --once: the last proof has its own beginning.")
    else:
        work = show_last(loaded, key_ring(loaded), page, as_json=as_json)
    end(run(work))


@app.command()
@click.option(
    "--week", metavar="WEEK", help="Which week, as 2026-W48 or any day of it [default: the last one over]"
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Keep its page, its tables as CSV and its charts as PNG there.",
)
@config_file
@as_json
def report(week: str | None, out: Path | None, config: Path | None, as_json: bool) -> None:
    """Tell a week: won deals, invoices and payments, what waits, and what changed since the week before.

    A week is made once and then says the same whenever it is asked for; as far as [modes] lets it, it is also
    shown in the configured places and mailed to management, each once.
    """
    from starters.cli.report import tell_week, week_of

    loaded = configuration(config)
    meant = week_of(week, loaded)
    end(run(tell_week(loaded, key_ring(loaded), meant, out, as_json=as_json)))


@app.command("data-quality")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Judge deals won on this day or later, as 2026-01-31 [default: the last twelve months]",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Keep a page for each salesperson there, and an overview.",
)
@click.option(
    "--csv",
    "tables",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Keep everything there for a spreadsheet.",
)
@config_file
@as_json
def data_quality(
    since: datetime | None, out: Path | None, tables: Path | None, config: Path | None, as_json: bool
) -> None:
    """Read the CRM and tell what to clean, by whom, and what it is worth. Writes nothing.

    Each won deal is judged as Raccord would judge it live. Ctrl-C keeps what was read until then.
    """
    from starters.cli.data_quality.command import Wanted, look

    wanted = Wanted(since=since and since.date(), out=out, tables=tables, as_json=as_json)
    end(run(look(configuration(config), wanted)))


@app.command()
@click.option(
    "--since",
    required=True,
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Deals won on this day or later, as 2026-01-31.",
)
@click.option("--dry-run", is_flag=True, help="Count what it would do, and change nothing: comes first.")
@config_file
@as_json
def backfill(since: datetime, dry_run: bool, config: Path | None, as_json: bool) -> None:
    """Link the deals of the past with their invoices and show what was paid. Nobody is told."""
    from starters.cli.backfill import fill

    loaded = configuration(config)
    end(run(fill(loaded, key_ring(loaded), since.date(), dry=dry_run, as_json=as_json)))


@app.command()
@click.option("--month", default="", metavar="MONTH", help="As 2026-10 [default: the one under way]")
@click.option(
    "--csv", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write all columns there."
)
@config_file
@as_json
def invoices(month: str, csv: Path | None, config: Path | None, as_json: bool) -> None:
    """List the invoices of a month, with customer, deal and salesperson, and their totals.

    What was credited stands beside its invoice; credit notes of the month on older invoices are not listed.
    """
    from starters.cli.invoices.command import month_of, show

    loaded = configuration(config)
    end(run(show(loaded, key_ring(loaded), month_of(month, loaded), csv, as_json=as_json)))


@app.command()
@click.argument("deal")
@config_file
@as_json
def credit(deal: str, config: Path | None, as_json: bool) -> None:
    """Show what a credit note on a deal's invoice comes to, and where a person issues it. Issues nothing."""
    from starters.cli.credit import prepare

    loaded = configuration(config)
    end(run(prepare(loaded, key_ring(loaded), deal, as_json=as_json)))


def main() -> None:
    """Entry point of the `raccord` command."""
    leave(_status_of_the_command())


def _status_of_the_command() -> int:
    write_anywhere()
    try:
        try:
            typed = in_the_language_asked_for(sys.argv[1:])
            speak(app, spoken())
            app(typed, prog_name="raccord")
        except SystemExit as ended:
            return ended.code if isinstance(ended.code, int) else FAILED
        finally:
            if sys.stdout:
                sys.stdout.flush()
    except BrokenPipeError:
        discard_output()
        return CLOSED_PIPE
    except OSError as error:
        discard_output()
        sys.stderr.write(f"raccord: {from_the_system(error)}\n")
        return FAILED
    return 0


def _need_embedded(command: str) -> None:
    """End the command with a sentence where Raccord was installed for production alone."""
    if missing := [name for name in EMBEDDED if find_spec(name) is None]:
        fail(
            f"`raccord {command}` needs the extra raccord[embedded], of which {', '.join(missing)} cannot be "
            "found here. `make install` in the folder of Raccord's source installs it."
        )
