"""Reading one section from a file of its own: rules that are weighed before they are taken."""

from pathlib import Path

from pydantic import ValidationError

from raccord.domain.rules.dunning import Dunning
from raccord.domain.values.message import message
from raccord.settings.configuration import BadSettings, NoSettings
from raccord.settings.file import content_of
from raccord.settings.load import sentence
from raccord.settings.model import Settings

_SECTION = "dunning"


def dunning_rules(path: Path) -> Dunning:
    """Read the section `[dunning]` of a file, the environment left out. Raises `BadSettings`."""
    try:
        content = content_of(path)
    except NoSettings:
        raise BadSettings(message("settings.name_a_file", path=str(path), section=_SECTION)) from None
    section = content.get(_SECTION)
    if not isinstance(section, dict):
        raise BadSettings(message("settings.no_section", path=str(path), section=_SECTION))
    try:
        return Dunning.model_validate(section, extra="forbid")
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        said = [sentence(Settings, {**each, "loc": (_SECTION, *each["loc"])}) for each in found]
        raise BadSettings(
            *(message("settings.of_file", path=str(path), why=each) for each in said)
        ) from error
