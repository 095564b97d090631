"""Whether a company's own words for reminders can be filled in, before a customer is late."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from raccord.connectors.connection import Check
from raccord.domain.rules.dunning import Dunning, Level
from raccord.texts import LANGUAGES
from raccord.texts.formal_notice import formal_notice_pdf
from raccord.texts.mails import BadTemplate, Templates
from raccord.texts.reminders import reminder, thanks
from raccord.texts.specimens import letters_to_nobody, notices_to_nobody, thanks_to_nobody

_L = TypeVar("_L")


def reminder_checks(rules: Dunning, templates: Templates, company: str) -> Iterator[Check]:
    """Fill in each template of the policy in each language, with little and with all that may be said."""
    broken: set[str] = set()
    for language in LANGUAGES:
        for tone, template in sorted({(level.tone, level.template) for level in _levels(rules)}):
            letters = letters_to_nobody(tone, template, language, company)
            broken |= _broken(lambda each: reminder(each, templates, attached=1), letters)
        broken |= _broken(lambda each: thanks(each, templates), thanks_to_nobody(language, company))
        notices = notices_to_nobody(language, company)
        broken |= _broken(lambda each: formal_notice_pdf(each, templates), notices)
    for sentence in sorted(broken):
        yield Check.fail("reminders", sentence, remedy="Correct it, or [mail] templates.")
    if not broken:
        yield Check.ok("reminders", "every template can be filled in")


def _levels(rules: Dunning) -> Iterator[Level]:
    yield from rules.levels
    for exception in rules.exceptions:
        yield from exception.levels or ()


def _broken(fill: Callable[[_L], object], letters: Iterable[_L]) -> set[str]:
    found = set()
    for letter in letters:
        try:
            fill(letter)
        except BadTemplate as error:
            found.add(str(error))
    return found
