"""What was found as tables: of the overview, and of the files for a spreadsheet."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from raccord.domain.data_quality.companies import Twins
from raccord.domain.data_quality.overview import Asked, Completion, Overview, Person, share
from raccord.domain.report.publication import Cell, Column, ColumnKind, Row, Table
from raccord.domain.values.message import Message, message
from raccord.domain.values.money import Money
from raccord.texts.data_quality.words import ALIKE, completion, kind, named, percent, point, topic
from raccord.texts.owed import amounts
from raccord.texts.voice import Voice

TEXT, MONEY, NUMBER, DATE = ColumnKind.TEXT, ColumnKind.MONEY, ColumnKind.NUMBER, ColumnKind.DATE

Columns: TypeAlias = tuple[tuple[str, Message, ColumnKind], ...]
"""Key, title and kind of each column of a file."""


def causes(found: Overview, voice: Voice) -> Table:
    """Return each kind of work with the deals that wait for it."""
    return Table(
        key="causes",
        title=voice.say("data_quality.causes"),
        columns=columns(CAUSES, voice),
        rows=tuple(
            Row(
                key=each.topic,
                cells=(topic(each.topic, voice), each.deals, _sums(each.sums, voice), each.alone),
            )
            for each in found.causes
        ),
        note=voice.say("data_quality.note.causes") if found.causes else voice.say("data_quality.nothing"),
    )


def people(found: Overview, voice: Voice) -> Table:
    """Return everybody with a won deal or something to clean."""
    return Table(
        key="people",
        title=voice.say("data_quality.people"),
        columns=(
            Column(key="name", title=voice.say("data_quality.column.person")),
            Column(key="records", title=voice.say("data_quality.column.records"), kind=NUMBER),
            Column(key="amount", title=voice.say("data_quality.column.amount"), kind=NUMBER),
            Column(key="judged", title=voice.say("data_quality.column.judged"), kind=NUMBER),
            Column(key="share", title=voice.say("data_quality.column.share"), kind=NUMBER),
            Column(key="twins", title=voice.say("data_quality.total.twins"), kind=NUMBER),
        ),
        rows=tuple(Row(key=each.id, cells=_person(each, voice)) for each in found.people),
        note=voice.say("data_quality.note.stake"),
    )


def _person(person: Person, voice: Voice) -> tuple[Cell, ...]:
    return (
        named(person, voice),
        person.records,
        _sums(person.sums, voice),
        person.judged,
        percent(share(person.passing, person.judged), voice),
        person.twins,
    )


def _sums(found: Sequence[Money], voice: Voice) -> str:
    return amounts(tuple(found), voice.language) or "–"


CAUSES = (
    ("topic", message("data_quality.column.topic"), TEXT),
    ("deals", message("data_quality.column.deals"), NUMBER),
    ("amount", message("data_quality.column.amount"), NUMBER),
    ("alone", message("data_quality.column.alone"), NUMBER),
)
ASKED = (
    ("person", message("data_quality.column.person"), TEXT),
    ("topic", message("data_quality.column.topic"), TEXT),
    ("record", message("data_quality.column.record"), TEXT),
    ("field", message("data_quality.column.field"), TEXT),
    ("wrong", message("data_quality.column.wrong"), TEXT),
    ("remedy", message("data_quality.column.remedy"), TEXT),
    ("deal", message("data_quality.column.deal"), TEXT),
    ("won_on", message("data_quality.column.won_on"), DATE),
    ("amount", message("data_quality.column.amount"), MONEY),
    ("deal_link", message("data_quality.column.deal_link"), TEXT),
)
TWINS = (
    ("group", message("data_quality.column.group"), NUMBER),
    ("why", message("data_quality.column.why"), TEXT),
    ("name", message("data_quality.kind.company"), TEXT),
    ("deals", message("data_quality.column.deals"), NUMBER),
    ("keep", message("data_quality.column.keep"), TEXT),
    ("person", message("data_quality.column.person"), TEXT),
)
COMPLETIONS = (
    ("person", message("data_quality.column.person"), TEXT),
    ("name", message("data_quality.kind.company"), TEXT),
    ("wrong", message("data_quality.column.wrong"), TEXT),
    ("here", message("data_quality.column.here"), TEXT),
    ("there", message("data_quality.column.there"), TEXT),
)


def columns(of: Columns, voice: Voice) -> tuple[Column, ...]:
    return tuple(Column(key=key, title=voice.write(title), kind=each) for key, title, each in of)


def asked_rows(found: Iterable[Asked], names: Mapping[str, str], voice: Voice) -> Iterator[Row]:
    """Yield a row for each problem of each deal."""
    for number, each in enumerate(found):
        place, wrong, remedy = point(each.problem, voice)
        record = each.record_name or voice.say("data_quality.settings")
        yield Row(
            key=str(number),
            cells=(
                names.get(each.owner_id, each.owner_id),
                topic(each.topic, voice),
                f"{kind(each.record_kind, voice)} {record}" if each.record_name else record,
                place,
                wrong,
                remedy,
                each.deal_name or each.deal_id,
                each.won_on,
                each.net,
                each.deal_url,
            ),
            url=each.record_url,
        )


def twins_rows(found: Iterable[tuple[Twins, str]], names: Mapping[str, str], voice: Voice) -> Iterator[Row]:
    """Yield a row for each record of a company that is there more than once; beside it who unites them."""
    for number, (group, owner) in enumerate(found, start=1):
        for company in group.companies:
            keep = voice.say("data_quality.yes") if group.proven and company is group.companies[0] else ""
            why = voice.write(ALIKE[group.why])
            cells = (number, why, company.name or company.id, company.deals, keep, names.get(owner, owner))
            yield Row(key=company.id, cells=cells, url=company.url)


def completion_rows(found: Iterable[Completion], names: Mapping[str, str], voice: Voice) -> Iterator[Row]:
    for number, each in enumerate(found):
        owner = names.get(each.owner_id, each.owner_id)
        cells = (owner, each.name or each.company_id, completion(each, voice), each.here, each.there)
        yield Row(key=str(number), cells=cells, url=each.url)
