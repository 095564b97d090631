"""`raccord init`: the commented example as a settings file, and what to do next."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import click

from raccord.connectors.registry import load
from raccord.settings.environment import variable
from raccord.settings.file import default_path
from raccord.settings.load import REQUIRED
from raccord.settings.model import Settings
from starters.cli.common import bold, command, fail

EXAMPLE = "raccord.example.toml"


def write(path: Path | None) -> int:
    """Write the example where no file is yet; an existing one is never touched."""
    file = path or default_path()
    example = files("raccord.settings").joinpath(EXAMPLE).read_text("utf-8")
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(example)
    except FileExistsError:
        fail(
            f"{file} exists already; nothing was changed. See what it lacks with `{command('doctor', path)}`."
        )
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}.")
    click.echo(_next_steps(file, path))
    return 0


def _next_steps(file: Path, path: Path | None) -> str:
    exports = "\n".join(f"     export {name}=..." for name in _secrets())
    return (
        f"Wrote {bold(str(file))}. Next:\n\n"
        "  1. Fill it in; what each line is for stands beside it.\n"
        "  2. Export the secrets, which belong into no file:\n"
        f"{exports}\n"
        f"  3. {bold(command('doctor', path))} checks everything and says what to do about what is missing.\n"
        f"  4. {bold(command('up', path))} starts in shadow: it computes and reports, and writes nothing."
    )


def _secrets() -> Iterator[str]:
    """Yield the variables of the secrets that the example's connections cannot do without."""
    for kind in REQUIRED:
        name = Settings.model_fields[kind].default
        yield from (variable(name, field) for field in load(kind, name).needed_secrets)
