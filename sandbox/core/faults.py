"""Rules that make a vendor misbehave, each on the requests it names."""

import itertools
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, cast
from urllib.parse import unquote_plus

from sandbox.core.exchanges import Exchange

When = Literal["before", "after", "answered"]
_WHENS = ("before", "after", "answered")
_SWITCHES = ("reset", "malformed", "truncated", "html", "partial")
_SECONDS = ("timeout", "latency", "drip", "stale")
_TEXTS = ("redirect", "without", "unknown")
_KINDS = ("status", *_SWITCHES, *_SECONDS, *_TEXTS, "kill")
_NEEDS_AN_ANSWER = ("truncated", "drip", "partial", "without", "unknown")
_REFUSALS = (401, 403, 409, 429)
_OPTIONS = {"status": {"retry_after", "retry_at", "stored"}}
_RULE_KEYS = {"vendor", "method", "path", "containing", "when", "effect", "times", "skip"}


@dataclass(frozen=True)
class Effect:
    """What happens: exactly one kind. `value` is the status, the seconds or the pid; 1.0 for the others.

    `text` is the place a `redirect` points to, the field that an answer is `without`, or the field whose
    value is `unknown`. `retry_after` goes out as a header as given (seconds, or an HTTP date), `retry_at` as
    the HTTP date that many seconds from then; `stored` keeps an injected error under the idempotency key
    although the handler never ran.
    """

    kind: str
    value: float
    text: str = ""
    retry_after: str | None = None
    retry_at: float | None = None
    stored: bool = False


@dataclass
class Rule:
    """It leaves the first `skip` matching requests alone, then fires `times` times (None: for ever).

    `method` is one method or a list of them, None for any: `["POST", "PATCH"]` breaks writes alone.
    `containing` aims it: one of these texts must be in the request's URL, headers or body, or else the id of
    something that such a request created (its vendor's later requests name only that).
    """

    id: int
    vendor: str
    methods: tuple[str, ...]
    path: str
    containing: tuple[str, ...]
    when: When
    effect: Effect
    raw_effect: dict[str, Any]
    times: int | None
    skip: int
    seen: int = 0
    fired: int = 0
    created: set[str] = field(default_factory=set)

    def fires(self, exchange: Exchange) -> bool:
        """Whether this request is hit; counts it either way."""
        if not self._matches(exchange) or self.fired == self.times:
            return False
        self.seen += 1
        if self.seen <= self.skip:
            return False
        self.fired += 1
        return True

    def missed(self) -> None:
        """Take back that it fired: the answer had nothing that the effect could change."""
        self.fired -= 1

    def aims_at(self, said: str) -> bool:
        """Whether a request with these words is meant."""
        return not self.containing or any(text in said for text in (*self.containing, *self.created))

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "vendor": self.vendor,
            "method": list(self.methods) or None,
            "path": self.path,
            "containing": list(self.containing),
            "when": self.when,
            "effect": self.raw_effect,
            "times": self.times,
            "skip": self.skip,
            "fired": self.fired,
        }

    def _matches(self, exchange: Exchange) -> bool:
        return (
            exchange.vendor == self.vendor
            and (not self.methods or exchange.method in self.methods)
            and re.fullmatch(self.path, exchange.path) is not None
            and self.aims_at(_said(exchange))
        )


