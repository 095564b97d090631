"""The calls of the Drive API: `files.get`, `files.create`, and `permissions` of a file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.google import drive, errors, masks
from sandbox.google.cells import Json
from sandbox.google.drive import Drive, File
from sandbox.google.errors import Refused
from sandbox.google.settings import ACCOUNT, OWNER, GoogleSettings
from sandbox.google.tokens import Token

_SHARES = re.compile(r"/(?P<id>[^/]+)/permissions(?:/(?P<permission>[^/]+))?")
# google-sheets.md 2, and each method's scopes in the discovery document.
WRITE = frozenset({"drive", "drive.file"})
READ = WRITE | {"drive.readonly", "drive.metadata", "drive.metadata.readonly"}


@dataclass(frozen=True)
class Call:
    """`token` is None for a person on Google's own pages, who knows shared drives without saying so."""

    drive: Drive
    settings: GoogleSettings
    token: Token | None
    query: Mapping[str, str]
    body: Json

    @property
    def email(self) -> str:
        return ACCOUNT if self.token else OWNER

    @property
    def all_drives(self) -> bool:
        return self.token is None or self.query.get("supportsAllDrives") == "true"

    def file(self, id_: str) -> File:
        """google-sheets.md 2: `drive.file` reaches only what the app created."""
        found = self.drive.visible(id_, self.email, self.settings, all_drives=self.all_drives)
        if self.token and not self.token.scopes & (READ - {"drive.file"}) and not found.by_app:
            raise Refused(404, f"File not found: {id_}.")
        return found


def answer(call: Call, method: str, path: str) -> Json | None:
    """The answer to a call; None where it has no body."""
    fields, shares = call.query.get("fields"), _SHARES.fullmatch(path)
    if fields and method == "POST":
        # A wrong mask refuses the call before it has changed anything.
        masks.parse(fields, "drive", "Permission" if shares else "File")
    match method, path.count("/"):
        case "POST", 0:
            made = call.drive.create(call.body, call.email, call.settings, all_drives=call.all_drives)
            return drive.file_view(made, call.email, fields)
        case "GET", 1:
            return drive.file_view(call.file(path[1:]), call.email, fields)
        case "GET", 2 if shares:
            return drive.permissions_view(call.file(shares["id"]), fields)
        case "POST", 2 if shares:
            granted = call.drive.share(call.file(shares["id"]), call.body, call.email)
            return drive.permission_view(granted, fields)
        case "DELETE", 3 if shares:
            call.drive.unshare(call.file(shares["id"]), shares["permission"], call.email)
            return None
    raise errors.not_found()
