"""The pages: one for each salesperson, to be cleaned from top to bottom, and the overview of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from raccord.domain.data_quality.companies import Twins
from raccord.domain.data_quality.overview import Completion, Job, Overview, Person, share
from raccord.domain.values.base import Value
from raccord.texts.data_quality import tables
from raccord.texts.data_quality.words import (
    ALIKE,
    completion,
    explained,
    fixes,
    headline,
    job_name,
    kind,
    named,
    not_judged,
    percent,
    point,
    span,
    topic,
    totals,
)
from raccord.texts.owed import amounts
from raccord.texts.pages import table_view, template
from raccord.texts.speech import say_fact
from raccord.texts.voice import Voice

INDEX = "index.html"
_GENERATOR = "raccord data-quality"
MARK = f'<meta name="generator" content="{_GENERATOR}">'
"""What tells a page of ours from one that somebody else put there."""
MOST_JOBS, MOST_FIRST, MOST_TWINS, MOST_COMPLETIONS = 200, 10, 60, 100
"""A page of more is read by nobody; the files for a spreadsheet have all of it."""


class Work(Value):
    """What one salesperson has to clean; the lists are cut, the counts are not."""

    person: Person
    jobs: tuple[Job, ...]
    twins: tuple[Twins, ...]
    completions: tuple[Completion, ...]
    completions_count: int


def index(
    found: Overview,
    first: Sequence[Job],
    twins: Sequence[Twins],
    pages: Mapping[str, str],
    *,
    voice: Voice,
    company: str,
) -> str:
    """Return the overview; `pages` are the files of the salespeople's pages, by their ids."""
    steps = [(label, percent(value, voice), int(value)) for label, value in fixes(found, voice)]
    settings = [point(each, voice) for each in found.settings]
    return template("data-quality.html").render(
        **_head(found, voice, company),
        title=voice.say("data_quality.title"),
        headline=headline(found, voice),
        explained=explained(found, voice),
        share=None if found.share is None else int(found.share),
        steps=steps if len(steps) > 1 else [],
        totals=list(totals(found, voice)),
        tables=[_people(found, pages, voice), table_view(tables.causes(found, voice), voice.language)],
        first=[_job(each, voice) for each in first],
        first_names=[_whose(each, found, pages, voice) for each in first],
        twins=[_twins(each, voice) for each in twins],
        more_twins=max(0, found.twins - len(twins)),
        settings=[say_fact(place, f"{why} {do}", voice.language) for place, why, do in settings],
        refused=[(each.name, each.url, each.why) for each in found.refused],
        not_judged=not_judged(found, voice),
        say=_sayings(voice),
    )


def person_page(work: Work, found: Overview, voice: Voice, company: str) -> str:
    """Return the page of one salesperson."""
    person = work.person
    name, count = named(person, voice), person.records
    share_ = percent(share(person.passing, person.judged), voice)
    return template("data-quality-person.html").render(
        **_head(found, voice, company),
        title=voice.say("data_quality.person", name=name, count=count)
        if count
        else voice.say("data_quality.person.clean", name=name),
        left=voice.say("data_quality.left.note") if person.left else "",
        back=INDEX,
        totals=[
            (voice.say("data_quality.column.records"), voice.write(person.records)),
            (voice.say("data_quality.total.stake"), amounts(person.sums, voice.language) or "–"),
            (voice.say("data_quality.total.judged"), voice.write(person.judged)),
            (voice.say("data_quality.column.share"), share_),
        ],
        jobs=[_job(each, voice) for each in work.jobs],
        more=max(0, person.records - len(work.jobs)),
        twins=[_twins(each, voice) for each in work.twins],
        more_twins=max(0, person.twins - len(work.twins)),
        completions=[
            (each.name or each.company_id, each.url, completion(each, voice)) for each in work.completions
        ],
        more_completions=max(0, work.completions_count - len(work.completions)),
        computed=any(each.kind == "vat_number" for each in work.completions),
        say=_sayings(voice),
    )


def _people(found: Overview, pages: Mapping[str, str], voice: Voice) -> dict[str, Any]:
    """Return the table of salespeople, each with the way to their page, which lies beside this one."""
    view = table_view(tables.people(found, voice), voice.language)
    for person, cells in zip(found.people, view["rows"], strict=True):
        text, _, looks = cells[0]
        cells[0] = (text, pages.get(person.id, ""), looks)
    return view


def _head(found: Overview, voice: Voice, company: str) -> dict[str, Any]:
    return {
        "language": voice.language,
        "generator": _GENERATOR,
        "company": company,
        "mark": voice.test_mark.strip(" []"),
        "subtitle": span(found, voice),
        "stopped": found.stopped,
    }


def _job(job: Job, voice: Voice) -> dict[str, Any]:
    return {
        "kind": kind(job.kind, voice),
        "name": job_name(job, voice),
        "url": _safe(job.url),
        "amount": amounts(job.sums, voice.language),
        "deals": voice.say("data_quality.job.deals", count=job.deals),
        "topics": [topic(each, voice) for each in job.topics],
        "points": [point(each, voice) for each in job.problems],
    }


def _whose(job: Job, found: Overview, pages: Mapping[str, str], voice: Voice) -> tuple[str, str]:
    person = next((each for each in found.people if each.id == job.owner_id), Person(id=job.owner_id))
    return named(person, voice), pages.get(job.owner_id, "")


def _twins(found: Twins, voice: Voice) -> dict[str, Any]:
    return {
        "why": voice.write(ALIKE[found.why]),
        "proven": found.proven,
        "companies": [
            (each.name or each.id, _safe(each.url), voice.say("data_quality.company.deals", count=each.deals))
            for each in found.companies
        ],
    }


def _safe(url: str) -> str:
    return url if url.startswith(("https://", "http://")) else ""


def _sayings(voice: Voice) -> dict[str, Any]:
    def more(count: int) -> str:
        return voice.say("data_quality.more", count=count) if count else ""

    return {
        "partial": voice.say("data_quality.partial"),
        "fixes": voice.say("data_quality.fixes"),
        "first": voice.say("data_quality.first"),
        "jobs": voice.say("data_quality.jobs"),
        "twins": voice.say("data_quality.twins"),
        "twins_note": voice.say("data_quality.note.twins"),
        "completions": voice.say("data_quality.completions"),
        "computed": voice.say("data_quality.note.computed"),
        "settings": voice.say("data_quality.settings"),
        "refused": voice.say("data_quality.refused"),
        "nothing": voice.say("data_quality.nothing"),
        "keep": voice.say("data_quality.column.keep"),
        "back": voice.say("data_quality.back"),
        "print": voice.say("data_quality.print"),
        "more": more,
    }
