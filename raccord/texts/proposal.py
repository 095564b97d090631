"""Proposed settings as a file: what is decided, each with its reason in the reader's language."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from textwrap import wrap

from raccord.domain.proposal.proposal import Entry, Written
from raccord.domain.values.message import Message
from raccord.texts.speech import say

_WIDTH = 110


def settings_file(head: Iterable[Message], entries: Iterable[Entry], language: str) -> str:
    """Write TOML: a section for all that belongs to it, in the order in which the sections first come."""
    sections: dict[str, list[Entry]] = {"": []}
    for entry in entries:
        sections.setdefault(entry.section, []).append(entry)
    lines = [line for each in head for line in _remark(each, language)]
    for name, those in sections.items():
        lines += ["", *([f"[{name}]"] if name else [])]
        for entry in those:
            lines += [line for each in entry.remarks for line in _remark(each, language)]
            lines.append(f"{entry.name} = {_written(entry.value)}")
    return "\n".join(lines) + "\n"


def answers_file(answers: Mapping[str, str]) -> str:
    """Write answers as TOML, a line for each question."""
    return "".join(f"{name} = {quoted(answer)}\n" for name, answer in answers.items())


def quoted(text: str) -> str:
    """Write a TOML string. What JSON leaves as it is and TOML refuses is left out."""
    return json.dumps(text.replace("\x7f", ""), ensure_ascii=False)


def _written(value: Written) -> str:
    match value:
        case str():
            return quoted(value)
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
        case int():
            return str(value)
        case tuple():
            return f"[{', '.join(_written(each) for each in value)}]"


def _remark(said: Message, language: str) -> Iterator[str]:
    text = " ".join(say(said, language).split())
    yield from wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_long_words=False)
