"""The words of letters about what is owed: what their templates may name, and how they are cut.

The first line of a template is the subject, an empty line ends a paragraph. Where it writes `{{ invoices }}`,
the invoices stand, in the form of whatever the words are for: plain text, a page, a printed letter.
"""

from collections.abc import Iterator
from typing import Any

from raccord.domain.dunning.letter import Letter
from raccord.texts import formats
from raccord.texts.catalog import ELSEWHERE, LANGUAGES
from raccord.texts.owed import amounts, days

INVOICES = "\ue000invoices\ue000"
"""Stands for the invoices until the words are cut into paragraphs; no keyboard writes it."""


def spoken(language: str) -> str:
    """Return the language in which a reader of any language is written to."""
    return language if language in LANGUAGES else ELSEWHERE


def named_of(letter: Letter, language: str) -> dict[str, Any]:
    """Return what a template may name of a letter."""
    first = letter.lines[0]
    return {
        "customer": letter.customer,
        "company": letter.company,
        "invoices": INVOICES,
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
        "business": letter.business,
    }


def paragraphs(text: str) -> Iterator[str]:
    """Cut words into paragraphs; the invoices are always one of their own."""
    for paragraph in text.replace(INVOICES, f"\n\n{INVOICES}\n\n").split("\n\n"):
        if lines := [line for line in map(str.strip, paragraph.split("\n")) if line]:
            yield "\n".join(lines)
