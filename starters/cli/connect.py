"""`raccord connect`: a person agrees on the vendor's page, and the tokens are kept."""

import secrets
from collections.abc import Mapping

import click

from raccord.connectors.connection import Connection, in_its_words
from raccord.connectors.errors import Auth, ConnectorError
from raccord.connectors.http.token_endpoint import TokenEndpoint
from raccord.connectors.oauth import Granted, OAuthApp, Unstored
from raccord.connectors.port import AgreedPort
from raccord.domain.values.message import message
from raccord.records.work import together
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.texts import say
from starters.cli.common import actor, bold, fail
from starters.cli.consent import NotAgreed, code_in, is_here, listened
from starters.cli.display import opened
from starters.cli.language import spoken


async def connect_to(configuration: Configuration, keys: KeyRing, name: str, *, pasted: bool) -> int:
    """Have somebody agree, ask whose the access is, and keep the tokens once that is known."""
    row, app = _asked(configuration, name)
    language, state = spoken(), secrets.token_urlsafe(24)
    here = is_here(app) and not pasted
    click.echo(say(message("connect.open", vendor=app.vendor), language))
    click.echo(f"\n  {bold(app.consent_url(state))}\n")
    try:
        if here:
            click.echo(say(message("connect.waits", place=app.redirect_url), language))
            code = await listened(app, state, language)
        else:
            asked = say(message("connect.paste", place=app.redirect_url), language)
            code = code_in(click.prompt(asked, prompt_suffix="\n> "), state)
    except NotAgreed as error:
        fail(error, status=1)
    granted = await _exchanged(app, row, code)
    company = await _company(configuration, row, granted)
    async with opened(configuration, keys) as records:
        noted = records.audit.note(
            effect="connection.connected",
            object=f"connection/{name}",
            actor=actor(),
            cause="raccord connect",
            detail={"client_id": app.client_id, "company": company},
        )
        await together(records.credentials.connect(app, granted), noted)
    click.echo(say(message("connect.done", connection=name, vendor=app.vendor, company=company), language))
    return 0


def _asked(configuration: Configuration, name: str) -> tuple[Connection, OAuthApp]:
    rows: Mapping[str, Connection] = {row.name: row for row in configuration.connections}
    if name not in rows:
        fail(message("connect.nobody", name=name, known=tuple(rows)))
    row = rows[name]
    if row.vendor.oauth is None:
        fail(message("connect.never", connection=name, vendor=row.settings.vendor))
    if (app := row.oauth) is None:
        client = tuple(f"{name}.{field}" for field in ("client_id", "client_secret"))
        fail(message("connect.entered", token=f"{name}.{row.settings.entered}", client=client))
    return row, app


async def _exchanged(app: OAuthApp, row: Connection, code: str) -> Granted:
    endpoint = TokenEndpoint(app, row.settings)
    try:
        return await endpoint.of_code(code)
    except ConnectorError as error:
        fail(in_its_words(error), status=1)
    finally:
        await endpoint.close()


async def _company(configuration: Configuration, row: Connection, granted: Granted) -> str:
    """Return whose the access is; ends the command where it is refused or nobody knows.

    All that runs takes what is stored within a day: another company's is never stored.
    """
    port: AgreedPort = row.connect(configuration.settings.clock, Unstored(granted))
    try:
        return await port.company()
    except Auth as error:
        fail(message("connect.not_kept", connection=row.name, said=in_its_words(error)), status=1)
    except ConnectorError as error:
        fail(message("connect.unproven", connection=row.name, said=in_its_words(error)), status=1)
    finally:
        await port.close()
