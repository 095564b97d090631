"""The mailbox takes mail from any SMTP client and shows it readable."""

import smtplib
from asyncio import to_thread
from collections.abc import AsyncIterator
from email.message import EmailMessage

import pytest

from sandbox.mailbox.mailbox import Mailbox


@pytest.fixture
async def mailbox() -> AsyncIterator[Mailbox]:
    mailbox = Mailbox()
    await mailbox.start()
    yield mailbox
    await mailbox.stop()


def letter(**headers: str) -> EmailMessage:
    message = EmailMessage()
    for name, value in {"From": "a@x.example", "To": "b@y.example", "Subject": "Échéance", **headers}.items():
        message[name] = value
    message.set_content("Montant dû : 12,00 €\n")
    return message


async def test_a_message_is_shown_with_its_parts_and_headers(mailbox: Mailbox) -> None:
    message = letter(
        **{"Message-ID": "<r1@raccord>", "Date": "Mon, 23 Nov 2026 09:00:00 +0100", "X-Raccord-Step": "7"}
    )
    message.add_alternative("<p>12,00 €</p>", subtype="html")
    await mailbox.send(message)
    shown = mailbox.messages()[0]
    assert (shown["from"], shown["to"], shown["subject"]) == ("a@x.example", ["b@y.example"], "Échéance")
    assert shown["text"].strip() == "Montant dû : 12,00 €"
    assert shown["html"].strip() == "<p>12,00 €</p>"
    assert (shown["message_id"], shown["date"]) == ("<r1@raccord>", "2026-11-23T08:00:00+00:00")
    assert shown["headers"]["X-Raccord-Step"] == "7"


async def test_recipients_are_those_of_the_envelope(mailbox: Mailbox) -> None:
    def send() -> None:
        with smtplib.SMTP("127.0.0.1", mailbox.port, local_hostname="test") as client:
            client.sendmail("bounce@x.example", ["b@y.example", "hidden@z.example"], letter().as_bytes())

    await to_thread(send)
    shown = mailbox.messages()[0]
    assert (shown["from"], shown["to"]) == ("bounce@x.example", ["b@y.example", "hidden@z.example"])
    assert shown["html"] is None


async def test_messages_outlive_a_stop_and_end_with_a_reset() -> None:
    mailbox = Mailbox()
    await mailbox.start()
    await mailbox.send(letter())
    await mailbox.stop()
    with pytest.raises(RuntimeError, match="not started"):
        _ = mailbox.port
    assert len(mailbox.messages()) == 1
    mailbox.reset()
    assert mailbox.messages() == []


async def test_a_stopped_mailbox_can_be_reached_again_on_its_port() -> None:
    first = Mailbox()
    await first.start()
    port = first.port
    await first.stop()
    second = Mailbox(port=port)
    await second.start()
    await second.send(letter())
    await second.stop()
    assert len(second.messages()) == 1
