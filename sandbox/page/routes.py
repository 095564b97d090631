"""Serves the page. Every package of the sandbox may have a panel on it: `panel.js`, and `panel.css`.

What a panel draws is a control path that its script names, or, where it is more than one vendor's state,
`/panels/<name>.json`: what the function `panel` of the package's `panel.py` makes of it.
"""

import json
import pkgutil
from collections.abc import Collection, Mapping, Sequence
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

import sandbox
from sandbox.core.mentions import Found, mentioned
from sandbox.core.vendor import Vendor

_KINDS = {"js": "text/javascript", "css": "text/css"}
# Whatever a record holds, the page loads and sends nothing beyond the sandbox.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)


def routes(vendors: Sequence[Vendor], links: Mapping[str, str]) -> list[BaseRoute]:
    """`GET /`, and what it loads. `links` are the operator's by their label: those with `{id}` lead from a
    record, the others stand at the top.
    """
    panels = {name: text for name in panel_names() if (text := _file(name, "panel.js"))}
    styles = {name: text for name in panels if (text := _file(name, "panel.css"))}
    served = {f"{name}.js": text for name, text in panels.items()}
    served |= {f"{name}.css": text for name, text in styles.items()}
    served |= {"shell.js": _file("page", "shell.js")}
    drawn = {f"{vendor.name}.json": vendor for vendor in vendors if _has_module(vendor.name)}
    page = _page(list(panels), list(styles), {name: url for name, url in links.items() if "{id}" not in url})

    async def index(_: Request) -> Response:
        return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY})

    async def part(request: Request) -> Response:
        name = request.path_params["name"]
        if name in drawn:
            return JSONResponse(_drawn(drawn[name], vendors, links))
        if name not in served:
            return Response(status_code=404)
        return Response(served[name], media_type=_KINDS[name.rpartition(".")[2]])

    return [Route("/", index, methods=["GET"]), Route("/panels/{name}", part, methods=["GET"])]


def panel_names() -> list[str]:
    """The packages that have a panel."""
    packages = [module.name for module in pkgutil.iter_modules(sandbox.__path__) if module.ispkg]
    return [name for name in packages if _file(name, "panel.js")]


def _drawn(vendor: Vendor, vendors: Sequence[Vendor], links: Mapping[str, str]) -> Any:
    def about(ids: Collection[str]) -> Found:
        return mentioned(vendors, ids)

    return import_module(f"sandbox.{vendor.name}.panel").panel(vendor.state(), about, links)


def _has_module(package: str) -> bool:
    return find_spec(f"sandbox.{package}.panel") is not None


def _page(panels: list[str], styles: list[str], links: Mapping[str, str]) -> str:
    sheets = "\n".join(f'<link rel="stylesheet" href="/panels/{name}.css">' for name in styles)
    page = _file("page", "index.html").replace("{{STYLES}}", sheets)
    # `<` would end the script that these stand in.
    given = json.dumps(links).replace("<", "\\u003c")
    return page.replace("{{PANELS}}", json.dumps(panels)).replace("{{LINKS}}", given)


def _file(package: str, name: str) -> str:
    """A file of a package of the sandbox; empty when it has none."""
    file = files(f"sandbox.{package}").joinpath(name)
    return file.read_text("utf-8") if file.is_file() else ""
