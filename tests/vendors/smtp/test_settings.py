"""What the mail server's section may say."""

from typing import Any

import pytest
from pydantic import ValidationError

from raccord.domain.values.clock import BusinessClock
from raccord.vendors.smtp.connector import connect
from raccord.vendors.smtp.settings import SmtpSettings

RIGHT = {"base_url": "smtp://mail.hexalab.example", "sender": "Hexalab <bonjour@hexalab.example>"}


@pytest.mark.parametrize(("encryption", "port"), [("starttls", 587), ("tls", 465)])
def test_each_encryption_has_its_port(encryption: str, port: int) -> None:
    assert SmtpSettings.model_validate(RIGHT | {"encryption": encryption}).port == port
    given = RIGHT | {"encryption": encryption, "base_url": "smtp://mail.hexalab.example:2525"}
    assert SmtpSettings.model_validate(given).port == 2525


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"encryption": "none"}, "no_encryption"),
        ({"base_url": "https://mail.hexalab.example"}, "unfit.smtp"),
        ({"base_url": "smtp://anne:secret@mail.hexalab.example"}, "unfit.smtp"),
        ({"base_url": "smtp://mail.hexalab.example:99999"}, "unfit.smtp"),
        ({"username": "raccord"}, "unfit.password"),
        ({"sender": "Hexalab"}, "named_address"),
        ({"reply_to": "nobody"}, "named_address"),
    ],
)
def test_what_cannot_work_is_told(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        SmtpSettings.model_validate(RIGHT | wrong)


def test_mails_leave_as_fast_as_the_provider_admits() -> None:
    connected = connect(
        "smtp", SmtpSettings.model_validate(RIGHT | {"mails_per_second": 0.4}), BusinessClock()
    )
    assert connected.capabilities.activities_per_second == 0.4
