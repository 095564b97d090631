"""What a deployment sets: secrets in files, where people open the Web UI, who may ask the codec."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from raccord.settings.configuration import BadSettings
from raccord.settings.load import read
from raccord.settings.model import Temporal
from tests.settings.written import configuration

FOLDERS = pytest.mark.parametrize("variable", ["RACCORD_SECRETS_DIR", "CREDENTIALS_DIRECTORY"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "secrets"
    found.mkdir()
    return found


@FOLDERS
def test_a_secret_is_a_file_named_like_its_variable(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, str(folder))
    (folder / "RACCORD_STRIPE__API_KEY").write_text("rk_test_of_a_file\n")
    (folder / "raccord_database_url").write_text("postgresql+psycopg://raccord@db/raccord")
    (folder / "keys.json").write_text("{}")
    found = configuration(tmp_path)
    billing = found.billing.settings.model_dump()
    assert billing["api_key"].get_secret_value() == "rk_test_of_a_file"
    assert found.settings.database_url == "postgresql+psycopg://raccord@db/raccord"
    assert variable not in found.strangers


def test_the_environment_wins_over_a_file(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RACCORD_SECRETS_DIR", str(folder))
    monkeypatch.setenv("RACCORD_TEMPORAL__NAMESPACE", "said")
    (folder / "RACCORD_TEMPORAL__NAMESPACE").write_text("written")
    assert configuration(tmp_path).settings.temporal.namespace == "said"


def test_an_empty_file_is_a_secret_that_is_still_to_come(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RACCORD_SECRETS_DIR", str(folder))
    before = configuration(tmp_path).billing.settings
    (folder / "RACCORD_STRIPE__WEBHOOK_SECRET").write_text("\n")
    assert configuration(tmp_path).billing.settings == before


def test_a_file_that_is_no_setting_is_noticed(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RACCORD_SECRETS_DIR", str(folder))
    (folder / "RACCORD_STRIPE__API_KEI").write_text("rk_test_of_a_file")
    with pytest.raises(BadSettings, match="api_kei is not a setting"):
        configuration(tmp_path)


def test_a_folder_of_secrets_that_is_not_there_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration(tmp_path)
    monkeypatch.setenv("RACCORD_SECRETS_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(BadSettings, match=r"the folder of secrets .* cannot be read: No such file"):
        read(tmp_path / "raccord.toml")


def test_the_web_uis_pages_are_those_of_its_address() -> None:
    here = Temporal(embedded_ui_port=9000)
    assert here.web_ui == "http://127.0.0.1:9000"
    assert here.ui_origins == ("http://127.0.0.1:9000", "http://localhost:9000")
    there = Temporal(ui_url="https://Temporal.hexalab.example/ui/")
    assert there.web_ui == "https://Temporal.hexalab.example/ui"
    assert there.ui_origins == ("https://temporal.hexalab.example",)
    assert here.codec_endpoint == there.codec_endpoint == "http://127.0.0.1:8081"
    proxied = there.model_copy(update={"codec_token": SecretStr("t" * 32)})
    assert proxied.codec_endpoint == "https://Temporal.hexalab.example/ui/codec"


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('[temporal]\ncodec_host = "0.0.0.0"', "so temporal.codec_token is needed"),
        ('[temporal]\ncodec_token = "short"', "a token has at least 32 characters"),
    ],
)
def test_a_codec_that_others_reach_needs_a_token_that_nobody_guesses(
    tmp_path: Path, toml: str, said: str
) -> None:
    with pytest.raises(BadSettings, match=said):
        configuration(tmp_path, toml)
