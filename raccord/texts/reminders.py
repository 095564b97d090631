"""Reminders of late invoices, and thanks for a promise that was kept, as their customers read them.

The words of a mail are one template a tone and language, `reminder-<tone>.<language>.txt` and
`thanks.<language>.txt`: the first line is the subject, an empty line ends a paragraph. Where it writes
`{{ invoices }}`, the invoices stand: as lines in the plain text, as a table on the page. Both are made of the
same words, on one page for all of them, `reminder.mjml`. A company may replace each of these by its own.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from raccord.domain.dunning.letter import Letter, Thanks
from raccord.domain.values.message import message
from raccord.texts import formats
from raccord.texts.catalog import ELSEWHERE, LANGUAGES
from raccord.texts.mails import Templates, Worded
from raccord.texts.owed import Table, amounts, days, plain, table_of
from raccord.texts.speech import say

_INVOICES = "\ue000invoices\ue000"
"""Stands for the invoices until the words are cut into paragraphs; no keyboard writes it."""


def reminder(letter: Letter, templates: Templates, *, attached: int = 0) -> Worded:
    """Word a reminder with which so many invoices go as PDFs. Raises `BadTemplate`."""
    language = _spoken(letter.language)
    said = templates.words(f"reminder-{letter.tone}", letter.language, _named(letter, language, attached))
    count, total = len(letter.lines), amounts(letter.owed, language)
    page = {
        "company": letter.company,
        "language": language,
        "preview": say(message("reminder.preview", count=count, amounts=total), language),
    }
    return _paged(said, table_of(letter, language), page, templates)


def thanks(kept: Thanks, templates: Templates) -> Worded:
    """Word the thanks for a promise that was kept. Raises `BadTemplate`."""
    language = _spoken(kept.language)
    named = {
        "customer": kept.customer,
        "company": kept.company,
        "amount": amounts(kept.amounts, language),
        "by": formats.long_day(kept.by, language) if kept.by else "",
    }
    said = templates.words("thanks", kept.language, named)
    return _paged(said, None, {"company": kept.company, "language": language, "preview": ""}, templates)


def _spoken(language: str) -> str:
    return language if language in LANGUAGES else ELSEWHERE


def _named(letter: Letter, language: str, attached: int) -> Mapping[str, Any]:
    """Return what a template may name of a letter."""
    first = letter.lines[0]
    return {
        "customer": letter.customer,
        "company": letter.company,
        "invoices": _INVOICES,
        "count": len(letter.lines),
        "late": sum(line.days_late > 0 for line in letter.lines),
        "number": first.number,
        "due": formats.long_day(first.due_on, language),
        "total": amounts(letter.owed, language),
        "reminded": days(letter.reminded_on, language),
        "reminders": len(letter.reminded_on),
        "all_reminded": letter.all_reminded,
        "pay_by": formats.long_day(letter.pay_by, language) if letter.pay_by else "",
        "public": letter.public,
        "attached": attached,
    }


def _paged(said: Worded, table: Table | None, page: Mapping[str, Any], templates: Templates) -> Worded:
    """Put the invoices where the words want them, in the plain text and on the page."""
    parts = tuple(_parts(said.text))
    text = (plain(table, page["language"]) if table and part == _INVOICES else part for part in parts)
    named = {
        **page,
        "subject": said.subject,
        "table": table,
        "parts": [[] if part == _INVOICES else part.split("\n") for part in parts],
    }
    return Worded(subject=said.subject, text="\n\n".join(text) + "\n", html=templates.page("reminder", named))


def _parts(text: str) -> Iterator[str]:
    """Cut words into paragraphs; the invoices are always one of their own."""
    for paragraph in text.replace(_INVOICES, f"\n\n{_INVOICES}\n\n").split("\n\n"):
        if lines := [line for line in map(str.strip, paragraph.split("\n")) if line]:
            yield "\n".join(lines)
