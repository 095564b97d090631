"""How the company's messages speak."""

from raccord.domain.values.base import Value
from raccord.domain.values.message import Message, Param, message
from raccord.texts.speech import say, say_kept, say_param


class Voice(Value):
    """The language of the company's messages, TEST or LIVE, and whom they name for help."""

    language: str = "fr"
    stage: str = "TEST"
    contact: str = ""

    def say(self, code: str, /, **params: Param) -> str:
        """Say one entry of the catalogs."""
        return self.write(message(code, **params))

    def write(self, said: Param) -> str:
        """Write a message, or any parameter of one."""
        return say(said, self.language) if isinstance(said, Message) else say_param(said, self.language)

    def kept(self, value: Param) -> str:
        """Write what was kept, maybe by another release: raw where this one cannot say it."""
        return say_kept(value, self.language)

    @property
    def test_mark(self) -> str:
        """What stands before the title of every message that is about no real money."""
        return "[TEST] " if self.stage == "TEST" else ""

    @property
    def signature(self) -> str:
        """Whom to ask, and TEST or LIVE."""
        return " · ".join((*self.helps, self.stage))

    @property
    def helps(self) -> tuple[str, ...]:
        """Whom to ask; nobody when nobody is named."""
        return (self.say("label.contact", contact=self.contact),) if self.contact else ()
