"""How the story of a deal reads in a terminal, and as JSON."""

from collections.abc import Iterator, Sequence
from typing import Any

from raccord.domain.values.message import Message, message
from raccord.texts import called, formats, say_kept
from raccord.texts.problems import say_problem
from starters.cli.common import bold
from starters.cli.display import columns, fold, shown
from starters.cli.story.facts import Fact, facts_of, standing_facts
from starters.cli.story.known import Known
from starters.cli.story.why import Said, awaited, why

_MARGIN = len("28/11 14:05  ")
_UNBROKEN = "\u00a0"
_WIDEST = 100
"""A sentence that goes on for longer is hard to read."""


class Page:
    """`language`: of whoever reads it."""

    def __init__(self, known: Known, language: str) -> None:
        self._known = known
        self._language = language

    def story(self) -> Iterator[str]:
        """Yield the lines of everything that happened, and of what is awaited."""
        yield from self._title()
        facts = facts_of(self._known)
        if not facts:
            yield from self._paragraph(message("story.nothing"))
        for each in facts:
            yield from self._fact(each)
        for said in standing_facts(self._known):
            yield from self._paragraph(said)
        yield ""
        yield bold(self._say(message("story.now")))
        expected = awaited(self._known) or (message("story.nothing_awaited"),)
        yield from self._points(expected)

    def reasons(self) -> Iterator[str]:
        """Yield the lines of why it stands as it does."""
        yield from self._title()
        yield from self._points(why(self._known))

    def document(self) -> dict[str, Any]:
        """Return the whole story as a machine reads it: instants in UTC, sentences in `language`."""
        known = self._known
        return {
            "deal": known.ref.model_dump(),
            "name": known.deal.name if known.deal else "",
            "url": known.deal.url if known.deal else "",
            "customer": known.customer_id or None,
            "invoices": [
                {"id": each.id, "number": each.number, "state": each.state.value} for each in known.issued
            ],
            "facts": [
                {
                    "at": each.at.isoformat(),
                    "code": each.said.code,
                    "said": self._say(each.said),
                    "source": each.source,
                }
                for each in facts_of(known)
            ],
            "awaited": [self._point(each) for each in awaited(known)],
            "why": [self._point(each) for each in why(known)],
            "unread": [self._say(each) for each in known.silent],
        }

    def _title(self) -> Iterator[str]:
        known, deal = self._known, self._known.deal
        name = called(deal.name if deal else "", known.ref.id, deal.url if deal else "")
        yield bold(shown(self._say(message("story.title", deal=name))))
        if deal and deal.url:
            yield shown(deal.url)
        for said in known.silent:
            yield from self._paragraph(said)
        yield ""

    def _fact(self, fact: Fact) -> Iterator[str]:
        local = fact.at.astimezone(self._known.zone)
        moment = formats.moment(local, self._language)
        if fact.day_only:
            moment = formats.short_day(self._known.clock.date_of(fact.at), self._language)
        source = f"[{fact.source}]".replace(" ", _UNBROKEN)
        first, *others = fold(shown(f"{self._say(fact.said)} {source}"), self._room)
        yield f"{moment:<{_MARGIN}}{first}"
        for point in fact.points:
            others += fold(shown(f"→ {self._point(point)}"), self._room, indent="  ")
        yield from (" " * _MARGIN + line for line in others)

    def _points(self, said: Sequence[Said]) -> Iterator[str]:
        for each in said:
            text, inner = shown(self._point(each)), not isinstance(each, Message)
            before = "  → " if inner else ""
            yield from fold(f"{before}{text}", self._room + _MARGIN, indent="    " if inner else "")

    def _paragraph(self, said: Message) -> Iterator[str]:
        yield from fold(shown(self._say(said)), self._room + _MARGIN)

    def _point(self, said: Said) -> str:
        return self._say(said) if isinstance(said, Message) else say_problem(said, self._language)

    def _say(self, said: Message) -> str:
        return say_kept(said, self._language)

    @property
    def _room(self) -> int:
        return min(columns(), _WIDEST) - _MARGIN
