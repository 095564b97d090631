"""The formal notice as a PDF to print, sign and post. The same values make the same bytes.

The words are `formal-notice.<language>.txt`, cut into paragraphs as those of a reminder; `formal-notice.typ`
sets them. A company may replace both. Typst's own fonts are in its package, under the Open Font License.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import typst
from babel import Locale

from raccord.domain.dunning.formal_notice import FormalNotice
from raccord.domain.dunning.letter import Line
from raccord.domain.values.message import Message, message
from raccord.texts import formats, letters
from raccord.texts.charges import charges_table
from raccord.texts.letters import named_of, paragraphs, spoken
from raccord.texts.mails import BadTemplate, Templates
from raccord.texts.speech import say

NAME = "formal-notice"
_FRANCE = "FR"


def formal_notice_pdf(notice: FormalNotice, templates: Templates) -> bytes:
    """Set a formal notice. Raises `BadTemplate`."""
    source = templates.source(f"{NAME}.typ")
    letter = json.dumps(_letter(notice, templates), ensure_ascii=False)
    try:
        pdf = typst.compile(source.encode(), sys_inputs={"letter": letter}, ignore_system_fonts=True)
    except typst.TypstError as error:
        raise BadTemplate(message("mail.not_set", file=f"{NAME}.typ", said=error.message)) from error
    return pdf if isinstance(pdf, bytes) else b"".join(pdf)


def _letter(notice: FormalNotice, templates: Templates) -> Mapping[str, Any]:
    """Return what the page sets: words and figures."""
    language = spoken(notice.letter.language)
    given = named_of(notice.letter, language) | {"notice_days": notice.days}
    words = templates.words(NAME, notice.letter.language, given)
    return {
        "language": language,
        "subject": words.subject,
        "creditor": notice.creditor,
        "debtor": _debtor(notice, language),
        "means": _said("notice.means", language),
        "day": formats.long_day(notice.day, language),
        "about": say(message("notice.about", subject=words.subject), language),
        "parts": [_part(part, notice, language) for part in paragraphs(words.text)],
        "signature": [
            notice.creditor[0],
            _said("notice.signatory", language),
            _said("notice.signature", language),
        ],
    }


def _part(words: str, notice: FormalNotice, language: str) -> Sequence[str] | Mapping[str, Any]:
    match words:
        case letters.INVOICES:
            return _table(notice, language)
        case letters.CHARGES:
            table = charges_table(notice.letter, language)
            return {"charges": table.model_dump() if table else None}
        case _:
            return words.split("\n")


def _debtor(notice: FormalNotice, language: str) -> list[str]:
    address = notice.address
    town = f"{address.postal_code} {address.city}".strip()
    place = [part for part in (address.line1, address.line2, town) if part]
    if address.country not in (None, _FRANCE):
        place.append(str(Locale(language).territories.get(address.country, address.country)).upper())
    siren = f"SIREN\u00a0{_grouped(notice.siren)}" if notice.siren else ""
    place = place or [_said("notice.address_missing", language)]
    return [part for part in (notice.debtor, *place, siren) if part]


def _grouped(siren: str) -> str:
    """`732 829 320`, which no line breaks."""
    return "\u00a0".join(siren[at : at + 3] for at in range(0, len(siren), 3))


def _table(notice: FormalNotice, language: str) -> Mapping[str, Any]:
    head = (
        message("notice.invoice"),
        message("notice.issued"),
        message("notice.due"),
        message("notice.total"),
        message("notice.left"),
    )
    return {
        "head": [say(each, language) for each in head],
        "rows": [_row(line, language) for line in notice.letter.lines],
        "total_label": _said("reminder.total", language),
        "totals": [formats.money(each, language) for each in notice.letter.owed],
    }


def _row(line: Line, language: str) -> list[str]:
    days = (formats.day(day, language) for day in (line.issued_on, line.due_on))
    sums = (formats.money(each, language) for each in (line.total, line.left))
    return [line.number, *days, *sums]


def _said(code: str, language: str) -> str:
    return say(Message(code=code), language)
