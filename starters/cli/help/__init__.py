"""Help screens in the reader's language: texts stand in English where the commands are, the ids of `fr.po`.

A text without an entry stays English; a test finds it.
"""

from collections.abc import Iterator
from importlib.resources import files
from inspect import cleandoc
from io import BytesIO
from typing import TYPE_CHECKING

import click

from raccord.machine import Sentence

if TYPE_CHECKING:
    from babel.support import Translations

_OF_CLICK = tuple(
    getattr(click, name) for name in ("core", "decorators", "exceptions", "formatting", "parser", "types")
)


def speak(app: click.Group, language: str) -> None:
    """Have the help of all commands, and what click says by itself, speak a language from now on."""
    if language != "fr":
        return
    words = translations(language)
    for command in commands_of(app):
        command.help = _translated(command.help, words)
        if isinstance(command, click.Group):
            command.subcommand_metavar = str(words.ugettext(command.subcommand_metavar))
        for parameter in command.params:
            _translate(parameter, words)
    for module in _OF_CLICK:
        # click asks gettext for catalogs of the whole process, by files in a folder that it does not name.
        for name, said in (("_", words.ugettext), ("ngettext", words.ungettext)):
            if hasattr(module, name):
                setattr(module, name, said)


def translations(language: str) -> "Translations":
    """Return the entries of a language."""
    # Here and not above: who reads English does not wait for it.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po
    from babel.support import Translations

    compiled = BytesIO()
    po = (files(__package__) / f"{language}.po").read_bytes()
    write_mo(compiled, read_po(BytesIO(po), locale=language, abort_invalid=True))
    compiled.seek(0)
    return Translations(compiled)


def said_here(said: Sentence, language: str) -> str:
    """Say what this machine refuses, in a language."""
    words = said.words if language != "fr" else str(translations(language).ugettext(said.words))
    return words.format_map(said.named)


def commands_of(command: click.Command) -> Iterator[click.Command]:
    """Yield a command and all below it."""
    yield command
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from commands_of(each)


def texts_of(command: click.Command) -> Iterator[str]:
    """Yield the ids of everything that a command's help says, its placeholders too."""
    yield from paragraphs(command.help or "")
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            yield from paragraphs(parameter.help or "")
        if placeholder := placeholder_of(parameter):
            yield placeholder


def paragraphs(text: str) -> tuple[str, ...]:
    """Return the paragraphs of a help text, each on one line."""
    found = (" ".join(each.split()) for each in cleandoc(text).split("\n\n"))
    return tuple(each for each in found if each)


def placeholder_of(parameter: click.Parameter) -> str:
    """Return what stands for a value: `DEAL`, `DAY`; nothing for a flag."""
    if isinstance(parameter, click.Argument):
        return parameter.metavar or (parameter.name or "").upper()
    if isinstance(parameter.type, click.Choice) and not parameter.metavar:
        return ""  # click lists what may be chosen.
    if isinstance(parameter, click.Option) and parameter.is_flag:
        return ""
    return parameter.metavar or parameter.type.name.upper()


def _translate(parameter: click.Parameter, words: "Translations") -> None:
    if placeholder := placeholder_of(parameter):
        parameter.metavar = str(words.ugettext(placeholder))
    if isinstance(parameter, click.Option):
        parameter.help = _translated(parameter.help, words)


def _translated(text: str | None, words: "Translations") -> str | None:
    return None if text is None else "\n\n".join(str(words.ugettext(each)) for each in paragraphs(text))
