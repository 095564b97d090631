"""What no other suite would notice: a method that some flow needs and no test of its kind happens to call."""

import ast
import inspect
from pathlib import Path

import pytest

from raccord.connectors.registry import role
from tests.connectors.conformance.cases import BillingCase, Case, CrmCase, MessengerCase, SinkCase, cases


@pytest.mark.parametrize("case", cases(BillingCase, CrmCase, MessengerCase, SinkCase))
def test_every_method_of_its_port_is_written(case: Case) -> None:
    package = Path(inspect.getfile(role(case.kind, case.vendor).settings)).parent
    assert [each for module in sorted(package.glob("**/*.py")) for each in _unwritten(module)] == []


def _unwritten(module: Path) -> list[str]:
    functions = (
        each
        for each in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return [f"{module.name}: {each.name}" for each in functions if any(map(_says_so, each.body))]


def _says_so(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Raise) and "NotImplementedError" in ast.unparse(statement)
