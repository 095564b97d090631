"""What every command shares: reading the configuration, the key ring, and ending cleanly.

What is heavy is imported where it is used: `--help` and typing errors answer at once.
"""

import asyncio
import getpass
import os
import shlex
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from starters.cli.language import settings_speak, spoken
from starters.cli.terminal import CLOSED_PIPE, discard_output

if TYPE_CHECKING:
    from raccord.domain.values.message import Message, Text
    from raccord.sealing import KeyRing
    from raccord.settings.configuration import Configuration
    from raccord.texts.told import Told

T = TypeVar("T")

config_file = click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="Path of raccord.toml [default: $RACCORD_CONFIG or ./raccord.toml]",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a machine to read.")


def fail(*said: "Text | Told", status: int = 2) -> NoReturn:
    """End the command with a sentence on standard error, or with several, one a line."""
    told = "\n".join(map(in_the_reader_s_language, said))
    click.echo(f"{click.style('raccord:', fg='red', bold=True)} {told}", err=True)
    raise click.exceptions.Exit(status)


def end(status: int) -> NoReturn:
    """End the command with an exit status."""
    raise click.exceptions.Exit(status)


def warn(said: "Text") -> None:
    """Say what does not end the command, on standard error."""
    told = in_the_reader_s_language(said)
    click.echo(f"{click.style('raccord:', fg='yellow', bold=True)} {told}", err=True)


def in_the_reader_s_language(said: "Text | Told") -> str:
    """Say something to whoever typed the command."""
    if isinstance(said, str):
        return said
    from raccord.texts import say_param
    from raccord.texts.told import Told

    return said.told(spoken()) if isinstance(said, Told) else say_param(said, spoken())


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
    from starters.cli.help import said_here

    try:
        yield
    except Taken as taken:
        fail(*(said_here(each, spoken()) for each in taken.said), status=1)


def _explained(error: Exception) -> "Text | Told | None":
    """Return the sentence for an error that any command may end with."""
    # Here and not above: with them, `--help` takes six times as long.
    from temporalio.service import RPCError

    from raccord.domain.values.message import message
    from raccord.records.database import RecordsUnavailable
    from raccord.sealing import BadKeyFile, CannotUnseal, UnknownKey
    from raccord.settings.configuration import BadSettings
    from raccord.temporal.client import TemporalUnreachable
    from raccord.temporal.company import ForeignNamespace
    from raccord.temporal.search import WrongSearchAttribute

    match error:
        case RecordsUnavailable() | WrongSearchAttribute() | TemporalUnreachable() | BadSettings():
            return error
        case ForeignNamespace():
            return error
        case BadKeyFile() | CannotUnseal() | UnknownKey():
            return message("error.unreadable", why=error.said[0])
        case RPCError():
            return message("error.temporal_refused", said=error.message, status=error.status.name)
        case OSError():
            return from_the_system(error)
        case _:
            return None


def from_the_system(error: OSError) -> "Message":
    """Return what the system refused, as a sentence."""
    from raccord.domain.values.message import message

    why = error.strerror or str(error)
    if error.filename:
        return message("error.of_file", file=str(error.filename), why=why)
    return message("error.system", why=why)


def configuration(path: Path | None) -> "Configuration":
    """Read the settings, or end the command with everything that is wrong with them."""
    from raccord.domain.values.message import message
    from raccord.settings.configuration import BadSettings, NoSettings
    from raccord.settings.load import read

    try:
        found = read(path)
    except NoSettings as error:
        fail(message("error.no_settings", why=error.said[0], remedy=without_settings(path)))
    except BadSettings as error:
        fail(message("error.settings"), error)
    settings_speak(found.settings.desk.language)
    if meant := [name for name in found.strangers if "__" in name]:
        # A name without `__` may well be somebody else's; `raccord doctor` tells of those too.
        warn_of_strangers(meant)
    return found


def warn_of_strangers(variables: Sequence[str]) -> None:
    """Say why variables that are named like settings change nothing."""
    from raccord.domain.values.message import message
    from raccord.settings.environment import naming, unnamed

    vendors = unnamed(variables)
    for vendor, names in vendors.items():
        warn(message("error.unnamed", names=names, remedy=naming(vendor)))
    if others := [name for name in variables if not any(name in names for names in vendors.values())]:
        warn(message("error.strangers", names=tuple(others)))


def without_settings(path: Path | None) -> "Message":
    """Return the remedy where there is no settings file."""
    from raccord.domain.values.message import message

    return message("error.init_writes", init=command("init", path))


def command(name: str, path: Path | None) -> str:
    """Return a command as it is typed for a settings file that was named, or the default one."""
    named = [] if path is None else [str(path)] if name == "init" else ["--config", str(path)]
    return shlex.join(["raccord", name, *named])


def key_ring(config: "Configuration", *, create: bool = False) -> "KeyRing":
    """Load the encryption keys. `create`: the embedded mode makes its own on the first start."""
    from raccord.domain.values.message import message
    from raccord.sealing import BadKeyFile, KeyRing
    from raccord.texts import say

    path = config.settings.key_file
    if path.exists():
        try:
            return KeyRing.load(path)
        except BadKeyFile as error:
            fail(error)
        except OSError as error:
            fail(from_the_system(error))
    if not create:
        fail(message("error.no_key", path=str(path)))
    try:
        keys = KeyRing.create(path)
    except OSError as error:
        fail(message("error.key_unwritten", path=str(path), why=error.strerror or ""), status=1)
    new, seals = say(message("key.new"), spoken()), say(message("key.seals"), spoken())
    click.echo(f"{bold(new)} {path}\n{seals}", err=True)
    return keys
