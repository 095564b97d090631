"""Tokens, sharing, quotas: who may do what, and how Google says no."""

from typing import Any

import pytest

from tests.sandbox.google.bench import ACCOUNT, BOOK, DRIVE, SHEETS, UNSHARED, VIEW_ONLY, Google, book

FOLDER = "1SandboxDossierRapports"
WRITE: dict[str, Any] = {"valueInputOption": "RAW", "data": [{"range": "Notes!A9", "values": [["x"]]}]}


async def test_a_signed_assertion_becomes_a_token_for_an_hour(google: Google) -> None:
    answer = (await google.exchange()).json()
    assert (answer["expires_in"], answer["token_type"]) == (3599, "Bearer")
    assert google.key["token_uri"] == f"{google.base}/google/token"
    assert (await google.call("GET", book()))["properties"]["title"] == "Pilotage Hexalab"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"aud": "https://oauth2.googleapis.com/token"}, "invalid_grant"),
        ({"iss": "somebody@else.example"}, "invalid_grant"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "spreadsheets"}, "invalid_scope"),
        ({"seconds": 7200}, "invalid_grant"),
        ({"iat": 1_700_000_000, "exp": 1_700_003_600}, "invalid_grant"),
        ({"iat": None}, "invalid_grant"),
        ({"head": {"alg": "HS256"}}, "invalid_grant"),
        ({"head": {"kid": "another"}}, "invalid_grant"),
        ({"grant": "client_credentials"}, "unsupported_grant_type"),
    ],
)
async def test_a_bad_assertion_gets_no_token(google: Google, changes: dict[str, Any], error: str) -> None:
    answer = await google.exchange(**changes)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


async def test_a_signature_by_another_key_is_none(google: Google) -> None:
    whole = google.signed({"alg": "RS256"}, {"iss": ACCOUNT})
    forged = whole[:-8] + ("AAAAAAAA" if whole[-8:] != "AAAAAAAA" else "BBBBBBBB")
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": forged}
    answer = await google.http.post("/google/token", data=form)
    assert (answer.status_code, answer.json()["error_description"]) == (400, "Invalid JWT Signature.")
    assert (await google.http.post("/google/token", data={**form, "assertion": "x"})).status_code == 400


async def test_a_deleted_key_gets_no_token(google: Google) -> None:
    await google.operator.settings("google", key_deleted=True)
    assert (await google.exchange()).json()["error"] == "invalid_grant"


async def test_a_token_that_is_missing_wrong_or_over_is_401(google: Google) -> None:
    url = f"/google{book()}"
    answers = [await google.http.get(url), await google.http.get(url, headers={"Authorization": "Bearer x"})]
    await google.operator.settings("google", token_seconds=0)
    answers.append(await google.raw("GET", book()))
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert answers[0].json()["error"]["status"] == "UNAUTHENTICATED"


async def test_what_is_not_shared_is_403_and_what_does_not_exist_404(google: Google) -> None:
    answers = [await google.raw("GET", book(id_)) for id_ in (UNSHARED, "1nobody")]
    errors = [answer.json()["error"] for answer in answers]
    assert [(error["code"], error["status"]) for error in errors] == [
        (403, "PERMISSION_DENIED"),
        (404, "NOT_FOUND"),
    ]


async def test_a_viewer_reads_and_does_not_write(google: Google) -> None:
    await google.call("GET", book(VIEW_ONLY))
    written = await google.refused("POST", f"{book(VIEW_ONLY)}/values:batchUpdate", json=WRITE)
    batch = await google.refused("POST", f"{book(VIEW_ONLY)}:batchUpdate", json={"requests": []})
    assert written == batch == (403, "The caller does not have permission")


async def test_somebody_shares_and_unshares(google: Google) -> None:
    await google.person.unshare()
    status, _ = await google.refused("GET", book())
    await google.person.share(role="reader")
    await google.call("GET", book())
    viewer, _ = await google.refused("POST", f"{book()}/values:batchUpdate", json=WRITE)
    await google.person.share()
    await google.call("POST", f"{book()}/values:batchUpdate", json=WRITE)
    assert (status, viewer) == (403, 403)


async def test_a_service_account_owns_no_file(google: Google) -> None:
    made = await google.refused("POST", "/v4/spreadsheets", json={"properties": {"title": "Rapport"}})
    body = {"name": "Rapport", "mimeType": "application/vnd.google-apps.spreadsheet"}
    answer = await google.raw("POST", "/drive/v3/files", json=body, scope=DRIVE)
    error = answer.json()["error"]
    assert made == (403, "The user's Drive storage quota has been exceeded.")
    assert (answer.status_code, error["errors"][0]["reason"]) == (403, "storageQuotaExceeded")
    await google.operator.settings("google", own_storage=True)
    assert (await google.call("POST", "/v4/spreadsheets", json={}))["spreadsheetId"]


async def test_a_shared_drive_takes_a_file_from_who_says_that_it_knows_shared_drives(google: Google) -> None:
    body = {"name": "R", "mimeType": "application/vnd.google-apps.spreadsheet", "parents": [FOLDER]}
    status, _ = await google.refused("POST", "/drive/v3/files", json=body, scope=DRIVE)
    knows = {"supportsAllDrives": "true"}
    made = await google.call("POST", "/drive/v3/files", json=body, scope=DRIVE, params=knows)
    assert status == 404
    assert sorted(made) == ["id", "kind", "mimeType", "name"]
    assert (await google.call("GET", book(made["id"])))["properties"]["title"] == "R"


