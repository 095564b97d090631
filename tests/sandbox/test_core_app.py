"""The whole sandbox: every vendor that is found, the mailbox, control and page in one application."""

import asyncio
import sys
from collections.abc import Callable
from email.message import EmailMessage
from importlib import import_module
from pathlib import Path

import httpx
import pytest

import sandbox
from sandbox.__main__ import main as sandbox_main
from sandbox.app import create_app
from sandbox.core.operator import Operator
from sandbox.core.person import Person
from sandbox.hubspot.person import HubSpotPerson
from sandbox.mailbox.mailbox import Mailbox
from sandbox.simulators import find_simulators
from starters.cli.main import app as raccord
from tests.sandbox.serving import serving

THERE = ", ".join(find_simulators())
TOY = """
from starlette.responses import JSONResponse
from starlette.routing import Route


class Toy:
    name = "toy"

    def routes(self):
        return [Route("/hello", self._hello)]

    async def _hello(self, request):
        return JSONResponse({"hello": "world"})

    def state(self):
        return {"greeted": True}

    def reset(self):
        pass

    def mutating(self, method, path):
        return method != "GET"

    def refusal(self, status, exchange):
        return JSONResponse({"no": exchange.path}, status)


def simulator(*, delivery, mailbox):
    delivery.register("toy", secret="s3cret")
    return Toy()
"""


async def test_every_vendor_the_page_and_the_mailbox_are_there() -> None:
    mailbox = Mailbox()
    hook = "http://127.0.0.1:9/webhooks/hubspot"
    app = create_app(webhooks={"hubspot": hook}, mailbox=mailbox)
    async with serving(app) as url, httpx.AsyncClient(base_url=url, trust_env=False) as client:
        await mailbox.send(_letter())
        states = [await client.get(f"/_control/state/{name}") for name in find_simulators()]
        mails = (await client.get("/_control/emails")).json()
        target = (await client.get("/_control/webhooks/hubspot")).json()
        nobody = await client.get("/_control/state/nobody")
        await client.post("/_control/reset")
        left = (await client.get("/_control/emails")).json()
    assert {answer.status_code for answer in states} == {200}
    assert ([mail["subject"] for mail in mails], left) == (["Relance"], [])
    assert (target["url"], nobody.status_code) == (hook, 400)


async def test_the_page_has_every_vendors_panel() -> None:
    names = ("google", "hubspot", "mailbox", "notion", "pennylane", "pipedrive", "slack", "stripe")
    async with serving(create_app()) as url, httpx.AsyncClient(base_url=url, trust_env=False) as client:
        page = await client.get("/")
        scripts = [await client.get(f"/panels/{name}.js") for name in ("shell", *names)]
        style = await client.get("/panels/slack.css")
        unknown = [await client.get(f"/panels/{name}") for name in ("core.js", "mailbox.css", "index.html")]
    assert "{{" not in page.text
    assert all(f'"{name}"' in page.text for name in names)
    assert '<link rel="stylesheet" href="/panels/slack.css">' in page.text
    assert [script.status_code for script in scripts] == [200] * (len(names) + 1)
    assert {script.headers["content-type"] for script in scripts} == {"text/javascript; charset=utf-8"}
    assert (style.status_code, style.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert [answer.status_code for answer in unknown] == [404, 404, 404]


async def test_a_new_vendor_is_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "toy"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "vendor.py").write_text(TOY, "utf-8")
    (folder / "panel.js").write_text("export default {};", "utf-8")
    monkeypatch.setattr(sandbox, "__path__", [*sandbox.__path__, str(tmp_path)])
    app = create_app(webhooks={"toy": "http://127.0.0.1:9/webhooks/toy"})
    async with serving(app) as url, httpx.AsyncClient(base_url=url, trust_env=False) as client:
        said = (await client.get("/toy/hello")).json()
        state = (await client.get("/_control/state/toy")).json()
        fault = await client.post("/_control/faults", json={"vendor": "toy", "effect": {"status": 403}})
        refused = await client.get("/toy/hello")
        page, panel = await client.get("/"), await client.get("/panels/toy.js")
    assert (said, state, fault.status_code) == ({"hello": "world"}, {"greeted": True}, 200)
    assert (refused.status_code, refused.json()) == (403, {"no": "/hello"})
    assert '"toy"' in page.text
    assert panel.status_code == 200


