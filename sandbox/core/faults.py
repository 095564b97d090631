"""Rules that make a vendor misbehave, each on the requests it names."""

import itertools
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from sandbox.core.exchanges import Exchange

When = Literal["before", "after", "answered"]
_WHENS = ("before", "after", "answered")
_KINDS = ("status", "reset", "timeout", "latency", "malformed", "html", "stale", "kill")
_OPTIONS = {"status": {"retry_after", "stored"}}
_RULE_KEYS = {"vendor", "method", "path", "when", "effect", "times", "skip"}


@dataclass(frozen=True)
class Effect:
    """What happens: exactly one kind. `value` is the status, the seconds or the pid; 1.0 for the switches.

    `retry_after` goes out as a header as given (seconds, or an HTTP date); `stored` keeps an injected error
    under the idempotency key although the handler never ran.
    """

    kind: str
    value: float
    retry_after: str | None = None
    stored: bool = False


@dataclass
class Rule:
    """It leaves the first `skip` matching requests alone, then fires `times` times (None: for ever)."""

    id: int
    vendor: str
    method: str | None
    path: str
    when: When
    effect: Effect
    raw_effect: dict[str, Any]
    times: int | None
    skip: int
    seen: int = 0
    fired: int = 0

    def fires(self, exchange: Exchange) -> bool:
        """Whether this request is hit; counts it either way."""
        if not self._matches(exchange) or self.fired == self.times:
            return False
        self.seen += 1
        if self.seen <= self.skip:
            return False
        self.fired += 1
        return True

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "vendor": self.vendor,
            "method": self.method,
            "path": self.path,
            "when": self.when,
            "effect": self.raw_effect,
            "times": self.times,
            "skip": self.skip,
            "fired": self.fired,
        }

    def _matches(self, exchange: Exchange) -> bool:
        return (
            exchange.vendor == self.vendor
            and self.method in (None, exchange.method)
            and re.fullmatch(self.path, exchange.path) is not None
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

    def listing(self) -> list[dict[str, Any]]:
        return [rule.as_json() for rule in self._rules]

    def clear(self) -> None:
        self._rules.clear()


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
        method=_method(wanted.get("method")),
        path=_pattern(wanted.get("path", ".*")),
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
        retry_after=None if retry_after is None else str(retry_after),
        stored=wanted.get("stored") is True,
    )


def _value(kind: str, value: Any) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    match kind:
        case "reset" | "malformed" | "html" if value is True:
            return 1.0
        case "status" if number and (value == 429 or 500 <= value <= 599):
            return float(value)
        case "timeout" | "latency" | "stale" if number and 0 <= value <= 3600:
            return float(value)
        case "kill" if number and value > 1 and value != os.getpid():
            return float(value)
    raise ValueError(f"The effect {kind} cannot be {value!r}.")


def _possible(effect: Effect, when: str) -> None:
    if when == "answered" and effect.kind != "kill":
        raise ValueError("After the answer was sent, only a kill is possible.")
    if effect.kind == "stale" and when != "before":
        raise ValueError("A stale list is decided before the handler runs.")
    if effect.stored and when != "before":
        raise ValueError("'stored' belongs to an error before the handler; after it, it is stored anyway.")


def _method(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value.upper() if value else None
    raise ValueError("'method' is a text such as POST, or null for any.")


def _pattern(value: Any) -> str:
    try:
        re.compile(value)
    except (re.error, TypeError) as error:
        raise ValueError(f"'path' is not a regular expression: {error}.") from error
    return str(value)


def _count(value: Any, name: str, *, least: int, nullable: bool = False) -> int | None:
    if value is None and nullable:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and value >= least:
        return value
    raise ValueError(f"'{name}' is a whole number of at least {least}{', or null' if nullable else ''}.")
