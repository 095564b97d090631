"""Errors that a person is told of, in the language of whoever reads them."""

from typing import ClassVar

from raccord.domain.values.message import Text
from raccord.texts.speech import say_param

MACHINE = "en"
"""What logs, JSON and other programs read, whoever reads beside them."""


class Told(Exception):
    """An error that is a message, or several: `said` for a reader, one a line, `str()` for a log."""

    between: ClassVar[str] = "\n"
    """What stands between several."""

    def __init__(self, *said: Text) -> None:
        super().__init__(self.between.join(say_param(each, MACHINE) for each in said))
        self.said = said

    def told(self, language: str) -> str:
        """Say it in a language."""
        return self.between.join(say_param(each, language) for each in self.said)
