"""When the week is told, where and to whom."""

from raccord.connectors.connection import Check, Kind
from raccord.domain.rules.modes import REPORT, Mode
from raccord.settings.configuration import Configuration
from raccord.texts.mails import BadTemplate, Templates
from raccord.texts.report.letter import letter
from raccord.texts.report.specimens import PLACES, weeks_of_nobody


def report_check(loaded: Configuration) -> Check:
    """Say when the week is told and where; warn of a report that nobody would see."""
    name, settings = "weekly report", loaded.settings
    rules, mode = settings.report, settings.modes.get(REPORT, Mode.SHADOW)
    places = [*settings.report_sinks, *(rules.to if loaded.of(Kind.MAILER) else ())]
    when = f"{rules.day}, {rules.at:%H:%M} {settings.company.zone}"
    found = f"{when}: {', '.join(places) or 'kept in the records alone'}"
    if mode is Mode.SHADOW:
        return Check.ok(name, f"{when}: in shadow, `raccord report` shows it")
    if rules.to and loaded.of(Kind.MAILER) is None:
        remedy = "Name a connection as mailer, or take the addresses out of report.to."
        return Check.warn(name, f"{found}; no mail server sends it to {', '.join(rules.to)}", remedy=remedy)
    if not places:
        return Check.warn(name, found, remedy="Name report_sinks, or addresses as report.to.")
    return Check.ok(name, found)


def words_check(templates: Templates, language: str, company: str) -> Check:
    """Fill the mail in, in the company's language, with little and with all that may be said."""
    try:
        for shown in weeks_of_nobody(language, company):
            letter(shown, PLACES, templates)
    except BadTemplate as error:
        return Check.fail("report mail", str(error), remedy="Correct it, or [mail] templates.")
    return Check.ok("report mail", "its template can be filled in")
