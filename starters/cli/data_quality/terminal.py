"""What was found, in a terminal."""

from collections.abc import Iterator

import click

from raccord.domain.data_quality.overview import Job, Overview
from raccord.domain.report.publication import Table
from raccord.texts.data_quality import tables
from raccord.texts.data_quality.words import (
    explained,
    fixes,
    headline,
    job_name,
    kind,
    not_judged,
    percent,
    point,
    span,
    topic,
    totals,
)
from raccord.texts.owed import amounts
from raccord.texts.report.cells import said
from raccord.texts.speech import say_fact
from raccord.texts.voice import Voice
from starters.cli.common import bold
from starters.cli.data_quality.noted import Noted
from starters.cli.display import fold, shown, table_or_facts

_MOST = 10


def show(found: Overview, noted: Noted, voice: Voice) -> None:
    """Print the share, what would raise it, what is missing, by whom it is cleaned and where to begin."""
    for line in _lines(found, noted, voice):
        click.echo(line)


def _lines(found: Overview, noted: Noted, voice: Voice) -> Iterator[str]:
    title = f"{voice.test_mark}{headline(found, voice)}"
    yield from (bold(line) for line in fold(title))
    yield from fold(" ".join(filter(None, (explained(found, voice), span(found, voice)))))
    yield ""
    for label, value in totals(found, voice):
        yield from fold(say_fact(label, value, voice.language), indent="  ")
    steps = list(fixes(found, voice))
    if len(steps) > 1:
        yield ""
        yield bold(voice.say("data_quality.fixes"))
        for number, (label, after) in enumerate(steps):
            step = f"{number}. {label}" if number else label
            yield from fold(f"  {percent(after, voice):>5}  {step}", indent=" " * 9)
    yield from _table(tables.causes(found, voice), voice)
    yield from _table(tables.people(found, voice), voice)
    jobs = tuple(noted.jobs(most=_MOST))
    if jobs:
        yield ""
        yield bold(voice.say("data_quality.first"))
        for job in jobs:
            yield from _job(job, voice)
    for each in found.settings:
        place, why, remedy = point(each, voice)
        yield from fold(f"{voice.say('data_quality.settings')} – {shown(place)}: {why} {remedy}", indent="  ")
    if found.refused_count:
        yield ""
        yield bold(f"{voice.say('data_quality.refused')}: {found.refused_count}")
        for refused in found.refused[:_MOST]:
            yield from fold(f"  {shown(refused.name)}: {shown(refused.why)}", indent="    ")
    yield ""
    yield from fold(not_judged(found, voice))


def _table(found: Table, voice: Voice) -> Iterator[str]:
    yield ""
    yield bold(found.title)
    if not found.rows:
        yield found.note
        return
    headings = [each.title for each in found.columns]
    rows = [[said(cell, voice.language) for cell in row.cells] for row in found.rows]
    yield from table_or_facts(headings, rows, voice.language, right=headings[1:], folds=headings[:1])


def _job(job: Job, voice: Voice) -> Iterator[str]:
    worth = amounts(job.sums, voice.language)
    name = f"{kind(job.kind, voice)} {voice.say('text.quotation', words=shown(job_name(job, voice)))}"
    what = " · ".join(filter(None, (name, worth, voice.say("data_quality.job.deals", count=job.deals))))
    yield from fold(what, indent="  ")
    yield from fold(f"  → {' · '.join(topic(each, voice) for each in job.topics)}", indent="    ")
    if job.url:
        yield f"    {shown(job.url)}"
