"""Every command as its `--help` explains it."""

from collections.abc import Iterator

import click

from starters.cli.main import app

WIDTH = 100
HEAD = """# Commands

As each of them explains itself with `--help`; written by `make reference`. What they are for, by occasion,
is in [operating](../operating.md#commands), the exit statuses too.
"""


def commands() -> str:
    """Return the page."""
    return "\n".join((HEAD, *_explained(app, "raccord", None)))


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
