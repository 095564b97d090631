"""Every command as its `--help` explains it.

In a process of its own, as `python -m tools.reference.commands fr`: commands that speak French once never
speak English again.
"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click

ROOT = Path(__file__).parents[2]
WIDTH = 100
HEADS = {
    "en": """# Commands

As each of them explains itself with `--help`; written by `make reference`. What they are for, by occasion,
is in [operating](../operating.md#commands), the exit statuses too.
""",
    "fr": """# Les commandes

Telles que chacune s'explique avec `--help` ; le programme écrit cette page lui-même (`make reference`).
Pour qu'elles parlent français : `--lang fr`, ou un terminal réglé en français.
""".replace(" ;", "\N{NARROW NO-BREAK SPACE};").replace(" :", "\N{NO-BREAK SPACE}:"),
}


def commands(language: str) -> str:
    """Return the page in a language."""
    command = [sys.executable, "-m", "tools.reference.commands", language]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 - our own words
    return done.stdout.decode()


def _explained(command: click.Command, name: str, above: click.Context | None) -> Iterator[str]:
    """Yield a heading and the help of a command, then those of the commands below it."""
    context = click.Context(
        command,
        info_name=name.rpartition(" ")[2],
        parent=above,
        terminal_width=WIDTH,
        max_content_width=WIDTH,
        **command.context_settings,
    )
    yield f"## {name}\n\n```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for each in command.list_commands(context):
            if below := command.get_command(context, each):
                yield from _explained(below, f"{name} {each}", context)


def main() -> None:
    from starters.cli.help import speak  # noqa: PLC0415 - whoever only starts this process has no use for it
    from starters.cli.main import app  # noqa: PLC0415 - the same

    language = sys.argv[1]
    speak(app, language)
    sys.stdout.buffer.write("\n".join((HEADS[language], *_explained(app, "raccord", None))).encode())


if __name__ == "__main__":
    main()
