"""`raccord connect`: agreed on the vendor's page, kept sealed, and told in one sentence when it is not."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import click
import httpx
import pytest

from raccord.connectors.connection import Check, CheckState
from raccord.connectors.oauth import Held
from raccord.sealing import KeyRing
from raccord.settings.configuration import BadSettings, Configuration
from raccord.settings.load import read
from starters.cli import connect, consent
from starters.cli.connect import connect_to
from starters.cli.consent import Declined, NotAgreed, code_in, listened
from starters.cli.display import opened as records_of
from starters.cli.doctor import stores
from starters.cli.language import ASKED
from tests.connectors.conformance.lab import Lab, lab
from tests.front_door.stack import free_port
from tests.patience import patience
from workers.connections import opened

TOML = """
billing = "pennylane"
[data]
directory = "{directory}"
[hubspot]
access_token = "pat-eu1-0000"
webhook_secret = "a-client-secret-of-hubspot"
[pennylane]
base_url = "{base}/pennylane/api/external/v2"
sandbox = true
"""
OAUTH = """
client_id = "pl_sandbox_app"
client_secret = "pl_sandbox_app_secret_000000"
oauth_url = "{base}/pennylane/oauth"
redirect_url = "http://127.0.0.1:{port}/oauth/callback"
"""
BACK = "http://127.0.0.1:8089/oauth/callback"


@pytest.fixture(scope="module")
async def served() -> AsyncIterator[Lab]:
    async with lab() as found:
        yield found


@pytest.fixture
def loaded(served: Lab, tmp_path: Path) -> Configuration:
    return written(tmp_path, served.base, OAUTH)


@pytest.fixture
def keys(loaded: Configuration) -> KeyRing:
    return KeyRing.create(loaded.settings.key_file)


@pytest.fixture(autouse=True, params=["fr", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    token = ASKED.set(request.param)
    yield str(request.param)
    ASKED.reset(token)


def written(folder: Path, base: str, more: str) -> Configuration:
    file = folder / "raccord.toml"
    given = {"base": base, "port": free_port(), "directory": folder / "data"}
    file.write_text((TOML + more).format(**given), "utf-8")
    return read(file)


async def agreed(served: Lab, page: str) -> httpx.Response:
    """Open the page that was shown, agree, and be sent back."""
    headers = {"X-Sandbox-Actor": "claire"}
    back = (await served.http.get(page, headers=headers)).headers["location"]
    return await httpx.AsyncClient(trust_env=False).get(back)


async def shown(capsys: pytest.CaptureFixture[str]) -> str:
    """Wait for the page's address, and return it."""
    said = ""
    async with asyncio.timeout(patience(20)):
        while not (found := re.search(r"http://\S+/oauth/authorize\S+", said)):
            await asyncio.sleep(0.02)
            said += capsys.readouterr().out
    return found[0]


