"""`raccord`: the commands, and nothing that slows `--help` down."""

import sys

import click

from starters.cli.common import from_the_system, in_the_reader_s_language
from starters.cli.comparing import backfill, reconcile, report
from starters.cli.data_quality.commands import data_quality
from starters.cli.groups import GROUPS
from starters.cli.help import speak
from starters.cli.installing import backup, connect, doctor, init, restore, setup
from starters.cli.invoices.commands import credit, invoices
from starters.cli.language import LANGUAGES_SPOKEN, ask_for, in_the_language_asked_for, spoken
from starters.cli.running import demo, sandbox, starter, up, worker
from starters.cli.terminal import CLOSED_PIPE, discard_output, leave, write_anywhere

FAILED = 1
COMMANDS = (
    *GROUPS,
    *(demo, sandbox, starter, up, worker),
    *(backup, connect, doctor, init, restore, setup),
    *(backfill, data_quality, reconcile, report),
    *(credit, invoices),
)


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


for command in COMMANDS:
    app.add_command(command)


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
        sys.stderr.write(f"raccord: {in_the_reader_s_language(from_the_system(error))}\n")
        return FAILED
    return 0
