"""Whatever happens in a year, every mail keeps what is promised, and nobody is forgotten.

The promises themselves stand in `year.judge`, which looks at each mail as it leaves.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from raccord.domain.dunning.memory import Fate
from tests.dunning.year import Year, here, invoice, policy

_START = date(2026, 1, 5)
_LEVELS = (
    [{"day": 7, "tone": "courteous"}, {"day": 15, "tone": "firm"}, {"day": 30, "tone": "last"}],
    [{"day": -5, "tone": "notice"}, {"day": 3, "tone": "courteous"}, {"day": 20, "tone": "last"}],
    [{"day": 0, "tone": "courteous"}, {"day": 1, "tone": "firm"}, {"day": 2, "tone": "firm"}],
    [{"day": 10, "tone": "firm"}],
)

moments = st.builds(
    lambda day, minute: f"{_START + timedelta(days=day)} {minute // 60:02}:{minute % 60:02}",
    st.integers(0, 300),
    st.one_of(st.integers(0, 1439), st.sampled_from((539, 540, 541, 1079, 1080))),
)
rules = st.fixed_dictionaries(
    {
        "levels": st.sampled_from(_LEVELS),
        "gap": st.integers(1, 20),
        "weekdays": st.sampled_from(((0, 1, 2, 3, 4), (0,), (0, 1, 2, 3, 4, 5, 6))),
        "on_holidays": st.booleans(),
        "owed_at_least": st.sampled_from(({}, {"EUR": "150"})),
    }
)
Action = Callable[[Year, int], Any]


def _some(year: Year, number: int) -> str:
    owed = year.account.invoices
    return owed[number % len(owed)].id if owed else ""


def _day(year: Year, number: int) -> str:
    return str(year.policy.clock.date_of(year.now) + timedelta(days=number % 40))


def _owes(year: Year, number: int) -> None:
    amount, currency = ("100.00", "90.00", "1000.00")[number % 3], ("EUR", "EUR", "USD")[number % 3]
    id_ = f"I{len(year.mails)}x{len(year.memory.words)}x{number}x{int(year.now.timestamp())}"
    year.owes(invoice(id_, _day(year, number), amount, currency))


def _on_an_invoice(action: Callable[[Year, str, int], Any]) -> Action:
    def happens(year: Year, number: int) -> None:
        if id_ := _some(year, number):
            action(year, id_, number)

    return happens


def _instalments(year: Year, number: int) -> None:
    first, second = _day(year, number), _day(year, number + 17)
    year.says("instalments", instalments=year.parts((first, "40.00"), (second, "60.00")))


def _fate(fate: Fate) -> Action:
    return lambda year, _: year.found(fate) if year.memory.rounds else None


def _knows(year: Year, _: int) -> None:
    """Let a person say of a mail whose fate nobody knew that it arrived."""
    if year.memory.rounds and year.memory.rounds[-1].fate is Fate.UNKNOWN:
        year.found(Fate.SENT)


ACTIONS: dict[str, Action] = {
    "owes": _owes,
    "owes more": _owes,
    "pays": _on_an_invoice(lambda year, id_, _: year.pays(id_)),
    "pays a part": _on_an_invoice(lambda year, id_, _: year.pays(id_, "30.00")),
    "contests": _on_an_invoice(lambda year, id_, _: year.says("dispute", invoice_id=id_)),
    "sees to": _on_an_invoice(lambda year, id_, _: year.says("seen_to", invoice_id=id_)),
    "settles": _on_an_invoice(lambda year, id_, _: year.says("settled", invoice_id=id_)),
    "debits": _on_an_invoice(lambda year, id_, n: year.changes(id_, processing=bool(n % 2))),
    "disputes": _on_an_invoice(lambda year, id_, n: year.changes(id_, disputed=bool(n % 2))),
    "moves": _on_an_invoice(
        lambda year, id_, n: year.changes(id_, due_on=year.invoice(id_).due_on + timedelta(days=n % 21 - 10))
    ),
    "pauses": lambda year, n: year.says("pause", _day(year, n)),
    "stops": lambda year, _: year.says("stop"),
    "resumes": lambda year, _: year.says("resume"),
    "promises": lambda year, n: year.says("promise", _day(year, n)),
    "pays by parts": _instalments,
    "reminds": lambda year, _: year.says("remind"),
    "bounces": lambda year, _: year.says("bounced", address=year.account.email or "x@y.example"),
    "moves out": lambda year, n: year.customer(email=f"new{n}@acme.example" if n % 3 else ""),
    "approves": lambda year, _: year.says("approved"),
    "loses sight": _fate(Fate.UNKNOWN),
    "knows": _knows,
    "did not leave": _fate(Fate.NOT_SENT),
    "is skipped": _fate(Fate.SKIPPED),
}
happenings = st.tuples(moments, st.sampled_from(sorted(ACTIONS)), st.integers(0, 100))


@settings(max_examples=150, deadline=None)
@given(
    rules=rules,
    owed=st.lists(st.integers(0, 100), min_size=1, max_size=4),
    happens=st.lists(happenings, max_size=14),
    between=st.lists(st.tuples(st.sampled_from(sorted(ACTIONS)), st.integers(0, 100)), max_size=2),
    down=st.lists(st.tuples(moments, moments), max_size=2),
    began=st.one_of(st.none(), st.dates(_START, date(2026, 6, 1))),
)
def test_whatever_happens_every_mail_keeps_what_is_promised(
    rules: dict[str, Any],
    owed: list[int],
    *,
    happens: list[tuple[str, str, int]],
    between: list[tuple[str, int]],
    down: list[tuple[str, str]],
    began: date | None,
) -> None:
    year = Year(policy=policy(**rules), live_since=began)
    for each in owed:
        _owes(year, each)
    for moment, name, number in happens:
        year.at(moment, lambda name=name, number=number: ACTIONS[name](year, number))  # type: ignore[misc]
    for name, number in between:
        year.just_before_sending(lambda name=name, number=number: ACTIONS[name](year, number))  # type: ignore[misc]
    for one, other in down:
        year.is_down(min(one, other), max(one, other))

    year.passes("2026-12-31")


@settings(max_examples=60, deadline=None)
@given(rules=rules, due_in=st.integers(0, 60), down=st.tuples(moments, moments))
def test_who_is_left_alone_by_nobody_hears_of_its_last_level_in_the_end(
    rules: dict[str, Any], due_in: int, down: tuple[str, str]
) -> None:
    year = Year(policy=policy(**{**rules, "owed_at_least": {}}))
    year.owes(invoice("A", str(_START + timedelta(days=due_in)))).is_down(min(down), max(down))

    year.passes("2027-03-01")
    assert (year.why, year.mails[-1][1].tone) == ("last_sent", rules["levels"][-1]["tone"])
    assert here("2026-12-31") > year.mails[-1][0]
