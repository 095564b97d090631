"""What Raccord's own settings lack, each thing once."""

from collections.abc import Iterable

from raccord.domain.desk.problems import Problem
from raccord.domain.values.message import Param, Single

_LANGUAGES = "languages"


def each_once(found: Iterable[Problem]) -> tuple[Problem, ...]:
    """Tell once, with all the languages, what invoices in several of them lack alike."""
    once: dict[str, Problem] = {}
    for each in found:
        alike = _with(each, ()).identity
        earlier = once.get(alike)
        spoken = (*(_languages(earlier) if earlier else ()), *_languages(each))
        once[alike] = _with(each, tuple(dict.fromkeys(spoken)))
    return tuple(once.values())


def _languages(found: Problem) -> tuple[Single, ...]:
    said = found.message.params.get(_LANGUAGES, ())
    return said if isinstance(said, tuple) else (said,)


def _with(found: Problem, languages: tuple[Single, ...]) -> Problem:
    if _LANGUAGES not in found.message.params:
        return found
    params: dict[str, Param] = {**found.message.params, _LANGUAGES: languages}
    return found.model_copy(update={"message": found.message.model_copy(update={"params": params})})