@pytest.mark.parametrize("name", find_simulators())
def test_every_vendor_brings_its_person_and_its_panel(name: str) -> None:
    module = import_module(f"sandbox.{name}.person")
    here = [each for each in vars(module).values() if getattr(each, "__module__", "") == module.__name__]
    persons = [each for each in here if isinstance(each, type) and issubclass(each, Person)]
    folder = Path(str(module.__file__)).parent
    assert [each.vendor for each in persons] == [name]
    assert (folder / "panel.js").is_file()


def test_a_webhook_of_nobody_is_refused_in_plain_words() -> None:
    with pytest.raises(ValueError, match=f"There is no vendor 'nobody' here, only {THERE}"):
        create_app(webhooks={"nobody": "http://127.0.0.1:9/"})


def by_module(monkeypatch: pytest.MonkeyPatch, *typed: str) -> None:
    ports = ("--port", "0", "--smtp-port", "0")
    monkeypatch.setattr(sys, "argv", ["python -m sandbox", *ports, *typed])
    sandbox_main()


def by_raccord(_: pytest.MonkeyPatch, *typed: str) -> None:
    raccord(["sandbox", *typed])


@pytest.mark.parametrize("command", [by_module, by_raccord])
@pytest.mark.parametrize(
    ("webhook", "said"),
    [
        ("nobody=http://127.0.0.1:9/", f"There is no vendor 'nobody' here, only {THERE}."),
        ("hubspot=ftp://x", "'ftp://x' is no address: write hubspot=http://127.0.0.1:8080/"),
        ("hubspot", "'hubspot' does not say where a vendor delivers: write vendor=URL"),
    ],
)
def test_a_webhook_that_cannot_be_is_refused_by_both_commands(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: Callable[..., None],
    webhook: str,
    said: str,
) -> None:
    with pytest.raises(SystemExit) as ended:
        command(monkeypatch, "--webhook", webhook)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


async def test_two_sandboxes_share_nothing() -> None:
    deal = "38990100001"
    async with (
        serving(create_app()) as one,
        serving(create_app()) as two,
        httpx.AsyncClient(base_url=one, trust_env=False) as here,
        httpx.AsyncClient(base_url=two, trust_env=False) as there,
    ):
        await HubSpotPerson(here).edit("deals", deal, amount="1")
        amounts = [await HubSpotPerson(http).values("deals", deal, "amount") for http in (here, there)]
    assert [found["amount"] for found in amounts] == ["1", "3940.00"]


def _letter() -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "a@hexalab.example", "b@kerjean.example", "Relance"
    letter.set_content("Bonjour")
    return letter


async def test_an_event_is_taken_as_an_automation_tool_does() -> None:
    async with serving(create_app()) as base, httpx.AsyncClient(base_url=base, trust_env=False) as http:
        taken = await http.post("/_control/events", content=b'{"type":"x"}', headers={"webhook-id": "msg_1"})
        assert taken.status_code == 200
        (event,) = (await http.get("/_control/events")).json()
        assert (event["headers"]["webhook-id"], event["body"]) == ("msg_1", '{"type":"x"}')
        await http.post("/_control/reset")
        assert (await http.get("/_control/events")).json() == []


async def test_a_mail_waits_at_the_door_until_it_is_let_in() -> None:
    mailbox = Mailbox()
    address = "b@kerjean.example"
    async with (
        serving(create_app(mailbox=mailbox)) as base,
        httpx.AsyncClient(base_url=base, trust_env=False) as http,
    ):
        operator = Operator(http)
        await operator.hold_mails(address)
        sending = asyncio.create_task(mailbox.send(_letter()))
        while await operator.mails_at_the_door(address) == 0:
            assert not sending.done()
        assert await operator.mails() == []
        await operator.let_mails_in(address)
        await sending
        assert [mail["to"] for mail in await operator.mails()] == [[address]]
        await operator.hold_mails(address)
        waiting = asyncio.create_task(mailbox.send(_letter()))
        while await operator.mails_at_the_door(address) == 0:
            assert not waiting.done()
        await operator.reset()
        await waiting
        nobody = await http.delete("/_control/emails/door", params={"address": address})
        nameless = await http.post("/_control/emails/door", json={"address": ""})
    assert (len(mailbox.messages()), mailbox.at_the_door()) == (1, {})
    assert [answer.status_code for answer in (nobody, nameless)] == [400, 400]
    assert "is held" in nobody.json()["message"]
