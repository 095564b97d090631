"""Mail by SMTP against a strict server: encrypted, logged in, once, and refused in words."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from raccord.connectors.connection import CheckState
from raccord.connectors.errors import (
    AmbiguousWrite,
    Auth,
    ConnectorError,
    Forbidden,
    Permanent,
    RateLimited,
    Transient,
)
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.mail import Mail
from raccord.vendors.smtp.connector import SmtpMailer, connect
from raccord.vendors.smtp.settings import SmtpSettings
from sandbox.mailbox.mailbox import Mailbox, Manners
from tests.connectors.tls import self_signed
from tests.patience import patience

SENDER = "bonjour@hexalab.example"
MAIL = Mail(
    key="onboarding/hubspot/7/welcome",
    to=("anne@acme.fr", "compta@acme.fr"),
    subject="Bienvenue — été",
    text="Bonjour,\n" + "é" * 1500 + "\n.\nFin\n",
    html="<p>Bonjour &amp; bienvenue</p>",
    language="fr",
)


@asynccontextmanager
async def mailbox(manners: Manners) -> AsyncIterator[Mailbox]:
    box = Mailbox(manners=manners)
    await box.start()
    try:
        yield box
    finally:
        await box.stop()


def mailer(port: int, **more: Any) -> SmtpMailer:
    given = {"base_url": f"smtp://127.0.0.1:{port}", "encryption": "none", "sender": f"Hexalab <{SENDER}>"}
    settings = SmtpSettings.model_validate(given | {"timeout": patience(3)} | more)
    found = connect("smtp", settings, BusinessClock())
    assert isinstance(found, SmtpMailer)
    return found


async def send(port: SmtpMailer, mail: Mail = MAIL) -> str:
    async with port.addressed(mail) as hand_over:
        return await hand_over()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    file = tmp_path_factory.mktemp("tls") / "ca.pem"
    return file, self_signed(file)


async def test_a_mail_arrives_as_it_was_written_and_is_named_once() -> None:
    async with mailbox(Manners()) as box:
        await send(mailer(box.port, reply_to="Equipe <equipe@hexalab.example>"))
        await send(mailer(box.port))
        first, second = box.messages()
    assert (first["from"], first["to"]) == (SENDER, list(MAIL.to))
    assert (first["subject"], first["html"].strip()) == (MAIL.subject, MAIL.html)
    assert first["text"].replace("\r\n", "\n") == MAIL.text
    headers = first["headers"]
    assert headers["From"] == f"Hexalab <{SENDER}>"
    assert headers["To"] == "anne@acme.fr, compta@acme.fr"
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["Reply-To"] == "equipe@hexalab.example"
    assert headers["List-Unsubscribe"] == "<mailto:equipe@hexalab.example?subject=unsubscribe>"
    assert headers["Date"]
    assert first["message_id"] == second["message_id"] == f"<{MAIL.name}@hexalab.example>"
    assert "Reply-To" not in second["headers"]


async def test_nothing_that_was_typed_begins_a_header() -> None:
    wicked = MAIL.model_copy(update={"subject": "A\r\nBcc: everybody@evil.example\x00\u2028B"})
    async with mailbox(Manners()) as box:
        await send(mailer(box.port), wicked)
        (arrived,) = box.messages()
    assert arrived["subject"] == "A Bcc: everybody@evil.example B"
    assert "Bcc" not in arrived["headers"]


async def test_a_domain_with_accents_is_written_to_in_ascii() -> None:
    async with mailbox(Manners()) as box:
        await send(mailer(box.port), MAIL.model_copy(update={"to": ("anne@été.fr",)}))
        assert box.messages()[0]["to"] == [f"anne@{'été.fr'.encode('idna').decode()}"]


@pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "tls"])
async def test_the_way_is_encrypted_and_the_login_goes_over_it_alone(
    certificate: tuple[Path, ssl.SSLContext], implicit: bool
) -> None:
    file, context = certificate
    manners = Manners(tls=context, implicit=implicit, login=("raccord", "a-password"))
    given = {"encryption": "tls" if implicit else "starttls", "ca_file": file, "username": "raccord"}
    async with mailbox(manners) as box:
        port = mailer(box.port, **given, password="a-password")
        await port.probe()
        await send(port)
        assert len(box.messages()) == 1
        assert {check.state for check in await port.check()} == {CheckState.OK}
        with pytest.raises(Auth, match=r"refuses the login \(535") as refused:
            await send(mailer(box.port, **given, password="another-one"))
        assert "another-one" not in str(refused.value)
        stranger = mailer(box.port, **(given | {"ca_file": None}), password="a-password")
        with pytest.raises(Transient, match="nothing was sent"):
            await send(stranger)
        (failed,) = await stranger.check()
        assert failed.state is CheckState.FAIL
        assert len(box.messages()) == 1


async def test_without_starttls_nothing_is_said_in_clear() -> None:
    async with mailbox(Manners(login=("raccord", "a-password"))) as box:
        port = mailer(box.port, encryption="starttls", username="raccord", password="a-password")
        with pytest.raises(Auth, match="offers no STARTTLS"):
            await send(port)
        assert box.messages() == []


async def test_a_server_that_asks_for_a_login_gets_none_by_chance() -> None:
    async with mailbox(Manners(login=("raccord", "a-password"))) as box:
        with pytest.raises(Auth, match="refuses the login"):
            await send(mailer(box.port))
    async with mailbox(Manners()) as box:
        with pytest.raises(Auth, match="offers no login"):
            await send(mailer(box.port, username="raccord", password="a-password"))


@pytest.mark.parametrize(
    ("manners", "error", "said"),
    [
        (
            {"refused": {"compta@acme.fr": "550 5.1.1 No such user"}},
            Permanent,
            "compta@acme.fr.*No such user",
        ),
        ({"refused": {"compta@acme.fr": "452 4.2.2 Mailbox full"}}, RateLimited, "Mailbox full.* yet"),
        ({"refused": {SENDER: "553 5.7.1 Not yours"}}, Forbidden, f"send as {SENDER}"),
        ({"refused": {SENDER: "451 4.3.0 Busy"}}, Transient, "not ready"),
        ({"greylisted": 1}, RateLimited, "Greylisted"),
        ({"judgement": "554 5.7.1 Spam"}, Permanent, "refused the mail"),
        ({"judgement": "451 4.3.0 Later"}, RateLimited, "did not take the mail yet"),
        ({"silent": True}, AmbiguousWrite, "never said"),
    ],
)
async def test_each_refusal_is_what_it_means(
    manners: dict[str, Any], error: type[ConnectorError], said: str
) -> None:
    async with mailbox(Manners(**manners)) as box:
        with pytest.raises(ConnectorError, match=said) as raised:
            await send(mailer(box.port))
        assert type(raised.value) is error
        assert len(box.messages()) == (1 if manners.get("silent") else 0)


async def test_greylisting_is_over_after_a_while_and_nobody_gets_it_twice() -> None:
    async with mailbox(Manners(greylisted=2)) as box:
        port = mailer(box.port)
        for _ in range(4):
            with pytest.raises(RateLimited):
                await send(port)
        await send(port)
        assert [mail["to"] for mail in box.messages()] == [list(MAIL.to)]


async def test_nobody_there_means_that_nothing_left() -> None:
    for port in (mailer(1), mailer(1, encryption="tls")):
        with pytest.raises(Transient, match="nothing was sent"):
            await port.probe()
