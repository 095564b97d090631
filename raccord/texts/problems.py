"""Saying a problem: the entries `<code>.reason` and `<code>.remedy` of its message.

A problem is kept with its question, maybe by another release: what this one cannot say is said raw.
"""

from raccord.domain.desk.problems import Problem
from raccord.domain.values.message import Message, Param
from raccord.texts.speech import say, say_field, say_kept, say_record


def say_reason(found: Problem, language: str) -> str:
    """Say why a problem is one."""
    return _part(found, "reason", language)


def say_remedy(found: Problem, language: str) -> str:
    """Say what a person can do about a problem."""
    return _part(found, "remedy", language)


def say_problem(found: Problem, language: str) -> str:
    """Say a problem in one line: record, field, reason, remedy."""
    return _whole(found, language, "text.problem", "text.problem_of_record")


def say_problem_markdown(found: Problem, language: str) -> str:
    """Say a problem in one line of Markdown."""
    return _whole(found, language, "text.problem_markdown", "text.problem_of_record_markdown")


def _part(found: Problem, part: str, language: str) -> str:
    return say_kept(Message(code=f"{found.message.code}.{part}", params=found.message.params), language)


def _whole(found: Problem, language: str, code: str, without_field: str) -> str:
    parts: dict[str, Param] = {
        "record": say_record(found.record, language),
        "reason": say_reason(found, language),
        "remedy": say_remedy(found, language),
    }
    if not found.field:
        return say(Message(code=without_field, params=parts), language)
    return say(Message(code=code, params={**parts, "field": say_field(found.field, language)}), language)
