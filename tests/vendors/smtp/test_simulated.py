"""Mail by SMTP against a strict server: encrypted, logged in, once, and refused in words."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from raccord.connectors.connection import CheckState
from raccord.connectors.errors import (
    MAIL_TOO_LARGE,
    AmbiguousWrite,
    Auth,
    ConnectorError,
    Forbidden,
    Permanent,
    RateLimited,
    Transient,
)
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.mail import Attachment, Mail, Picture
from raccord.vendors.smtp.connector import SmtpMailer, connect
from raccord.vendors.smtp.letter import letter
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
REMINDER = MAIL.model_copy(
    update={
        "sender": '"Hexalab, comptabilité" <compta@hexalab.example>',
        "reply_to": "Finances <finance@hexalab.example>",
        "cc": ("archives@hexalab.example", "compta@acme.fr"),
        "follows": ("<1f3a@hexalab.example>", f"<{'2' * 32}@{'long.' * 20}hexalab.example>"),
        "attachments": (
            Attachment(name="facture-é\u20131/2.pdf", content=b"%PDF-1.7\r\n\x00\xff" * 500),
            Attachment(name="../..\r\nBcc: x@evil.example\x00.pdf", content=b"%PDF-2"),
        ),
        "declinable": False,
    }
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
    assert headers["Reply-To"] == "Equipe <equipe@hexalab.example>"
    assert headers["List-Unsubscribe"] == "<mailto:equipe@hexalab.example?subject=unsubscribe>"
    assert headers["Content-Language"] == "fr"
    assert headers["Date"]
    assert first["message_id"] == second["message_id"] == f"<{MAIL.name}@hexalab.example>"
    assert "Reply-To" not in second["headers"]


async def test_a_reminder_has_its_own_sender_its_thread_its_copies_and_its_files() -> None:
    async with mailbox(Manners()) as box:
        port = mailer(box.port, reply_to="equipe@hexalab.example")
        await send(port, REMINDER)
        (arrived,) = box.messages()
    assert arrived["from"] == "compta@hexalab.example"
    assert arrived["to"] == [*MAIL.to, "archives@hexalab.example"]
    headers = arrived["headers"]
    assert headers["From"] == '"Hexalab, comptabilité" <compta@hexalab.example>'
    assert headers["Reply-To"] == "Finances <finance@hexalab.example>"
    assert headers["Cc"] == "archives@hexalab.example, compta@acme.fr"
    assert headers["In-Reply-To"].strip() == REMINDER.follows[-1]
    assert headers["References"].split() == list(REMINDER.follows)
    assert "List-Unsubscribe" not in headers
    assert headers["Content-Language"] == "fr"
    assert arrived["message_id"] == port.message_id(REMINDER) == f"<{MAIL.name}@hexalab.example>"
    assert (arrived["text"].replace("\r\n", "\n"), arrived["html"].strip()) == (MAIL.text, MAIL.html)
    files = arrived["attachments"]
    assert [(file["type"], file["size"], file["sha256"]) for file in files] == [
        ("application/pdf", len(each.content), each.sha256) for each in REMINDER.attachments
    ]
    assert [file["name"] for file in files] == ["facture-é–1-2.pdf", "-.. Bcc- x@evil.example .pdf"]
    assert "Bcc" not in headers


@pytest.mark.parametrize("files", [(), REMINDER.attachments], ids=["alone", "beside files"])
async def test_pictures_stand_in_the_page_that_names_them(files: tuple[Attachment, ...]) -> None:
    pictures = (
        Picture(name="flow_EUR.png", content=b"\x89PNG\r\n\x1a\n\x00\xff" * 50),
        Picture(name="dso_EUR.png", content=b"\x89PNG\r\n\x1a\n2"),
    )
    html = "".join(f'<img src="cid:{each.cid}" alt="">' for each in pictures)
    mail = MAIL.model_copy(update={"html": html, "pictures": pictures, "attachments": files})
    async with mailbox(Manners()) as box:
        await send(mailer(box.port), mail)
        (arrived,) = box.messages()
    assert [(each["cid"], each["type"], each["sha256"]) for each in arrived["pictures"]] == [
        (each.cid, "image/png", each.sha256) for each in pictures
    ]
    assert arrived["html"].strip() == html
    assert arrived["text"].replace("\r\n", "\n") == MAIL.text
    assert len(arrived["attachments"]) == len(files)


def test_a_mail_with_pictures_is_nested_as_mail_programs_expect() -> None:
    settings = SmtpSettings.model_validate({"base_url": "smtp://mail.x.example", "sender": SENDER})
    mail = MAIL.model_copy(update={"pictures": (Picture(name="a.png", content=b"\x89PNG"),)})
    written = letter(mail, settings, datetime(2026, 11, 30, 9, tzinfo=UTC))
    kinds = [part.get_content_type() for part in written.walk()]
    assert kinds == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
    picture = list(written.walk())[-1]
    assert picture.get_content_disposition() == "inline"
    assert bytes(written) == bytes(letter(mail, settings, datetime(2026, 11, 30, 9, tzinfo=UTC)))


async def test_two_attempts_are_the_same_bytes_but_for_their_date() -> None:
    settings = SmtpSettings.model_validate({"base_url": "smtp://mail.x.example", "sender": SENDER})
    moment = datetime(2026, 11, 23, 9, tzinfo=UTC)
    written = bytes(letter(REMINDER, settings, moment))
    assert written == bytes(letter(REMINDER, settings, moment))
    # A name of a mail in an encoded word is no name: no mail program finds the thread.
    assert all(name.encode() in written for name in REMINDER.follows)


async def test_a_mail_that_the_server_finds_too_large_is_not_begun() -> None:
    async with mailbox(Manners(largest=4000)) as box:
        with pytest.raises(Permanent, match=r"up to 0\.0 MB, and this one has") as raised:
            await send(mailer(box.port), REMINDER)
        assert raised.value.code == MAIL_TOO_LARGE
        await send(mailer(box.port), REMINDER.model_copy(update={"attachments": (), "text": "Bonjour"}))
        assert len(box.messages()) == 1


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
        (
            {"refused": {"compta@acme.fr": "550 5.7.1 <compta@acme.fr>: Recipient address rejected: no"}},
            Permanent,
            "does not take mail for compta@acme.fr",
        ),
        ({"refused": {"compta@acme.fr": "554 5.7.1 Relay access denied"}}, Forbidden, "no mail from us"),
        (
            {"refused": {"compta@acme.fr": "550 5.7.54 SMTP; Unable to relay recipient in other domain"}},
            Forbidden,
            "no mail from us",
        ),
        (
            {"refused": {"compta@acme.fr": "553 5.7.1 Sender address rejected: not owned by user"}},
            Forbidden,
            "no mail from us",
        ),
        ({"refused": {"compta@acme.fr": "452 4.2.2 Mailbox full"}}, RateLimited, "Mailbox full.* yet"),
        ({"refused": {SENDER: "553 5.7.1 Not yours"}}, Forbidden, f"send as {SENDER}"),
        ({"refused": {SENDER: "451 4.3.0 Busy"}}, Transient, "not ready"),
        ({"greylisted": 1}, RateLimited, "Greylisted"),
        ({"judgement": "552 5.3.4 Too big"}, Permanent, "too large"),
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


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        ("550 5.1.1 No such user", Forbidden, "archives@hexalab.example.*gets a copy by the settings"),
        ("452 4.2.2 Mailbox full", RateLimited, "Mailbox full.* yet"),
    ],
)
async def test_whoever_gets_a_copy_is_no_address_of_the_customers(
    words: str, error: type[ConnectorError], said: str
) -> None:
    async with mailbox(Manners(refused={"archives@hexalab.example": words})) as box:
        with pytest.raises(ConnectorError, match=said) as raised:
            await send(mailer(box.port), REMINDER)
        assert type(raised.value) is error
        assert box.messages() == []


async def test_each_sender_of_reminders_is_asked_for_by_itself() -> None:
    taken, refused = "Relances <relances@hexalab.example>", "direction@ailleurs.example"
    async with mailbox(Manners(refused={refused: "553 5.7.1 Not yours"})) as box:
        found = await mailer(box.port).check_senders((taken, refused))
        assert [(each.name, each.state) for each in found] == [
            (f"sender {taken}", CheckState.OK),
            (f"sender {refused}", CheckState.FAIL),
        ]
        assert "Not yours" in found[1].found
        assert box.messages() == []


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
