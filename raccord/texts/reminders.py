"""Reminders of late invoices, and thanks for a promise that was kept, as their customers read them.

The words of a mail are one template a tone and language, `reminder-<tone>.<language>.txt` and
`thanks.<language>.txt`: the first line is the subject, an empty line ends a paragraph. Where it writes
`{{ invoices }}`, the invoices stand: as lines in the plain text, as a table on the page. Both are made of the
same words, on one page for all of them, `reminder.mjml`. A company may replace each of these by its own.
"""

from collections.abc import Mapping
from typing import Any

from raccord.domain.dunning.letter import Letter, Thanks
from raccord.domain.values.message import message
from raccord.texts import formats
from raccord.texts.letters import INVOICES, named_of, paragraphs, spoken
from raccord.texts.mails import Templates, Worded
from raccord.texts.owed import Table, amounts, plain, table_of
from raccord.texts.speech import say


def reminder(letter: Letter, templates: Templates, *, attached: int = 0) -> Worded:
    """Word a reminder with which so many invoices go as PDFs. Raises `BadTemplate`."""
    language = spoken(letter.language)
    name = letter.template or f"reminder-{letter.tone}"
    said = templates.words(name, letter.language, named_of(letter, language) | {"attached": attached})
    count, total = len(letter.lines), amounts(letter.owed, language)
    page = {
        "company": letter.company,
        "language": language,
        "preview": say(message("reminder.preview", count=count, amounts=total), language),
    }
    return _paged(said, table_of(letter, language), page, templates)


def thanks(kept: Thanks, templates: Templates) -> Worded:
    """Word the thanks for a promise that was kept. Raises `BadTemplate`."""
    language = spoken(kept.language)
    named = {
        "customer": kept.customer,
        "company": kept.company,
        "amount": amounts(kept.amounts, language),
        "by": formats.long_day(kept.by, language) if kept.by else "",
    }
    said = templates.words("thanks", kept.language, named)
    return _paged(said, None, {"company": kept.company, "language": language, "preview": ""}, templates)


def _paged(said: Worded, table: Table | None, page: Mapping[str, Any], templates: Templates) -> Worded:
    """Put the invoices where the words want them, in the plain text and on the page."""
    parts = tuple(paragraphs(said.text))
    text = (plain(table, page["language"]) if table and part == INVOICES else part for part in parts)
    named = {
        **page,
        "subject": said.subject,
        "table": table,
        "parts": [[] if part == INVOICES else part.split("\n") for part in parts],
    }
    return Worded(subject=said.subject, text="\n\n".join(text) + "\n", html=templates.page("reminder", named))
