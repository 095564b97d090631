"""What every command shares: reading the configuration, the key ring, and ending cleanly.

What is heavy is imported where it is used: `--help` and typing errors answer at once.
"""

import asyncio
import getpass
import os
import shlex
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from starters.cli.terminal import CLOSED_PIPE, discard_output

if TYPE_CHECKING:
    from raccord.sealing import KeyRing
    from raccord.settings.configuration import Configuration

T = TypeVar("T")

config_file = click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="Path of raccord.toml [default: $RACCORD_CONFIG or ./raccord.toml]",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a machine to read.")


def fail(message: str, *, status: int = 2) -> NoReturn:
    """End the command with a sentence on standard error."""
    click.echo(f"{click.style('raccord:', fg='red', bold=True)} {message}", err=True)
    raise click.exceptions.Exit(status)


def end(status: int) -> NoReturn:
    """End the command with an exit status."""
    raise click.exceptions.Exit(status)


def warn(message: str) -> None:
    """Say what does not end the command, on standard error."""
    click.echo(f"{click.style('raccord:', fg='yellow', bold=True)} {message}", err=True)


def actor() -> str:
    """Name whoever typed the command, as the audit has it."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        # In a container the process often runs under a number that has no name.
        return f"cli:{os.getuid()}"


def bold(text: str) -> str:
    """Mark what the eye should find; `click.echo` leaves the mark out where no terminal shows it."""
    return click.style(text, bold=True)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine; Ctrl-C ends it quietly."""
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        raise click.exceptions.Exit(130) from None
    except BrokenPipeError:
        # Whoever read our output has enough of it: nothing to say.
        discard_output()
        raise click.exceptions.Exit(CLOSED_PIPE) from None
    except Exception as error:
        if sentence := _explained(error):
            fail(sentence, status=1)
        raise


@contextmanager
def unless_taken() -> Iterator[None]:
    """End the command with a sentence where somebody has a port, or the data, that it needs for itself."""
    from raccord.machine import Taken

    try:
        yield
    except Taken as taken:
        fail(str(taken), status=1)


def _explained(error: Exception) -> str | None:
    """Return the sentence for an error that any command may end with."""
    # Here and not above: with them, `--help` takes six times as long.
    from temporalio.service import RPCError

    from raccord.records.database import RecordsUnavailable
    from raccord.sealing import BadKeyFile, CannotUnseal, UnknownKey
    from raccord.settings.configuration import BadSettings
    from raccord.temporal.client import TemporalUnreachable
    from raccord.temporal.company import ForeignNamespace
    from raccord.temporal.search import WrongSearchAttribute

    match error:
        case RecordsUnavailable() | WrongSearchAttribute() | TemporalUnreachable() | BadSettings():
            return str(error)
        case ForeignNamespace():
            return str(error)
        case BadKeyFile() | CannotUnseal() | UnknownKey():
            return f"what is stored cannot be read: {error}"
        case RPCError():
            return f"Temporal refused: {error.message} ({error.status.name})."
        case OSError():
            return from_the_system(error)
        case _:
            return None


def from_the_system(error: OSError) -> str:
    """Return what the system refused, as a sentence."""
    why = error.strerror or str(error)
    return f"{error.filename}: {why}." if error.filename else f"the system refused: {why}."


def configuration(path: Path | None) -> "Configuration":
    """Read the settings, or end the command with everything that is wrong with them."""
    from raccord.settings.configuration import BadSettings, NoSettings
    from raccord.settings.load import read

    try:
        found = read(path)
    except NoSettings as error:
        fail(f"{error} {without_settings(path)}")
    except BadSettings as error:
        fail(f"the configuration cannot be used:\n{error}")
    if meant := [name for name in found.strangers if "__" in name]:
        # A name without `__` may well be somebody else's; `raccord doctor` tells of those too.
        warn(f"no setting of Raccord, so without effect: {', '.join(meant)}.")
    return found


def without_settings(path: Path | None) -> str:
    """Return the remedy where there is no settings file."""
    return f"`{command('init', path)}` writes one to fill in, if this is where it belongs."


def command(name: str, path: Path | None) -> str:
    """Return a command as it is typed for a settings file that was named, or the default one."""
    named = [] if path is None else [str(path)] if name == "init" else ["--config", str(path)]
    return shlex.join(["raccord", name, *named])


def key_ring(config: "Configuration", *, create: bool = False) -> "KeyRing":
    """Load the encryption keys. `create`: the embedded mode makes its own on the first start."""
    from raccord.sealing import BadKeyFile, KeyRing

    path = config.settings.key_file
    if path.exists():
        try:
            return KeyRing.load(path)
        except (BadKeyFile, OSError) as error:
            fail(str(error))
    if not create:
        fail(
            f"the key file {path} is missing. `raccord up` makes one on its first start; a fleet shares "
            "one: copy it here, or set RACCORD_DATA__KEY_FILE."
        )
    try:
        keys = KeyRing.create(path)
    except OSError as error:
        fail(f"the key file {path} cannot be written: {error.strerror}.", status=1)
    click.echo(
        f"{bold('New encryption key')} {path}\nIt seals everything Raccord stores. {bold('Back it up')} "
        "apart from the data: without it, neither the audit nor running flows can be read.",
        err=True,
    )
    return keys
