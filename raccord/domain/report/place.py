"""What became of a week in one place, as the mail to management says it."""

from raccord.domain.values.base import OneLine, Value


class Place(Value):
    name: OneLine
    """The connection, as the settings name it."""
    at: str = ""
    """Where people open the week: a URL or a path; empty where it is not there yet."""
    trouble: str = ""
    """Why it is not up to date, in a vendor's or a connector's words; empty where it is."""
