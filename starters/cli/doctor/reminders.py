"""Whether a company's own words for reminders can be filled in, before a customer is late."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import TypeVar

from raccord.connectors.connection import Check
from raccord.domain.rules.dunning import Dunning, Level, half_year
from raccord.domain.values.message import message
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
        yield Check.fail(
            message("check.reminders"),
            message("check.in_its_words", said=sentence),
            remedy=message("doctor.correct_template"),
        )
    if not broken:
        yield Check.ok(message("check.reminders"), message("doctor.templates_fill"))


def gap_checks(rules: Dunning, today: date) -> Iterator[Check]:
    """Tell what the rules ask for and cannot be had, on a business date."""
    days = sorted({level.day for level in _levels(rules) if level.finance})
    if days and not rules.finance:
        yield Check.warn(
            message("doctor.finance_reminders"),
            message("doctor.nobody_named", days=tuple(map(str, days))),
            expected=message("doctor.finance_expected"),
            remedy=message("doctor.finance_remedy"),
        )
    since = half_year(today)
    if rules.interest.on and all(rate.valid_from != since for rate in rules.interest.rates):
        yield Check.warn(
            message("doctor.penalties"),
            message("doctor.no_rate", since=str(since)),
            expected=message("doctor.rate_expected"),
            remedy=message("doctor.rate_remedy", since=str(since)),
        )


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