class Faults:
    """All rules, oldest first. At most one fires per request: the first that matches."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._ids = itertools.count(1)

    def add(self, wanted: Mapping[str, Any], *, vendors: frozenset[str]) -> Rule:
        """Add a rule; raises ValueError with a sentence for the person who wrote it."""
        rule = _rule(next(self._ids), wanted, vendors)
        self._rules.append(rule)
        return rule

    def pick(self, exchange: Exchange) -> Rule | None:
        """The rule that fires on this request; its id goes into the log entry."""
        rule = next((rule for rule in self._rules if rule.fires(exchange)), None)
        exchange.fault = rule.id if rule else None
        return rule

    def created(self, exchange: Exchange, id_: str) -> None:
        """A request created this: rules that aim at the request aim at what names the id as well."""
        said = _said(exchange)
        for rule in self._rules:
            if rule.containing and rule.vendor == exchange.vendor and rule.aims_at(said):
                rule.created.add(id_)

    def listing(self) -> list[dict[str, Any]]:
        return [rule.as_json() for rule in self._rules]

    def clear(self, number: int | None = None) -> None:
        """Remove one rule, or all of them."""
        self._rules = [rule for rule in self._rules if number not in (None, rule.id)]


def _said(exchange: Exchange) -> str:
    """Everything a request says, as sent and with its escapes undone."""
    query = (text for pair in exchange.query for text in pair)
    body = exchange.body
    return "\n".join((exchange.path, *query, *exchange.headers.values(), body, unquote_plus(body)))


def _rule(number: int, wanted: Mapping[str, Any], vendors: frozenset[str]) -> Rule:
    if unknown := set(wanted) - _RULE_KEYS:
        raise ValueError(f"A fault has no field {sorted(unknown)[0]!r}.")
    vendor, when = wanted.get("vendor"), wanted.get("when", "before")
    if vendor not in vendors:
        raise ValueError(f"The vendor must be one of {', '.join(sorted(vendors))}, not {vendor!r}.")
    if when not in _WHENS:
        raise ValueError(f"'when' must be before, after or answered, not {when!r}.")
    effect = _effect(wanted.get("effect"))
    _possible(effect, when)
    return Rule(
        id=number,
        vendor=vendor,
        methods=_methods(wanted.get("method")),
        path=_pattern(wanted.get("path", ".*")),
        containing=_texts(wanted.get("containing", ())),
        when=cast(When, when),
        effect=effect,
        raw_effect=dict(wanted["effect"]),
        times=_count(wanted.get("times", 1), "times", least=1, nullable=True),
        skip=_count(wanted.get("skip", 0), "skip", least=0) or 0,
    )


def _effect(wanted: Any) -> Effect:
    if not isinstance(wanted, Mapping):
        raise ValueError('A fault needs an effect such as {"status": 500}.')  # noqa: TRY004 - becomes a 400
    kinds = [kind for kind in _KINDS if kind in wanted]
    if len(kinds) != 1:
        raise ValueError(f"An effect names exactly one of {', '.join(_KINDS)}.")
    kind = kinds[0]
    if unknown := set(wanted) - {kind} - _OPTIONS.get(kind, set()):
        raise ValueError(f"The effect {kind} has no option {sorted(unknown)[0]!r}.")
    retry_after = wanted.get("retry_after")
    return Effect(
        kind=kind,
        value=_value(kind, wanted[kind]),
        text=wanted[kind] if kind in _TEXTS else "",
        retry_after=None if retry_after is None else str(retry_after),
        retry_at=_seconds(wanted.get("retry_at")),
        stored=wanted.get("stored") is True,
    )


def _value(kind: str, value: Any) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match kind:
        case _ if kind in _SWITCHES and value is True:
            return 1.0
        case _ if kind in _TEXTS and isinstance(value, str) and value:
            return 1.0
        case "status" if number and (value in _REFUSALS or 500 <= value <= 599):
            return float(value)
        case _ if kind in _SECONDS and number and 0 <= value <= 3600:
            return float(value)
        case "kill" if number and value > 1 and value != os.getpid():
            return float(value)
    raise ValueError(f"The effect {kind} cannot be {value!r}.")


def _seconds(value: Any) -> float | None:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise ValueError("'retry_at' is a number of seconds.")


def _possible(effect: Effect, when: str) -> None:
    if when == "answered" and effect.kind != "kill":
        raise ValueError("After the answer was sent, only a kill is possible.")
    if effect.kind == "stale" and when != "before":
        raise ValueError("A stale list is decided before the handler runs.")
    if effect.kind in _NEEDS_AN_ANSWER and when != "after":
        raise ValueError(f"The effect {effect.kind} changes an answer, so its 'when' is after.")
    if effect.stored and when != "before":
        raise ValueError("'stored' belongs to an error before the handler; after it, it is stored anyway.")


def _methods(value: Any) -> tuple[str, ...]:
    methods = [value] if isinstance(value, str) else [] if value is None else value
    if isinstance(methods, list) and all(isinstance(method, str) and method for method in methods):
        return tuple(method.upper() for method in methods)
    raise ValueError("'method' is a text such as POST, a list of such texts, or null for any.")


def _pattern(value: Any) -> str:
    try:
        re.compile(value)
    except (re.error, TypeError) as error:
        raise ValueError(f"'path' is not a regular expression: {error}.") from error
    return str(value)


def _texts(value: Any) -> tuple[str, ...]:
    texts = (value,) if isinstance(value, str) else value
    if isinstance(texts, Sequence) and all(isinstance(text, str) and text for text in texts):
        return tuple(texts)
    raise ValueError("'containing' is a text, or a list of texts of which one must occur.")


def _count(value: Any, name: str, *, least: int, nullable: bool = False) -> int | None:
    if value is None and nullable:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and value >= least:
        return value
    raise ValueError(f"'{name}' is a whole number of at least {least}{', or null' if nullable else ''}.")
