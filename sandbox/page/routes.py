"""Serves the page. Every package of the sandbox may have a panel on it: `panel.js`, and `panel.css`."""

import json
import pkgutil
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

import sandbox

_KINDS = {"js": "text/javascript", "css": "text/css"}


def routes() -> list[BaseRoute]:
    """`GET /`, and what it loads; what it shows it fetches from the control API."""
    panels = {name: text for name in panel_names() if (text := _file(name, "panel.js"))}
    styles = {name: text for name in panels if (text := _file(name, "panel.css"))}
    served = {f"{name}.js": text for name, text in panels.items()}
    served |= {f"{name}.css": text for name, text in styles.items()}
    served |= {"shell.js": _file("page", "shell.js")}
    page = _page(list(panels), list(styles))

    async def index(_: Request) -> Response:
        return HTMLResponse(page)

    async def part(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in served:
            return Response(status_code=404)
        return Response(served[name], media_type=_KINDS[name.rpartition(".")[2]])

    return [Route("/", index, methods=["GET"]), Route("/panels/{name}", part, methods=["GET"])]


def panel_names() -> list[str]:
    """The packages that have a panel."""
    packages = [module.name for module in pkgutil.iter_modules(sandbox.__path__) if module.ispkg]
    return [name for name in packages if _file(name, "panel.js")]


def _page(panels: list[str], styles: list[str]) -> str:
    links = "\n".join(f'<link rel="stylesheet" href="/panels/{name}.css">' for name in styles)
    page = _file("page", "index.html")
    return page.replace("{{STYLES}}", links).replace("{{PANELS}}", json.dumps(panels))


def _file(package: str, name: str) -> str:
    """A file of a package of the sandbox; empty when it has none."""
    file = files(f"sandbox.{package}").joinpath(name)
    return file.read_text("utf-8") if file.is_file() else ""
