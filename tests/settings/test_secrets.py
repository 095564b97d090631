"""A secret that nobody can see is refused, for every connection, before anything is done with it."""

from pathlib import Path
from typing import get_args

import pytest
from pydantic import SecretStr

from raccord.connectors.connection import Kind
from raccord.connectors.registry import load
from raccord.settings.configuration import BadSettings
from tests.settings.written import SLACK, configuration

ROWS = ((Kind.CRM, "hubspot"), (Kind.BILLING, "stripe"), (Kind.MESSENGER, "slack"))
SECRETS = [
    (name, field)
    for kind, name in ROWS
    for field, info in load(kind, name).settings.model_fields.items()
    if SecretStr in (info.annotation, *get_args(info.annotation))
]
BLANK = {
    "nothing": "",
    "spaces": " " * 20,
    "a tab and a line break": "\t\n",
    "no-break spaces": "\u00a0" * 20,
    "spaces of no width": "\u200b" * 20,
    "control characters": "\x01" * 20,
}
RIGHT = {"bot_token": "xoxb-0000", "api_key": "rk_test_0000"}


def entered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: tuple[str, str], value: str) -> None:
    name, field = secret
    monkeypatch.setenv(f"RACCORD_{name.upper()}__{field.upper()}", value)
    configuration(tmp_path, f'messenger = "slack"\n{SLACK}')


def test_every_connection_has_secrets() -> None:
    assert {name for name, _ in SECRETS} == {name for _, name in ROWS}
    assert len(SECRETS) >= 9


@pytest.mark.parametrize("secret", SECRETS, ids=".".join)
@pytest.mark.parametrize("blank", BLANK)
def test_a_blank_secret_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: tuple[str, str], blank: str
) -> None:
    with pytest.raises(BadSettings, match=rf"{secret[0]}\.{secret[1]}.*it is empty or blank: enter it"):
        entered(tmp_path, monkeypatch, secret, BLANK[blank])


@pytest.mark.parametrize("secret", SECRETS, ids=".".join)
@pytest.mark.parametrize("around", ["{} ", " {}", "{}\n", "\u200b{}", "{}\u00a0"])
def test_blanks_around_a_secret_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: tuple[str, str], around: str
) -> None:
    value = around.format(RIGHT.get(secret[1], "a-long-enough-secret"))
    with pytest.raises(
        BadSettings, match=rf"{secret[0]}\.{secret[1]}.*there is a blank or a line break around it"
    ) as told:
        entered(tmp_path, monkeypatch, secret, value)
    assert value.strip() not in str(told.value)
