"""Reading one section from a file of its own: rules that are weighed before they are taken."""

from pathlib import Path

from pydantic import ValidationError

from raccord.domain.rules.dunning import Dunning
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
        raise BadSettings(f"{path} is not there: name a file with the section [{_SECTION}].") from None
    section = content.get(_SECTION)
    if not isinstance(section, dict):
        raise BadSettings(f"{path} has no section [{_SECTION}].")
    try:
        return Dunning.model_validate(section, extra="forbid")
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        said = [sentence(Settings, {**each, "loc": (_SECTION, *each["loc"])}) for each in found]
        raise BadSettings("\n".join(f"{path}: {each}" for each in said)) from error
