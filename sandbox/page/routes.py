"""Serves the page; everything it shows it fetches from the control API."""

from importlib.resources import files

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.hubspot.settings import TOKEN


def routes() -> list[BaseRoute]:
    """`GET /`. It holds the sandbox's published HubSpot token: it wins and repairs deals through that API."""
    text = files(__package__).joinpath("index.html").read_text("utf-8").replace("{{TOKEN}}", TOKEN)

    async def page(_: Request) -> Response:
        return HTMLResponse(text)

    return [Route("/", page, methods=["GET"])]
