"""Rules from a file of their own, for commands that weigh them."""

from pathlib import Path

from raccord.domain.rules.dunning import Dunning
from raccord.settings.configuration import BadSettings
from raccord.settings.sections import dunning_rules
from starters.cli.common import fail


def rules_of(path: Path) -> Dunning:
    """Read the section `[dunning]` of a file, or end the command with what is wrong with it."""
    try:
        return dunning_rules(path)
    except BadSettings as error:
        fail(error)