async def test_who_agrees_in_a_browser_here_connects(
    served: Lab, loaded: Configuration, keys: KeyRing, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    assert await access(loaded, keys) == CheckState.FAIL
    connecting = asyncio.create_task(connect_to(loaded, keys, "pennylane", pasted=False))
    page = await shown(capsys)
    at = str(httpx.URL(page).params["redirect_uri"])
    async with httpx.AsyncClient(trust_env=False) as anybody:
        theirs = ("?code=theirs&state=theirs", "?error=x", "?error=x&state=theirs", "")
        for other in ("/favicon.ico", *(f"/oauth/callback{query}" for query in theirs)):
            assert (await anybody.get(at.replace("/oauth/callback", other))).status_code >= 400
    answer = await agreed(served, page)
    assert await connecting == 0
    closing = {"fr": "Vous pouvez fermer cette page", "en": "You may close this page"}
    assert closing[language] in answer.text
    assert "Hexalab SAS" in capsys.readouterr().out
    assert await access(loaded, keys) == CheckState.OK
    async with opened(loaded) as connections:
        await connections.probes["pennylane"]()
    async with records_of(loaded, keys) as records:
        [noted] = [row async for row in records.audit.export() if row["effect"] == "connection.connected"]
    assert noted["actor"].startswith("cli:")


async def access(loaded: Configuration, keys: KeyRing) -> CheckState:
    """Return what doctor says of the access."""
    async with records_of(loaded, keys):
        pass
    lines: list[Check] = [check async for check in stores.records(loaded, keys)]
    [line] = [check for check in lines if check.name == "access of pennylane"]
    assert line.state is CheckState.OK or "raccord connect pennylane" in line.remedy
    return line.state


@pytest.mark.parametrize(("state", "said"), [("s1", CheckState.OK), ("theirs", CheckState.FAIL)])
async def test_who_agrees_elsewhere_pastes_the_address(
    served: Lab,
    loaded: Configuration,
    keys: KeyRing,
    monkeypatch: pytest.MonkeyPatch,
    *,
    state: str,
    said: CheckState,
) -> None:
    app = loaded.billing.oauth
    assert app
    headers = {"X-Sandbox-Actor": "claire"}
    back = (await served.http.get(app.consent_url(state), headers=headers)).headers["location"]

    def pasted(asked: str, **_: object) -> str:
        assert app.redirect_url in asked
        return f" {back}\n"

    monkeypatch.setattr(click, "prompt", pasted)
    monkeypatch.setattr(connect, "secrets", SimpleNamespace(token_urlsafe=lambda _: "s1"))
    with suppress(click.exceptions.Exit):
        assert await connect_to(loaded, keys, "pennylane", pasted=True) == 0
    assert await access(loaded, keys) == said


@pytest.mark.parametrize("connected", [True, False])
async def test_another_company_than_the_settings_say_is_not_kept(
    served: Lab,
    loaded: Configuration,
    keys: KeyRing,
    capsys: pytest.CaptureFixture[str],
    *,
    connected: bool,
) -> None:
    async def connecting() -> int:
        running = asyncio.create_task(connect_to(loaded, keys, "pennylane", pasted=False))
        await agreed(served, await shown(capsys))
        return await running

    if connected:
        assert await connecting() == 0
    await served.option("pennylane", sandbox_account=False)
    try:
        with pytest.raises(click.exceptions.Exit):
            await connecting()
    finally:
        await served.option("pennylane", sandbox_account=True)
    assert "raccord connect pennylane and choose the other company" in capsys.readouterr().err
    assert await access(loaded, keys) is (CheckState.OK if connected else CheckState.FAIL)
    if connected:
        async with opened(loaded) as connections:
            await connections.probes["pennylane"]()


@pytest.mark.parametrize("status", [429, 500])
async def test_an_access_of_which_nobody_knows_whose_it_is_is_not_kept(
    served: Lab,
    loaded: Configuration,
    keys: KeyRing,
    capsys: pytest.CaptureFixture[str],
    *,
    status: int,
    language: str,
) -> None:
    """It may be another company's, and would stand in the place of the one that works."""

    async def connecting() -> int:
        running = asyncio.create_task(connect_to(loaded, keys, "pennylane", pasted=False))
        await agreed(served, await shown(capsys))
        return await running

    assert await connecting() == 0
    before = await kept(loaded, keys)
    await served.switches.fault(vendor="pennylane", path=".*/me", effect={"status": status})
    try:
        with pytest.raises(click.exceptions.Exit):
            await connecting()
    finally:
        await served.switches.clear_faults()
    said = {"fr": "Rien n'a changé. Tapez de nouveau", "en": "Nothing was changed. Run the command again"}
    assert said[language] in capsys.readouterr().err
    assert await kept(loaded, keys) == before


async def kept(loaded: Configuration, keys: KeyRing) -> Held:
    assert loaded.billing.oauth
    async with records_of(loaded, keys) as records:
        held = await records.credentials.of(loaded.billing.oauth)
    assert held
    return held


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("error=access_denied&state=s1", Declined),
        ("error=user_denied", Declined),
        ("error=access_denied&state=other", NotAgreed),
        ("state=s1", NotAgreed),
        ("code=&state=s1", NotAgreed),
        ("code=c1", NotAgreed),
        ("code=c1&state=s2", NotAgreed),
        ("code=c1&state=%C3%A9", NotAgreed),
    ],
)
def test_an_address_that_is_no_answer_says_why(query: str, wrong: type[NotAgreed], language: str) -> None:
    assert code_in(f" {BACK}?code=c1&state=s1#x ", "s1") == "c1"
    with pytest.raises(NotAgreed) as raised:
        code_in(f"{BACK}?{query}", "s1")
    assert type(raised.value) is wrong
    assert {"fr": "Rien n'a changé", "en": "Nothing was changed"}[language] in raised.value.told(language)


