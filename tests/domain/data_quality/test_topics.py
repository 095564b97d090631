"""Which cleaning is worth most, and under what name each problem goes."""

import ast
from pathlib import Path

from raccord.domain.data_quality.companies import Alike
from raccord.domain.data_quality.overview import share
from raccord.domain.data_quality.topics import Fix, Topic, best_fixes, topic_of
from raccord.domain.desk.problems import Cause, problem
from raccord.domain.values.names import THE_DEAL, THE_SETTINGS
from raccord.texts.data_quality.words import ALIKE, TOPICS

ROOT = Path(__file__).parents[3]
S, E, A, L = Topic.SIRET, Topic.EMAIL, Topic.ADDRESS, Topic.NO_LINES


def asked(**counts: int) -> dict[frozenset[Topic], int]:
    letters = {"s": S, "e": E, "a": A, "l": L}
    return {frozenset(letters[each] for each in name): count for name, count in counts.items()}


def test_the_best_fixes_are_those_that_together_let_most_deals_pass() -> None:
    found = best_fixes(asked(s=5, se=10, e=1, a=6, l=4), passing=20)
    assert found == (
        Fix(topic=A, passing=26),
        Fix(topic=S, passing=31),
        Fix(topic=E, passing=42),
    )


def test_what_helps_only_together_is_found_together() -> None:
    found = best_fixes(asked(sea=9, l=1), passing=0)
    assert {each.topic for each in found} == {S, E, A}
    assert [each.passing for each in found] == [0, 0, 9]


def test_where_three_fixes_help_nobody_none_is_named() -> None:
    assert best_fixes(asked(seal=9), passing=3) == ()
    assert best_fixes({}, passing=3) == ()


def test_a_share_is_never_all_or_nothing_unless_it_is() -> None:
    assert [share(passing, 1000) for passing in (0, 1, 500, 999, 1000)] == [0, 1, 50, 99, 100]
    assert share(0, 0) is None


def test_what_the_settings_lack_is_nobodys_to_type() -> None:
    found = problem(Cause.TERMS, THE_SETTINGS, "invoice.footers", "footer.incomplete")
    assert topic_of(found) is Topic.SETTINGS


def test_every_problem_of_a_deal_has_a_name_of_its_own() -> None:
    """`OTHER` is for what comes later and was forgotten here."""
    unnamed = set()
    for name in ("amounts", "deposit", "instalments", "line_rules", "party_rules", "quality", "reductions"):
        tree = ast.parse((ROOT / f"raccord/domain/deal_won/{name}.py").read_text("utf-8"))
        for node in ast.walk(tree):
            match node:
                case ast.Call(
                    func=ast.Name(id="problem"),
                    args=[ast.Attribute(attr=cause), _, _, ast.Constant(value=str(code)), *_],
                ):
                    found = problem(Cause[cause], THE_DEAL, "", code)
                    if topic_of(found) is Topic.OTHER:
                        unnamed.add(f"{cause} {code}")
                case _:
                    continue
    assert unnamed <= {"COMPANY individual.not_invoiced", "COMPANY deposit.other_customer"}


def test_everything_is_said() -> None:
    assert set(TOPICS) == set(Topic)
    assert set(ALIKE) == set(Alike)
