"""A mail is known by its words, its files and its people."""

import pytest
from pydantic import ValidationError

from raccord.domain.values.mail import Attachment, Mail, Picture

MAIL = Mail(key="a", to=("anne@acme.fr",), subject="Rappel", text="Bonjour")
PNG = Picture(name="flow.png", content=b"\x89PNG\xff")
PDF = Attachment(name="facture.pdf", content=b"%PDF-\xff\x00")


@pytest.mark.parametrize(
    "change",
    [
        {"to": ("anne@acme.fr", "b@acme.fr")},
        {"subject": "Rappels"},
        {"text": "Bonsoir"},
        {"html": "<p>Bonjour</p>"},
        {"language": "fr"},
        {"cc": ("b@acme.fr",)},
        {"sender": "compta@hexalab.fr"},
        {"reply_to": "compta@hexalab.fr"},
        {"follows": ("<1@hexalab.fr>",)},
        {"attachments": (PDF,)},
        {"pictures": (PNG,)},
        {"declinable": False},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_leaves_is_in_the_hash(change: dict[str, object]) -> None:
    assert MAIL.model_copy(update=change).content_hash != MAIL.content_hash


def test_another_file_is_another_mail_and_its_bytes_are_in_no_dump() -> None:
    with_pdf = MAIL.model_copy(update={"attachments": (PDF,)})
    other = PDF.model_copy(update={"content": b"%PDF-2"})
    assert with_pdf.content_hash != MAIL.model_copy(update={"attachments": (other,)}).content_hash
    assert with_pdf.model_dump(mode="json")["attachments"] == [{"name": "facture.pdf", "sha256": PDF.sha256}]
    assert with_pdf.content_hash == with_pdf.model_copy(update={"key": "b"}).content_hash
    assert "PDF" not in repr(with_pdf)


def test_another_picture_is_another_mail_and_its_bytes_are_in_no_dump() -> None:
    other = Picture(name="flow.png", content=b"\x89PNG-2")
    shown = MAIL.model_copy(update={"pictures": (PNG,)})
    assert shown.content_hash != MAIL.model_copy(update={"pictures": (other,)}).content_hash
    assert shown.model_dump(mode="json")["pictures"] == [{"name": "flow.png", "sha256": PNG.sha256}]
    assert PNG.cid != other.cid
    assert "PNG" not in repr(shown).replace("Picture", "").replace("flow.png", "")


@pytest.mark.parametrize("name", ["1@x", "<1>", "<1@x", "<1@x>\r\nBcc: y", "<a b@x>", "<<1@x>>"])
def test_a_thread_is_made_of_message_ids(name: str) -> None:
    with pytest.raises(ValidationError, match="no Message-ID"):
        Mail(key="a", to=(), subject="", text="", follows=(name,))
