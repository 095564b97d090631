"""Without credentials: the commented example as a settings file, and what to do next."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import click

from raccord.connectors.registry import load
from raccord.domain.values.message import message
from raccord.settings.environment import variable
from raccord.settings.load import REQUIRED
from raccord.settings.model import Settings
from raccord.texts import say
from starters.cli.common import bold, command, fail
from starters.cli.display import fold

EXAMPLE = "raccord.example.toml"
_WIDTH = 100


def example() -> str:
    """Return the commented example."""
    return files("raccord.settings").joinpath(EXAMPLE).read_text("utf-8")


def write_example(file: Path, path: Path | None, language: str) -> int:
    """Write the example where no file is yet; an existing one is never touched."""
    written(file, example(), path)
    for line in _next_steps(file, path, language):
        click.echo(line)
    return 0


def written(file: Path, text: str, path: Path | None) -> None:
    """Write a new file, or end the command; `path` is the file that was named, if one was."""
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError:
        fail(message("init.there", file=str(file), doctor=command("doctor", path)))
    except OSError as error:
        fail(message("init.unwritten", file=str(file), why=str(error.strerror)))


def _next_steps(file: Path, path: Path | None, language: str) -> Iterator[str]:
    typed = {name: bold(command(name, path)) for name in ("init", "doctor", "up")}
    yield say(message("init.example.wrote", file=bold(str(file))), language)
    yield ""
    steps = (
        message("init.example.secrets"),
        message("init.example.init", init=typed["init"]),
        message("init.example.doctor", doctor=typed["doctor"]),
        message("init.example.up", up=typed["up"]),
    )
    for number, step in enumerate(steps):
        yield from fold(f"  {say(step, language)}", _WIDTH, indent="     ")
        if not number:
            yield from (f"     export {name}=..." for name in _secrets())


def _secrets() -> Iterator[str]:
    """Yield the variables of the secrets that the example's connections cannot do without."""
    for kind in REQUIRED:
        name = Settings.model_fields[kind].default
        yield from (variable(name, field) for field in load(kind, name).needed_secrets)
