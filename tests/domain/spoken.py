"""What people would read, for tests whose promise is a wording: with plain spaces."""

from raccord.domain.desk.problems import Problem
from raccord.domain.values.message import Param
from raccord.texts import problems, say_param


def spoken(value: Param, language: str = "en") -> str:
    """Say a message, or any parameter of one."""
    return _plain(say_param(value, language))


def say_reason(found: Problem, language: str) -> str:
    return _plain(problems.say_reason(found, language))


def say_remedy(found: Problem, language: str) -> str:
    return _plain(problems.say_remedy(found, language))


def two_languages(found: Problem) -> bool:
    """Whether a problem reads in French and in English, and otherwise in each."""
    said = [[say(found, language) for language in ("fr", "en")] for say in (say_reason, say_remedy)]
    return all(fr.strip() and en.strip() and fr != en for fr, en in said)


def _plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")
