"""Whether a company's own words for reminders can be filled in, before a customer is late."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import TypeVar

from raccord.connectors.connection import Check
from raccord.domain.rules.dunning import Dunning, Level, half_year
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


def gap_checks(rules: Dunning, today: date) -> Iterator[Check]:
    """Tell what the rules ask for and cannot be had, on a business date."""
    days = sorted({level.day for level in _levels(rules) if level.finance})
    if days and not rules.finance:
        yield Check.warn(
            "reminders to finance",
            f"the level of day {', '.join(map(str, days))} says finance = true, and nobody is named: "
            "nobody is told of an account, and no formal notice is prepared",
            expected="somebody's address in [dunning] finance",
            remedy='Write finance = ["compta@example.fr"] in [dunning], or finance = false at the level.',
        )
    since = half_year(today)
    if rules.interest.on and all(rate.valid_from != since for rate in rules.interest.rates):
        yield Check.warn(
            "late payment penalties",
            f"no rate is known for the half-year from {since}: mails name penalties without an amount",
            expected="a rate for each half-year in [[dunning.interest.rates]]",
            remedy=f"Write valid_from = {since} there, and percent: the one of your terms of sale, or the "
            "ECB's main refinancing rate of that day and ten points.",
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
