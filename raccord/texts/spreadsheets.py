"""What a spreadsheet makes of a text: anything that it could take for a formula stays a text."""

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would compute."""
    return f"'{text}" if text.startswith(_FORMULAS) else text
