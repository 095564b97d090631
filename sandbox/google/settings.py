"""The published names of the simulated project, and what can be changed while it runs."""

from dataclasses import dataclass

from sandbox.core.settings import AccountSettings

VENDOR = "google"
ACCOUNT = "raccord@hexalab-sandbox.iam.gserviceaccount.example"
PROJECT = "123456789012"
OWNER = "claire.moreau@hexalab.example"

BOOK = "1SandboxPilotageHexalab000000000000000000000"
"""Shared with the service account as Editor."""
VIEW_ONLY = "1SandboxLectureSeule000000000000000000000000"
UNSHARED = "1SandboxNonPartage00000000000000000000000000"
DRIVE, FOLDER = "0ASandboxDrivePartage", "1SandboxDossierRapports"
"""A shared drive whose member the service account is, and a folder in it."""


@dataclass(frozen=True)
class GoogleSettings(AccountSettings):
    """One Cloud project's.

    `sheets_api`, `drive_api`  whether each is enabled in the project (google-sheets.md 2: "verify")
    `key_deleted`       somebody deleted the service account's key: no more tokens
    `token_seconds`     how long an access token lasts (google-sheets.md 2: `expires_in` 3599)
    `own_storage`       an older service account that still has storage of its own (google-sheets.md 1)
    `drive_hides`       whether Drive answers 404, as Sheets does not, for what is not shared (not documented)
    `drive_quota_spent` every Drive call answers 403 `userRateLimitExceeded` (google-sheets.md 5)
    `rate_limits`       whether the quota of `per_minute` reads and writes of a user applies
    `retry_after`       seconds that a 429 asks for; 0: it does not say (google-sheets.md 5: "not promised")
    `cells`, `title_length`  limits of a spreadsheet and of a tab's title (google-sheets.md 6: "verify")
    """

    sheets_api: bool = True
    drive_api: bool = True
    key_deleted: bool = False
    token_seconds: int = 3599
    own_storage: bool = False
    drive_hides: bool = True
    drive_quota_spent: bool = False
    rate_limits: bool = True
    per_minute: int = 60
    retry_after: int = 0
    cells: int = 10_000_000
    title_length: int = 100
