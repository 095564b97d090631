"""The file of credentials: what is wrong with it is said, what is in it is not; a workload needs no key."""

import json
from pathlib import Path
from typing import Any

import pytest

from raccord.connectors.errors import Auth, Transient
from raccord.vendors.google_sheets.credentials import load
from raccord.vendors.google_sheets.settings import GoogleSheetsSettings
from raccord.vendors.google_sheets.token import SHEETS, Tokens
from tests.connectors.stub import Reply, running

EMAIL = "raccord@projet.iam.gserviceaccount.com"
ACTING = f"/v1/projects/-/serviceAccounts/{EMAIL}:generateAccessToken"
KEY = {"type": "service_account", "client_email": EMAIL, "private_key": "not-a-key-canary"}
POOL = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/k8s"


def workload(base: str, token: Path, **more: Any) -> dict[str, Any]:
    return {
        "type": "external_account",
        "audience": POOL,
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": f"{base}/v1/token",
        "service_account_impersonation_url": f"{base}{ACTING}",
        "credential_source": {"file": str(token)},
    } | more


def tokens(tmp_path: Path, content: object) -> Tokens:
    file = tmp_path / "credentials.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    given = {"spreadsheet": "1SandboxPilotage", "key_file": file}
    return Tokens("sheets", GoogleSheetsSettings.model_validate(given))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("canary no json", "is no JSON"),
        ([], "lacks or misstates"),
        ({"type": "authorized_user", "refresh_token": "canary"}, "lacks or misstates type"),
        ({"type": "service_account", "private_key": "canary"}, "client_email"),
        (
            workload("https://sts.googleapis.com", Path("/x"), service_account_impersonation_url="canary"),
            "imperson",
        ),
        (KEY, "not whole"),
        (KEY | {"token_uri": "https://evil.example/token"}, "not whole"),
    ],
)
async def test_a_file_that_is_no_good_is_told_without_what_is_in_it(
    tmp_path: Path, content: object, said: str
) -> None:
    with pytest.raises(Auth, match=said) as wrong:
        await tokens(tmp_path, content).get(SHEETS)
    assert "canary" not in str(wrong.value)
    assert str(tmp_path) in str(wrong.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Auth, match="cannot be read"):
        load(tmp_path / "nowhere.json")


@pytest.mark.parametrize("format", ["text", "json"])
async def test_a_workload_exchanges_its_own_token_and_acts_as_the_service_account(
    tmp_path: Path, format: str
) -> None:
    mine = tmp_path / "token"
    mine.write_text('{"id": "my-own-token"}' if format == "json" else "my-own-token\n")
    named = {"type": format} | ({"subject_token_field_name": "id"} if format == "json" else {})
    async with running(Reply({}, 404)) as google:
        google.on("POST /v1/token", {"access_token": "federated", "expires_in": 3600})
        acting = f"POST {ACTING}"
        google.on(acting, {"accessToken": "acting", "expireTime": "2026-11-30T09:00:00Z"})
        source = {"file": str(mine), "format": named}
        kept = tokens(tmp_path, workload(google.url, mine, credential_source=source))
        assert kept.email() == EMAIL
        assert await kept.get(SHEETS) == await kept.get(SHEETS) == "acting"
        await kept.close()
    (exchange,), (as_account,) = google.asked("POST /v1/token"), google.asked(acting)
    assert exchange.params["subject_token"] == "my-own-token"
    assert exchange.params["audience"] == POOL
    assert as_account.headers["authorization"] == "Bearer federated"
    assert as_account.json["scope"] == [SHEETS]


async def test_a_workload_without_its_token_is_told(tmp_path: Path) -> None:
    with pytest.raises(Auth, match="token of this workload cannot be read"):
        await tokens(tmp_path, workload("https://sts.googleapis.com", tmp_path / "none")).get(SHEETS)


async def test_credentials_go_to_google_alone(tmp_path: Path) -> None:
    mine = tmp_path / "token"
    mine.write_text("my-own-token")
    with pytest.raises(Auth, match="not Google's"):
        await tokens(tmp_path, workload("https://googleapis.com.evil.example", mine)).get(SHEETS)


async def test_an_exchange_that_fails_is_no_refusal_of_the_credentials_unless_it_says_so(
    tmp_path: Path,
) -> None:
    mine = tmp_path / "token"
    mine.write_text("my-own-token")
    async with running(Reply({"error": "invalid_grant", "error_description": "my-own-token"}, 400)) as google:
        kept = tokens(tmp_path, workload(google.url, mine))
        with pytest.raises(Auth) as refused:
            await kept.get(SHEETS)
        assert "my-own-token" not in str(refused.value)
        google.on("POST /v1/token", Reply({"error": "internal_failure"}, 500))
        with pytest.raises(Transient):
            await kept.get(SHEETS)
        await kept.close()
