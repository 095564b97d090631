"""Pages of the documentation that are written from the code, so that they cannot say anything else."""

from collections.abc import Callable
from pathlib import Path

from tools.reference.commands import commands
from tools.reference.messages import messages
from tools.reference.settings import settings
from tools.reference.vendors import abilities

DOCS = Path(__file__).parents[2] / "docs"
PAGES: dict[str, Callable[[], str]] = {
    "reference/commands.md": lambda: commands("en"),
    "fr/commandes.md": lambda: commands("fr"),
    "reference/settings.md": settings,
    "reference/vendors.md": abilities,
    "reference/messages.md": lambda: messages("en"),
    "fr/messages.md": lambda: messages("fr"),
}
"""Each page, by its place in `docs/`."""
