"""When the week is told, where and to whom."""

from raccord.connectors.connection import Check, Kind, in_its_words
from raccord.domain.rules.modes import REPORT, Mode
from raccord.domain.values.message import Text, message
from raccord.settings.configuration import Configuration
from raccord.texts.mails import BadTemplate, Templates
from raccord.texts.report.letter import letter
from raccord.texts.report.specimens import PLACES, weeks_of_nobody


def report_check(loaded: Configuration) -> Check:
    """Say when the week is told and where; warn of a report that nobody would see."""
    name, settings = message("doctor.weekly_report"), loaded.settings
    rules, mode = settings.report, settings.modes.get(REPORT, Mode.SHADOW)
    places = [*settings.report_sinks, *(rules.to if loaded.of(Kind.MAILER) else ())]
    when = f"{rules.day}, {rules.at:%H:%M} {settings.company.zone}"
    kept: Text = ", ".join(places) or message("doctor.kept_alone")
    found = message("doctor.report_told", when=when, places=kept)
    if mode is Mode.SHADOW:
        return Check.ok(name, message("doctor.report_shadow", when=when))
    if rules.to and loaded.of(Kind.MAILER) is None:
        remedy = message("doctor.name_mailer")
        return Check.warn(
            name, message("doctor.no_mailer", found=found, people=tuple(rules.to)), remedy=remedy
        )
    if not places:
        return Check.warn(name, found, remedy=message("doctor.name_places"))
    return Check.ok(name, found)


def words_check(templates: Templates, language: str, company: str) -> Check:
    """Fill the mail in, in the company's language, with little and with all that may be said."""
    try:
        for shown in weeks_of_nobody(language, company):
            letter(shown, PLACES, templates)
    except BadTemplate as error:
        return Check.fail(
            message("doctor.report_mail"), in_its_words(error), remedy=message("doctor.correct_template")
        )
    return Check.ok(message("doctor.report_mail"), message("doctor.template_fills"))
