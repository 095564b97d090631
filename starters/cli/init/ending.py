"""What is said once a proposal is written: where it is, which language it speaks, what comes next."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from raccord.domain.values.message import message
from raccord.settings.file import default_path
from raccord.texts import say
from raccord.texts.proposal import answers_file
from starters.cli.common import bold, command
from starters.cli.display import fold

_SPOKEN = {"fr": message("init.desk.fr"), "en": message("init.desk.en")}


def ending(
    file: Path, place: Path, asked_in: str, answers: Mapping[str, str] | None, language: str
) -> Iterator[str]:
    """Yield the lines. `place` is where the proposal stands, `file` where it was to.

    `asked_in`: the desk's language. `answers` would be typed again; None where a file had them.
    """
    yield ""
    if place != file:
        yield bold(say(message("init.kept", file=str(file), proposed=str(place)), language))
    else:
        yield bold(say(message("init.wrote", file=str(place)), language))
    yield from fold(say(message("init.desk", spoken=_SPOKEN[asked_in]), language))
    if answers is not None:
        yield ""
        yield say(message("init.answers"), language)
        yield ""
        yield from (f"  {line}" for line in answers_file(answers).splitlines())
    named = None if place == default_path() else place
    yield ""
    yield say(message("init.next"), language)
    steps = (
        (f"{command('setup', named)} --dry-run", message("init.next.setup")),
        (command("doctor", named), message("init.next.doctor")),
        (command("up", named), message("init.next.up")),
    )
    for typed, what in steps:
        yield f"  {bold(typed)}"
        yield from fold(f"      {say(what, language)}", indent="      ")
