"""What lies in Drive and who may see it: `files.get`, `files.create` and the permissions of a file."""

import secrets
from dataclasses import dataclass, field

from sandbox.google import errors, masks
from sandbox.google.book import Book, new_tab
from sandbox.google.cells import Json
from sandbox.google.errors import Refused
from sandbox.google.schema import check
from sandbox.google.settings import ACCOUNT, DRIVE, FOLDER, OWNER, GoogleSettings

SPREADSHEET = "application/vnd.google-apps.spreadsheet"
_FOLDER_TYPE = "application/vnd.google-apps.folder"
_WRITERS = ("owner", "organizer", "fileOrganizer", "writer")
_GRANTED = ("writer", "commenter", "reader")
# Without `fields`, Drive answers these alone.
_FILE, _PERMISSION = "kind,id,name,mimeType", "kind,id,type,role"


@dataclass
class File:
    """A spreadsheet, or a folder when it has no book. In a shared drive when it has a `drive`."""

    id: str
    name: str
    book: Book | None
    permissions: list[Json]
    drive: str | None = None
    parents: list[str] = field(default_factory=list)
    by_app: bool = False

    def role(self, email: str) -> str | None:
        return next((one["role"] for one in self.permissions if one["emailAddress"] == email), None)

    def may_write(self, email: str) -> bool:
        return self.role(email) in _WRITERS

    @property
    def title(self) -> str:
        return str(self.book.properties["title"]) if self.book else self.name


def permission(email: str, role: str) -> Json:
    return {
        "kind": "drive#permission",
        "id": f"{secrets.randbelow(10**20):020}",
        "type": "user",
        "role": role,
        "emailAddress": email,
        "displayName": email.partition("@")[0],
    }


class Drive:
    """Every file, by its id. `email` is who asks; a person on Google's own pages owns everything."""

    def __init__(self, files: list[File]) -> None:
        self.files = {file.id: file for file in files}

    def visible(self, id_: str, email: str, settings: GoogleSettings, *, all_drives: bool) -> File:
        """A file that somebody may see; one of a shared drive only to who says `supportsAllDrives`
        (google-sheets.md 1, set-up 2).
        """
        file = self.files.get(id_)
        hidden = file is not None and email != OWNER and file.role(email) is None
        if file is None or (hidden and settings.drive_hides) or (file.drive and not all_drives):
            raise Refused(404, f"File not found: {id_}.")
        if hidden:
            raise Refused(403, "The user does not have sufficient permissions for this file.")
        return file

    def create(self, body: Json, email: str, settings: GoogleSettings, *, all_drives: bool) -> File:
        """A new spreadsheet in a folder, or in My Drive, where a service account has no room."""
        check("drive", "File", body)
        parents = body.get("parents", [])
        if len(parents) > 1:
            raise Refused(400, "A file has one parent.", reason=("global", "invalidParents"))
        folder = self.visible(parents[0], email, settings, all_drives=all_drives) if parents else None
        if folder and email != OWNER and not folder.may_write(email):
            raise Refused(403, "The user does not have sufficient permissions for this file.")
        in_drive = folder.drive if folder else None
        if in_drive is None and email == ACCOUNT and not settings.own_storage:
            raise errors.storage_full()
        if body.get("mimeType") != SPREADSHEET:
            raise Refused(501, "The sandbox creates spreadsheets alone.")
        book = new_book(str(body.get("name", "Untitled")))
        granted = list(folder.permissions) if folder else [permission(email, "owner")]
        file = File(
            book.id, book.properties["title"], book, granted, in_drive, parents, by_app=email == ACCOUNT
        )
        self.files[file.id] = file
        return file

    def share(self, file: File, body: Json, email: str) -> Json:
        """Grant a role; who has one already gets the new one."""
        check("drive", "Permission", body)
        self._may_share(file, email)
        if body.get("type") != "user" or body.get("role") not in _GRANTED or not body.get("emailAddress"):
            raise Refused(400, "The sandbox shares with users, as writer, commenter or reader.")
        granted = permission(body["emailAddress"], body["role"])
        file.permissions = [
            *(one for one in file.permissions if one["emailAddress"] != body["emailAddress"]),
            granted,
        ]
        return granted

    def unshare(self, file: File, permission_id: str, email: str) -> None:
        self._may_share(file, email)
        if all(one["id"] != permission_id for one in file.permissions):
            raise Refused(404, f"Permission not found: {permission_id}.")
        file.permissions = [one for one in file.permissions if one["id"] != permission_id]

    @staticmethod
    def _may_share(file: File, email: str) -> None:
        if email != OWNER and not file.may_write(email):
            raise Refused(403, "The user does not have sufficient permissions for this file.")


def new_book(title: str) -> Book:
    book_id = f"1{secrets.token_hex(21)}0"
    about = {"title": title, "locale": "fr_FR", "timeZone": "Europe/Paris", "autoRecalc": "ON_CHANGE"}
    return Book(book_id, about, [new_tab("Feuille 1", id_=0)])


def file_view(file: File, email: str, fields: str | None) -> Json:
    """`files.get`; `permissions` only for those who may share (discovery document, `File.permissions`)."""
    writes = email == OWNER or file.may_write(email)
    whole: Json = {
        "kind": "drive#file",
        "id": file.id,
        "name": file.title,
        "mimeType": SPREADSHEET if file.book else _FOLDER_TYPE,
        "trashed": False,
        "shared": len(file.permissions) > 1,
        "ownedByMe": file.role(email) == "owner",
        "owners": [_user(one) for one in file.permissions if one["role"] == "owner"],
        "capabilities": {
            "canEdit": writes,
            "canComment": writes or file.role(email) == "commenter",
            "canShare": writes,
            "canModifyContent": writes,
            "canAddChildren": writes and file.book is None,
        },
        "parents": file.parents,
    }
    whole |= {"driveId": file.drive} if file.drive else {}
    whole |= {"permissions": file.permissions} if writes else {}
    selected: Json = masks.select(whole, masks.parse(fields or _FILE, "drive", "File"))
    return selected


def permission_view(granted: Json, fields: str | None) -> Json:
    selected: Json = masks.select(granted, masks.parse(fields or _PERMISSION, "drive", "Permission"))
    return selected


def permissions_view(file: File, fields: str | None) -> Json:
    whole = {"kind": "drive#permissionList", "permissions": file.permissions}
    wanted = fields or f"kind,permissions({_PERMISSION})"
    selected: Json = masks.select(whole, masks.parse(wanted, "drive", "PermissionList"))
    return selected


def shared_drive_folder() -> File:
    """A folder of a shared drive with the service account as a content manager (google-sheets.md 1)."""
    members = [permission(OWNER, "organizer"), permission(ACCOUNT, "fileOrganizer")]
    return File(FOLDER, "Rapports", None, members, DRIVE, [DRIVE])


def _user(granted: Json) -> Json:
    return {
        "kind": "drive#user",
        "displayName": granted["displayName"],
        "me": False,
        "permissionId": granted["id"],
        "emailAddress": granted["emailAddress"],
    }