@pytest.mark.parametrize("end", ["", "/", "/back", "/back/"])
async def test_the_address_is_the_registered_one_to_the_letter(
    loaded: Configuration, end: str, language: str
) -> None:
    here = f"http://127.0.0.1:{free_port()}{end}"
    section = loaded.billing.settings.model_dump() | {
        "redirect_url": here,
        "oauth_url": "https://x.example/o/",
    }
    settings = type(loaded.billing.settings).model_validate(section)
    app = replace(loaded.billing, settings=settings).oauth
    assert app
    asked = httpx.URL(app.consent_url("s1"))
    assert (asked.path, asked.params["redirect_uri"]) == ("/o/authorize", here)
    waiting = asyncio.create_task(listened(app, "s1", language))
    # The socket listens from the first step of the task on.
    await asyncio.sleep(0)
    async with httpx.AsyncClient(trust_env=False) as browser:
        assert (await browser.get(f"{here}?code=c1&state=s1")).status_code == 200
        assert await waiting == "c1"


async def test_nobody_agrees(
    loaded: Configuration, keys: KeyRing, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consent, "WITHIN", consent.WITHIN * 0)
    with pytest.raises(click.exceptions.Exit):
        await connect_to(loaded, keys, "pennylane", pasted=False)
    assert "0 minutes" in capsys.readouterr().err


async def test_a_code_that_the_vendor_refuses_connects_nobody(
    loaded: Configuration, keys: KeyRing, capsys: pytest.CaptureFixture[str]
) -> None:
    connecting = asyncio.create_task(connect_to(loaded, keys, "pennylane", pasted=False))
    asked = httpx.URL(await shown(capsys)).params
    async with httpx.AsyncClient(trust_env=False) as browser:
        await browser.get(asked["redirect_uri"], params={"code": "stale", "state": asked["state"]})
    with pytest.raises(click.exceptions.Exit):
        await connecting
    assert "raccord connect pennylane" in capsys.readouterr().err
    assert await access(loaded, keys) == CheckState.FAIL


async def test_what_needs_no_agreement_says_so(
    served: Lab, tmp_path: Path, loaded: Configuration, keys: KeyRing, capsys: pytest.CaptureFixture[str]
) -> None:
    entered = written(tmp_path, served.base, 'token = "pl_sandbox_company_token_0000000000"')
    for found, name in ((loaded, "nobody"), (loaded, "hubspot"), (entered, "pennylane")):
        with suppress(click.exceptions.Exit):
            await connect_to(found, keys, name, pasted=False)
            pytest.fail(name)
        assert name in capsys.readouterr().err
    assert await access(entered, keys) == CheckState.OK


def test_settings_name_one_way_in(tmp_path: Path, language: str) -> None:
    for more in ("", 'client_id = "x"', 'client_secret = "a-secret-of-x"', f'token = "t"\n{OAUTH}'):
        with pytest.raises(BadSettings) as raised:
            written(tmp_path, "http://127.0.0.1:1", more)
        said = raised.value.told(language)
        assert "pennylane.token" in said
        assert "pennylane.client_id, pennylane.client_secret" in said
        assert "a-secret" not in said
    for url in ("http://elsewhere.example/oauth", "https://a.example/oauth?x=1", "oauth"):
        with pytest.raises(BadSettings, match="oauth_url"):
            written(tmp_path, "http://127.0.0.1:1", OAUTH.replace("{base}/pennylane/oauth", url))
