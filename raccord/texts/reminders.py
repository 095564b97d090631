"""Reminders of late invoices, and thanks for a promise that was kept, as their customers read them.

The words of a mail are one template a tone and language, `reminder-<tone>.<language>.txt`, and that of thanks
is `reminder-thanks.<language>.txt`; `raccord.texts.letters` says how they are cut. Where they name the
invoices, these stand: as lines in the plain text, as a table on the page. Both are made of the same words, on
one page for all of them, `reminder.mjml`. A company may replace each of these by its own.
"""

from raccord.domain.dunning.letter import Letter, Thanks
from raccord.domain.values.base import Value
from raccord.domain.values.message import message
from raccord.texts import formats, letters
from raccord.texts.charges import ChargesTable, charges_table, plain_charges
from raccord.texts.letters import named_of, paragraphs, spoken
from raccord.texts.mails import Templates, Worded
from raccord.texts.owed import Table, amounts, plain, table_of
from raccord.texts.speech import say


class Part(Value):
    """A paragraph, or one of the tables."""

    lines: tuple[str, ...] = ()
    table: Table | None = None
    charges: ChargesTable | None = None

    def plain(self, language: str) -> str:
        if self.table:
            return plain(self.table, language)
        return plain_charges(self.charges, language) if self.charges else "\n".join(self.lines)


class Page(Value):
    """A mail before its page is filled in."""

    subject: str
    company: str
    language: str
    parts: tuple[Part, ...]
    preview: str = ""
    """What a mail program shows beside the subject."""

    def worded(self, templates: Templates) -> Worded:
        """Put the same parts into plain text and on the page. Raises `BadTemplate`."""
        text = "\n\n".join(part.plain(self.language) for part in self.parts)
        return Worded(subject=self.subject, text=text + "\n", html=templates.page("reminder", dict(self)))


def reminder(letter: Letter, templates: Templates, *, attached: int = 0) -> Worded:
    """Word a reminder with which so many invoices go as PDFs. Raises `BadTemplate`."""
    language = spoken(letter.language)
    name = letter.template or f"reminder-{letter.tone}"
    said = templates.words(name, letter.language, named_of(letter, language) | {"attached": attached})
    count, total = len(letter.lines), amounts(letter.owed, language)
    return Page(
        subject=said.subject,
        company=letter.company,
        language=language,
        parts=tuple(_part(words, letter, language) for words in paragraphs(said.text)),
        preview=say(message("reminder.preview", count=count, amounts=total), language),
    ).worded(templates)


def thanks(kept: Thanks, templates: Templates) -> Worded:
    """Word the thanks for a promise that was kept. Raises `BadTemplate`."""
    language = spoken(kept.language)
    named = {
        "customer": kept.customer,
        "company": kept.company,
        "amount": amounts(kept.amounts, language),
        "by": formats.long_day(kept.by, language) if kept.by else "",
    }
    said = templates.words("reminder-thanks", kept.language, named)
    parts = tuple(Part(lines=tuple(words.split("\n"))) for words in paragraphs(said.text))
    page = Page(subject=said.subject, company=kept.company, language=language, parts=parts)
    return page.worded(templates)


def _part(words: str, letter: Letter, language: str) -> Part:
    match words:
        case letters.INVOICES:
            return Part(table=table_of(letter, language))
        case letters.CHARGES:
            return Part(charges=charges_table(letter, language))
        case _:
            return Part(lines=tuple(words.split("\n")))