@pytest.mark.parametrize(
    ("setting", "path", "scope", "reason"),
    [
        ({"sheets_api": False}, book(), SHEETS, "SERVICE_DISABLED"),
        ({"drive_api": False}, f"/drive/v3/files/{BOOK}", DRIVE, "accessNotConfigured"),
        ({"drive_quota_spent": True}, f"/drive/v3/files/{BOOK}", DRIVE, "userRateLimitExceeded"),
        ({}, f"/drive/v3/files/{BOOK}", SHEETS, "insufficientPermissions"),
        ({}, book(), f"{DRIVE}.metadata", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"),
    ],
)
async def test_what_the_project_or_the_token_may_not_is_403_with_its_reason(
    google: Google, setting: dict[str, Any], path: str, scope: str, reason: str
) -> None:
    await google.operator.settings("google", **setting)
    answer = await google.raw("GET", path, scope=scope)
    error = answer.json()["error"]
    reasons = [each["reason"] for each in (*error.get("errors", ()), *error.get("details", ()))]
    assert (answer.status_code, reasons) == (403, [reason])


async def test_drive_tells_what_one_may_do_with_a_file(google: Google) -> None:
    async def may(id_: str) -> bool:
        found = await google.call(
            "GET", f"/drive/v3/files/{id_}", scope=DRIVE, params={"fields": "name,capabilities(canEdit)"}
        )
        assert sorted(found) == ["capabilities", "name"]
        return bool(found["capabilities"]["canEdit"])

    assert [await may(BOOK), await may(VIEW_ONLY)] == [True, False]
    hidden = await google.refused("GET", f"/drive/v3/files/{UNSHARED}", scope=DRIVE)
    own_only = await google.refused("GET", f"/drive/v3/files/{BOOK}", scope=f"{DRIVE}.file")
    await google.operator.settings("google", drive_hides=False)
    shown, _ = await google.refused("GET", f"/drive/v3/files/{UNSHARED}", scope=DRIVE)
    assert (hidden, own_only[0], shown) == ((404, f"File not found: {UNSHARED}."), 404, 403)


async def test_permissions_are_listed_and_granted_by_who_may_edit(google: Google) -> None:
    path = f"/drive/v3/files/{BOOK}/permissions"
    query = {"fields": "permissions(emailAddress,role)"}
    bare = await google.call("GET", path, scope=DRIVE)
    granted = {"type": "user", "role": "reader", "emailAddress": "anne.durand@hexalab.example"}
    await google.call("POST", path, json=granted, scope=DRIVE)
    found = await google.call("GET", path, scope=DRIVE, params=query)
    roles = {each["emailAddress"]: each["role"] for each in found["permissions"]}
    assert sorted(bare["permissions"][0]) == ["id", "kind", "role", "type"]
    assert (roles[ACCOUNT], roles[granted["emailAddress"]]) == ("writer", "reader")
    wrong = {"fields": "rolle"}
    assert (await google.refused("POST", path, json=granted, scope=DRIVE, params=wrong))[0] == 400
    viewed = f"/drive/v3/files/{VIEW_ONLY}/permissions"
    assert (await google.refused("POST", viewed, json=granted, scope=DRIVE))[0] == 403


async def test_sixty_reads_and_sixty_writes_a_minute(google: Google) -> None:
    await google.operator.settings("google", rate_limits=True, per_minute=2)
    reads = [await google.raw("GET", book()) for _ in range(3)]
    writes = [await google.raw("POST", f"{book()}/values:batchUpdate", json=WRITE) for _ in range(3)]
    assert [answer.status_code for answer in reads + writes] == [200, 200, 429] * 2
    assert reads[2].json()["error"]["status"] == "RESOURCE_EXHAUSTED"
    assert "Write requests per minute per user" in writes[2].json()["error"]["message"]
    assert "retry-after" not in reads[2].headers
    assert await google.titles() == ["Notes"]
    await google.operator.settings("google", retry_after=7)
    assert (await google.raw("GET", book())).headers["retry-after"] == "7"


@pytest.mark.parametrize(("status", "word"), [(401, "UNAUTHENTICATED"), (429, "RESOURCE_EXHAUSTED")])
async def test_faults_speak_googles_words(google: Google, status: int, word: str) -> None:
    await google.operator.fault(vendor="google", path="/v4/.*", effect={"status": status})
    answer = await google.raw("GET", book())
    assert (answer.status_code, answer.json()["error"]["status"]) == (status, word)


async def test_a_write_whose_answer_is_lost_was_made(google: Google) -> None:
    await google.operator.fault(
        vendor="google", method="POST", path="/v4/.*", when="after", effect={"status": 503}
    )
    lost = await google.raw("POST", f"{book()}/values:batchUpdate", json=WRITE)
    assert (lost.status_code, (await google.person.rows("Notes"))[-1]) == (503, ["x"])
    logged = await google.operator.requests(vendor="google", committed="true")
    assert [entry["path"] for entry in logged] == [f"{book()}/values:batchUpdate"]


async def test_the_state_shows_files_shares_and_tabs(google: Google) -> None:
    await google.write("Notes!D1", ["=1+1"])
    state = await google.operator.state("google")
    files = {each["id"]: each for each in state["files"]}
    assert files[BOOK]["shared"][ACCOUNT] == "writer"
    assert ACCOUNT not in files[UNSHARED]["shared"]
    assert files[BOOK]["tabs"][0]["rows"][0][3] == "=1+1"
