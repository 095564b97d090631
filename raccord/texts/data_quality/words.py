"""The words of what was found in a CRM."""

from collections.abc import Iterator
from decimal import Decimal

from raccord.domain.data_quality.companies import Alike
from raccord.domain.data_quality.overview import Completion, Job, Overview, Person, share
from raccord.domain.data_quality.topics import Topic
from raccord.domain.desk.problems import Problem
from raccord.domain.values.message import Day, Moment, Percent, RecordKind, message
from raccord.texts.owed import amounts
from raccord.texts.problems import say_reason, say_remedy
from raccord.texts.speech import say_fact, say_field, say_record
from raccord.texts.voice import Voice

TOPICS = {
    Topic.SIRET: message("data_quality.topic.siret"),
    Topic.NUMBERS: message("data_quality.topic.numbers"),
    Topic.EMAIL: message("data_quality.topic.email"),
    Topic.CONTACTS: message("data_quality.topic.contacts"),
    Topic.ADDRESS: message("data_quality.topic.address"),
    Topic.COUNTRY: message("data_quality.topic.country"),
    Topic.NO_COMPANY: message("data_quality.topic.no_company"),
    Topic.SEVERAL_COMPANIES: message("data_quality.topic.several_companies"),
    Topic.PUBLIC_BODY: message("data_quality.topic.public_body"),
    Topic.NO_LINES: message("data_quality.topic.no_lines"),
    Topic.LINES: message("data_quality.topic.lines"),
    Topic.VAT_RATE: message("data_quality.topic.vat_rate"),
    Topic.VAT_REASON: message("data_quality.topic.vat_reason"),
    Topic.CURRENCY: message("data_quality.topic.currency"),
    Topic.AMOUNT: message("data_quality.topic.amount"),
    Topic.RECURRING: message("data_quality.topic.recurring"),
    Topic.PAPERS: message("data_quality.topic.papers"),
    Topic.UNREADABLE: message("data_quality.topic.unreadable"),
    Topic.SETTINGS: message("data_quality.topic.settings"),
    Topic.OTHER: message("data_quality.topic.other"),
}
ALIKE = {
    Alike.SIRET: message("data_quality.alike.siret"),
    Alike.SIREN: message("data_quality.alike.siren"),
    Alike.VAT: message("data_quality.alike.vat"),
    Alike.DOMAIN: message("data_quality.alike.domain"),
}
_KINDS = {
    RecordKind.DEAL: message("data_quality.kind.deal"),
    RecordKind.COMPANY: message("data_quality.kind.company"),
}


def kind(record: RecordKind, voice: Voice) -> str:
    return voice.write(_KINDS[record])


def topic(found: Topic, voice: Voice) -> str:
    return voice.write(TOPICS[found])


def percent(value: Decimal | None, voice: Voice) -> str:
    return "–" if value is None else voice.write(Percent(percent=value))


def headline(found: Overview, voice: Voice) -> str:
    if found.share is None:
        return voice.say("data_quality.share.none")
    return voice.say("data_quality.share", share=Percent(percent=found.share))


def explained(found: Overview, voice: Voice) -> str:
    """Say what the share is of; nothing where there is none."""
    if not found.judged:
        return ""
    if found.passing == found.judged:
        return voice.say("data_quality.explained.all", count=found.judged)
    return voice.say("data_quality.explained", count=found.passing, judged=found.judged)


def span(found: Overview, voice: Voice) -> str:
    return voice.say(
        "data_quality.span",
        since=Day(day=found.since),
        until=Day(day=found.until),
        at=Moment(moment=found.made_at),
    )


def not_judged(found: Overview, voice: Voice) -> str:
    return voice.say("data_quality.note.judged", invoiced=found.invoiced, left=found.not_for_us)


def totals(found: Overview, voice: Voice) -> Iterator[tuple[str, str]]:
    """Yield the figures that matter most, each with its label."""
    yield voice.say("data_quality.total.judged"), voice.write(found.judged)
    yield voice.say("data_quality.total.asking"), voice.write(found.judged - found.passing)
    yield voice.say("data_quality.total.stake"), amounts(found.sums, voice.language) or "–"
    yield voice.say("data_quality.total.twins"), voice.write(found.twins)


def fixes(found: Overview, voice: Voice) -> Iterator[tuple[str, Decimal]]:
    """Yield today's share, and what it is after each of the best fixes."""
    if found.share is not None:
        yield voice.say("data_quality.now"), found.share
    for fix in found.fixes:
        after = share(fix.passing, found.judged)
        if after is not None:
            yield topic(fix.topic, voice), after


def named(person: Person, voice: Voice) -> str:
    """Name a salesperson; one whom the CRM has no more says so."""
    if not person.id:
        return voice.say("data_quality.nobody")
    name = person.name or person.id
    return voice.say("data_quality.left", name=name) if person.left else name


def point(found: Problem, voice: Voice) -> tuple[str, str, str]:
    """Return where something is wrong, why, and what to do."""
    place = say_field(found.field, voice.language) if found.field else ""
    if found.record.kind not in (RecordKind.DEAL, RecordKind.COMPANY):
        record = say_record(found.record, voice.language)
        place = say_fact(record, place, voice.language) if place else record
    return place, say_reason(found, voice.language), say_remedy(found, voice.language)


def job_name(job: Job, voice: Voice) -> str:
    return job.name or f"{kind(job.kind, voice)} {job.id}"


def completion(found: Completion, voice: Voice) -> str:
    """Say what may be completed or checked, in a sentence."""
    if found.problem:
        return " ".join(filter(None, (say_fact(*point(found.problem, voice)[:2], voice.language),)))
    if found.kind == "billing_email":
        return voice.say("data_quality.billing_email", there=found.there, here=found.here)
    if found.here:
        return voice.say("data_quality.vat_number", there=found.there, here=found.here)
    return voice.say("data_quality.vat_number.none", there=found.there)
