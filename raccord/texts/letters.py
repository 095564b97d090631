"""The words of letters about what is owed: what their templates may name, and how they are cut.

The first line of a template is the subject, an empty line ends a paragraph. Where it writes `{{ invoices }}`,
the invoices stand, in the form of whatever the words are for (plain text, a page, a printed letter); where it
writes `{{ charges }}`, what the law adds to them.
"""

import re
from collections.abc import Iterator
from typing import Any

from raccord.domain.dunning.letter import Letter
from raccord.texts import formats
from raccord.texts.catalog import ELSEWHERE, LANGUAGES
from raccord.texts.charges import charges_table
from raccord.texts.owed import amounts, days

INVOICES, CHARGES = "\ue000invoices\ue000", "\ue000charges\ue000"
"""Stand for tables until the words are cut into paragraphs; no keyboard writes them."""
_TABLE = re.compile(f"{INVOICES}|{CHARGES}")


def spoken(language: str) -> str:
    """Return the language in which a reader of any language is written to."""
    return language if language in LANGUAGES else ELSEWHERE


def named_of(letter: Letter, language: str) -> dict[str, Any]:
    """Return what a template may name of a letter."""
    first = letter.lines[0]
    indemnities = tuple(each.indemnity for each in letter.charges if each.indemnity)
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
        "late_charges": bool(letter.charges),
        "indemnity": amounts(indemnities[:1], language),
        "charges": CHARGES if charges_table(letter, language) else "",
    }


def paragraphs(text: str) -> Iterator[str]:
    """Cut words into paragraphs; what stands for a table is always one of its own."""
    for paragraph in _TABLE.sub("\n\n\\g<0>\n\n", text).split("\n\n"):
        if lines := [line for line in map(str.strip, paragraph.split("\n")) if line]:
            yield "\n".join(lines)
