"""Without credentials: the commented example as a settings file, and what to do next."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import click

from raccord.connectors.registry import load
from raccord.settings.environment import variable
from raccord.settings.load import REQUIRED
from raccord.settings.model import Settings
from starters.cli.common import bold, command, fail

EXAMPLE = "raccord.example.toml"


def example() -> str:
    """Return the commented example."""
    return files("raccord.settings").joinpath(EXAMPLE).read_text("utf-8")


def write_example(file: Path, path: Path | None) -> int:
    """Write the example where no file is yet; an existing one is never touched."""
    written(file, example(), path)
    click.echo(_next_steps(file, path))
    return 0


def written(file: Path, text: str, path: Path | None) -> None:
    """Write a new file, or end the command; `path` is the file that was named, if one was."""
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError:
        fail(
            f"{file} exists already; nothing was changed. See what it lacks with `{command('doctor', path)}`."
        )
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}.")


def _next_steps(file: Path, path: Path | None) -> str:
    exports = "\n".join(f"     export {name}=..." for name in _secrets())
    return (
        f"Wrote {bold(str(file))}. Next:\n\n"
        "  1. Export the secrets, which belong into no file:\n"
        f"{exports}\n"
        f"  2. {bold(command('init', path))} then reads your accounts and proposes a file beside this one; "
        "or fill it in by hand:\n     what each line is for stands beside it.\n"
        f"  3. {bold(command('doctor', path))} checks everything and says what to do about what is missing.\n"
        f"  4. {bold(command('up', path))} starts in shadow: it computes and reports, and writes nothing."
    )


def _secrets() -> Iterator[str]:
    """Yield the variables of the secrets that the example's connections cannot do without."""
    for kind in REQUIRED:
        name = Settings.model_fields[kind].default
        yield from (variable(name, field) for field in load(kind, name).needed_secrets)
