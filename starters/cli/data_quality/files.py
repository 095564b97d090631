"""The pages and the files for a spreadsheet, written into folders."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from raccord.domain.data_quality.overview import Overview, Person
from raccord.domain.report.publication import Row
from raccord.domain.values.base import unaccented
from raccord.texts.catalog import LANGUAGES
from raccord.texts.data_quality import tables
from raccord.texts.data_quality.page import (
    INDEX,
    MARK,
    MOST_COMPLETIONS,
    MOST_FIRST,
    MOST_JOBS,
    MOST_TWINS,
    Work,
    index,
    person_page,
)
from raccord.texts.data_quality.words import named
from raccord.texts.report.csv_files import csv_lines
from raccord.texts.voice import Voice
from starters.cli.data_quality.noted import Noted

_TABLES = {
    "to-clean.csv": tables.ASKED,
    "duplicates.csv": tables.TWINS,
    "to-complete.csv": tables.COMPLETIONS,
    "causes.csv": tables.CAUSES,
}
_HEAD = 4096
"""Bytes of a file that tell whose it is."""


def foreign(folder: Path) -> bool:
    """Whether a folder holds what somebody else wrote, and what is kept there might replace.

    That is one with files and none of ours, and one where a page or a table of our names is not ours.
    Raises `OSError`.
    """
    if not folder.is_dir():
        return False
    there = tuple(folder.iterdir())
    named_alike = [each for each in there if each.suffix == ".html" or each.name in _TABLES]
    return bool(there) and not (named_alike and all(map(_ours, named_alike)))


def _ours(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if path.suffix == ".html":
        return MARK.encode() in head
    return any(head.startswith(line.encode()) for line in _first_lines(_TABLES[path.name]))


def _first_lines(of: tables.Columns) -> Iterator[str]:
    for language in LANGUAGES:
        columns = tables.columns(of, Voice(language=language))
        yield next(csv_lines(columns, (), language, leads=of is not tables.CAUSES))


def keep_pages(found: Overview, noted: Noted, folder: Path, voice: Voice, company: str) -> Path:
    """Write the pages, take away those of an earlier look, and return where the overview is.

    Raises `OSError`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pages = page_names(found.people)
    for person in found.people:
        page = person_page(_work(person, noted), found, voice, company)
        (folder / pages[person.id]).write_text(page, "utf-8")
    first = tuple(noted.jobs(most=MOST_FIRST))
    twins = tuple(islice(noted.twins(), MOST_TWINS))
    (folder / INDEX).write_text(index(found, first, twins, pages, voice=voice, company=company), "utf-8")
    for each in folder.glob("*.html"):
        if each.name not in (INDEX, *pages.values()) and _ours(each):
            each.unlink()
    return folder / INDEX


def page_names(people: tuple[Person, ...]) -> Mapping[str, str]:
    """Name the file of each person's page: by the name, and of two who are called alike by the id too."""
    stems = {each.id: re.sub(r"[^a-z0-9]+", "-", unaccented(each.name)).strip("-") for each in people}
    names = {}
    for id, stem in stems.items():
        alone = stem and stem != "index" and list(stems.values()).count(stem) == 1
        marked = re.sub(r"[^A-Za-z0-9]+", "-", id) or "nobody"
        names[id] = f"{stem}.html" if alone else f"{stem or 'salesperson'}-{marked}.html"
    return names


def _work(person: Person, noted: Noted) -> Work:
    mine = (each for each in noted.twins() if noted.owner_of(each) == person.id)
    completions = [each for each in noted.completions() if each.owner_id == person.id]
    return Work(
        person=person,
        jobs=tuple(noted.jobs(person.id, most=MOST_JOBS)),
        twins=tuple(islice(mine, MOST_TWINS)),
        completions=tuple(completions[:MOST_COMPLETIONS]),
        completions_count=len(completions),
    )


def keep_tables(found: Overview, noted: Noted, folder: Path, voice: Voice) -> None:
    """Write `to-clean.csv`, `duplicates.csv`, `to-complete.csv` and `causes.csv`. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    names = {each.id: named(each, voice) for each in found.people}
    groups = ((each, noted.owner_of(each)) for each in noted.twins())
    written: dict[str, Iterator[Row]] = {
        "to-clean.csv": tables.asked_rows(noted.everything_asked(), names, voice),
        "duplicates.csv": tables.twins_rows(groups, names, voice),
        "to-complete.csv": tables.completion_rows(noted.completions(), names, voice),
        "causes.csv": iter(tables.causes(found, voice).rows),
    }
    for name, rows in written.items():
        of = _TABLES[name]
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            columns = tables.columns(of, voice)
            file.writelines(csv_lines(columns, rows, voice.language, leads=of is not tables.CAUSES))
