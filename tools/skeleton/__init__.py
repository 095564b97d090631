"""What a new vendor begins with (`raccord vendor new`), as linter, types and rules of imports want it.

It can do one thing, which is to prove its token. Every other method says in the port's words what is missing,
and so do the tests of its kind.
"""

import ast
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Template

from raccord.connectors.connection import Kind
from tests.connectors.conformance import cases
from tools.skeleton.kinds import ROLES
from tools.skeleton.ports import WIDTH, Imports, Method, imports_of, methods_of, written_imports

TEMPLATES = Path(__file__).parent / "templates"
WRITTEN = frozenset({"probe", "close"})
"""What the connector has already."""
HIDDEN = Path("raccord/vendors/__init__.py")
"""Has the list of those that nobody can choose yet."""
SITE = Path("mkdocs.yml")
_PAGES = re.compile(r"^(?P<indent> +)- .+: vendors/\w+\.md$", re.MULTILINE)
_BASE, _DELIVERED = "Case", "arrival"


def title_of(name: str) -> str:
    """Return what a vendor is called until somebody corrects it: `google_chat` is Google Chat."""
    return " ".join(word.capitalize() for word in name.split("_"))


def skeleton(name: str, kind: Kind) -> dict[Path, str]:
    """Return every new file by its place in the checkout, with what it says."""
    role, type_ = ROLES[kind], title_of(name).replace(" ", "")
    words = {
        "name": name,
        "NAME": name.upper(),
        "host": name.replace("_", "-"),
        "title": title_of(name),
        "type": type_,
        "port": role.port,
        "role": kind.name,
        "constant": kind.name,
        "case": role.case,
        "setting": f'{kind} = ["{name}"]' if kind.several else f'{kind} = "{name}"',
        "more": "\n".join(f"        {line}" for line in role.more),
    }
    vendor, simulator = Path("raccord/vendors") / name, Path("sandbox") / name
    tests = Path("tests/vendors") / name
    return {
        vendor / "__init__.py": _filled("package.py", words | {"imports": _of_package(name, kind, type_)}),
        vendor / "settings.py": _filled("settings.py", words),
        vendor / "errors.py": _filled("errors.py", words),
        vendor / "wire.py": _filled("wire.py", words),
        vendor / "client.py": _filled("client.py", words),
        vendor / "connector.py": _filled("connector.py", words | _connector(name, kind, type_)),
        simulator / "__init__.py": f'"""A simulated {title_of(name)}."""\n',
        simulator / "vendor.py": _filled("simulator.py", words),
        simulator / "person.py": _filled("person.py", words),
        simulator / "panel.js": _filled("panel.js", words),
        tests / "__init__.py": "",
        tests / "conformance.py": _filled("conformance.py", words | _conformance(name, kind)),
        Path("docs/vendors") / f"{name}.md": _filled("page.md", words),
    }


def changed(root: Path, name: str) -> dict[Path, str]:
    """Return the files of a checkout that have to name the vendor, as they are then."""
    return {
        HIDDEN: _with(_read(root / HIDDEN), name),
        SITE: _with_page(_read(root / SITE), name),
    }


def _with(module: str, name: str) -> str:
    """Return the module that says who is unfinished with one more."""
    (said,) = (each for each in ast.parse(module).body if isinstance(each, ast.Assign | ast.AnnAssign))
    given = said.value.args if isinstance(said.value, ast.Call) else []
    names = [f'"{each}"' for each in sorted({*(ast.literal_eval(given[0]) if given else ()), name})]
    # A set and no tuple: whoever takes the last but one out by hand leaves no comma to think of.
    one = f"UNFINISHED = frozenset({{{', '.join(names)}}})"
    if len(one) > WIDTH:
        inner = "\n".join(f"        {each}," for each in names)
        one = f"UNFINISHED = frozenset(\n    {{\n{inner}\n    }}\n)"
    lines = module.splitlines()
    return "\n".join((*lines[: said.lineno - 1], one, *lines[said.end_lineno :], ""))


def _with_page(site: str, name: str) -> str:
    *_, last = _PAGES.finditer(site)
    line = f"\n{last['indent']}- {title_of(name)}: vendors/{name}.md"
    return site[: last.end()] + line + site[last.end() :]


def _read(file: Path) -> str:
    return file.read_text("utf-8")


def _filled(template: str, words: Mapping[str, str]) -> str:
    text = Template(_read(TEMPLATES / f"{template}.txt")).substitute(words)
    # A case that says nothing more leaves no empty line behind.
    return re.sub(r"\n\n(?=    \),\n\)\n)", "\n", text)


def _of_package(name: str, kind: Kind, type_: str) -> str:
    own = {
        "raccord.connectors.connection": {"Kind", "Vendor"},
        ROLES[kind].home: {ROLES[kind].port},
        f"raccord.vendors.{name}.connector": {"connect"},
        f"raccord.vendors.{name}.settings": {f"{type_}Settings"},
    }
    return written_imports({module: frozenset(names) for module, names in own.items()})


def _connector(name: str, kind: Kind, type_: str) -> dict[str, str]:
    role = ROLES[kind]
    methods = [method for method in methods_of(*role.ports) if method.name not in WRITTEN]
    own = {
        "raccord.connectors.connection": {"ConnectionSettings", "of_vendor"},
        role.home: {role.port},
        "raccord.domain.values.clock": {"BusinessClock"},
        f"raccord.vendors.{name}.client": {f"{type_}Client"},
        f"raccord.vendors.{name}.settings": {f"{type_}Settings"},
    }
    return _class(methods, own, imports_of(*role.ports, speaking_of=_names(methods)))


def _conformance(name: str, kind: Kind) -> dict[str, str]:
    """Return the methods of a case that nobody has written for all, and what they need."""
    wanted = [_BASE, ROLES[kind].case]
    methods = [each for each in methods_of(cases, classes=wanted) if each.empty]
    if not ROLES[kind].delivers:
        methods = [each for each in methods if each.name != _DELIVERED]
    own = {f"sandbox.{name}.vendor": {"TOKEN"}, cases.__name__: {ROLES[kind].case}}
    found = _class(methods, own, imports_of(cases, speaking_of=_names(methods)))
    return found | {"methods": found["methods"].replace("_: Lab", "lab: Lab")}


def _class(methods: Iterable[Method], own: Mapping[str, set[str]], theirs: Imports) -> dict[str, str]:
    modules = own.keys() | theirs.keys()
    imports = {each: frozenset(own.get(each, ())) | theirs.get(each, frozenset()) for each in modules}
    written = "\n\n".join(method.unwritten() for method in methods)
    return {"imports": written_imports(imports), "methods": written}


def _names(methods: Iterable[Method]) -> frozenset[str]:
    return frozenset(name for method in methods for name in method.names)
