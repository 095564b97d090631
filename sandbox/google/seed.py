"""What lies in Drive at the start."""

from sandbox.google.book import Book, Tab, new_tab
from sandbox.google.cells import entered
from sandbox.google.drive import Drive, File, permission, shared_drive_folder
from sandbox.google.settings import ACCOUNT, BOOK, OWNER, UNSHARED, VIEW_ONLY

_NOTES: list[list[str | int | None]] = [
    ["Objectifs 2026", "Montant"],
    ["Chiffre d'affaires", 480000],
    ["À relire le lundi avec Anne", None],
]


def drive() -> Drive:
    """A spreadsheet that the service account edits, one that it may only look at, one that it does not see,
    and a folder of a shared drive.
    """
    owner = permission(OWNER, "owner")
    return Drive(
        [
            _file(BOOK, "Pilotage Hexalab", [owner, permission(ACCOUNT, "writer")]),
            _file(VIEW_ONLY, "Pilotage 2025 (archive)", [owner, permission(ACCOUNT, "reader")]),
            _file(UNSHARED, "Paie", [owner]),
            shared_drive_folder(),
        ]
    )


def _file(id_: str, title: str, permissions: list[dict[str, str]]) -> File:
    properties = {"title": title, "locale": "fr_FR", "timeZone": "Europe/Paris", "autoRecalc": "ON_CHANGE"}
    return File(id_, title, Book(id_, properties, [_notes()]), permissions)


def _notes() -> Tab:
    tab = new_tab("Notes", id_=0)
    for row, line in enumerate(_NOTES):
        for column, value in enumerate(line):
            if value is not None:
                tab.put(row, column, value=entered(value))
    return tab
