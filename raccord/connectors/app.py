"""What is uploaded to a vendor before it sends anything: an app of its own kind, in files."""

from raccord.domain.values.base import Value
from raccord.domain.values.message import Text


class App(Value):
    """Files by their path below the app's folder; what uploads them, and what a person does besides."""

    files: dict[str, str]
    command: str
    """Typed in the folder."""
    steps: tuple[Text, ...] = ()
